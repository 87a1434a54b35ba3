"""Two-phase commit: a coordinator collects votes, decides, and announces its decision.

What is modelled
    One transaction. Each participant votes to commit by sending `Prepared`, or aborts on its own. The
    coordinator commits once every participant has voted to commit, and may abort at any time before that.
    The network is a set of messages that only grows: a message can arrive late, more than once, or never.
Faults
    `TwoPhaseCommit`, as published: loss, duplication and reordering of messages; participants that
    refuse; a coordinator that gives up waiting.
    `TwoPhaseCommitWithCrashes`: also a coordinator and participants that crash, lose their memory, and
    recover from their logs. Atomicity survives that. Progress does not: a participant that has voted waits for
    the coordinator, and if the coordinator never returns, it waits for ever (`CoordinatorNeverReturns`).
Source
    Gray, *Notes on Data Base Operating Systems* (1978); actions as in the TLA+ module TwoPhase of Gray
    and Lamport, *Consensus on Transaction Commit* (2006), in the TLA+ Examples, transaction_commit.
    Recovery and cooperative termination as in Bernstein, Hadzilacos, Goodman, *Concurrency Control and
    Recovery* (1987), chapter 7. It implements `atomic_commit`.
Counts
    `TwoPhaseCommit` has as many states as the published specification in TLC: 288 for 3 participants (1,146
    generated, depth 11), and 8,832 for 5 (TLA+ Examples; Stateright).
"""

from __future__ import annotations

from typing import ClassVar, Self

from assay.checker.language import (
    Enum,
    Fairness,
    Formula,
    Map,
    Model,
    Set,
    Violates,
    action,
    everywhere,
    implies,
    invariant,
    leads_to,
    lemma,
    reachable,
    record,
    refines,
    require,
    step_invariant,
    strong,
    temporal,
    weak,
)
from assay.models.atomic_commit import AtomicCommit, Majority, Participant, ParticipantState

__all__ = [
    "Abort",
    "Commit",
    "CommitsOnMajority",
    "CoordinatorNeverReturns",
    "Decision",
    "ForgetfulCoordinator",
    "ForgetfulParticipant",
    "Prepared",
    "TwoPhaseCommit",
    "TwoPhaseCommitWithCrashes",
]


class Decision(Enum):
    """What the coordinator has decided."""

    NONE, COMMIT, ABORT = range(3)


@record
class Prepared:
    """A participant votes to commit, and gives up its right to abort on its own."""

    participant: Participant


@record
class Commit:
    """The coordinator has decided to commit; sent to every participant."""


@record
class Abort:
    """The coordinator has decided to abort; sent to every participant."""


