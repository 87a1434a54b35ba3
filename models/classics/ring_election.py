"""Leader election on a ring: identities go round, and only the highest comes back to its sender.

What is modelled
    Processes on a ring, each with an identity of its own. A process sends its identity to its neighbour, and
    passes on identities that are higher than its own. The ring is a ternary relation and the identities are a
    function; the instance chooses both, in any arrangement.
Faults
    Messages are delayed, reordered, repeated and lost: the network is a set that only grows.
Source
    Chang and Roberts, *An improved algorithm for decentralized extrema-finding in circular configurations
    of processes* (1979); the ternary relation as in the leader election of the Ivy suite.
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
    """At most one process becomes the leader: the one with the highest identity."""

    default = {"Node": 3, "Identity": 3}
    smoke = {"Node": 2, "Identity": 2}
    deep = {"Node": 4, "Identity": 4}

    between: Relation[Node, Node, Node]  # going round from the first, the second comes before the third
    identity: Function[Node, Identity]

    messages: Set[Message]
    leaders: Set[Node]

    @axiom
    def identities_differ(self, a: Node, b: Node) -> bool:
        """No two processes have the same identity."""
        return a == b or self.identity[a] != self.identity[b]

    @axiom
    def goes_on(self, w: Node, x: Node, y: Node, z: Node) -> bool:
        """The relation is transitive, seen from one node."""
        return implies(self.between(w, x, y) and self.between(w, y, z), self.between(w, x, z))

    @axiom
    def one_way_round(self, w: Node, x: Node, y: Node) -> bool:
        """The relation is antisymmetric, seen from one node."""
        return not (self.between(w, x, y) and self.between(w, y, x))

    @axiom
    def all_on_the_ring(self, w: Node, x: Node, y: Node) -> bool:
        """The relation is total, seen from one node: of two other nodes, one comes first."""
        return len({w, x, y}) < 3 or self.between(w, x, y) or self.between(w, y, x)

    @axiom
    def closed(self, x: Node, y: Node, z: Node) -> bool:
        """The relation is cyclic: it holds of the same three nodes from wherever they are counted."""
        return implies(self.between(x, y, z), self.between(y, z, x))

    def is_next(self, node: Node, neighbour: Node) -> bool:
        """Whether one node is the next after another; a node that is alone is its own neighbour."""
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
        """A process passes on an identity that is higher than its own."""
        require(message in self.messages, self.is_next(message.target, neighbour))
        require(self.identity[message.target] < message.identity)
        self.messages.add(Message(message.identity, neighbour))

    @action
    def win(self, node: Node) -> None:
        """A process receives its own identity, and becomes the leader."""
        require(Message(self.identity[node], node) in self.messages)
        self.leaders.add(node)

    @invariant
    def one_leader(self) -> bool:
        """At most one process is the leader."""
        return all(a == b for a in self.leaders for b in self.leaders)

    @step_invariant
    def leader_stays(self, after: Self) -> bool:
        """A leader remains one."""
        return all(n in after.leaders for n in self.leaders)

    @lemma
    def leader_is_the_greatest(self) -> bool:
        """A leader has the highest identity."""
        return all(self.identity[n] <= self.identity[leader] for leader in self.leaders for n in Node)

    @lemma
    def who_hears_of_itself_is_the_greatest(self, node: Node) -> bool:
        """A process that receives its own identity has the highest one."""
        return Message(self.identity[node], node) not in self.messages or all(
            self.identity[n] <= self.identity[node] for n in Node
        )

    @lemma
    def greater_than_all_it_has_passed(self, source: Node, passed: Node, target: Node) -> bool:
        """An identity is higher than those of all nodes that it has passed."""
        return (
            Message(self.identity[source], target) not in self.messages
            or not self.between(source, passed, target)
            or self.identity[passed] < self.identity[source]
        )

    @reachable
    def any_node_can_win(self, node: Node) -> bool:
        return node in self.leaders


class RingElectionPassingEverythingOn(RingElection):
    """Broken: a process passes every identity on, so each one comes round."""

    expected = Violates("one_leader")
    default = {"Node": 2, "Identity": 2}
    smoke = {}
    deep = {"Node": 3, "Identity": 3}

    @action
    def pass_on(self, message: Message, neighbour: Node) -> None:
        """A process passes on any identity that it receives."""
        require(message in self.messages, self.is_next(message.target, neighbour))
        self.messages.add(Message(message.identity, neighbour))


class RingElectionWithoutDistinctIdentities(RingElection):
    """Broken: identities are drawn at random, so two processes may have the same one and take it for their own."""

    expected = Violates("one_leader")
    default = {"Node": 2, "Identity": 2}
    smoke = {}
    deep = {"Node": 3}

    @axiom
    def identities_differ(self, a: Node, b: Node) -> bool:
        """Identities may be equal: this always holds."""
        return a == b or self.identity[a] <= self.identity[b] or self.identity[b] <= self.identity[a]
