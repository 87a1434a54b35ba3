"""Sharded key-value store: each key is owned by one node, and ownership is handed over by messages.

What is modelled
    Nodes that own keys and hold their values, and hand a key with its value over to another node. While
    a key is on its way, nobody owns it. Any assignment of owners is an initial one.
Faults
    Messages are delayed and reordered. A transfer that is lost takes its key with it, safely; getting it
    there for certain needs retransmission, and then what `ShardedStoreWithRepeatedTransfers` lacks.
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
    """A server that holds a part of the keys."""


class Key(Sort):
    """A key of the store."""


class KeyValue(Sort):
    """What is stored under a key."""


@record
class Ownership:
    """A node owns a key: it alone may write it."""

    node: Node
    key: Key


@record
class Entry:
    """A node holds a value under a key; as a message, it is to hold it from now on."""

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
        """A node sends a key and its value to another one, and owns it no longer."""
        require(entry in self.table)
        self.table.discard(entry)
        self.owners.discard(Ownership(entry.node, entry.key))
        self.transfers.add(Entry(target, entry.key, entry.value))

    @action
    def receive(self, transfer: Entry) -> None:
        """A node receives a key and its value, and owns it."""
        require(transfer in self.transfers)
        self.transfers.discard(transfer)
        self.owners.add(Ownership(transfer.node, transfer.key))
        self.table.add(transfer)

    @invariant
    def one_value_per_key(self) -> bool:
        """No two nodes hold a key, and no node holds two values of it."""
        return all(implies(a.key == b.key, a == b) for a in self.table for b in self.table)

    @lemma
    def one_owner_per_key(self) -> bool:
        return all(implies(a.key == b.key, a.node == b.node) for a in self.owners for b in self.owners)

    @lemma
    def holders_are_owners(self) -> bool:
        return all(Ownership(entry.node, entry.key) in self.owners for entry in self.table)

    @lemma
    def one_transfer_per_key(self) -> bool:
        return all(implies(a.key == b.key, a == b) for a in self.transfers for b in self.transfers)

    @lemma
    def what_is_on_its_way_has_no_owner(self) -> bool:
        return all(t.key != o.key for t in self.transfers for o in self.owners)

    @reachable
    def on_its_way(self, entry: Entry) -> bool:
        """Nobody can read or write the key."""
        return entry in self.transfers


class ShardedStoreWithRepeatedTransfers(ShardedStore):
    """Broken: transfers are repeated until they arrive, and a late repetition makes an owner of who was one."""

    expected = Violates("one_value_per_key")
    smoke = {}
    deep = {"Node": 3}

    @action
    def receive(self, transfer: Entry) -> None:
        """A node receives a key and its value, and owns it; the message may come again."""
        require(transfer in self.transfers)
        self.owners.add(Ownership(transfer.node, transfer.key))
        self.table.add(transfer)


class ShardedStoreKeepingWhatItSends(ShardedStore):
    """Broken: who hands a key over goes on as its owner until the other one has it."""

    expected = Violates("one_value_per_key")
    smoke = {}
    deep = {"Node": 3}

    @action
    def hand_over(self, entry: Entry, target: Node) -> None:
        """A node sends a key and its value to another one, and goes on as its owner."""
        require(entry in self.table)
        self.transfers.add(Entry(target, entry.key, entry.value))
