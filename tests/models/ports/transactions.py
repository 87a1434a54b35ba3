"""Transactions of which each operation is sent to the node that has its key: Ivy's database chain replication.

Of the examples of Padon and others (PLDI 2016).
"""

from __future__ import annotations

from assay.checker.language import (
    Model,
    Order,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    first,
    implies,
    initial,
    invariant,
    lemma,
    require,
)


class Transaction(Order):
    """A transaction; its place in the order is its time stamp."""


class Operation(Sort):
    """A part of a transaction, on one node."""


class Node(Sort):
    """Holds keys."""


class Key(Sort):
    """What is read and written."""


ONE_READ = {
    "Transaction": 2,
    "Operation": 1,
    "Node": 1,
    "Key": 1,
    "reads": "{(o1, k1)}",
    "writes": "{}",
    "at": "{(o1, n1)}",
    "part_of": "{(t2, o1)}",
    "before": "{(o1, o1)}",
    "node_of": "{(k1, n1)}",
}
"""A small instance: a transaction that reads what was there before."""


class DatabaseChain(Model):
    """A transaction goes from node to node, in the order of its operations, and aborts where it comes too late."""

    default = {
        "Transaction": 3,
        "Operation": 4,
        "Node": 2,
        "Key": 2,
        "reads": "{(o3, k1), (o4, k2)}",
        "writes": "{(o1, k1), (o2, k2)}",
        "at": "{(o1, n1), (o2, n2), (o3, n1), (o4, n2)}",
        "part_of": "{(t2, o1), (t2, o2), (t3, o3), (t3, o4)}",
        "before": "{(o1, o1), (o1, o2), (o2, o2), (o3, o3), (o3, o4), (o4, o4)}",
        "node_of": "{(k1, n1), (k2, n2)}",
    }
    check_deadlock = False

    reads: Relation[Operation, Key]
    writes: Relation[Operation, Key]
    at: Relation[Operation, Node]
    part_of: Relation[Transaction, Operation]
    before: Relation[Operation, Operation]
    node_of: Relation[Key, Node]

    precommitted: Set[tuple[Transaction, Node]]
    aborted: Set[Transaction]
    committed: Set[Transaction]
    depends: Set[tuple[Transaction, Key, Transaction]]
    read: Set[tuple[Transaction, Key]]
    written: Set[tuple[Transaction, Key]]

    @axiom
    def reads_one_key(self, o: Operation, k: Key, m: Key) -> bool:
        return implies(self.reads(o, k) and self.reads(o, m), k == m)

    @axiom
    def reads_and_writes_apart(self, o: Operation, k: Key, m: Key) -> bool:
        return implies(self.reads(o, k) and self.writes(o, m), k != m)

    @axiom
    def one_node(self, o: Operation, m: Node, n: Node) -> bool:
        return implies(self.at(o, m) and self.at(o, n), m == n)

    @axiom
    def one_transaction(self, o: Operation, s: Transaction, t: Transaction) -> bool:
        return implies(self.part_of(s, o) and self.part_of(t, o), s == t)

    @axiom
    def partial_order(self, a: Operation, b: Operation, c: Operation) -> bool:
        return (
            self.before(a, a)
            and implies(self.before(a, b) and self.before(b, c), self.before(a, c))
            and implies(self.before(a, b) and self.before(b, a), a == b)
        )

    @axiom
    def total_in_a_transaction(self, t: Transaction, a: Operation, b: Operation) -> bool:
        ordered = self.before(a, b) or self.before(b, a)
        return implies(self.part_of(t, a), self.part_of(t, b) == ordered)

    @axiom
    def different_nodes(self, t: Transaction, a: Operation, b: Operation, n: Node) -> bool:
        return implies(self.part_of(t, a) and self.part_of(t, b) and self.at(a, n) and self.at(b, n), a == b)

    @axiom
    def one_place(self, k: Key, m: Node, n: Node) -> bool:
        return implies(self.node_of(k, m) and self.node_of(k, n), m == n)

    @axiom
    def local(self, o: Operation, k: Key, m: Node, n: Node) -> bool:
        uses = self.reads(o, k) or self.writes(o, k)
        return implies(uses and self.node_of(k, m) and self.at(o, n), m == n)

    @initial
    def zero_has_done_all(self) -> None:
        zero = first(Transaction)
        self.precommitted = {(zero, n) for n in Node}
        self.committed = {zero}
        self.depends = {(zero, k, zero) for k in Key}
        self.read = {(zero, k) for k in Key}
        self.written = {(zero, k) for k in Key}

    def is_last_write(self, t: Transaction, k: Key) -> bool:
        return (
            (t, k) in self.written
            and t not in self.aborted
            and all(s <= t or s in self.aborted for s in Transaction if (s, k) in self.written)
        )

    def is_last_read(self, t: Transaction, k: Key) -> bool:
        return (
            any((t, k, s) in self.depends for s in Transaction)
            and t not in self.aborted
            and all(s <= t or s in self.aborted for s in Transaction if (s, k) in self.read)
        )

    def is_previous_write(self, t: Transaction, k: Key, tx: Transaction) -> bool:
        return (
            (t, k) in self.written
            and t <= tx
            and t not in self.aborted
            and all(s <= t or tx <= s or s in self.aborted for s in Transaction if (s, k) in self.written)
        )

    def is_previous_committed_write(self, t: Transaction, k: Key, tx: Transaction) -> bool:
        return (
            (t, k) in self.written
            and t <= tx
            and t in self.committed
            and all(s <= t or tx <= s for s in self.committed if (s, k) in self.written)
        )

    @action
    def step(
        self,
        tx: Transaction,
        op: Operation,
        n: Node,
        kw: Key,
        kr: Key,
        last_write: Transaction,
        last_read: Transaction,
        previous: Transaction,
        committed: Transaction,
    ) -> None:
        require(self.part_of(tx, op), tx not in self.aborted, tx not in self.committed)
        require(
            all(
                implies(self.before(o, op) and o != op and self.at(o, m), (tx, m) in self.precommitted)
                for o in Operation
                for m in Node
            )
        )
        require(self.at(op, n), (tx, n) not in self.precommitted)
        require(self.writes(op, kw) or all(not self.writes(op, k) for k in Key))
        require(self.reads(op, kr) or all(not self.reads(op, k) for k in Key))
        require(implies(self.writes(op, kw), self.node_of(kw, n)), implies(self.reads(op, kr), self.node_of(kr, n)))
        require(self.is_last_write(last_write, kw), self.is_last_read(last_read, kw))
        require(self.is_previous_write(previous, kr, tx), self.is_previous_committed_write(committed, kr, tx))
        late = self.writes(op, kw) and (tx <= last_write or tx <= last_read)
        if late or (self.reads(op, kr) and previous != committed and previous <= tx):
            self.aborted.add(tx)
        else:
            if self.writes(op, kw):
                self.written.add((tx, kw))
            if self.reads(op, kr):
                self.depends.add((tx, kr, committed))
                self.read.add((tx, kr))
            self.precommitted.add((tx, n))
            if all(o == op for o in Operation if self.before(op, o)):
                self.committed.add(tx)

    @invariant
    def reads_see_earlier_writes(self, t: Transaction, s: Transaction, u: Transaction, k: Key) -> bool:
        return not (
            s != t
            and s in self.committed
            and t in self.committed
            and s <= t
            and (s, k) in self.written
            and (t, k, u) in self.depends
            and not s <= u
        )

    @invariant
    def atomicity(self, t: Transaction, o: Operation, n: Node) -> bool:
        return implies(t in self.committed and self.part_of(t, o) and self.at(o, n), (t, n) in self.precommitted)

    @lemma
    def what_is_read_is_earlier(self, t: Transaction, k: Key, s: Transaction) -> bool:
        return implies((t, k, s) in self.depends, s <= t and (t != s or t == first(Transaction)))

    @lemma
    def aborts_or_commits(self, t: Transaction) -> bool:
        return t not in self.aborted or t not in self.committed

    @lemma
    def writes_are_precommitted(self, t: Transaction, n: Node, k: Key) -> bool:
        return implies(
            (t, n) not in self.precommitted and t not in self.aborted and self.node_of(k, n),
            (t, k) not in self.written,
        )

    @lemma
    def reads_are_precommitted(self, t: Transaction, n: Node, k: Key, s: Transaction) -> bool:
        return implies(
            (t, n) not in self.precommitted and t not in self.aborted and self.node_of(k, n),
            (t, k, s) not in self.depends,
        )

    @lemma
    def zero_is_committed(self) -> bool:
        return first(Transaction) in self.committed

    @lemma
    def dependencies_are_reads(self, t: Transaction, k: Key, s: Transaction) -> bool:
        return implies((t, k, s) in self.depends, (t, k) in self.read)

    @lemma
    def nothing_is_written_between(self, s: Transaction, t: Transaction, u: Transaction, k: Key) -> bool:
        return not (
            s != u
            and s <= t
            and u <= s
            and s not in self.aborted
            and t not in self.aborted
            and (t, k, u) in self.depends
            and (s, k) in self.written
        )


class WritesBehindReads(DatabaseChain):
    """Broken: a write looks at later writes only, not at what has been read since."""

    expected = Violates("reads_see_earlier_writes")

    def is_last_read(self, t: Transaction, k: Key) -> bool:
        return t == first(Transaction)
