"""A register on replicas that fail: every operation talks to a read quorum, then to a write quorum.

What is modelled
    Any number of clients read and write one register. An operation asks a read quorum for what it holds, and takes
    the value with the greatest timestamp. A write chooses a greater timestamp for its own value; a read keeps the one
    that it found. Both then store it at a write quorum, and only then return: a read *writes back*.
Faults
    Messages are delayed, reordered and lost; replicas and clients stop at any moment, for good or for a while. What a
    replica holds survives. A step of a replica and the arrival of its answer are one step here: a client only collects
    answers, so an answer that travels longer shows nothing that it would not show at once.
Source
    Attiya, Bar-Noy, Dolev, *Sharing memory robustly in message-passing systems* (1995); with many writers, Lynch and
    Shvartsman, *Robust emulation of shared memory using dynamic quorum-acknowledged broadcasts* (1997). That timestamps
    which grow in this way make a linearizable register is Lynch, *Distributed Algorithms* (1996), lemma 13.16.

A value is told apart by the timestamp that it was written with; so a timestamp stands for the value, too. The register
implements `versioned_register`, which tells why that is an atomic one.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Map,
    Model,
    QuorumSystem,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    implies,
    invariant,
    lemma,
    reachable,
    refines,
    require,
    terminal,
)
from assay.models.atomic_register import Operation, Timestamp
from assay.models.versioned_register import VersionedRegister

__all__ = [
    "Operation",
    "Phase",
    "QuorumRegister",
    "QuorumRegisterAnsweringFromOne",
    "QuorumRegisterWithSmallQuorums",
    "QuorumRegisterWithoutWriteBack",
    "ReadQuorum",
    "Replica",
    "Timestamp",
    "WriteQuorum",
]


class Replica(Sort):
    """A process that holds a copy."""


class ReadQuorum(QuorumSystem[Replica]):
    """Replicas whose answers are enough to know the latest value."""

    configured_as = ("read",)


class WriteQuorum(QuorumSystem[Replica]):
    """Replicas that are enough to hold a value."""

    configured_as = ("write",)


class Phase(Enum):
    """How far an operation has come."""

    IDLE, ASKING, STORING, DONE = range(4)


class QuorumRegister(Model):
    """The register is linearizable."""

    default = {"Replica": 3, "Operation": 2, "Timestamp": 2}
    smoke = {"Replica": 2}
    deep = {"Operation": 3}

    held: Map[Replica, Timestamp | None] = everywhere(None)

    phase: Map[Operation, Phase] = everywhere(Phase.IDLE)
    writes: Set[Operation]  # the operations that write; the others read
    heard: Map[Operation, Set[Replica]]  # who has answered
    latest: Map[Operation, Timestamp | None] = everywhere(None)  # the latest that an answer told
    stamp: Map[Operation, Timestamp | None] = everywhere(None)  # what it stores, and what a read returns
    stored: Map[Operation, Set[Replica]]  # who has stored it

    used: Set[Timestamp]  # the timestamps of writes
    returned: Timestamp | None = None  # the latest of all operations that have returned
    floor: Map[Operation, Timestamp | None] = everywhere(None)  # the same, when an operation began

    @axiom
    def quorums_meet(self) -> bool:
        """A read quorum and a write quorum have a replica in common: with counts, R + W > N."""
        return all(any(r in w for r in q) for q in ReadQuorum for w in WriteQuorum)

    @action
    def begin(self, operation: Operation, writes: bool) -> None:
        """A client invokes a read or a write, which asks the replicas what they hold."""
        require(self.phase[operation] is Phase.IDLE)
        self.phase[operation] = Phase.ASKING
        self.floor[operation] = self.returned
        if writes:
            self.writes.add(operation)

    @action
    def answer(self, replica: Replica, operation: Operation) -> None:
        """A replica tells what it holds."""
        require(self.phase[operation] is Phase.ASKING, replica not in self.heard[operation])
        held, latest = self.held[replica], self.latest[operation]
        self.heard[operation].add(replica)
        if held is not None and (latest is None or latest < held):
            self.latest[operation] = held

    @action
    def choose(self, operation: Operation, quorum: ReadQuorum, stamp: Timestamp) -> None:
        """A write has answers from a quorum, and chooses a later timestamp that nobody else chooses."""
        latest = self.latest[operation]
        require(self.phase[operation] is Phase.ASKING, operation in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        require(stamp not in self.used, latest is None or latest < stamp)
        self.used.add(stamp)
        self.stamp[operation] = stamp
        self.phase[operation] = Phase.STORING

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read has answers from a quorum, and keeps the latest."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        self.stamp[operation] = self.latest[operation]
        self.phase[operation] = Phase.STORING

    @action
    def store(self, replica: Replica, operation: Operation) -> None:
        """A replica stores a value, unless it holds a later one, and says so either way."""
        require(self.phase[operation] is Phase.STORING, replica not in self.stored[operation])
        held, stamp = self.held[replica], self.stamp[operation]
        self.stored[operation].add(replica)
        if stamp is not None and (held is None or held < stamp):
            self.held[replica] = stamp

    @action
    def finish(self, operation: Operation, quorum: WriteQuorum) -> None:
        """A quorum has stored it; the operation returns."""
        require(self.phase[operation] is Phase.STORING)
        require(all(r in self.stored[operation] for r in quorum))
        stamp = self.stamp[operation]
        self.phase[operation] = Phase.DONE
        if stamp is not None and (self.returned is None or self.returned < stamp):
            self.returned = stamp

    # What must be true

    def has_stamp(self, operation: Operation) -> bool:
        return self.phase[operation] is Phase.STORING or self.phase[operation] is Phase.DONE

    def is_behind(self, stamp: Timestamp | None, replica: Replica) -> bool:
        """Whether a replica holds nothing as late as this."""
        held = self.held[replica]
        return stamp is not None and (held is None or held < stamp)

    @invariant
    def operations_see_what_returned_before(self, operation: Operation, earlier: Timestamp) -> bool:
        """Linearizability: no operation is ordered before one that had returned when it began, and each write after.

        What a read returns is then the value of the last write in the order of timestamps.
        """
        stamp = self.stamp[operation]
        return implies(
            self.phase[operation] is Phase.DONE and self.floor[operation] == earlier,
            stamp is not None and (earlier < stamp or (earlier == stamp and operation not in self.writes)),
        )

    @invariant
    def reads_return_what_was_written(self, operation: Operation, stamp: Timestamp) -> bool:
        return implies(self.stamp[operation] == stamp, stamp in self.used)

    @invariant
    def writes_are_told_apart(self, a: Operation, b: Operation, stamp: Timestamp) -> bool:
        return a == b or not (
            a in self.writes and b in self.writes and self.stamp[a] == stamp and self.stamp[b] == stamp
        )

    @refines(VersionedRegister)
    def implements_a_versioned_register(self) -> dict[str, object]:
        """Replicas, and what operations hear from them, are not seen; of a read no timestamp until it returns."""
        return {
            "begun": {o for o in Operation if self.phase[o] is not Phase.IDLE},
            "ended": {o for o in Operation if self.phase[o] is Phase.DONE},
            "writes": self.writes,
            "used": self.used,
            "version": {
                o: self.stamp[o] if o in self.writes or self.phase[o] is Phase.DONE else None for o in Operation
            },
            "returned": self.returned,
            "floor": self.floor,
        }

    # Why

    @lemma
    def values_were_written(self, replica: Replica, operation: Operation, stamp: Timestamp) -> bool:
        return stamp in self.used or not (
            self.held[replica] == stamp or self.latest[operation] == stamp or self.returned == stamp
        )

    @lemma
    def what_returned_is_at_a_quorum(self) -> bool:
        return any(all(not self.is_behind(self.returned, r) for r in w) for w in WriteQuorum)

    @lemma
    def answers_show_what_had_returned(self, operation: Operation) -> bool:
        """The write quorum that held what had returned holds it still; who of it has answered told as much."""
        floor, latest = self.floor[operation], self.latest[operation]
        return any(
            all(
                not self.is_behind(floor, r)
                and (floor is None or r not in self.heard[operation] or (latest is not None and floor <= latest))
                for r in w
            )
            for w in WriteQuorum
        )

    @lemma
    def stamps_are_late_enough(self, operation: Operation, earlier: Timestamp) -> bool:
        stamp = self.stamp[operation]
        return implies(
            self.has_stamp(operation) and self.floor[operation] == earlier,
            stamp is not None and (earlier < stamp or (earlier == stamp and operation not in self.writes)),
        )

    @lemma
    def writes_store_something(self, operation: Operation) -> bool:
        return implies(self.has_stamp(operation) and operation in self.writes, self.stamp[operation] is not None)

    @lemma
    def stored_is_held(self, operation: Operation, replica: Replica) -> bool:
        return not (
            self.has_stamp(operation)
            and replica in self.stored[operation]
            and self.is_behind(self.stamp[operation], replica)
        )

    @lemma
    def nothing_before_its_time(self, operation: Operation, replica: Replica) -> bool:
        """An operation has nothing of a phase that it has not reached."""
        phase = self.phase[operation]
        return (
            implies(phase is Phase.IDLE, self.floor[operation] is None and replica not in self.heard[operation])
            and implies(phase is Phase.IDLE, self.latest[operation] is None and operation not in self.writes)
            and implies(not self.has_stamp(operation), self.stamp[operation] is None)
            and implies(not self.has_stamp(operation), replica not in self.stored[operation])
        )

    @reachable
    def read_returns_a_write(self, a: Operation, b: Operation, stamp: Timestamp) -> bool:
        """A read returns what a write that had returned has written."""
        return (
            a in self.writes
            and b not in self.writes
            and self.phase[b] is Phase.DONE
            and self.stamp[a] == stamp
            and self.floor[b] == stamp
        )

    @terminal
    def done_or_out_of_timestamps(self) -> bool:
        """An instance has a bounded number of operations and timestamps."""
        return all(
            self.phase[o] is Phase.DONE or all(t in self.used for t in Timestamp) or self.is_stuck(o) for o in Operation
        )

    def is_stuck(self, operation: Operation) -> bool:
        """Whether all timestamps that are left are earlier than what a write has found."""
        latest = self.latest[operation]
        return latest is not None and all(t in self.used for t in Timestamp if latest < t)


class QuorumRegisterWithSmallQuorums(QuorumRegister):
    """Broken: R + W <= N. A read misses what a write has stored."""

    default = {"Replica": 2, "Operation": 2, "Timestamp": 2, "ReadQuorum": 1, "WriteQuorum": 1}
    smoke = {}
    deep = {"Replica": 3}
    expected = Violates("operations_see_what_returned_before")

    @axiom
    def quorums_meet(self) -> bool:
        return True


class QuorumRegisterWithoutWriteBack(QuorumRegister):
    """Broken: a read returns what it has found. The next one may find less: the new value, then the old one."""

    default = {"Replica": 2, "Operation": 3, "Timestamp": 1, "ReadQuorum": 1, "WriteQuorum": "all"}
    smoke = {}
    deep = {"Replica": 3, "ReadQuorum": "majority", "WriteQuorum": "majority"}
    expected = Violates("operations_see_what_returned_before")

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read has answers from a quorum, and returns the latest at once."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        stamp = self.latest[operation]
        self.stamp[operation] = stamp
        self.phase[operation] = Phase.DONE
        if stamp is not None and (self.returned is None or self.returned < stamp):
            self.returned = stamp


class QuorumRegisterAnsweringFromOne(QuorumRegister):
    """Broken: a read takes the first answer for the latest value. "Reads go to the nearest replica"."""

    default = {"Replica": 2, "Operation": 2, "Timestamp": 1, "ReadQuorum": "all", "WriteQuorum": 1}
    smoke = {}
    deep = {"Replica": 3}
    expected = Violates("implements_a_versioned_register")

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read has an answer from one of a quorum, and keeps it."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(any(r in self.heard[operation] for r in quorum))
        self.stamp[operation] = self.latest[operation]
        self.phase[operation] = Phase.STORING
