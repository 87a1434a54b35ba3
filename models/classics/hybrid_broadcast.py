"""Reliable broadcast with processes that fail in four ways at once (Widder and Schmid 2007).

What is modelled
    A node that has heard the broadcaster sends to all. One that has heard so many others that a correct one is among
    them sends to all, too; one that has heard as many as it can wait for accepts. The two thresholds are quorum
    systems, `Some` and `Enough`; what the numbers of failures have to be is said by axioms about them.
Faults
    Of each node it is fixed how it may fail: not at all; by sending nothing from some point on (a clean crash); by
    sending to some only (an omission); by sending what it likes, but the same to all; by sending anything to anybody.
    The last two forget and invent what they have received.
Source
    J. Widder, U. Schmid, *Booting clock synchronization in partially synchronous systems with hybrid process and link
    failures*, Distributed Computing 20, 2007; as in I. Berkovits, M. Lazic, G. Losa, O. Padon, S. Shoham,
    *Verification of threshold-based distributed algorithms by decomposition to decidable logics* (CAV 2019), from
    where the invariants are.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Function,
    Model,
    QuorumSystem,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    invariant,
    lemma,
    reachable,
    require,
)

__all__ = ["Enough", "Failure", "HybridBroadcast", "HybridBroadcastOnHearsay", "Node", "Some"]


class Node(Sort):
    """A process."""


class Some(QuorumSystem[Node]):
    """More nodes than may send what they like."""


class Enough(QuorumSystem[Node]):
    """As many nodes as do not fail."""


class Failure(Enum):
    """How a node may fail."""

    NONE = "none"
    CRASH = "crash"
    OMISSION = "omission"
    SYMMETRIC = "symmetric"
    ARBITRARY = "arbitrary"


class HybridBroadcast(Model):
    """What a node accepts that does not lie, one that does not lie has heard."""

    default = {"Node": 3, "Some": 2, "Enough": 2}
    smoke = {"Node": 2, "Some": 1, "Enough": 2}
    check_deadlock = False

    failure: Function[Node, Failure]
    heard: Relation[Node]
    accepted: Set[Node]
    sent: Set[tuple[Node, Node]]
    spoke: Set[Node]
    received: Set[tuple[Node, Node]]

    # Failures

    def obedient(self, n: Node) -> bool:
        """Return whether a node sends only what it is to send, if perhaps not all of it."""
        return self.failure[n] != Failure.SYMMETRIC and self.failure[n] != Failure.ARBITRARY

    def fair(self, n: Node) -> bool:
        """Return whether a node sends to all or to none."""
        return self.failure[n] != Failure.OMISSION and self.failure[n] != Failure.ARBITRARY

    @axiom
    def enough_are_correct(self) -> bool:
        return any(all(self.failure[n] == Failure.NONE for n in enough) for enough in Enough)

    @axiom
    def one_of_some_is_obedient(self) -> bool:
        return all(any(self.obedient(n) for n in some) for some in Some)

    @axiom
    def some_of_enough_are_fair(self) -> bool:
        return all(any(all(n in enough and self.fair(n) for n in some) for some in Some) for enough in Enough)

    # What nodes do

    def receive(self, n: Node, source: Node) -> None:
        """Receive a message, and accept where that makes enough."""
        require((source, n) in self.sent)
        self.received.add((source, n))
        if any(all((s, n) in self.received for s in enough) for enough in Enough):
            self.accepted.add(n)

    def has_some(self, n: Node) -> bool:
        return any(all((s, n) in self.received for s in some) for some in Some)

    def send(self, n: Node, to: Set[Node]) -> None:
        self.sent |= {(n, m) for m in to}
        self.spoke |= {n for m in to}

    def send_to_all(self, n: Node) -> None:
        self.sent |= {(n, m) for m in Node}
        self.spoke.add(n)

    # Which failures an instance has room for depends on its size: omissions and arbitrary lies need four nodes.

    @action
    def hear(self, n: Node) -> None:
        """A node that has the message from the broadcaster sends it to all."""
        require(self.heard(n))
        self.send_to_all(n)

    @action
    def relay(self, n: Node, source: Node) -> None:
        """A node receives the message from another one, and sends it to all once enough have sent it."""
        self.receive(n, source)
        if self.has_some(n):
            self.send_to_all(n)

    @action(fires="maybe")
    def crash(self, n: Node, source: Node) -> None:
        """Receive, and send nothing."""
        require(self.failure[n] == Failure.CRASH)
        self.receive(n, source)

    @action(fires="maybe")
    def hear_and_omit(self, n: Node, to: Set[Node]) -> None:
        """A node that omits messages has it from the broadcaster, and sends it to some."""
        require(self.failure[n] == Failure.OMISSION, self.heard(n))
        self.send(n, to)

    @action(fires="maybe")
    def relay_and_omit(self, n: Node, source: Node, to: Set[Node]) -> None:
        """A node that omits messages receives it from another one, and sends it to some."""
        require(self.failure[n] == Failure.OMISSION)
        self.receive(n, source)
        if self.has_some(n):
            self.send(n, to)

    @action(fires="maybe")
    def lie_to_all(self, n: Node) -> None:
        """A faulty node sends the message to all, whatever it knows."""
        require(self.failure[n] == Failure.SYMMETRIC)
        self.send_to_all(n)

    @action(fires="maybe")
    def lie(self, n: Node, to: Set[Node]) -> None:
        """A faulty node sends the message to whom it likes, whatever it knows."""
        require(self.failure[n] == Failure.ARBITRARY)
        self.send(n, to)

    @action(fires="maybe")
    def invent(self, n: Node, known: Set[Node], accepts: bool) -> None:
        """A faulty node's own memory becomes anything."""
        require(not self.obedient(n))
        self.received = {(s, m) for s, m in self.received if m != n} | {(s, n) for s in known}
        self.accepted = {m for m in self.accepted if m != n} | {m for m in Node if m == n and accepts}

    # What is claimed

    @invariant
    def unforgeability(self, n: Node) -> bool:
        """What an obedient node accepts, an obedient node has heard."""
        return not (self.obedient(n) and n in self.accepted) or any(self.obedient(m) and self.heard(m) for m in Node)

    @lemma
    def who_is_heard_spoke(self, n: Node, m: Node) -> bool:
        return (n, m) not in self.sent or n in self.spoke

    @lemma
    def received_was_sent(self, n: Node, m: Node) -> bool:
        return not (self.obedient(m) and (n, m) in self.received) or (n, m) in self.sent

    @lemma
    def the_fair_send_to_all(self, n: Node, m: Node) -> bool:
        return not (self.fair(n) and n in self.spoke) or (n, m) in self.sent

    @lemma
    def who_has_not_heard_was_told_by_some(self, n: Node, m: Node) -> bool:
        return not (self.obedient(n) and (n, m) in self.sent and not self.heard(n)) or any(
            all(s in self.spoke for s in some) for some in Some
        )

    @lemma
    def accepted_where_enough_spoke(self, n: Node) -> bool:
        return not (self.obedient(n) and n in self.accepted) or any(
            all(s in self.spoke for s in enough) for enough in Enough
        )

    @lemma
    def where_some_spoke_one_has_heard(self, some: Some) -> bool:
        return any(self.obedient(s) and s not in self.spoke for s in some) or any(
            self.obedient(n) and self.heard(n) for n in Node
        )

    @reachable
    def all_accept(self) -> bool:
        return all(n in self.accepted for n in Node)


class HybridBroadcastOnHearsay(HybridBroadcast):
    """Broken: a node relays what a single other one says."""

    smoke = {}
    expected = Violates("unforgeability")

    def has_some(self, n: Node) -> bool:
        return any((s, n) in self.received for s in Node)
