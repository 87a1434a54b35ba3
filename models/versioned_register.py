"""A register whose values bear versions: why timestamps that grow make a linearizable register.

What is modelled
    Operations on one register begin and end, and those in between overlap. A write chooses a version that is greater
    than those of all operations that had ended when it began; a read returns a version that a write has chosen, no
    smaller than those. Nothing more is said. `quorum_register` implements this, whatever its replicas do, and this
    implements `atomic_register`.
Faults
    An operation may stop anywhere, for good. Others may see what it wrote, or not.
Why two steps
    When a read returns the value of a write that overlaps with it, it depends on what comes later in which order the
    two take effect. So no state of the register, nor its past, says what has taken effect, and there is no mapping to
    `atomic_register`. `VersionedRegisterForetold` chooses in its initial state which version each operation will get:
    a *prophecy*. It has no other behaviours, and leaves none out: an operation that gets a version in the end gets one
    version, and those that were foretold another one could not have gone on as they did. With the prophecy there is a
    mapping. That is checked, instance by instance; that replicas implement the versions is proved for any number.
Source
    Lynch, *Distributed Algorithms* (1996), lemma 13.16; prophecy variables: Abadi and Lamport, *The existence of
    refinement mappings* (1991). That no mapping does without them: Attiya and Enea, *Putting strong linearizability in
    context* (2019).
"""

from __future__ import annotations

from assay.checker.language import (
    Map,
    Model,
    Set,
    Violates,
    action,
    everywhere,
    initial,
    invariant,
    lemma,
    reachable,
    refines,
    require,
    terminal,
)
from assay.models.atomic_register import AtomicRegister, Operation, Timestamp

__all__ = [
    "VersionedRegister",
    "VersionedRegisterForetold",
    "VersionedRegisterReadingBack",
    "VersionedRegisterReadingBackForetold",
]


class VersionedRegister(Model):
    """Versions grow from each operation to those that begin after its end."""

    default = {"Operation": 3, "Timestamp": 2}
    smoke = {"Operation": 2}
    deep = {"Operation": 4, "Timestamp": 3}

    begun: Set[Operation]
    ended: Set[Operation]
    writes: Set[Operation]  # those that write; the others read
    used: Set[Timestamp]  # the versions of writes
    version: Map[Operation, Timestamp | None] = everywhere(None)  # what a write has chosen, or a read returned
    returned: Timestamp | None = None  # the latest of all operations that have ended
    floor: Map[Operation, Timestamp | None] = everywhere(None)  # the same, when an operation began

    @action
    def begin(self, operation: Operation, writes: bool) -> None:
        """A client invokes a read or a write."""
        require(operation not in self.begun)
        self.begun.add(operation)
        self.floor[operation] = self.returned
        if writes:
            self.writes.add(operation)

    @action
    def choose(self, operation: Operation, version: Timestamp) -> None:
        """A write chooses its version."""
        floor = self.floor[operation]
        require(operation in self.begun, operation in self.writes, self.version[operation] is None)
        require(version not in self.used, floor is None or floor < version)
        self.used.add(version)
        self.version[operation] = version

    @action
    def end_write(self, operation: Operation, version: Timestamp) -> None:
        """A write returns."""
        require(operation in self.writes, operation not in self.ended, self.version[operation] == version)
        self.ended.add(operation)
        self.note(version)

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        """A read returns the value of a write."""
        floor = self.floor[operation]
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used, floor is None or floor <= version)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)

    @action
    def end_read_of_nothing(self, operation: Operation) -> None:
        """A read returns that nothing was written yet."""
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(self.floor[operation] is None)
        self.ended.add(operation)

    def note(self, version: Timestamp) -> None:
        if self.returned is None or self.returned < version:
            self.returned = version

    @invariant
    def operations_see_what_returned_before(self, operation: Operation, earlier: Timestamp) -> bool:
        version = self.version[operation]
        if operation not in self.ended or self.floor[operation] != earlier:
            return True
        return version is not None and (earlier < version or (earlier == version and operation not in self.writes))

    @invariant
    def writes_are_told_apart(self, a: Operation, b: Operation, version: Timestamp) -> bool:
        both = a in self.writes and b in self.writes
        return a == b or not (both and self.version[a] == version and self.version[b] == version)

    @lemma
    def versions_were_chosen(self, operation: Operation, version: Timestamp) -> bool:
        return version in self.used or not (self.version[operation] == version or self.returned == version)

    @lemma
    def floors_are_below(self, operation: Operation, earlier: Timestamp) -> bool:
        version = self.version[operation]
        if version is None or self.floor[operation] != earlier:
            return True
        return earlier < version or (earlier == version and operation not in self.writes)

    @lemma
    def ended_writes_have_a_version(self, operation: Operation) -> bool:
        return not (operation in self.ended and operation in self.writes and self.version[operation] is None)

    @lemma
    def nothing_before_its_beginning(self, operation: Operation) -> bool:
        return operation in self.begun or (
            operation not in self.ended
            and operation not in self.writes
            and self.version[operation] is None
            and self.floor[operation] is None
        )

    @lemma
    def reads_have_a_version_when_they_end(self, operation: Operation) -> bool:
        return operation in self.writes or operation in self.ended or self.version[operation] is None

    @lemma
    def reads_of_nothing_began_before_anything_returned(self, operation: Operation) -> bool:
        return operation not in self.ended or self.version[operation] is not None or self.floor[operation] is None

    @reachable
    def a_write_that_has_not_ended_is_read(self, read: Operation, write: Operation) -> bool:
        return (
            read in self.ended
            and write in self.writes
            and write not in self.ended
            and self.version[read] is not None
            and self.version[read] == self.version[write]
        )

    @terminal
    def out_of_versions(self) -> bool:
        """An instance has a bounded number of operations and versions."""
        return all(o in self.begun for o in Operation)


