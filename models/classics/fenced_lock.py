"""A lock that is handed from node to node with growing epochs, and a store that checks them as fencing tokens.

What is modelled
    `EpochLock`: the holder hands the lock over in a message with a greater epoch than its own; a node takes
    only what is newer than what it had. `FencedLock`: holders also write to a store, with their epoch as
    token, and the store takes no token below one that it has seen.
Faults
    Messages are delayed, reordered, repeated and lost. A write may arrive when its sender has long lost the
    lock, as after a pause: the lock excludes holders, not messages. That is what the tokens are for.
Source
    The distributed lock of IronFleet (Hawblitzel et al., *IronFleet: proving practical distributed systems
    correct*, 2015, section 3), as in the Ivy suite. Fencing as in Kleppmann, *How to do distributed
    locking* (2016), and the sequencers of Burrows, *The Chubby lock service* (2006).
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
    first,
    implies,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
    terminal,
)

__all__ = [
    "Epoch",
    "EpochLock",
    "EpochLockTakingOldMessages",
    "FencedLock",
    "FencedLockWithCarelessStore",
    "Node",
    "Transfer",
    "Write",
]


class Node(Sort):
    """A process that needs the lock from time to time."""


class Epoch(Order):
    """How recently a node has had the lock; with a write, its fencing token."""


@record
class Transfer:
    """The lock, on its way to a node."""

    epoch: Epoch
    node: Node


@record
class Write:
    """A write to the store by a node that had the lock."""

    epoch: Epoch
    node: Node


class EpochLock(Model):
    """One node at a time has the lock."""

    default = {"Node": 2, "Epoch": 4}
    smoke = {"Epoch": 3}
    deep = {"Node": 3}

    epoch: Map[Node, Epoch]
    holders: Set[Node]
    transfers: Set[Transfer]

    @initial
    def start(self, owner: Node, epoch: Epoch) -> None:
        """Some node has the lock, in an epoch above those of all others."""
        require(first(Epoch) < epoch)
        self.epoch = {n: epoch if n == owner else first(Epoch) for n in Node}
        self.holders = {owner}

    @action
    def hand_over(self, node: Node, target: Node, epoch: Epoch) -> None:
        """The holder sends the lock to another node, with a later epoch."""
        require(node in self.holders, node != target, self.epoch[node] < epoch)
        self.holders.discard(node)
        self.transfers.add(Transfer(epoch, target))

    @action
    def take(self, transfer: Transfer) -> None:
        """A node takes the lock that was sent to it, unless it knows of that epoch."""
        require(transfer in self.transfers, self.epoch[transfer.node] < transfer.epoch)
        self.epoch[transfer.node] = transfer.epoch
        self.holders.add(transfer.node)

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one node has the lock."""
        return all(n == m for n in self.holders for m in self.holders)

    @step_invariant
    def epochs_grow(self, after: Self, node: Node) -> bool:
        return self.epoch[node] <= after.epoch[node]

    @lemma
    def one_transfer_per_epoch(self) -> bool:
        return all(implies(t.epoch == u.epoch, t == u) for t in self.transfers for u in self.transfers)

    @lemma
    def holder_is_ahead(self) -> bool:
        """No node and no message is newer than the holder of the lock."""
        return all(
            all(n == holder or self.epoch[n] < self.epoch[holder] for n in Node)
            and all(t.epoch <= self.epoch[holder] for t in self.transfers)
            for holder in self.holders
        )

    @lemma
    def lock_on_its_way_is_ahead(self) -> bool:
        """While the lock is in a message, nobody has it, and nothing is newer than the message."""
        return all(
            t.epoch <= self.epoch[t.node]
            or (
                not self.holders
                and all(self.epoch[n] < t.epoch for n in Node)
                and all(u.epoch <= t.epoch for u in self.transfers)
            )
            for t in self.transfers
        )

    @reachable
    def handed_over(self, node: Node) -> bool:
        """A node has the lock from another one."""
        return node in self.holders and Transfer(self.epoch[node], node) in self.transfers

    @terminal
    def out_of_epochs(self) -> bool:
        """A finite instance ends when the lock is held in its last epoch."""
        return any(all(e <= self.epoch[n] for e in Epoch) for n in self.holders)


class EpochLockTakingOldMessages(EpochLock):
    """Broken: a node takes the lock from whatever message comes, also from an old one that comes again.

    With three epochs nothing shows: in the first nobody holds the lock, in the second it is where it was in
    the beginning, and the only message there can be is in the third.
    """

    expected = Violates("mutual_exclusion")
    smoke = {}
    deep = {"Node": 3}

    @action
    def take(self, transfer: Transfer) -> None:
        """A node takes the lock that was sent to it, also when the same message comes again."""
        require(transfer in self.transfers)
        self.epoch[transfer.node] = transfer.epoch
        self.holders.add(transfer.node)


class FencedLock(EpochLock):
    """No write of a former holder replaces one of a later holder."""

    default = {"Node": 2, "Epoch": 3}
    smoke = {}
    deep = {"Node": 3}

    writes: Set[Write]
    accepted: Set[Write]
    stored: Write | None = None

    @action
    def write(self, node: Node) -> None:
        """The holder sends a write to the store, with its epoch."""
        require(node in self.holders)
        self.writes.add(Write(self.epoch[node], node))

    @action
    def store(self, write: Write) -> None:
        """The store takes a write, unless it has taken one of a later epoch."""
        require(write in self.writes, self.stored is None or self.stored.epoch <= write.epoch)
        self.accepted.add(write)
        self.stored = write

    @invariant
    def last_holder_wins(self) -> bool:
        """What is stored is the write of the latest holder of all that were accepted."""
        return all(self.stored is not None and w.epoch <= self.stored.epoch for w in self.accepted)

    @invariant
    def one_writer_per_token(self) -> bool:
        """Tokens tell the writers apart."""
        return all(implies(v.epoch == w.epoch, v == w) for v in self.writes for w in self.writes)

    @lemma
    def token_is_not_ahead(self) -> bool:
        return all(w.epoch <= self.epoch[w.node] for w in self.writes)

    @reachable
    def late_write(self, late: Write) -> bool:
        """A write of a former holder is still on its way, and too old to be accepted."""
        return late in self.writes and self.stored is not None and late.epoch < self.stored.epoch


class FencedLockWithCarelessStore(FencedLock):
    """Broken: the store does not look at the token, so a write from before a pause replaces a newer one."""

    expected = Violates("last_holder_wins")

    @action
    def store(self, write: Write) -> None:
        """The store takes a write of whatever epoch."""
        require(write in self.writes)
        self.accepted.add(write)
        self.stored = write
