"""A register on replicas that fail: every operation asks a read quorum, then stores at a write quorum.

What is modelled
    Any number of clients read and write one register. An operation asks a read quorum what it holds, and takes the
    value with the highest timestamp. A write chooses a higher timestamp for its own value; a read keeps the one that
    it found. Both then store that at a write quorum before they return: a read *writes back*. Values are left out: no
    two writes have the same timestamp, so a timestamp stands for its value. The register implements
    `versioned_register`, which says why it is an atomic one.
Faults
    Messages are delayed, reordered and lost; replicas and clients stop at any moment, for good or for a while. What a
    replica holds survives. A replica's step and the arrival of its answer are one step here. That hides nothing: a
    client only collects answers, and one that travels longer says nothing that it would not have said at once.
Source
    Attiya, Bar-Noy, Dolev, *Sharing memory robustly in message-passing systems* (1995); with many writers, Lynch and
    Shvartsman, *Robust emulation of shared memory using dynamic quorum-acknowledged broadcasts* (1997). That timestamps
    ordered in this way make a register linearizable is Lynch, *Distributed Algorithms* (1996), lemma 13.16.
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
    """A process that holds a copy of the register."""


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
    """Reads and writes through quorums make a linearizable register."""

    default = {"Replica": 3, "Operation": 2, "Timestamp": 2}
    smoke = {"Replica": 2}
    deep = {"Operation": 3}

    held: Map[Replica, Timestamp | None] = everywhere(None)

    phase: Map[Operation, Phase] = everywhere(Phase.IDLE)
    writes: Set[Operation]  # the operations that write; the others read
    heard: Map[Operation, Set[Replica]]  # the replicas that have answered
    latest: Map[Operation, Timestamp | None] = everywhere(None)  # the highest timestamp among the answers
    stamp: Map[Operation, Timestamp | None] = everywhere(None)  # the timestamp that it stores, and that a read returns
    stored: Map[Operation, Set[Replica]]  # the replicas that have stored it

    used: Set[Timestamp]  # the timestamps of writes
    returned: Timestamp | None = None  # the highest timestamp of all operations that have returned
    floor: Map[Operation, Timestamp | None] = everywhere(None)  # what `returned` was when the operation began

    @axiom
    def quorums_meet(self) -> bool:
        """Every read quorum has a replica in common with every write quorum; by counts, R + W > N."""
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
        """A replica answers with the timestamp that it holds."""
        require(self.phase[operation] is Phase.ASKING, replica not in self.heard[operation])
        held, latest = self.held[replica], self.latest[operation]
        self.heard[operation].add(replica)
        if held is not None and (latest is None or latest < held):
            self.latest[operation] = held

    @action
    def choose(self, operation: Operation, quorum: ReadQuorum, stamp: Timestamp) -> None:
        """A write with answers from a read quorum chooses a higher timestamp that no other write has."""
        latest = self.latest[operation]
        require(self.phase[operation] is Phase.ASKING, operation in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        require(stamp not in self.used, latest is None or latest < stamp)
        self.used.add(stamp)
        self.stamp[operation] = stamp
        self.phase[operation] = Phase.STORING

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read with answers from a read quorum keeps the highest timestamp among them."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        self.stamp[operation] = self.latest[operation]
        self.phase[operation] = Phase.STORING

    @action
    def store(self, replica: Replica, operation: Operation) -> None:
        """A replica stores a timestamp, unless it holds a higher one, and acknowledges it either way."""
        require(self.phase[operation] is Phase.STORING, replica not in self.stored[operation])
        held, stamp = self.held[replica], self.stamp[operation]
        self.stored[operation].add(replica)
        if stamp is not None and (held is None or held < stamp):
            self.held[replica] = stamp

    @action
    def finish(self, operation: Operation, quorum: WriteQuorum) -> None:
        """A write quorum has acknowledged, and the operation returns."""
        require(self.phase[operation] is Phase.STORING)
        require(all(r in self.stored[operation] for r in quorum))
        stamp = self.stamp[operation]
        self.phase[operation] = Phase.DONE
        if stamp is not None and (self.returned is None or self.returned < stamp):
            self.returned = stamp

    # Properties

    def has_stamp(self, operation: Operation) -> bool:
        """Whether the operation has chosen or kept a timestamp."""
        return self.phase[operation] is Phase.STORING or self.phase[operation] is Phase.DONE

    def is_behind(self, stamp: Timestamp | None, replica: Replica) -> bool:
        """Whether the replica holds nothing as late as the timestamp."""
        held = self.held[replica]
        return stamp is not None and (held is None or held < stamp)

    @invariant
    def operations_see_what_returned_before(self, operation: Operation, earlier: Timestamp) -> bool:
        """Linearizability: an operation is ordered after all that had returned when it began.

        Its timestamp is no lower than theirs, and higher if it is a write. So what a read returns is the value of the
        last write in the order of timestamps.
        """
        stamp = self.stamp[operation]
        return implies(
            self.phase[operation] is Phase.DONE and self.floor[operation] == earlier,
            stamp is not None and (earlier < stamp or (earlier == stamp and operation not in self.writes)),
        )

    @invariant
    def reads_return_what_was_written(self, operation: Operation, stamp: Timestamp) -> bool:
        """Every timestamp that an operation stores or returns was chosen by a write."""
        return implies(self.stamp[operation] == stamp, stamp in self.used)

    @invariant
    def writes_are_told_apart(self, a: Operation, b: Operation, stamp: Timestamp) -> bool:
        """No two writes have the same timestamp."""
        return a == b or not (
            a in self.writes and b in self.writes and self.stamp[a] == stamp and self.stamp[b] == stamp
        )

    @refines(VersionedRegister)
    def implements_a_versioned_register(self) -> dict[str, object]:
        """The replicas and their answers are hidden, and so is a read's timestamp until the read returns."""
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

    # Lemmas

    @lemma
    def values_were_written(self, replica: Replica, operation: Operation, stamp: Timestamp) -> bool:
        """Every timestamp that is held, was heard or was returned was chosen by a write."""
        return stamp in self.used or not (
            self.held[replica] == stamp or self.latest[operation] == stamp or self.returned == stamp
        )

    @lemma
    def what_returned_is_at_a_quorum(self) -> bool:
        """Some write quorum holds nothing older than what has returned."""
        return any(all(not self.is_behind(self.returned, r) for r in w) for w in WriteQuorum)

    @lemma
    def answers_show_what_had_returned(self, operation: Operation) -> bool:
        """Some write quorum holds what had returned when the operation began; its answers to the operation show it."""
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
        """What linearizability asks of an operation's timestamp holds from the moment it is chosen."""
        stamp = self.stamp[operation]
        return implies(
            self.has_stamp(operation) and self.floor[operation] == earlier,
            stamp is not None and (earlier < stamp or (earlier == stamp and operation not in self.writes)),
        )

    @lemma
    def writes_store_something(self, operation: Operation) -> bool:
        """A write that has reached its second phase has a timestamp."""
        return implies(self.has_stamp(operation) and operation in self.writes, self.stamp[operation] is not None)

    @lemma
    def stored_is_held(self, operation: Operation, replica: Replica) -> bool:
        """A replica that has acknowledged a timestamp holds it or a higher one."""
        return not (
            self.has_stamp(operation)
            and replica in self.stored[operation]
            and self.is_behind(self.stamp[operation], replica)
        )

    @lemma
    def nothing_before_its_time(self, operation: Operation, replica: Replica) -> bool:
        """An operation has nothing that belongs to a phase that it has not reached."""
        phase = self.phase[operation]
        return (
            implies(phase is Phase.IDLE, self.floor[operation] is None and replica not in self.heard[operation])
            and implies(phase is Phase.IDLE, self.latest[operation] is None and operation not in self.writes)
            and implies(not self.has_stamp(operation), self.stamp[operation] is None)
            and implies(not self.has_stamp(operation), replica not in self.stored[operation])
        )

    @reachable
    def read_returns_a_write(self, a: Operation, b: Operation, stamp: Timestamp) -> bool:
        """A read begins after a write has returned, and returns its value."""
        return (
            a in self.writes
            and b not in self.writes
            and self.phase[b] is Phase.DONE
            and self.stamp[a] == stamp
            and self.floor[b] == stamp
        )

    @terminal
    def done_or_out_of_timestamps(self) -> bool:
        """An instance ends when its operations or its timestamps are used up."""
        return all(
            self.phase[o] is Phase.DONE or all(t in self.used for t in Timestamp) or self.is_stuck(o) for o in Operation
        )

    def is_stuck(self, operation: Operation) -> bool:
        """Whether every timestamp above what the operation has found is used."""
        latest = self.latest[operation]
        return latest is not None and all(t in self.used for t in Timestamp if latest < t)


