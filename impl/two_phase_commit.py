"""Two-phase commit: a coordinator collects votes and announces its decision; uncertain participants ask each other.

Source
    Gray, *Notes on Data Base Operating Systems* (1978). Logs, recovery and the cooperative termination protocol follow
    Bernstein, Hadzilacos, Goodman, *Concurrency Control and Recovery in Database Systems* (1987), chapter 7.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    Durable,
    Faults,
    Network,
    Node,
    World,
    message,
    on,
    on_timeout,
    record,
)

__all__ = ["Coordinator", "Decision", "Participant", "State", "cluster"]


class State(Enum):
    """The progress of a participant."""

    WORKING, PREPARED, COMMITTED, ABORTED = range(4)


class Decision(Enum):
    """The decision of the coordinator."""

    NONE, COMMIT, ABORT = range(3)


@message
class VoteRequest:
    """From the coordinator: can you commit?"""


@message
class Prepared:
    """From a participant: a vote to commit, which gives up the right to abort."""


@message
class Refused:
    """From a participant: I have aborted."""


@message
class Commit:
    """From the coordinator: the decision is to commit."""


@message
class Abort:
    """From the coordinator: the decision is to abort."""


@message
class DecisionRequest:
    """From an uncertain participant: do you know the decision?"""


@message
class DecisionReply:
    """From a participant that has ended: this is how."""

    state: State


class Coordinator(Node):
    """Decides. Its decision is on disk before it is announced; votes are not, and are collected again after a crash."""

    participants: tuple[Address, ...]
    patience: float = 1.0
    """Seconds that it waits for votes."""

    decision: Durable[Decision] = Decision.NONE
    votes: set[Address]

    def on_start(self) -> None:
        if self.decision is Decision.NONE:
            self.send(self.participants, VoteRequest())
            self.set_timer("give up", self.patience)
        else:
            self.tell()

    @on(Prepared)
    def prepared(self, participant: Address, message: Prepared) -> None:
        if self.decision is not Decision.NONE:
            return
        self.votes.add(participant)
        if self.has_all_votes():
            self.decide(Decision.COMMIT)

    def has_all_votes(self) -> bool:
        return self.votes.issuperset(self.participants)

    @on(Refused)
    def refused(self, participant: Address, message: Refused) -> None:
        self.decide(Decision.ABORT)

    @on_timeout("give up")
    def give_up(self) -> None:
        self.decide(Decision.ABORT)

    def decide(self, decision: Decision) -> None:
        """Decide, unless it has decided already."""
        if self.decision is not Decision.NONE:
            return
        self.decision = decision
        self.cancel_timer("give up")
        self.tell()

    @on(DecisionRequest)
    def decision_request(self, participant: Address, message: DecisionRequest) -> None:
        if self.decision is not Decision.NONE:
            self.send(participant, self.verdict())

    def tell(self) -> None:
        self.send(self.participants, self.verdict())

    def verdict(self) -> Commit | Abort:
        return Commit() if self.decision is Decision.COMMIT else Abort()


class Participant(Node):
    """Votes, and follows the decision. Its state is its log: votes and decisions are on disk."""

    coordinator: Address
    others: tuple[Address, ...] = ()
    repetition: float = 0.5
    """Seconds between two requests for the decision while it is uncertain."""

    state: Durable[State] = State.WORKING

    def on_start(self) -> None:
        """Wait to be asked."""

    def on_recover(self) -> None:
        """Continue from the log; without a vote in it, the work is lost and the participant aborts."""
        if self.state is State.WORKING:
            self.end(State.ABORTED)
        elif self.state is State.PREPARED:
            self.set_timer("uncertain", self.repetition)

    @on(VoteRequest)
    def vote_request(self, coordinator: Address, message: VoteRequest) -> None:
        if self.state is State.WORKING:
            self.state = State.PREPARED if self.choose("vote", ("commit", "abort")) == "commit" else State.ABORTED
        if self.state is State.PREPARED:
            self.set_timer("uncertain", self.repetition)
            self.send(coordinator, Prepared())
        elif self.state is State.ABORTED:
            self.send(coordinator, Refused())

    @on(Commit)
    def commit(self, coordinator: Address, message: Commit) -> None:
        self.end(State.COMMITTED)

    @on(Abort)
    def abort(self, coordinator: Address, message: Abort) -> None:
        self.end(State.ABORTED)

    def end(self, state: State) -> None:
        if not self.has_ended():
            self.state = state
            self.cancel_timer("uncertain")

    def has_ended(self) -> bool:
        return self.state in (State.COMMITTED, State.ABORTED)

    @on_timeout("uncertain")
    def uncertain(self) -> None:
        """Ask the coordinator and the other participants; one that knows the decision is enough."""
        self.send((self.coordinator, *self.others), DecisionRequest())
        self.set_timer("uncertain", self.repetition)

    @on(DecisionRequest)
    def decision_request(self, participant: Address, message: DecisionRequest) -> None:
        if self.state is State.WORKING:
            self.end(State.ABORTED)  # it has not voted, so it may abort; then the others need not wait for it
        if self.has_ended():
            self.send(participant, DecisionReply(self.state))

    @on(DecisionReply)
    def decision_reply(self, participant: Address, message: DecisionReply) -> None:
        self.end(message.state)


# What it is checked against

EXPLORED = {"participants": 3}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(participants: int = 2, crashes: int = 0) -> Cluster:
    """Return a coordinator and participants."""
    parties = tuple(f"p{number}" for number in range(1, participants + 1))
    nodes: dict[Address, Node] = {"c": Coordinator(participants=parties)}
    for address in parties:
        nodes[address] = Participant(coordinator="c", others=tuple(other for other in parties if other != address))
    return Cluster(
        nodes,
        network=Network("set"),
        faults=Faults(crashes=crashes),
        invariants=(atomicity, commit_needs_all_votes),
        reachable=(all_commit, all_abort),
        refines="two_phase_commit:TwoPhaseCommitWithCrashes",
        instance={"Participant": participants},
        elements={"Participant": parties},
        abstract=abstract,
        steps=3,
    )


def deployment(nodes: int = 3) -> Cluster:
    """Return a coordinator and its participants."""
    return cluster(participants=nodes)


def _states(world: World) -> set[State]:
    return {node.state for node in world.of(Participant).values()}


def atomicity(world: World) -> bool:
    """No participant has committed while another has aborted."""
    return not {State.COMMITTED, State.ABORTED} <= _states(world)


def commit_needs_all_votes(world: World) -> bool:
    """If a participant has committed, all have voted to commit."""
    voted = {envelope.source for envelope in world.messages(Prepared)}
    return State.COMMITTED not in _states(world) or voted >= world.of(Participant).keys()


def all_commit(world: World) -> bool:
    return _states(world) == {State.COMMITTED}


def all_abort(world: World) -> bool:
    return _states(world) == {State.ABORTED}


def abstract(world: World) -> dict[str, Any]:
    """Return the model's state that the nodes stand for; in it nobody is ever down.

    A crashed participant keeps its log, which is all its state, and takes no step until it recovers: the model does not
    see the crash. When the coordinator crashes, it loses the votes: in the model these are two steps,
    `crash_coordinator` and `recover_coordinator`.
    """
    (coordinator,) = world.of(Coordinator).values()
    states = {address: node.state for address, node in world.of(Participant).items()}
    decision = coordinator.decision
    return {
        "state": states,
        "decision": decision,
        "votes": coordinator.votes,
        "messages": {
            *(record("Prepared", participant=envelope.source) for envelope in world.messages(Prepared)),
            *(record("Commit") for _ in world.messages(Commit)),
            *(record("Abort") for _ in world.messages(Abort)),
        },
        "down": set(),
        "log": states,
        "coordinator_is_down": False,
        "coordinator_log": decision,
    }


# Mutants, modelled on mistakes that were made


class CommittingOnMajority(Coordinator):
    """Broken: "2PC needs n/2+1 votes". The participants outside of the majority may have refused."""

    expected = Caught("atomicity", "commit_needs_all_votes", "refinement", participants=3)

    def has_all_votes(self) -> bool:
        return 2 * len(self.votes) > len(self.participants)


class CountingVotesTwice(Coordinator):
    """Broken: the coordinator counts votes rather than voters. A vote delivered twice counts for another's."""

    expected = Caught("commit_needs_all_votes", "refinement")
    counted: int = 0

    @on(Prepared)
    def prepared(self, participant: Address, message: Prepared) -> None:
        if self.decision is not Decision.NONE:
            return
        self.votes.add(participant)
        self.counted += 1
        if self.counted == len(self.participants):
            self.decide(Decision.COMMIT)


