"""A register whose values have versions: why growing timestamps make a register linearizable.

What is modelled
    Operations on one register begin and end, and may overlap. A write chooses a version higher than those of all
    operations that had ended when it began; a read returns a version that some write has chosen, and no lower one than
    those. Nothing else is required. `quorum_register` implements this, whatever its replicas do, and this implements
    `atomic_register`.
Faults
    An operation may stop anywhere, for good. Others may or may not see what it wrote.
Why two models
    When a read returns the value of a write that overlaps with it, the order in which the two take effect depends on
    what happens later. So neither the state of the register nor its past determines which operations have taken
    effect, and no refinement mapping to `atomic_register` exists. `VersionedRegisterForetold` chooses in its initial
    state the version that each operation will get: a *prophecy variable*. It has the same behaviours: an operation
    that gets a version gets just one, and where another was foretold the run merely ends early. With the prophecy
    there is a mapping. It is checked, instance by instance; that replicas implement the versions is proved for any
    number of them.
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
    """Versions grow from each operation to those that begin after it has ended."""

    default = {"Operation": 3, "Timestamp": 2}
    smoke = {"Operation": 2}
    deep = {"Operation": 4, "Timestamp": 3}

    begun: Set[Operation]
    ended: Set[Operation]
    writes: Set[Operation]  # those that write; the others read
    used: Set[Timestamp]  # the versions of writes
    version: Map[Operation, Timestamp | None] = everywhere(None)  # what a write has chosen, or a read returned
    returned: Timestamp | None = None  # the highest version of all operations that have ended
    floor: Map[Operation, Timestamp | None] = everywhere(None)  # what `returned` was when the operation began

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
        """A read returns the initial value: nothing has been written yet."""
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(self.floor[operation] is None)
        self.ended.add(operation)

    def note(self, version: Timestamp) -> None:
        """Raise `returned` to the version of an operation that ends."""
        if self.returned is None or self.returned < version:
            self.returned = version

    @invariant
    def operations_see_what_returned_before(self, operation: Operation, earlier: Timestamp) -> bool:
        """An operation's version is no lower than any that had returned when it began; a write's is higher."""
        version = self.version[operation]
        if operation not in self.ended or self.floor[operation] != earlier:
            return True
        return version is not None and (earlier < version or (earlier == version and operation not in self.writes))

    @invariant
    def writes_are_told_apart(self, a: Operation, b: Operation, version: Timestamp) -> bool:
        """No two writes have the same version."""
        both = a in self.writes and b in self.writes
        return a == b or not (both and self.version[a] == version and self.version[b] == version)

    @lemma
    def versions_were_chosen(self, operation: Operation, version: Timestamp) -> bool:
        """Every version that an operation has or returned was chosen by a write."""
        return version in self.used or not (self.version[operation] == version or self.returned == version)

    @lemma
    def floors_are_below(self, operation: Operation, earlier: Timestamp) -> bool:
        """What linearizability asks of an operation's version holds from the moment it has one."""
        version = self.version[operation]
        if version is None or self.floor[operation] != earlier:
            return True
        return earlier < version or (earlier == version and operation not in self.writes)

    @lemma
    def ended_writes_have_a_version(self, operation: Operation) -> bool:
        """A write that has ended has a version."""
        return not (operation in self.ended and operation in self.writes and self.version[operation] is None)

    @lemma
    def nothing_before_its_beginning(self, operation: Operation) -> bool:
        """An operation that has not begun has no version."""
        return operation in self.begun or (
            operation not in self.ended
            and operation not in self.writes
            and self.version[operation] is None
            and self.floor[operation] is None
        )

    @lemma
    def reads_have_a_version_when_they_end(self, operation: Operation) -> bool:
        """A read has no version before it ends."""
        return operation in self.writes or operation in self.ended or self.version[operation] is None

    @lemma
    def reads_of_nothing_began_before_anything_returned(self, operation: Operation) -> bool:
        """A read that returned the initial value began before any operation with a version had ended."""
        return operation not in self.ended or self.version[operation] is not None or self.floor[operation] is None

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
    def out_of_versions(self) -> bool:
        """An instance ends when its operations or its versions are used up."""
        return all(o in self.begun for o in Operation)


class VersionedRegisterForetold(VersionedRegister):
    """The same with a prophecy of the versions that operations will get, so it is known which have taken effect."""

    deep = {}
    check_deadlock = False  # a run ends where its prophecy cannot come true
    provable = False  # nobody has written the lemmas about what was foretold of operations that have yet to end

    gets: Set[Operation]  # those that will get a version, or will read the initial value
    foretold: Map[Operation, Timestamp | None] = everywhere(None)  # which version; None: the initial value

    @initial
    def foresee(self, gets: Set[Operation], foretold: Map[Operation, Timestamp | None]) -> None:
        require(all(o in gets or foretold[o] is None for o in Operation))
        self.gets = gets
        self.foretold = foretold

    def may_begin(self, operation: Operation, writes: bool) -> bool:
        """Whether the operation, if it begins now, can still get the version that was foretold."""
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
        """Whether the operation has taken effect.

        A write has once an operation with its version or a higher one has returned; a read has when it ends, or just
        before an operation with a higher version does.
        """
        version, now = self.foretold[operation], self.returned
        if operation not in self.begun or operation not in self.gets:
            return False
        if operation in self.writes:
            return version is not None and now is not None and version <= now
        if version is None:
            return operation in self.ended or now is not None
        return self.is_written(version) and (operation in self.ended or (now is not None and version < now))

    def is_written(self, version: Timestamp) -> bool:
        """Whether a write that has begun will choose the version.

        If none has begun when the version is passed, none ever will.
        """
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
    """Broken: a read may return a version that is lower than what had returned when the read began."""

    expected = Violates("operations_see_what_returned_before")
    smoke = {}
    deep = {}

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        """A read returns the value of any write, even one that was superseded before it began."""
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)


class VersionedRegisterReadingBackForetold(VersionedRegisterForetold):
    """Broken: the same with the prophecy. Such a read cannot take effect between its beginning and its end."""

    expected = Violates("implements_an_atomic_register")
    smoke = {}

    def may_begin(self, operation: Operation, writes: bool) -> bool:
        if operation in self.gets and not writes and self.foretold[operation] is not None:
            return True
        return super().may_begin(operation, writes)

    @action
    def end_read(self, operation: Operation, version: Timestamp) -> None:
        """A read returns the value of any write, even one that was superseded before it began."""
        require(operation in self.gets, self.foretold[operation] == version)
        require(operation in self.begun, operation not in self.writes, operation not in self.ended)
        require(version in self.used)
        self.ended.add(operation)
        self.version[operation] = version
        self.note(version)