class QuorumRegisterWithSmallQuorums(QuorumRegister):
    """Broken: R + W <= N, so a read may miss what a write has stored."""

    default = {"Replica": 2, "Operation": 2, "Timestamp": 2, "ReadQuorum": 1, "WriteQuorum": 1}
    smoke = {}
    deep = {"Replica": 3}
    expected = Violates("operations_see_what_returned_before")

    @axiom
    def quorums_meet(self) -> bool:
        """Quorums need not meet."""
        return True


class QuorumRegisterWithoutWriteBack(QuorumRegister):
    """Broken: a read returns without writing back. A read may find the new value, and the next one the old."""

    default = {"Replica": 2, "Operation": 3, "Timestamp": 1, "ReadQuorum": 1, "WriteQuorum": "all"}
    smoke = {}
    deep = {"Replica": 3, "ReadQuorum": "majority", "WriteQuorum": "majority"}
    expected = Violates("operations_see_what_returned_before")

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read with answers from a read quorum returns the latest at once."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(all(r in self.heard[operation] for r in quorum))
        stamp = self.latest[operation]
        self.stamp[operation] = stamp
        self.phase[operation] = Phase.DONE
        if stamp is not None and (self.returned is None or self.returned < stamp):
            self.returned = stamp


class QuorumRegisterAnsweringFromOne(QuorumRegister):
    """Broken: a read takes the first answer for the latest value ("read the nearest replica")."""

    default = {"Replica": 2, "Operation": 2, "Timestamp": 1, "ReadQuorum": "all", "WriteQuorum": 1}
    smoke = {}
    deep = {"Replica": 3}
    expected = Violates("implements_a_versioned_register")

    @action
    def keep(self, operation: Operation, quorum: ReadQuorum) -> None:
        """A read with one answer keeps its timestamp."""
        require(self.phase[operation] is Phase.ASKING, operation not in self.writes)
        require(any(r in self.heard[operation] for r in quorum))
        self.stamp[operation] = self.latest[operation]
        self.phase[operation] = Phase.STORING