class TakingARefusalForAVote(Coordinator):
    """Broken: the coordinator takes any answer for a vote to commit."""

    expected = Caught("atomicity", "commit_needs_all_votes", "refinement")

    @on(Refused)
    def refused(self, participant: Address, message: Refused) -> None:
        self.prepared(participant, Prepared())


class ForgetfulCoordinator(Coordinator):
    """Broken: the decision is not on disk. After a crash the coordinator decides again."""

    expected = Caught("atomicity", "refinement", crashes=1)
    decision: Decision = Decision.NONE


class ChangingItsMind(Coordinator):
    """Broken: the coordinator does not cancel its timer, and aborts after it has committed."""

    expected = Caught("atomicity", "refinement")

    def decide(self, decision: Decision) -> None:
        if self.decision is Decision.ABORT:
            return
        self.decision = decision
        self.tell()


class ForgetfulParticipant(Participant):
    """Broken: the vote is not on disk. After a crash the participant believes that it may still abort."""

    expected = Caught("atomicity", "refinement", crashes=1)
    state: State = State.WORKING


class AbortingWhenUncertain(Participant):
    """Broken: an uncertain participant aborts on its own."""

    expected = Caught("atomicity", "refinement")

    @on_timeout("uncertain")
    def uncertain(self) -> None:
        self.end(State.ABORTED)


class AnsweringForTheOthers(Participant):
    """Broken: a participant that does not know the decision answers *abort*."""

    expected = Caught("atomicity", "refinement")

    @on(DecisionRequest)
    def decision_request(self, participant: Address, message: DecisionRequest) -> None:
        self.send(participant, DecisionReply(self.state if self.has_ended() else State.ABORTED))


class RefusingSilently(Participant):
    """Broken: the participant always refuses. Nothing bad ever happens, and no commit either."""

    expected = Caught("all_commit")

    @on(VoteRequest)
    def vote_request(self, coordinator: Address, message: VoteRequest) -> None:
        self.end(State.ABORTED)
