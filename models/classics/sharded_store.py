"""Sharded key-value store: each key has one owner, and ownership is handed over by messages.

What is modelled
    Nodes own keys and hold their values, and hand keys with their values over to other nodes. While
    a key is on its way, no node owns it. Owners are assigned initially in any way.
Faults
    Messages are delayed and reordered. A transfer that is lost takes its key with it, which is safe. To make sure
    that a transfer arrives takes retransmission, and with it the deduplication that
    `ShardedStoreWithRepeatedTransfers` lacks.
Source
    The sharded store of IronFleet (Hawblitzel et al., *IronFleet: proving practical distributed systems
    correct*, 2015), in the form of the mypyvy suite.
"""

from __future__ import annotations

from assay.checker.language import (
    Model,
    Set,
    Sort,
    Violates,
    action,
    anything,
    implies,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
)

__all__ = [
    "Entry",
    "Key",
    "KeyValue",
    "Node",
    "Ownership",
    "ShardedStore",
    "ShardedStoreKeepingWhatItSends",
    "ShardedStoreWithRepeatedTransfers",
]


class Node(Sort):
    """A server that owns some of the keys."""


class Key(Sort):
    """A key of the store."""


class KeyValue(Sort):
    """What is stored under a key."""


@record
class Ownership:
    """A node owns a key: no other may write it."""

    node: Node
    key: Key


@record
class Entry:
    """A node holds a value for a key; as a message: hold it from now on."""

    node: Node
    key: Key
    value: KeyValue


class ShardedStore(Model):
    """Each key has one owner, or is on its way to the next."""

    default = {"Node": 2, "Key": 1, "KeyValue": 2}
    smoke = {"KeyValue": 1}
    deep = {"Node": 3, "Key": 2}

    owners: Set[Ownership] = anything()
    table: Set[Entry]
    transfers: Set[Entry]

    @initial
    def each_key_has_one_owner(self) -> None:
        """Every key has exactly one owner."""
        require(all(any(Ownership(n, k) in self.owners for n in Node) for k in Key))
        require(all(implies(a.key == b.key, a.node == b.node) for a in self.owners for b in self.owners))

    @action
    def put(self, node: Node, key: Key, value: KeyValue) -> None:
        """The owner of a key stores a value for it."""
        require(Ownership(node, key) in self.owners)
        self.table -= {Entry(node, key, v) for v in KeyValue}
        self.table.add(Entry(node, key, value))

    @action
    def hand_over(self, entry: Entry, target: Node) -> None:
        """A node sends a key with its value to another node, and gives up its ownership."""
        require(entry in self.table)
        self.table.discard(entry)
        self.owners.discard(Ownership(entry.node, entry.key))
        self.transfers.add(Entry(target, entry.key, entry.value))

    @action
    def receive(self, transfer: Entry) -> None:
        """A node receives a key with its value, and owns it."""
        require(transfer in self.transfers)
        self.transfers.discard(transfer)
        self.owners.add(Ownership(transfer.node, transfer.key))
        self.table.add(transfer)

    @invariant
    def one_value_per_key(self) -> bool:
        """No key is held by two nodes, or with two values."""
        return all(implies(a.key == b.key, a == b) for a in self.table for b in self.table)

    @lemma
    def one_owner_per_key(self) -> bool:
        """No key has two owners."""
        return all(implies(a.key == b.key, a.node == b.node) for a in self.owners for b in self.owners)

    @lemma
    def holders_are_owners(self) -> bool:
        """A node that holds a key owns it."""
        return all(Ownership(entry.node, entry.key) in self.owners for entry in self.table)

    @lemma
    def one_transfer_per_key(self) -> bool:
        """No key is on its way twice."""
        return all(implies(a.key == b.key, a == b) for a in self.transfers for b in self.transfers)

    @lemma
    def what_is_on_its_way_has_no_owner(self) -> bool:
        """A key that is on its way has no owner."""
        return all(t.key != o.key for t in self.transfers for o in self.owners)

    @reachable
    def on_its_way(self, entry: Entry) -> bool:
        """A key is on its way, and no node can read or write it."""
        return entry in self.transfers


class ShardedStoreWithRepeatedTransfers(ShardedStore):
    """Broken: a transfer may arrive again, and make a node an owner that has handed the key over since."""

    expected = Violates("one_value_per_key")
    smoke = {}
    deep = {"Node": 3}

    @action
    def receive(self, transfer: Entry) -> None:
        """A node receives a key with its value, and owns it; the message may arrive again."""
        require(transfer in self.transfers)
        self.owners.add(Ownership(transfer.node, transfer.key))
        self.table.add(transfer)


class ShardedStoreKeepingWhatItSends(ShardedStore):
    """Broken: a node that hands a key over remains its owner until the other node has it."""

    expected = Violates("one_value_per_key")
    smoke = {}
    deep = {"Node": 3}

    @action
    def hand_over(self, entry: Entry, target: Node) -> None:
        """A node sends a key with its value to another node, and keeps its ownership."""
        require(entry in self.table)
        self.transfers.add(Entry(target, entry.key, entry.value))
