"""A lock handed from node to node with growing epochs, and a store that checks the epochs as fencing tokens.

What is modelled
    `EpochLock`: the holder hands the lock over in a message with a higher epoch than its own; a node accepts
    only messages with a higher epoch than it has seen. `FencedLock`: holders also write to a store, with their epoch
    as token, and the store accepts no token below one that it has seen.
Faults
    Messages are delayed, reordered, repeated and lost. A write may arrive long after its sender has lost the
    lock, for instance after a pause: the lock excludes other holders, not their messages. Hence the tokens.
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
    """One node at a time holds the lock."""

    default = {"Node": 2, "Epoch": 4}
    smoke = {"Epoch": 3}
    deep = {"Node": 3}

    epoch: Map[Node, Epoch]
    holders: Set[Node]
    transfers: Set[Transfer]

    @initial
    def start(self, owner: Node, epoch: Epoch) -> None:
        """One node holds the lock, in a higher epoch than all others."""
        require(first(Epoch) < epoch)
        self.epoch = {n: epoch if n == owner else first(Epoch) for n in Node}
        self.holders = {owner}

    @action
    def hand_over(self, node: Node, target: Node, epoch: Epoch) -> None:
        """The holder sends the lock to another node, with a higher epoch."""
        require(node in self.holders, node != target, self.epoch[node] < epoch)
        self.holders.discard(node)
        self.transfers.add(Transfer(epoch, target))

    @action
    def take(self, transfer: Transfer) -> None:
        """A node takes the lock that was sent to it, unless it has seen the epoch."""
        require(transfer in self.transfers, self.epoch[transfer.node] < transfer.epoch)
        self.epoch[transfer.node] = transfer.epoch
        self.holders.add(transfer.node)

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one node holds the lock."""
        return all(n == m for n in self.holders for m in self.holders)

    @step_invariant
    def epochs_grow(self, after: Self, node: Node) -> bool:
        """A node's epoch never decreases."""
        return self.epoch[node] <= after.epoch[node]

    @lemma
    def one_transfer_per_epoch(self) -> bool:
        """No two transfers have the same epoch."""
        return all(implies(t.epoch == u.epoch, t == u) for t in self.transfers for u in self.transfers)

    @lemma
    def holder_is_ahead(self) -> bool:
        """No other node is in an epoch as high as the holder's, and no message has a higher one."""
        return all(
            all(n == holder or self.epoch[n] < self.epoch[holder] for n in Node)
            and all(t.epoch <= self.epoch[holder] for t in self.transfers)
            for holder in self.holders
        )

    @lemma
    def lock_on_its_way_is_ahead(self) -> bool:
        """While the lock is on its way no node holds it, and nothing has a higher epoch."""
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
        """A node has the lock from another node."""
        return node in self.holders and Transfer(self.epoch[node], node) in self.transfers

    @terminal
    def out_of_epochs(self) -> bool:
        """An instance ends when the lock is held in its last epoch."""
        return any(all(e <= self.epoch[n] for e in Epoch) for n in self.holders)


class EpochLockTakingOldMessages(EpochLock):
    """Broken: a node takes the lock whenever a message arrives, even an old one again.

    It takes four epochs to show: no node holds the lock in the first, in the second it is where it was initially, and
    with three epochs there could only be a message in the third.
    """

    expected = Violates("mutual_exclusion")
    smoke = {}
    deep = {"Node": 3}

    @action
    def take(self, transfer: Transfer) -> None:
        """A node takes the lock that was sent to it, even when the message arrives again."""
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
        """The store accepts a write, unless it has accepted one with a higher epoch."""
        require(write in self.writes, self.stored is None or self.stored.epoch <= write.epoch)
        self.accepted.add(write)
        self.stored = write

    @invariant
    def last_holder_wins(self) -> bool:
        """The stored write has the highest epoch of all accepted writes."""
        return all(self.stored is not None and w.epoch <= self.stored.epoch for w in self.accepted)

    @invariant
    def one_writer_per_token(self) -> bool:
        """No two nodes write with the same token."""
        return all(implies(v.epoch == w.epoch, v == w) for v in self.writes for w in self.writes)

    @lemma
    def token_is_not_ahead(self) -> bool:
        """The token of a write is no higher than its sender's epoch."""
        return all(w.epoch <= self.epoch[w.node] for w in self.writes)

    @reachable
    def late_write(self, late: Write) -> bool:
        """A write of a former holder is still on its way, and too old to be accepted."""
        return late in self.writes and self.stored is not None and late.epoch < self.stored.epoch


class FencedLockWithCarelessStore(FencedLock):
    """Broken: the store does not check tokens, so a write from before a pause replaces a newer one."""

    expected = Violates("last_holder_wins")

    @action
    def store(self, write: Write) -> None:
        """The store accepts a write with any epoch."""
        require(write in self.writes)
        self.accepted.add(write)
        self.stored = write
