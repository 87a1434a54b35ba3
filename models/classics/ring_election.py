"""Leader election on a ring: identities go round, and only the greatest comes back to where it started.

What is modelled
    Processes on a ring, each with an identity of its own. A process sends its identity to its neighbour, and
    passes on what is greater than its own. The ring is a relation of three places, and the identities are a
    function, that the instance chooses, in any arrangement.
Faults
    Messages are delayed, reordered, repeated and lost: they are a set that only grows.
Source
    Chang and Roberts, *An improved algorithm for decentralized extrema-finding in circular configurations
    of processes* (1979); the relation of three places as in the leader election of the Ivy suite.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Function,
    Model,
    Order,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
)

__all__ = [
    "Identity",
    "Message",
    "Node",
    "RingElection",
    "RingElectionPassingEverythingOn",
    "RingElectionWithoutDistinctIdentities",
]


class Node(Sort):
    """A process, with its place on the ring."""


class Identity(Order):
    """What processes compare to find the leader."""


@record
class Message:
    """An identity on its way to a node."""

    identity: Identity
    target: Node


class RingElection(Model):
    """At most one process becomes the leader: the one with the greatest identity."""

    default = {"Node": 3, "Identity": 3}
    smoke = {"Node": 2, "Identity": 2}
    deep = {"Node": 4, "Identity": 4}

    between: Relation[Node, Node, Node]  # on the way round from the first, the second comes before the third
    identity: Function[Node, Identity]

    messages: Set[Message]
    leaders: Set[Node]

    @axiom
    def identities_differ(self, a: Node, b: Node) -> bool:
        return a == b or self.identity[a] != self.identity[b]

    @axiom
    def goes_on(self, w: Node, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(w, x, y) and self.between(w, y, z), self.between(w, x, z))

    @axiom
    def one_way_round(self, w: Node, x: Node, y: Node) -> bool:
        return not (self.between(w, x, y) and self.between(w, y, x))

    @axiom
    def all_on_the_ring(self, w: Node, x: Node, y: Node) -> bool:
        return len({w, x, y}) < 3 or self.between(w, x, y) or self.between(w, y, x)

    @axiom
    def closed(self, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(x, y, z), self.between(y, z, x))

    def is_next(self, node: Node, neighbour: Node) -> bool:
        """Whether nobody is between a node and its neighbour; alone on the ring, a node is its own."""
        alone = all(n == node for n in Node)
        return (node != neighbour or alone) and all(
            n in (node, neighbour) or self.between(node, neighbour, n) for n in Node
        )

    @action
    def announce(self, node: Node, neighbour: Node) -> None:
        """A process sends its identity to its neighbour."""
        require(self.is_next(node, neighbour))
        self.messages.add(Message(self.identity[node], neighbour))

    @action
    def pass_on(self, message: Message, neighbour: Node) -> None:
        """A process passes on an identity that is greater than its own."""
        require(message in self.messages, self.is_next(message.target, neighbour))
        require(self.identity[message.target] < message.identity)
        self.messages.add(Message(message.identity, neighbour))

    @action
    def win(self, node: Node) -> None:
        """A process hears its own identity, and leads."""
        require(Message(self.identity[node], node) in self.messages)
        self.leaders.add(node)

    @invariant
    def one_leader(self) -> bool:
        """At most one process is the leader."""
        return all(a == b for a in self.leaders for b in self.leaders)

    @step_invariant
    def leader_stays(self, after: Self) -> bool:
        return all(n in after.leaders for n in self.leaders)

    @lemma
    def leader_is_the_greatest(self) -> bool:
        return all(self.identity[n] <= self.identity[leader] for leader in self.leaders for n in Node)

    @lemma
    def who_hears_of_itself_is_the_greatest(self, node: Node) -> bool:
        return Message(self.identity[node], node) not in self.messages or all(
            self.identity[n] <= self.identity[node] for n in Node
        )

    @lemma
    def greater_than_all_it_has_passed(self, source: Node, passed: Node, target: Node) -> bool:
        """An identity that has come from one node to another is greater than all those between them."""
        return (
            Message(self.identity[source], target) not in self.messages
            or not self.between(source, passed, target)
            or self.identity[passed] < self.identity[source]
        )

    @reachable
    def any_node_can_win(self, node: Node) -> bool:
        return node in self.leaders


class RingElectionPassingEverythingOn(RingElection):
    """Broken: a process passes on what it hears without comparing, so every identity comes round."""

    expected = Violates("one_leader")
    default = {"Node": 2, "Identity": 2}
    smoke = {}
    deep = {"Node": 3, "Identity": 3}

    @action
    def pass_on(self, message: Message, neighbour: Node) -> None:
        """A process passes on whatever identity it hears."""
        require(message in self.messages, self.is_next(message.target, neighbour))
        self.messages.add(Message(message.identity, neighbour))


class RingElectionWithoutDistinctIdentities(RingElection):
    """Broken: identities are drawn at random, so two processes may have the same and take it for their own."""

    expected = Violates("one_leader")
    default = {"Node": 2, "Identity": 2}
    smoke = {}
    deep = {"Node": 3}

    @axiom
    def identities_differ(self, a: Node, b: Node) -> bool:
        return a == b or self.identity[a] <= self.identity[b] or self.identity[b] <= self.identity[a]
