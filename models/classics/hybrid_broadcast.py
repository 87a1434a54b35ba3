"""Reliable broadcast with processes that fail in four ways at once (Widder and Schmid 2007).

What is modelled
    A node that has the broadcaster's message sends it to all. A node that has it from enough others for a correct one
    to be among them sends it to all, too; a node that has it from as many as it can wait for accepts it. The two
    thresholds are quorum systems, `Some` and `Enough`; axioms about them say what the numbers of failures may be.
    Of the properties that the paper asks of the broadcast, unforgeability is here; correctness and relay, by which
    nodes accept in the end, are left out, and so are the clocks that are built on it.
Faults
    How a node may fail is fixed for each: not at all; by sending nothing when it should send to all, from some point
    on or now and then (a clean crash, or a symmetric omission); by sending to some nodes only (an omission); by
    sending at will, but to all alike (symmetric); by sending anything to any node (arbitrary). Nodes that fail in the
    last two ways also forget and invent what they have received. Links do not fail.
Source
    J. Widder, U. Schmid, *Booting clock synchronization in partially synchronous systems with hybrid process and link
    failures*, Distributed Computing 20, 2007; as in I. Berkovits, M. Lazic, G. Losa, O. Padon, S. Shoham,
    *Verification of threshold-based distributed algorithms by decomposition to decidable logics* (CAV 2019), from
    which the invariants are taken.
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
    """More nodes than can fail symmetrically or arbitrarily."""


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
    """If an obedient node accepts the message, an obedient node has it from the broadcaster."""

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
        """Whether the node sends only what the protocol says, though perhaps not all of it."""
        return self.failure[n] != Failure.SYMMETRIC and self.failure[n] != Failure.ARBITRARY

    def fair(self, n: Node) -> bool:
        """Whether the node sends to all nodes or to none."""
        return self.failure[n] != Failure.OMISSION and self.failure[n] != Failure.ARBITRARY

    @axiom
    def enough_are_correct(self) -> bool:
        """Some `Enough` contains only nodes that do not fail."""
        return any(all(self.failure[n] == Failure.NONE for n in enough) for enough in Enough)

    @axiom
    def one_of_some_is_obedient(self) -> bool:
        """Every `Some` contains an obedient node."""
        return all(any(self.obedient(n) for n in some) for some in Some)

    @axiom
    def some_of_enough_are_fair(self) -> bool:
        """Every `Enough` contains a `Some` of fair nodes."""
        return all(any(all(n in enough and self.fair(n) for n in some) for some in Some) for enough in Enough)

    # Steps of a node

    def receive(self, n: Node, source: Node) -> None:
        """Receive a message, and accept if that makes enough."""
        require((source, n) in self.sent)
        self.received.add((source, n))
        if any(all((s, n) in self.received for s in enough) for enough in Enough):
            self.accepted.add(n)

    def has_some(self, n: Node) -> bool:
        """Whether the node has the message from some `Some`."""
        return any(all((s, n) in self.received for s in some) for some in Some)

    def send(self, n: Node, to: Set[Node]) -> None:
        """Send the message to some nodes."""
        self.sent |= {(n, m) for m in to}
        self.spoke |= {n for m in to}

    def send_to_all(self, n: Node) -> None:
        """Send the message to all nodes."""
        self.sent |= {(n, m) for m in Node}
        self.spoke.add(n)

    # Which failures are possible depends on the size of the instance: omissions and arbitrary ones need four nodes.

    @action
    def hear(self, n: Node) -> None:
        """A node that has the broadcaster's message sends it to all."""
        require(self.heard(n))
        self.send_to_all(n)

    @action
    def relay(self, n: Node, source: Node) -> None:
        """A node receives the message from another node, and sends it to all if it has it from enough of them."""
        self.receive(n, source)
        if self.has_some(n):
            self.send_to_all(n)

    @action(fires="maybe")
    def crash(self, n: Node, source: Node) -> None:
        """A node receives the message, crashes, and sends nothing."""
        require(self.failure[n] == Failure.CRASH)
        self.receive(n, source)

    @action(fires="maybe")
    def hear_and_omit(self, n: Node, to: Set[Node]) -> None:
        """A node with the broadcaster's message sends it to some nodes and omits the others."""
        require(self.failure[n] == Failure.OMISSION, self.heard(n))
        self.send(n, to)

    @action(fires="maybe")
    def relay_and_omit(self, n: Node, source: Node, to: Set[Node]) -> None:
        """A node receives the message from another node, and sends it to some nodes and omits the others."""
        require(self.failure[n] == Failure.OMISSION)
        self.receive(n, source)
        if self.has_some(n):
            self.send(n, to)

    @action(fires="maybe")
    def lie_to_all(self, n: Node) -> None:
        """A node that fails symmetrically sends the message to all, whatever it has received."""
        require(self.failure[n] == Failure.SYMMETRIC)
        self.send_to_all(n)

    @action(fires="maybe")
    def lie(self, n: Node, to: Set[Node]) -> None:
        """A node that fails arbitrarily sends the message to any nodes, whatever it has received."""
        require(self.failure[n] == Failure.ARBITRARY)
        self.send(n, to)

    @action(fires="maybe")
    def invent(self, n: Node, known: Set[Node], accepts: bool) -> None:
        """The memory of a node that is not obedient becomes anything."""
        require(not self.obedient(n))
        self.received = {(s, m) for s, m in self.received if m != n} | {(s, n) for s in known}
        self.accepted = {m for m in self.accepted if m != n} | {m for m in Node if m == n and accepts}

    # Properties

    @invariant
    def unforgeability(self, n: Node) -> bool:
        """If an obedient node accepts the message, an obedient node has it from the broadcaster."""
        return not (self.obedient(n) and n in self.accepted) or any(self.obedient(m) and self.heard(m) for m in Node)

    @lemma
    def who_is_heard_spoke(self, n: Node, m: Node) -> bool:
        """A node from which a message was sent has sent one."""
        return (n, m) not in self.sent or n in self.spoke

    @lemma
    def received_was_sent(self, n: Node, m: Node) -> bool:
        """What an obedient node has received was sent to it."""
        return not (self.obedient(m) and (n, m) in self.received) or (n, m) in self.sent

    @lemma
    def the_fair_send_to_all(self, n: Node, m: Node) -> bool:
        """A fair node that has sent has sent to all."""
        return not (self.fair(n) and n in self.spoke) or (n, m) in self.sent

    @lemma
    def who_has_not_heard_was_told_by_some(self, n: Node, m: Node) -> bool:
        """If an obedient node sends the message without having it from the broadcaster, some `Some` has sent."""
        return not (self.obedient(n) and (n, m) in self.sent and not self.heard(n)) or any(
            all(s in self.spoke for s in some) for some in Some
        )

    @lemma
    def accepted_where_enough_spoke(self, n: Node) -> bool:
        """If an obedient node has accepted, some `Enough` has sent."""
        return not (self.obedient(n) and n in self.accepted) or any(
            all(s in self.spoke for s in enough) for enough in Enough
        )

    @lemma
    def where_some_spoke_one_has_heard(self, some: Some) -> bool:
        """If all of a `Some` have sent, an obedient node has the message from the broadcaster."""
        return any(self.obedient(s) and s not in self.spoke for s in some) or any(
            self.obedient(n) and self.heard(n) for n in Node
        )

    @reachable
    def all_accept(self) -> bool:
        return all(n in self.accepted for n in Node)


class HybridBroadcastOnHearsay(HybridBroadcast):
    """Broken: a node relays the message when it has it from a single other node."""

    smoke = {}
    expected = Violates("unforgeability")

    def has_some(self, n: Node) -> bool:
        """Whether the node has the message from any node."""
        return any((s, n) in self.received for s in Node)