class VersionedRegisterForetold(VersionedRegister):
    """The same, with a prophecy: which operations will get a version, and which. So what took effect is known."""

    deep = {}
    check_deadlock = False  # a run in which something was foretold that cannot happen ends
    provable = False  # what the mapping rests on has no lemmas: what was foretold, of operations that have yet to end

    gets: Set[Operation]  # those that will get a version, or return that there is none
    foretold: Map[Operation, Timestamp | None] = everywhere(None)  # and which

    @initial
    def foresee(self, gets: Set[Operation], foretold: Map[Operation, Timestamp | None]) -> None:
        require(all(o in gets or foretold[o] is None for o in Operation))
        self.gets = gets
        self.foretold = foretold

    def may_begin(self, operation: Operation, writes: bool) -> bool:
        """Whether it can still get the version that was foretold; if it cannot, another one was to be foretold."""
        version = self.foretold[operation]
        if operation not in self.gets:
            return True
        if version is None:
            return not writes and self.returned is None
        if writes and any(o in self.writes and o in self.gets and self.foretold[o] == version for o in self.begun):
            return False
        return self.returned is None or self.returned < version or (self.returned == version and not writes)

    @action
    def begin(self, operation: Operation, writes: bool) -> None:
        require(operation not in self.begun, self.may_begin(operation, writes))
        self.begun.add(operation)
        self.floor[operation] = self.returned
        if writes:
            self.writes.add(operation)

    @action
    def choose(self, operation: Operation, version: Timestamp) -> None:
        floor = self.floor[operation]
        require(operation in self.gets, self.foretold[operation] == version)
        require(operation in self.begun, operation in self.writes, self.version[operation] is None)
        require(version not in self.used, floor is None or floor < version)
        self.used.add(version)
        self.version[operation] = version

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        floor = self.floor[operation]
        require(operation in self.gets, self.foretold[operation] == version)
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used, floor is None or floor <= version)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)

    @action
    def end_read_of_nothing(self, operation: Operation) -> None:
        require(operation in self.gets, self.foretold[operation] is None)
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(self.floor[operation] is None)
        self.ended.add(operation)

    def has_taken_effect(self, operation: Operation) -> bool:
        """A write, once something as late has returned; a read, when it ends, or just before something later does."""
        version, now = self.foretold[operation], self.returned
        if operation not in self.begun or operation not in self.gets:
            return False
        if operation in self.writes:
            return version is not None and now is not None and version <= now
        if version is None:
            return operation in self.ended or now is not None
        return self.is_written(version) and (operation in self.ended or (now is not None and version < now))

    def is_written(self, version: Timestamp) -> bool:
        """Whether there is a write that chooses the version. One that has yet to begin when it is passed never does."""
        return any(o in self.writes and o in self.gets and self.foretold[o] == version for o in self.begun)

    @refines(AtomicRegister)
    def implements_an_atomic_register(self) -> dict[str, object]:
        """Operations take effect in the order of their versions, reads after the write that they read."""
        return {
            "begun": self.begun,
            "ended": self.ended,
            "writes": self.writes,
            "effective": {o for o in Operation if self.has_taken_effect(o)},
            "version": {o: self.foretold[o] if self.has_taken_effect(o) else None for o in Operation},
            "value": self.returned,
        }


class VersionedRegisterReadingBack(VersionedRegister):
    """Broken: a read returns any version, also one that is older than what had returned when it began."""

    expected = Violates("operations_see_what_returned_before")
    smoke = {}
    deep = {}

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        """A read returns the value of any write, also of one before what had returned when it began."""
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)


class VersionedRegisterReadingBackForetold(VersionedRegisterForetold):
    """Broken: the same with the prophecy. Nothing takes effect between beginning and end of such a read."""

    expected = Violates("implements_an_atomic_register")
    smoke = {}

    def may_begin(self, operation: Operation, writes: bool) -> bool:
        if operation in self.gets and not writes and self.foretold[operation] is not None:
            return True
        return super().may_begin(operation, writes)

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        """A read returns the value of any write, also of one before what had returned when it began."""
        require(operation in self.gets, self.foretold[operation] == version)
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)
