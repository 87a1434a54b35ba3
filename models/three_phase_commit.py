"""Three-phase commit: nobody waits for a process that crashed, as long as only processes fail.

What is modelled
    One transaction. Between the votes and the commit stands a third phase: a leader tells everybody that
    all have voted to commit (`PreCommit`), and tells nobody to commit before everybody who is up knows
    that. When it crashes, the next leader looks how far those are that are up, and completes the
    transaction: where one of them knows that all have voted it commits, else it may abort. The first
    leader is the coordinator; the votes and the acknowledgements are read where they are given.
Faults
    Leaders and participants crash and stay down, also in the middle of telling what they have decided.
    The network is synchronous: a crash is detected, and only after everything that was sent has arrived.
    The protocol rests on that, and `ThreePhaseCommitUnderPartition` takes it away.
Source
    Skeen, *Nonblocking Commit Protocols* (1981), with the termination protocol; Bernstein, Hadzilacos,
    Goodman, *Concurrency Control and Recovery* (1987), section 7.5.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    removed,
    require,
    step_invariant,
    terminal,
)
from assay.models.atomic_commit import Participant

__all__ = [
    "Abort",
    "Commit",
    "Leader",
    "Plan",
    "PreCommit",
    "State",
    "ThreePhaseCommit",
    "ThreePhaseCommitDecidingAlone",
    "ThreePhaseCommitTakingOverEarly",
    "ThreePhaseCommitUnderPartition",
    "ThreePhaseCommitWithoutAcknowledgements",
]


class Leader(Sort):
    """The coordinator, or who takes its place."""


class State(Enum):
    """How far a participant is. Who is pre-committed knows that all have voted to commit."""

    WORKING, PREPARED, PRECOMMITTED, COMMITTED, ABORTED = range(5)


class Plan(Enum):
    """What a leader is telling everybody: nothing yet, that all have voted, or a decision."""

    NONE, PRECOMMIT, COMMIT, ABORT = range(4)


@record
class PreCommit:
    """The participant is told that all have voted to commit."""

    participant: Participant


@record
class Commit:
    """The participant is told to commit."""

    participant: Participant


@record
class Abort:
    """The participant is told to abort."""

    participant: Participant


class ThreePhaseCommit(Model):
    """Three-phase commit, with the termination protocol."""

    default = {"Participant": 3, "Leader": 2}
    smoke = {"Participant": 2}
    deep = {"Leader": 3}

    state: Map[Participant, State] = everywhere(State.WORKING)
    plan: Map[Leader, Plan] = everywhere(Plan.NONE)
    down: Set[Participant]
    leaders_down: Set[Leader]
    messages: Set[PreCommit | Commit | Abort]
    calm: bool = False

    def has_decided(self, p: Participant) -> bool:
        return self.state[p] is State.COMMITTED or self.state[p] is State.ABORTED

    def knows_the_votes(self, p: Participant) -> bool:
        """Whether the participant knows that all have voted to commit."""
        return self.state[p] is State.PRECOMMITTED or self.state[p] is State.COMMITTED

    def awaits(self, p: Participant) -> bool:
        """Whether something that was sent to the participant has yet to arrive."""
        return not self.has_decided(p) and (
            (PreCommit(p) in self.messages and self.state[p] is not State.PRECOMMITTED)
            or Commit(p) in self.messages
            or Abort(p) in self.messages
        )

    def is_active(self, leader: Leader) -> bool:
        return leader not in self.leaders_down and self.plan[leader] is not Plan.NONE

    def reaches(self, leader: Leader, p: Participant) -> bool:
        """Whether they are both up, and hear each other."""
        return leader not in self.leaders_down and p not in self.down

    def may_begin(self, leader: Leader) -> bool:
        """Whether nobody else leads any more, and what others have sent has arrived."""
        return (
            leader not in self.leaders_down
            and not any(self.is_active(other) for other in Leader)
            and not any(p not in self.down and self.awaits(p) for p in Participant)
        )

    @action
    def vote(self, p: Participant) -> None:
        """A participant votes to commit."""
        require(p not in self.down, self.state[p] is State.WORKING)
        self.state[p] = State.PREPARED

    @action
    def refuse(self, p: Participant) -> None:
        """A participant votes to abort, and aborts."""
        require(p not in self.down, self.state[p] is State.WORKING)
        self.state[p] = State.ABORTED

    @action
    def precommit(self, leader: Leader) -> None:
        """All have voted to commit: their votes are there, or somebody knows of them."""
        require(self.may_begin(leader))
        require(not any(self.reaches(leader, p) and self.has_decided(p) for p in Participant))
        require(
            all(self.state[p] is State.PREPARED for p in Participant)
            or any(self.reaches(leader, p) and self.state[p] is State.PRECOMMITTED for p in Participant)
        )
        self.plan[leader] = Plan.PRECOMMIT

    @action
    def abort(self, leader: Leader) -> None:
        """A vote is missing, or one is to abort, or nobody knows of all votes."""
        require(self.may_begin(leader))
        require(not any(self.reaches(leader, p) and self.knows_the_votes(p) for p in Participant))
        self.plan[leader] = Plan.ABORT

    @action
    def commit(self, leader: Leader) -> None:
        """Everybody who is up has acknowledged."""
        require(leader not in self.leaders_down, self.plan[leader] is Plan.PRECOMMIT)
        require(all(self.knows_the_votes(p) for p in Participant if self.reaches(leader, p)))
        self.plan[leader] = Plan.COMMIT

    @action
    def go_on(self, leader: Leader) -> None:
        """Somebody has committed: so shall the others."""
        require(self.may_begin(leader))
        require(any(self.reaches(leader, p) and self.state[p] is State.COMMITTED for p in Participant))
        self.plan[leader] = Plan.COMMIT

    @action
    def tell(self, leader: Leader, p: Participant) -> None:
        """Tell one participant; the leader may crash before it tells the next."""
        require(self.reaches(leader, p), not self.has_decided(p), not self.awaits(p))
        require(self.is_active(leader), not (self.plan[leader] is Plan.PRECOMMIT and self.knows_the_votes(p)))
        match self.plan[leader]:
            case Plan.PRECOMMIT:
                self.messages.add(PreCommit(p))
            case Plan.COMMIT:
                self.messages.add(Commit(p))
            case _:
                self.messages.add(Abort(p))

    @action
    def learn_votes(self, p: Participant) -> None:
        """A participant hears that all have voted to commit, and acknowledges it."""
        require(p not in self.down, self.state[p] is State.PREPARED, PreCommit(p) in self.messages)
        self.state[p] = State.PRECOMMITTED

    @action
    def learn_commit(self, p: Participant) -> None:
        """A participant hears that it is to commit."""
        require(p not in self.down, not self.has_decided(p), Commit(p) in self.messages)
        self.state[p] = State.COMMITTED

    @action
    def learn_abort(self, p: Participant) -> None:
        """A participant hears that it is to abort."""
        require(p not in self.down, not self.has_decided(p), Abort(p) in self.messages)
        self.state[p] = State.ABORTED

    @action
    def crash(self, p: Participant) -> None:
        """A participant crashes for good."""
        require(not self.calm, p not in self.down)
        self.down.add(p)

    @action
    def crash_leader(self, leader: Leader) -> None:
        """A leader crashes for good; the next one takes over."""
        require(not self.calm, leader not in self.leaders_down)
        self.leaders_down.add(leader)

    @action
    def settle(self) -> None:
        """From here on nothing crashes: where nothing can happen then, the protocol blocks."""
        require(not self.calm)
        self.calm = True

    @terminal
    def over(self) -> bool:
        """Who is up has decided, or nobody is left to lead. Anything else is blocking, and a deadlock."""
        return all(p in self.down or self.has_decided(p) for p in Participant) or all(
            leader in self.leaders_down for leader in Leader
        )

    @invariant
    def atomicity(self) -> bool:
        """No participant has aborted where another has committed, whether up or down."""
        return not any(
            self.state[p] is State.ABORTED and self.state[q] is State.COMMITTED
            for p in Participant
            for q in Participant
        )

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        return all(after.state[p] is self.state[p] for p in Participant if self.has_decided(p))

    @lemma
    def one_leads(self, leader: Leader, other: Leader) -> bool:
        return leader == other or not (self.is_active(leader) and self.is_active(other))

    @lemma
    def told_as_planned(self) -> bool:
        """What is told is what some leader, perhaps one that is down by now, has planned."""
        return all(
            (not isinstance(m, Commit) or any(self.plan[x] is Plan.COMMIT for x in Leader))
            and (not isinstance(m, Abort) or any(self.plan[x] is Plan.ABORT for x in Leader))
            for m in self.messages
        )

    @lemma
    def who_knows_was_told(self, p: Participant) -> bool:
        return implies(self.state[p] is State.PRECOMMITTED, PreCommit(p) in self.messages) and implies(
            self.state[p] is State.COMMITTED, Commit(p) in self.messages
        )

    @lemma
    def precommit_needs_all_votes(self, p: Participant) -> bool:
        """Where a leader has told, or is about to tell, that all have voted, they have."""
        return self.state[p] is not State.WORKING or not (
            any(isinstance(m, PreCommit) for m in self.messages)
            or any(self.plan[x] is Plan.PRECOMMIT or self.plan[x] is Plan.COMMIT for x in Leader)
        )

    @lemma
    def commit_needs_acknowledgements(self, leader: Leader, p: Participant) -> bool:
        """Where a leader has decided to commit, everybody who is up knows of the votes, and nobody has aborted."""
        return self.plan[leader] is not Plan.COMMIT or (
            self.state[p] is not State.ABORTED and (p in self.down or self.knows_the_votes(p))
        )

    def leans_to_abort(self) -> bool:
        """Whether somebody has aborted, or will unless it crashes."""
        return (
            any(self.state[p] is State.ABORTED for p in Participant)
            or any(self.is_active(x) and self.plan[x] is Plan.ABORT for x in Leader)
            or any(p not in self.down and Abort(p) in self.messages for p in Participant)
        )

    def leans_to_commit(self) -> bool:
        """Whether somebody who is up knows of the votes, or will unless it crashes."""
        return any(
            p not in self.down and (self.knows_the_votes(p) or PreCommit(p) in self.messages) for p in Participant
        ) or any(self.is_active(x) and self.plan[x] is not Plan.ABORT for x in Leader)

    @lemma
    def never_both(self) -> bool:
        return not (self.leans_to_abort() and self.leans_to_commit())

    @reachable
    def all_commit(self) -> bool:
        return all(self.state[p] is State.COMMITTED for p in Participant)

    @reachable
    def all_abort(self) -> bool:
        return all(self.state[p] is State.ABORTED for p in Participant)

    @reachable
    def committed_by_another_leader(self, p: Participant) -> bool:
        """The leader crashes after it has told one participant of the votes, and another completes the commit."""
        return self.state[p] is State.COMMITTED and any(self.plan[x] is Plan.PRECOMMIT for x in self.leaders_down)

    @reachable
    def aborted_although_all_voted(self) -> bool:
        """Who knew of the votes is down; the others abort, and that is safe, for it has not committed."""
        return any(self.state[p] is State.PRECOMMITTED for p in self.down) and any(
            self.state[p] is State.ABORTED for p in Participant
        )


class ThreePhaseCommitWithoutAcknowledgements(ThreePhaseCommit):
    """Broken: a leader commits as soon as it has told of the votes, so it is two-phase commit again."""

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 2}
    smoke = {}

    @action
    def commit(self, leader: Leader) -> None:
        """All have voted to commit; who is up may not know of it yet."""
        require(leader not in self.leaders_down, self.plan[leader] is Plan.PRECOMMIT)
        self.plan[leader] = Plan.COMMIT


class ThreePhaseCommitDecidingAlone(ThreePhaseCommit):
    """Broken: without a leader each decides by its own state, who is pre-committed to commit, the others to abort.

    These are the timeouts that textbooks draw; they are safe for one crash of a process that leads two.
    """

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 1}
    smoke = {}

    @action
    def time_out(self, p: Participant) -> None:
        """No leader is left. A participant commits if it knows that all have voted to commit, or else aborts."""
        require(p not in self.down, not self.has_decided(p), not self.awaits(p))
        require(all(leader in self.leaders_down for leader in Leader))
        self.state[p] = State.COMMITTED if self.state[p] is State.PRECOMMITTED else State.ABORTED


class ThreePhaseCommitTakingOverEarly(ThreePhaseCommit):
    """Broken: the next leader does not wait until what the last one sent has arrived."""

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 3}
    smoke = {}

    settle = removed

    def may_begin(self, leader: Leader) -> bool:
        return leader not in self.leaders_down and not any(self.is_active(other) for other in Leader)


class ThreePhaseCommitUnderPartition(ThreePhaseCommit):
    """Broken: the network splits, and each side takes the other for crashed."""

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 2}
    smoke = {}

    settle = removed

    island: Set[Participant]
    leaders_on_island: Set[Leader]

    def reaches(self, leader: Leader, p: Participant) -> bool:
        return (
            leader not in self.leaders_down
            and p not in self.down
            and (leader in self.leaders_on_island) == (p in self.island)
        )

    def may_begin(self, leader: Leader) -> bool:
        return (
            leader not in self.leaders_down
            and not any(
                self.is_active(other) and (other in self.leaders_on_island) == (leader in self.leaders_on_island)
                for other in Leader
            )
            and not any(self.reaches(leader, p) and self.awaits(p) for p in Participant)
        )

    @action
    def split(self, p: Participant, leader: Leader) -> None:
        """They are cut off from the others; what was sent to them before still arrives, or never."""
        require(all(q not in self.island for q in Participant))
        self.island.add(p)
        self.leaders_on_island.add(leader)
