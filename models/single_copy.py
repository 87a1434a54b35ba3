"""A single copy: no acknowledged write is lost, as if there were one server with one disk.

What is modelled
    A log of writes. A write is stored in a slot, and acknowledged once it is safe. `replication` implements this with
    several replicas, some of which fail.
Faults
    The server crashes and returns, with everything that it has acknowledged, and any part of the rest.
Source
    Oki and Liskov, *Viewstamped Replication* (1988): a replicated module behaves as a single one that is highly
    available; Alsberg and Day, *A principle for resilient sharing of distributed resources* (1976).
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    invariant,
    reachable,
    record,
    require,
    step_invariant,
)

__all__ = ["Entry", "SingleCopy", "SingleCopyAcknowledgingAtOnce", "Slot", "Write"]


class Slot(Order):
    """A place in the log."""


class Write(Sort):
    """What a client writes."""


@record
class Entry:
    """A write in its slot."""

    slot: Slot
    write: Write


class SingleCopy(Model):
    """One server that crashes, with a disk that does not."""

    default = {"Slot": 2, "Write": 2}
    smoke = {"Write": 1}
    deep = {"Slot": 3, "Write": 3}

    held: Set[Entry]  # what the server has stored
    safe: Set[Entry]  # what it has acknowledged

    @action
    def write(self, entry: Entry) -> None:
        """The server stores a write in a free slot."""
        require(all(e.slot != entry.slot for e in self.held))
        self.held.add(entry)

    @action
    def acknowledge(self, entry: Entry) -> None:
        """The server tells the client that its write is safe."""
        require(entry in self.held)
        self.safe.add(entry)

    @action
    def crash(self, left: Set[Entry]) -> None:
        """The server crashes and returns; any writes that were not acknowledged are lost."""
        require(all(e in left for e in self.safe), all(e in self.held for e in left))
        self.held = set(left)

    @invariant
    def acknowledged_writes_survive(self, entry: Entry) -> bool:
        """Every acknowledged write is stored."""
        return entry not in self.safe or entry in self.held

    @invariant
    def one_write_a_slot(self, a: Entry, b: Entry) -> bool:
        """No slot holds two writes."""
        return a == b or a.slot != b.slot or not (a in self.held and b in self.held)

    @step_invariant
    def acknowledged_for_good(self, after: Self, entry: Entry) -> bool:
        """An acknowledgement is never taken back."""
        return entry not in self.safe or entry in after.safe

    @reachable
    def another_write_after_a_crash(self, a: Entry, b: Entry) -> bool:
        """One slot holds a write that may still be lost, and another one a write that is safe."""
        return a.slot != b.slot and a in self.held and a not in self.safe and b in self.safe


class SingleCopyAcknowledgingAtOnce(SingleCopy):
    """Broken: a write is acknowledged on arrival, before it is on disk."""

    expected = Violates("acknowledged_writes_survive")

    @action
    def acknowledge(self, entry: Entry) -> None:
        """The server acknowledges a write, stored or not."""
        self.safe.add(entry)
