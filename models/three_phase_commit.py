"""Three-phase commit: no participant waits for a crashed process, as long as only processes fail.

What is modelled
    One transaction. A third phase stands between the votes and the commit: a leader tells every participant that
    all have voted to commit (`PreCommit`), and orders the commit only when every participant that is up has
    acknowledged. If the leader crashes, the next one looks at the states of the participants that are up, and
    completes the transaction: it commits if one of them knows that all have voted, and may abort otherwise. The
    first leader is the coordinator. Votes and acknowledgements are not messages: a leader reads the participants'
    states.
Faults
    Leaders and participants crash and stay down, even halfway through announcing a decision.
    The network is synchronous: a crash is detected, and only after everything that was sent has arrived.
    The protocol rests on that assumption, and `ThreePhaseCommitUnderPartition` drops it.
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
    """The coordinator, or a process that takes over from it."""


class State(Enum):
    """How far a participant has come. One that is pre-committed knows that all have voted to commit."""

    WORKING, PREPARED, PRECOMMITTED, COMMITTED, ABORTED = range(5)


class Plan(Enum):
    """What a leader is announcing: nothing yet, that all have voted, or a decision."""

    NONE, PRECOMMIT, COMMIT, ABORT = range(4)


@record
class PreCommit:
    """The participant is informed that all have voted to commit."""

    participant: Participant


@record
class Commit:
    """The participant is ordered to commit."""

    participant: Participant


@record
class Abort:
    """The participant is ordered to abort."""

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
        """Whether the participant has committed or aborted."""
        return self.state[p] is State.COMMITTED or self.state[p] is State.ABORTED

    def knows_the_votes(self, p: Participant) -> bool:
        """Whether the participant knows that all have voted to commit."""
        return self.state[p] is State.PRECOMMITTED or self.state[p] is State.COMMITTED

    def awaits(self, p: Participant) -> bool:
        """Whether a message to the participant has yet to arrive."""
        return not self.has_decided(p) and (
            (PreCommit(p) in self.messages and self.state[p] is not State.PRECOMMITTED)
            or Commit(p) in self.messages
            or Abort(p) in self.messages
        )

    def is_active(self, leader: Leader) -> bool:
        """Whether the leader is up and has begun to lead."""
        return leader not in self.leaders_down and self.plan[leader] is not Plan.NONE

    def reaches(self, leader: Leader, p: Participant) -> bool:
        """Whether the leader and the participant are up and can communicate."""
        return leader not in self.leaders_down and p not in self.down

    def may_begin(self, leader: Leader) -> bool:
        """Whether no other leader is active, and everything that others have sent has arrived."""
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
        """A leader learns, from the votes or from a participant that knows, that all have voted to commit."""
        require(self.may_begin(leader))
        require(not any(self.reaches(leader, p) and self.has_decided(p) for p in Participant))
        require(
            all(self.state[p] is State.PREPARED for p in Participant)
            or any(self.reaches(leader, p) and self.state[p] is State.PRECOMMITTED for p in Participant)
        )
        self.plan[leader] = Plan.PRECOMMIT

    @action
    def abort(self, leader: Leader) -> None:
        """A leader decides to abort: no participant that is up knows that all have voted to commit."""
        require(self.may_begin(leader))
        require(not any(self.reaches(leader, p) and self.knows_the_votes(p) for p in Participant))
        self.plan[leader] = Plan.ABORT

    @action
    def commit(self, leader: Leader) -> None:
        """A leader decides to commit: every participant that is up has acknowledged."""
        require(leader not in self.leaders_down, self.plan[leader] is Plan.PRECOMMIT)
        require(all(self.knows_the_votes(p) for p in Participant if self.reaches(leader, p)))
        self.plan[leader] = Plan.COMMIT

    @action
    def go_on(self, leader: Leader) -> None:
        """A new leader finds that a participant has committed, and has the others commit."""
        require(self.may_begin(leader))
        require(any(self.reaches(leader, p) and self.state[p] is State.COMMITTED for p in Participant))
        self.plan[leader] = Plan.COMMIT

    @action
    def tell(self, leader: Leader, p: Participant) -> None:
        """A leader sends its message to one participant; it may crash before it reaches the next."""
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
        """A participant learns that all have voted to commit, and acknowledges it."""
        require(p not in self.down, self.state[p] is State.PREPARED, PreCommit(p) in self.messages)
        self.state[p] = State.PRECOMMITTED

    @action
    def learn_commit(self, p: Participant) -> None:
        """A participant receives the order to commit."""
        require(p not in self.down, not self.has_decided(p), Commit(p) in self.messages)
        self.state[p] = State.COMMITTED

    @action
    def learn_abort(self, p: Participant) -> None:
        """A participant receives the order to abort."""
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
        """Nothing crashes any more.

        Without this step a crash could always come next, and a protocol that blocks would never show as a deadlock.
        """
        require(not self.calm)
        self.calm = True

    @terminal
    def over(self) -> bool:
        """Every participant that is up has decided, or no leader is left. Any other standstill is a deadlock."""
        return all(p in self.down or self.has_decided(p) for p in Participant) or all(
            leader in self.leaders_down for leader in Leader
        )

    @invariant
    def atomicity(self) -> bool:
        """No participant, up or down, has aborted while another has committed."""
        return not any(
            self.state[p] is State.ABORTED and self.state[q] is State.COMMITTED
            for p in Participant
            for q in Participant
        )

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        """A participant that has committed or aborted never changes its mind."""
        return all(after.state[p] is self.state[p] for p in Participant if self.has_decided(p))

    @lemma
    def one_leads(self, leader: Leader, other: Leader) -> bool:
        """At most one leader is active."""
        return leader == other or not (self.is_active(leader) and self.is_active(other))

    @lemma
    def told_as_planned(self) -> bool:
        """Every order to commit or abort was decided by some leader, which may be down by now."""
        return all(
            (not isinstance(m, Commit) or any(self.plan[x] is Plan.COMMIT for x in Leader))
            and (not isinstance(m, Abort) or any(self.plan[x] is Plan.ABORT for x in Leader))
            for m in self.messages
        )

    @lemma
    def who_knows_was_told(self, p: Participant) -> bool:
        """A participant that is pre-committed or has committed was sent the message."""
        return implies(self.state[p] is State.PRECOMMITTED, PreCommit(p) in self.messages) and implies(
            self.state[p] is State.COMMITTED, Commit(p) in self.messages
        )

    @lemma
    def precommit_needs_all_votes(self, p: Participant) -> bool:
        """If a leader announces, or is about to announce, that all have voted, they have."""
        return self.state[p] is not State.WORKING or not (
            any(isinstance(m, PreCommit) for m in self.messages)
            or any(self.plan[x] is Plan.PRECOMMIT or self.plan[x] is Plan.COMMIT for x in Leader)
        )

    @lemma
    def commit_needs_acknowledgements(self, leader: Leader, p: Participant) -> bool:
        """If a leader has decided to commit, nobody has aborted, and all that are up know that all have voted."""
        return self.plan[leader] is not Plan.COMMIT or (
            self.state[p] is not State.ABORTED and (p in self.down or self.knows_the_votes(p))
        )

    def leans_to_abort(self) -> bool:
        """Whether a participant has aborted, or will unless it crashes."""
        return (
            any(self.state[p] is State.ABORTED for p in Participant)
            or any(self.is_active(x) and self.plan[x] is Plan.ABORT for x in Leader)
            or any(p not in self.down and Abort(p) in self.messages for p in Participant)
        )

    def leans_to_commit(self) -> bool:
        """Whether a participant that is up knows that all have voted, or will unless it crashes."""
        return any(
            p not in self.down and (self.knows_the_votes(p) or PreCommit(p) in self.messages) for p in Participant
        ) or any(self.is_active(x) and self.plan[x] is not Plan.ABORT for x in Leader)

    @lemma
    def never_both(self) -> bool:
        """The transaction never leans to both outcomes."""
        return not (self.leans_to_abort() and self.leans_to_commit())

    @reachable
    def all_commit(self) -> bool:
        return all(self.state[p] is State.COMMITTED for p in Participant)

    @reachable
    def all_abort(self) -> bool:
        return all(self.state[p] is State.ABORTED for p in Participant)

    @reachable
    def committed_by_another_leader(self, p: Participant) -> bool:
        """A leader crashes after informing one participant of the votes, and another leader completes the commit."""
        return self.state[p] is State.COMMITTED and any(self.plan[x] is Plan.PRECOMMIT for x in self.leaders_down)

    @reachable
    def aborted_although_all_voted(self) -> bool:
        """All that knew of the votes are down, and the others abort: that is safe, for none of those has committed."""
        return any(self.state[p] is State.PRECOMMITTED for p in self.down) and any(
            self.state[p] is State.ABORTED for p in Participant
        )


class ThreePhaseCommitWithoutAcknowledgements(ThreePhaseCommit):
    """Broken: a leader commits as soon as it has announced the votes, which makes this two-phase commit again."""

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 2}
    smoke = {}

    @action
    def commit(self, leader: Leader) -> None:
        """A leader decides to commit, although participants that are up may not know that all have voted."""
        require(leader not in self.leaders_down, self.plan[leader] is Plan.PRECOMMIT)
        self.plan[leader] = Plan.COMMIT


class ThreePhaseCommitDecidingAlone(ThreePhaseCommit):
    """Broken: without a leader, each participant decides by its own state: to commit if pre-committed, else to abort.

    These are the timeout transitions that textbooks draw. They are safe only as long as a single process crashes.
    """

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 1}
    smoke = {}

    @action
    def time_out(self, p: Participant) -> None:
        """No leader is left. A participant commits if it knows that all have voted to commit, and aborts otherwise."""
        require(p not in self.down, not self.has_decided(p), not self.awaits(p))
        require(all(leader in self.leaders_down for leader in Leader))
        self.state[p] = State.COMMITTED if self.state[p] is State.PRECOMMITTED else State.ABORTED


class ThreePhaseCommitTakingOverEarly(ThreePhaseCommit):
    """Broken: a new leader does not wait until the messages of the previous one have arrived."""

    expected = Violates("atomicity")
    default = {"Participant": 2, "Leader": 3}
    smoke = {}

    settle = removed

    def may_begin(self, leader: Leader) -> bool:
        return leader not in self.leaders_down and not any(self.is_active(other) for other in Leader)


class ThreePhaseCommitUnderPartition(ThreePhaseCommit):
    """Broken: the network is partitioned, and each side takes the other for crashed."""

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
        """A participant and a leader are cut off from the others. What was sent to them before may still arrive."""
        require(all(q not in self.island for q in Participant))
        self.island.add(p)
        self.leaders_on_island.add(leader)