class TwoPhaseCommit(Model):
    """Two-phase commit."""

    default = {"Participant": 3}
    smoke = {"Participant": 2}
    deep = {"Participant": 7}

    state: Map[Participant, ParticipantState] = everywhere(ParticipantState.WORKING)
    decision: Decision = Decision.NONE
    votes: Set[Participant]
    messages: Set[Prepared | Commit | Abort]

    def has_decided(self, p: Participant) -> bool:
        """Whether the participant has committed or aborted."""
        return self.state[p] is ParticipantState.COMMITTED or self.state[p] is ParticipantState.ABORTED

    @action
    def receive_vote(self, p: Participant) -> None:
        """The coordinator receives a participant's vote to commit."""
        require(self.decision is Decision.NONE, Prepared(p) in self.messages)
        self.votes.add(p)

    @action
    def decide_commit(self) -> None:
        """The coordinator decides to commit: every participant has voted to."""
        require(self.decision is Decision.NONE, all(p in self.votes for p in Participant))
        self.decision = Decision.COMMIT
        self.messages.add(Commit())

    @action
    def decide_abort(self) -> None:
        """The coordinator decides to abort: it waits no longer."""
        require(self.decision is Decision.NONE)
        self.decision = Decision.ABORT
        self.messages.add(Abort())

    @action
    def prepare(self, p: Participant) -> None:
        """A participant votes to commit."""
        require(self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.PREPARED
        self.messages.add(Prepared(p))

    @action
    def refuse(self, p: Participant) -> None:
        """A participant aborts on its own."""
        require(self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.ABORTED

    @action
    def learn_commit(self, p: Participant) -> None:
        """A participant receives the decision to commit."""
        require(Commit() in self.messages)
        self.state[p] = ParticipantState.COMMITTED

    @action
    def learn_abort(self, p: Participant) -> None:
        """A participant receives the decision to abort."""
        require(Abort() in self.messages)
        self.state[p] = ParticipantState.ABORTED

    @invariant
    def atomicity(self) -> bool:
        """No participant has aborted while another has committed."""
        return not any(
            self.state[p] is ParticipantState.ABORTED and self.state[q] is ParticipantState.COMMITTED
            for p in Participant
            for q in Participant
        )

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        """A participant that has committed or aborted never changes its mind."""
        return all(after.state[p] is self.state[p] for p in Participant if self.has_decided(p))

    @lemma
    def told_as_decided(self) -> bool:
        """The coordinator announces what it has decided, so it never announces both outcomes."""
        return implies(Commit() in self.messages, self.decision is Decision.COMMIT) and implies(
            Abort() in self.messages, self.decision is Decision.ABORT
        )

    @lemma
    def commit_needs_all_votes(self) -> bool:
        return implies(Commit() in self.messages, all(Prepared(p) in self.messages for p in Participant))

    @lemma
    def votes_were_cast(self) -> bool:
        return all(Prepared(p) in self.messages for p in self.votes)

    @lemma
    def who_voted_has_stopped_working(self, p: Participant) -> bool:
        return implies(Prepared(p) in self.messages, self.state[p] is not ParticipantState.WORKING)

    @lemma
    def who_committed_was_told(self, p: Participant) -> bool:
        return implies(self.state[p] is ParticipantState.COMMITTED, Commit() in self.messages)

    @lemma
    def no_abort_on_its_own_after_a_vote(self, p: Participant) -> bool:
        """A participant that voted and has aborted was told to."""
        return implies(
            Prepared(p) in self.messages and self.state[p] is ParticipantState.ABORTED,
            Abort() in self.messages,
        )

    @reachable
    def all_commit(self) -> bool:
        return all(self.state[p] is ParticipantState.COMMITTED for p in Participant)

    @reachable
    def all_abort(self) -> bool:
        return all(self.state[p] is ParticipantState.ABORTED for p in Participant)


class CommitsOnMajority(TwoPhaseCommit):
    """Broken: "2PC needs n/2+1 votes". The participants outside of the majority may have refused."""

    expected = Violates("atomicity")
    smoke = {}

    @action
    def decide_commit(self) -> None:
        """The coordinator decides to commit: a majority has voted to."""
        require(self.decision is Decision.NONE)
        require(any(all(p in self.votes for p in majority) for majority in Majority))
        self.decision = Decision.COMMIT
        self.messages.add(Commit())


class TwoPhaseCommitWithCrashes(TwoPhaseCommit):
    """Two-phase commit with crashes, logs and recovery, and participants that help each other.

    Votes and decisions are logged before they are sent. A process that is down takes no step and nobody reads its
    memory, so the memory is not cleared when it crashes: `recover` and `recover_coordinator` overwrite it from the log.

    A participant that misses the decision asks the others (the cooperative termination protocol). That does not
    always help: see `blocked`.
    """

    default = {"Participant": 2}
    smoke = {}
    deep = {"Participant": 3}
    fairness: ClassVar[tuple[Fairness, ...]] = (
        weak("recover_coordinator"),
        weak("recover", each="p"),
        # Strong: crashes interrupt these again and again, so weak fairness, which needs an action to stay
        # enabled, would promise nothing.
        strong("decide_commit", "decide_abort"),
        strong("tell"),
        strong("learn_commit", "learn_abort", each="p"),
    )

    down: Set[Participant]
    log: Map[Participant, ParticipantState] = everywhere(ParticipantState.WORKING)
    coordinator_is_down: bool = False
    coordinator_log: Decision = Decision.NONE

    @action
    def receive_vote(self, p: Participant) -> None:
        require(not self.coordinator_is_down, self.decision is Decision.NONE)
        require(Prepared(p) in self.messages)
        self.votes.add(p)

    @action
    def decide_commit(self) -> None:
        require(not self.coordinator_is_down, self.decision is Decision.NONE)
        require(all(p in self.votes for p in Participant))
        self.decision = Decision.COMMIT
        self.coordinator_log = Decision.COMMIT

    @action
    def decide_abort(self) -> None:
        require(not self.coordinator_is_down, self.decision is Decision.NONE)
        self.decision = Decision.ABORT
        self.coordinator_log = Decision.ABORT

    @action
    def tell(self) -> None:
        """The coordinator announces its decision.

        This is a step of its own: the coordinator may crash between writing its log and sending the message.
        """
        require(not self.coordinator_is_down, self.decision is not Decision.NONE)
        if self.decision is Decision.COMMIT:
            self.messages.add(Commit())
        else:
            self.messages.add(Abort())

    @action
    def crash_coordinator(self) -> None:
        """The coordinator crashes."""
        require(not self.coordinator_is_down)
        self.coordinator_is_down = True

    @action
    def recover_coordinator(self) -> None:
        """The coordinator restarts from its log. The votes are lost, and collected again."""
        require(self.coordinator_is_down)
        self.coordinator_is_down = False
        self.decision = self.coordinator_log
        self.votes = set()

    @action
    def prepare(self, p: Participant) -> None:
        require(p not in self.down, self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.PREPARED
        self.log[p] = ParticipantState.PREPARED
        self.messages.add(Prepared(p))

    @action
    def refuse(self, p: Participant) -> None:
        require(p not in self.down, self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.ABORTED
        self.log[p] = ParticipantState.ABORTED

    @action
    def learn_commit(self, p: Participant) -> None:
        require(p not in self.down, not self.has_decided(p), Commit() in self.messages)
        self.state[p] = ParticipantState.COMMITTED
        self.log[p] = ParticipantState.COMMITTED

    @action
    def learn_abort(self, p: Participant) -> None:
        require(p not in self.down, not self.has_decided(p), Abort() in self.messages)
        self.state[p] = ParticipantState.ABORTED
        self.log[p] = ParticipantState.ABORTED

    @action
    def ask(self, p: Participant, other: Participant) -> None:
        """A prepared participant learns the decision from another participant that knows it."""
        require(p not in self.down, self.state[p] is ParticipantState.PREPARED)
        require(other not in self.down, self.has_decided(other))
        self.state[p] = self.state[other]
        self.log[p] = self.state[other]

    @action
    def crash(self, p: Participant) -> None:
        """A participant crashes."""
        require(p not in self.down)
        self.down.add(p)

    @action
    def recover(self, p: Participant) -> None:
        """A participant restarts from its log. One that had not voted loses its work, and aborts."""
        require(p in self.down)
        self.down.discard(p)
        if self.log[p] is ParticipantState.WORKING:
            self.log[p] = ParticipantState.ABORTED
        self.state[p] = self.log[p]

    @lemma
    def logs_are_up_to_date(self) -> bool:
        return self.coordinator_log is self.decision and all(self.log[p] is self.state[p] for p in Participant)

    @lemma
    def commit_needs_all_votes(self) -> bool:
        return implies(self.decision is Decision.COMMIT, all(Prepared(p) in self.messages for p in Participant))

    @lemma
    def no_abort_on_its_own_after_a_vote(self, p: Participant) -> bool:
        """Every abort goes back to the coordinator, or to a participant that never voted to commit."""
        return self.state[p] is not ParticipantState.ABORTED or (
            Abort() in self.messages
            or any(self.state[q] is ParticipantState.ABORTED and Prepared(q) not in self.messages for q in Participant)
        )

    @temporal
    def who_voted_learns_the_decision(self, p: Participant) -> Formula:
        """No participant stays prepared for ever, holding its locks because it does not know the outcome."""
        return leads_to(self.state[p] is ParticipantState.PREPARED, self.has_decided(p))

    @refines(AtomicCommit)
    def implements_atomic_commit(self) -> dict[str, object]:
        """Participants commit or abort as `AtomicCommit` allows, even when processes crash."""
        return {"state": self.state}

    @reachable
    def blocked(self) -> bool:
        """All participants are up, prepared and stuck: only the coordinator's return can help."""
        return (
            self.coordinator_is_down
            and Commit() not in self.messages
            and Abort() not in self.messages
            and all(p not in self.down and self.state[p] is ParticipantState.PREPARED for p in Participant)
        )

    @reachable
    def decided_but_not_told(self) -> bool:
        """The decision to commit is in the coordinator's log and nowhere else."""
        return self.coordinator_is_down and self.coordinator_log is Decision.COMMIT and Commit() not in self.messages


class CoordinatorNeverReturns(TwoPhaseCommitWithCrashes):
    """Broken: a coordinator that crashes is never restarted, and the participants that voted wait for ever."""

    expected = Violates("who_voted_learns_the_decision")
    fairness = (
        weak("recover", each="p"),
        strong("decide_commit", "decide_abort"),
        strong("tell"),
        strong("learn_commit", "learn_abort", each="p"),
    )


class ForgetfulCoordinator(TwoPhaseCommitWithCrashes):
    """Broken: the coordinator restarts without its log, and decides anew."""

    expected = Violates("atomicity")

    @action
    def recover_coordinator(self) -> None:
        """The coordinator restarts and has forgotten its decision. The votes are lost, and collected again."""
        require(self.coordinator_is_down)
        self.coordinator_is_down = False
        self.decision = Decision.NONE
        self.votes = set()


class ForgetfulParticipant(TwoPhaseCommitWithCrashes):
    """Broken: a participant does not log its vote, and after a crash believes that it may still abort."""

    expected = Violates("atomicity")

    @action
    def prepare(self, p: Participant) -> None:
        """A participant votes to commit, and does not log its vote."""
        require(p not in self.down, self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.PREPARED
        self.messages.add(Prepared(p))
