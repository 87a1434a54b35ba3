"""A sequence of consensus instances: a log that is decided slot by slot, whatever protocol decides it.

What is modelled
    Slots of a log, each of which is decided once and for all, and learners that execute what is decided, in the order
    of the log and without gaps. `multi_paxos` implements this. `ConsensusInOrder` is the same for a log that is
    decided from its beginning on, several slots at a time, as in `raft`; its servers may forget how far they have come,
    and apply the log again.
Faults
    Learners may stop, and servers of `ConsensusInOrder` may also forget. Nothing else fails.
Source
    Lamport, *The Part-Time Parliament* (1998), section 3.1; Schneider, *Implementing Fault-Tolerant Services Using the
    State Machine Approach* (1990): replicas execute the same commands in the same order.
"""

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import (
    AtMost,
    Map,
    Model,
    Order,
    Parameter,
    Range,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
    terminal,
)
from assay.models.classics.raft_election import Server
from assay.models.consensus import Value

__all__ = [
    "ConsensusExecutingWhatIsProposed",
    "ConsensusInOrder",
    "ConsensusInOrderTakingBack",
    "ConsensusSequence",
    "Decision",
    "Learner",
    "Slot",
]


class Slot(Order):
    """A place in the log."""


class Learner(Sort):
    """A replica that executes what is decided."""


@record
class Decision:
    """A slot of the log, and the value decided for it."""

    slot: Slot
    value: Value


class ConsensusSequence(Model):
    """Each slot of a log is decided once, and all learners execute the same."""

    default = {"Slot": 2, "Value": 2, "Learner": 2}
    smoke = {"Slot": 1}
    deep = {"Slot": 3, "Value": 3}

    decided: Set[Decision]
    executed: Map[Learner, Map[Slot, Value | None]] = everywhere(everywhere(None))

    @action
    def decide(self, slot: Slot, value: Value) -> None:
        """A slot is decided; slots may be decided in any order."""
        require(all(d.slot != slot for d in self.decided))
        self.decided.add(Decision(slot, value))

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes the next command of the log."""
        require(Decision(slot, value) in self.decided, self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value

    @invariant
    def agreement(self, slot: Slot, v: Value, w: Value) -> bool:
        """In each slot at most one value is ever decided."""
        return v == w or not (Decision(slot, v) in self.decided and Decision(slot, w) in self.decided)

    @invariant
    def all_execute_the_same(self, learner: Learner, other: Learner, slot: Slot) -> bool:
        """No two learners execute different commands in a slot."""
        mine, theirs = self.executed[learner][slot], self.executed[other][slot]
        return mine is None or theirs is None or mine == theirs

    @lemma
    def executed_was_decided(self, learner: Learner, slot: Slot, value: Value) -> bool:
        return self.executed[learner][slot] != value or Decision(slot, value) in self.decided

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        """A decision stays."""
        return self.decided <= after.decided

    @reachable
    def everything_is_executed(self) -> bool:
        return all(self.executed[x][s] is not None for x in Learner for s in Slot)

    @terminal
    def has_decided_all(self) -> bool:
        return all(self.executed[x][s] is not None for x in Learner for s in Slot)


class ConsensusExecutingWhatIsProposed(ConsensusSequence):
    """Broken: learners execute commands before they are decided."""

    expected = Violates("all_execute_the_same")

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes any command in the next slot of the log, decided or not."""
        require(self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value


Log = Annotated[list[Value], AtMost("entries")]
Length = Annotated[int, Range(0, "entries")]


class ConsensusInOrder(Model):
    """A log grows at its end only, and every server has applied a prefix of it."""

    default = {"Server": 2, "Value": 2, "entries": 2}
    deep = {"Server": 3, "entries": 3}

    entries: Parameter[int] = 2

    decided: Log
    applied: Map[Server, Log]

    @action
    def decide(self, server: Server, more: Log) -> None:
        """The log grows, and the server that extends it applies all of it."""
        require(len(more) > 0, len(self.decided) + len(more) <= self.entries)
        self.decided = self.decided + more
        self.applied[server] = list(self.decided)

    @action
    def apply(self, server: Server, end: Length) -> None:
        """A server learns how far the log is decided, and applies it."""
        require(len(self.applied[server]) < end, end <= len(self.decided))
        self.applied[server] = self.decided[:end]

    @action
    def restart(self, server: Server, end: Length) -> None:
        """A server forgets what it has applied since its snapshot, and will apply it again."""
        require(end < len(self.applied[server]))
        self.applied[server] = self.applied[server][:end]

    @invariant
    def all_apply_the_same(self, server: Server) -> bool:
        """What a server has applied is a prefix of the log."""
        return self.applied[server] == self.decided[: len(self.applied[server])]

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        """The log only grows: what is decided stays."""
        return after.decided[: len(self.decided)] == self.decided

    @reachable
    def everything_is_applied(self) -> bool:
        return all(len(self.applied[server]) == self.entries for server in Server)


class ConsensusInOrderTakingBack(ConsensusInOrder):
    """Broken: the end of the log is taken back, although servers may have applied it."""

    expected = Violates("all_apply_the_same")

    @action
    def take_back(self, server: Server) -> None:
        """A server that has applied less takes the rest of the log back."""
        require(len(self.applied[server]) < len(self.decided))
        self.decided = self.decided[: len(self.applied[server])]
