"""A single copy: what it means that no acknowledged write is lost, as if there were one server with one disk.

What is modelled
    A register for each place of a log. A write is taken, is held, and is acknowledged once it is safe. This is what
    `replication` implements by several replicas, some of which fail.
Faults
    The server crashes and returns, with everything that it has acknowledged, and with any part of the rest.
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
    """What a client has written."""


@record
class Entry:
    """A write, in its place."""

    slot: Slot
    write: Write


class SingleCopy(Model):
    """One server that crashes, and whose disk does not."""

    default = {"Slot": 2, "Write": 2}
    smoke = {"Write": 1}
    deep = {"Slot": 3, "Write": 3}

    held: Set[Entry]  # what the server has
    safe: Set[Entry]  # what it has acknowledged

    @action
    def write(self, entry: Entry) -> None:
        """A write is stored in a slot that is free."""
        require(all(e.slot != entry.slot for e in self.held))
        self.held.add(entry)

    @action
    def acknowledge(self, entry: Entry) -> None:
        """A client is told that its write is safe."""
        require(entry in self.held)
        self.safe.add(entry)

    @action
    def crash(self, left: Set[Entry]) -> None:
        """What was not acknowledged may be lost, all of it or some."""
        require(all(e in left for e in self.safe), all(e in self.held for e in left))
        self.held = set(left)

    @invariant
    def acknowledged_writes_survive(self, entry: Entry) -> bool:
        return entry not in self.safe or entry in self.held

    @invariant
    def one_write_a_slot(self, a: Entry, b: Entry) -> bool:
        return a == b or a.slot != b.slot or not (a in self.held and b in self.held)

    @step_invariant
    def acknowledged_for_good(self, after: Self, entry: Entry) -> bool:
        return entry not in self.safe or entry in after.safe

    @reachable
    def another_write_after_a_crash(self, a: Entry, b: Entry) -> bool:
        """One place is written, and lost, and another one that came after it was safe."""
        return a.slot != b.slot and a in self.held and a not in self.safe and b in self.safe


class SingleCopyAcknowledgingAtOnce(SingleCopy):
    """Broken: a write is acknowledged as it comes in, before it is on the disk."""

    expected = Violates("acknowledged_writes_survive")

    @action
    def acknowledge(self, entry: Entry) -> None:
        """A client is told that its write is safe, which is not stored yet."""
        self.safe.add(entry)
