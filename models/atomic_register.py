"""An atomic register: concurrent operations appear to take effect one after the other.

What is modelled
    Operations begin and end. In between each takes effect at one moment: a write replaces the value of the register,
    and a read finds it. Values are left out: each write has a version of its own, and writes take effect in the order
    of their versions. When an operation ends, others that have begun may take effect just before it, in that order,
    each read between the write whose version it finds and the next one. `versioned_register` implements this.
Faults
    An operation may stop anywhere, for good, whether or not it has taken effect.
Source
    Lamport, *On interprocess communication* (1986): atomic registers; Herlihy and Wing, *Linearizability: a correctness
    condition for concurrent objects* (1990).
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    lemma,
    reachable,
    require,
    step_invariant,
    terminal,
)

__all__ = ["AtomicRegister", "AtomicRegisterReadingAnything", "Operation", "Timestamp"]


class Operation(Sort):
    """One read or write of a client."""


class Timestamp(Order):
    """The version of a value; no two writes have the same."""


def is_before(version: Timestamp | None, later: Timestamp | None) -> bool:
    """Whether a version is before another one. ``None``, the version of the initial value, is before all others."""
    return later is not None and (version is None or version < later)


class AtomicRegister(Model):
    """A read finds the value of the last write before it."""

    default = {"Operation": 3, "Timestamp": 2}
    deep = {"Operation": 4}

    begun: Set[Operation]
    ended: Set[Operation]
    writes: Set[Operation]  # those that write; the others read
    effective: Set[Operation]  # those that have taken effect
    version: Map[Operation, Timestamp | None] = everywhere(None)  # the version that it has written or found
    value: Timestamp | None = None  # the version that the register holds

    @action
    def begin(self, operation: Operation, writes: bool) -> None:
        """A client invokes a read or a write."""
        require(operation not in self.begun)
        self.begun.add(operation)
        if writes:
            self.writes.add(operation)

    @action
    def end(
        self,
        operation: Operation,
        effective: Set[Operation],
        version: Map[Operation, Timestamp | None],
        value: Timestamp | None,
    ) -> None:
        """Some operations take effect, one after the other; then one that has taken effect ends."""
        require(operation in self.begun, operation not in self.ended, operation in effective)
        require(all(o in effective for o in self.effective), all(o in self.begun for o in effective))
        require(all((o in effective and o not in self.effective) or version[o] == self.version[o] for o in Operation))
        now = {o for o in effective if o not in self.effective}
        writes = {o for o in now if o in self.writes}
        # The writes come after what the register held, each with a version of its own, and the last one's stays.
        require(all(is_before(self.value, version[o]) and not is_before(value, version[o]) for o in writes))
        require(all(p == o or version[p] != version[o] for o in writes for p in writes))
        require(value == self.value or any(version[o] == value for o in writes))
        # Each read finds what the register held, or what one of these writes left.
        require(
            all(
                o in self.writes or version[o] == self.value or any(version[p] == version[o] for p in writes)
                for o in now
            )
        )
        self.effective = set(effective)
        self.version = dict(version)
        self.value = value
        self.ended.add(operation)

    @invariant
    def ended_operations_took_effect(self, operation: Operation) -> bool:
        """An operation that has ended has taken effect."""
        return operation not in self.ended or operation in self.effective

    @invariant
    def reads_find_what_was_written(self, operation: Operation) -> bool:
        """Whatever version was found or written is a write's."""
        found = self.version[operation]
        return found is None or any(o in self.writes and self.version[o] == found for o in self.effective)

    @lemma
    def the_value_was_written(self) -> bool:
        """The register holds the initial value or that of a write that has taken effect."""
        return self.value is None or any(o in self.writes and self.version[o] == self.value for o in self.effective)

    @lemma
    def nothing_before_its_beginning(self, operation: Operation) -> bool:
        """An operation that has not begun has no effect and no version."""
        has_begun = operation in self.begun or (operation not in self.effective and operation not in self.writes)
        return has_begun and (operation in self.effective or self.version[operation] is None)

    @step_invariant
    def later_reads_find_no_earlier_value(self, after: Self, operation: Operation) -> bool:
        """An operation that takes effect finds or writes nothing older than the register held."""
        found = after.version[operation]
        takes_effect = operation in after.effective and operation not in self.effective
        return not takes_effect or self.value is None or (found is not None and self.value <= found)

    @reachable
    def a_write_that_has_not_ended_is_read(self, read: Operation, write: Operation) -> bool:
        """A read returns the value of a write that is still going on."""
        return (
            read in self.ended
            and write in self.writes
            and write not in self.ended
            and self.version[read] is not None
            and self.version[read] == self.version[write]
        )

    @terminal
    def ended_or_out_of_timestamps(self) -> bool:
        """An instance ends when its operations or its timestamps are used up."""
        return all(o in self.begun for o in Operation)


class AtomicRegisterReadingAnything(AtomicRegister):
    """Broken: a read may return any value that was ever written, even one that was replaced long ago."""

    expected = Violates("later_reads_find_no_earlier_value")

    @action
    def end_read(self, operation: Operation, found: Operation) -> None:
        """A read returns any value that was written, however long ago it was replaced."""
        require(operation in self.begun, operation not in self.effective, operation not in self.writes)
        require(found in self.effective, found in self.writes)
        self.version[operation] = self.version[found]
        self.effective.add(operation)
        self.ended.add(operation)
