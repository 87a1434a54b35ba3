"""Two-phase commit: a coordinator collects votes, decides, and tells; participants that hear nothing ask each other.

Source
    Gray, *Notes on Data Base Operating Systems* (1978). The logs, recovery and the cooperative termination protocol are
    those of Bernstein, Hadzilacos, Goodman, *Concurrency Control and Recovery in Database Systems* (1987), chapter 7.
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
    """How far a participant has come."""

    WORKING, PREPARED, COMMITTED, ABORTED = range(4)


class Decision(Enum):
    """What the coordinator has decided."""

    NONE, COMMIT, ABORT = range(3)


@message
class VoteRequest:
    """The coordinator asks whether a participant can commit."""


@message
class Prepared:
    """The participant votes to commit, by which it gives up its right to abort."""


@message
class Refused:
    """The participant has aborted."""


@message
class Commit:
    """The coordinator's decision."""


@message
class Abort:
    """The coordinator's decision."""


@message
class DecisionRequest:
    """A participant that is uncertain asks another one for the decision."""


@message
class DecisionReply:
    """What the other one knows."""

    state: State


class Coordinator(Node):
    """Decides. Its decision is on disk before anybody hears of it; the votes are not, and are collected again."""

    participants: tuple[Address, ...]
    patience: float = 1.0
    """How long it waits for votes, in seconds."""

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
        """Decide, once and for all."""
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
    """Votes, and does what is decided. Its state is its log: what it has voted and learned is on disk."""

    coordinator: Address
    others: tuple[Address, ...] = ()
    repetition: float = 0.5
    """How often it asks for the decision when it is uncertain, in seconds."""

    state: Durable[State] = State.WORKING

    def on_start(self) -> None:
        """Wait to be asked."""

    def on_recover(self) -> None:
        """Go on from the log: where nothing is in it, the work is lost, and the participant aborts."""
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
        """Ask the coordinator and the others: one that knows the decision is enough."""
        self.send((self.coordinator, *self.others), DecisionRequest())
        self.set_timer("uncertain", self.repetition)

    @on(DecisionRequest)
    def decision_request(self, participant: Address, message: DecisionRequest) -> None:
        if self.state is State.WORKING:
            self.end(State.ABORTED)  # it has not voted, so it may; and then nobody has to wait for it
        if self.has_ended():
            self.send(participant, DecisionReply(self.state))

    @on(DecisionReply)
    def decision_reply(self, participant: Address, message: DecisionReply) -> None:
        self.end(message.state)


# What it is checked against

EXPLORED = {"participants": 3}
"""The sizes at which a test explores every world, and holds every step against the model."""


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
        symmetric=(parties,),
    )


def deployment(nodes: int = 3) -> Cluster:
    """Return a coordinator and its participants."""
    return cluster(participants=nodes)


def _states(world: World) -> set[State]:
    return {node.state for node in world.of(Participant).values()}


def atomicity(world: World) -> bool:
    """No participant has committed where another one has aborted."""
    return not {State.COMMITTED, State.ABORTED} <= _states(world)


def commit_needs_all_votes(world: World) -> bool:
    """Where a participant has committed, all have voted for it."""
    voted = {envelope.source for envelope in world.messages(Prepared)}
    return State.COMMITTED not in _states(world) or voted >= world.of(Participant).keys()


def all_commit(world: World) -> bool:
    return _states(world) == {State.COMMITTED}


def all_abort(world: World) -> bool:
    return _states(world) == {State.ABORTED}


def abstract(world: World) -> dict[str, Any]:
    """Return what the nodes are in the model: nobody is down, and a crash loses the votes, if anything.

    What a crashed participant knows is what is in its log, and nothing happens to that until it recovers. A coordinator
    that crashes takes two steps of the model, `crash_coordinator` and `recover_coordinator`.
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


# Mutants, after what has happened


class CommittingOnMajority(Coordinator):
    """Broken: "2PC needs n/2+1 votes". The others may have refused."""

    expected = Caught("atomicity", "commit_needs_all_votes", "refinement", participants=3)

    def has_all_votes(self) -> bool:
        return 2 * len(self.votes) > len(self.participants)


class CountingVotesTwice(Coordinator):
    """Broken: the coordinator counts votes, not who voted. One that is delivered again stands for another's."""

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
    """Broken: the coordinator waits for an answer of each, and does not look which."""

    expected = Caught("atomicity", "commit_needs_all_votes", "refinement")

    @on(Refused)
    def refused(self, participant: Address, message: Refused) -> None:
        self.prepared(participant, Prepared())


class ForgetfulCoordinator(Coordinator):
    """Broken: the decision is not on disk. After a crash the coordinator decides anew."""

    expected = Caught("atomicity", "refinement", crashes=1)
    decision: Decision = Decision.NONE


class ChangingItsMind(Coordinator):
    """Broken: the coordinator gives up waiting although it has decided; the timer was not cancelled."""

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
    """Broken: a participant that has voted and hears nothing aborts by itself."""

    expected = Caught("atomicity", "refinement")

    @on_timeout("uncertain")
    def uncertain(self) -> None:
        self.end(State.ABORTED)


class AnsweringForTheOthers(Participant):
    """Broken: a participant that is asked for the decision and does not know it says *abort*."""

    expected = Caught("atomicity", "refinement")

    @on(DecisionRequest)
    def decision_request(self, participant: Address, message: DecisionRequest) -> None:
        self.send(participant, DecisionReply(self.state if self.has_ended() else State.ABORTED))


class RefusingSilently(Participant):
    """Broken: the participant always refuses. Nothing bad ever happens; nor does a commit."""

    expected = Caught("all_commit")

    @on(VoteRequest)
    def vote_request(self, coordinator: Address, message: VoteRequest) -> None:
        self.end(State.ABORTED)
