"""Chord: how the ring of a distributed hash table is repaired while nodes join and fail.

What is modelled
    The places of nodes on the circle of identifiers, as a relation *between* that the instance chooses, in any
    arrangement. Each member knows a first and a second successor and a predecessor, which the protocol's operations
    update one at a time. One member, the origin, never fails. Members read each other's variables, and see at once
    whether a node is live. Left out are messages, longer lists of successors, keys and their lookup by fingers, and
    that the ring becomes ideal once joins and failures end.
Faults
    Members fail at any time, as long as each remaining one keeps a live successor: the assumption under which Chord
    is correct, for successor lists of length two.
Source
    Zave, *How to Make Chord Correct* (2015); in first-order logic Padon, McMillan, Panda, Sagiv, Shoham, *Ivy: Safety
    Verification by Interactive Generalization* (PLDI 2016), from which the lemmas are taken.
"""

from __future__ import annotations

from assay.checker.language import (
    Map,
    Model,
    Parameter,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    implies,
    initial,
    invariant,
    lemma,
    reachable,
    require,
)

__all__ = ["Chord", "ChordFailingWithoutASecondSuccessor", "ChordJoiningAnywhere", "Node"]


class Node(Sort):
    """A node, with its place on the circle of identifiers."""


ONE_RING = {
    *(("n1", "n2", "n3"), ("n2", "n3", "n1"), ("n3", "n1", "n2")),
    *(
        ("n1", "n2", "n1"),
        ("n1", "n3", "n1"),
        ("n2", "n1", "n2"),
        ("n2", "n3", "n2"),
        ("n3", "n1", "n3"),
        ("n3", "n2", "n3"),
    ),
}
"""The relation *between* of three nodes, in their order. Going round, every other node comes before the start."""


class Chord(Model):
    """From every member the best successors lead to the origin: there is one ring, and no member outside of it."""

    default = {"Node": 3, "origin": "n1", "other": "n2", "between": ONE_RING}
    smoke = {}
    deep = {"origin": "anything()", "other": "anything()", "between": "anything()"}

    between: Relation[
        Node, Node, Node
    ]  # going round from the first, the second comes before the third, which may be the first again
    origin: Parameter[Node]
    other: Parameter[Node]

    members: Set[Node]
    successor: Map[Node, Node | None]
    second: Map[Node, Node | None]
    predecessor: Map[Node, Node | None]
    reaching: Set[Node]  # nodes recorded as reaching the origin by their successors

    @axiom
    def goes_on(self, w: Node, x: Node, y: Node, z: Node) -> bool:
        """The relation is transitive, seen from one node."""
        return implies(self.between(w, x, y) and self.between(w, y, z), self.between(w, x, z))

    @axiom
    def one_way_round(self, w: Node, x: Node, y: Node) -> bool:
        """The relation is antisymmetric, seen from one node."""
        return not (self.between(w, x, y) and self.between(w, y, x))

    @axiom
    def all_on_the_circle(self, w: Node, x: Node, y: Node) -> bool:
        """The relation is total, seen from one node: of two other nodes, one comes first."""
        return x in {w, y} or self.between(w, x, y) or self.between(w, y, x)

    @axiom
    def closed(self, x: Node, y: Node, z: Node) -> bool:
        """The relation is cyclic: it holds of the same three nodes from wherever they are counted."""
        return implies(self.between(x, y, z) and x != z, self.between(y, z, x))

    @axiom
    def two_to_begin_with(self) -> bool:
        """The two initial members are different."""
        return self.origin != self.other

    @initial
    def ring_of_two(self) -> None:
        """Two members, each the successor and the predecessor of the other."""
        self.members = {self.origin, self.other}
        self.successor[self.origin] = self.other
        self.successor[self.other] = self.origin
        self.predecessor[self.origin] = self.other
        self.predecessor[self.other] = self.origin
        self.reaching = {self.origin}

    @action
    def join(self, x: Node, y: Node) -> None:
        """A node joins, with any member as its successor that is not beyond the origin."""
        require(x not in self.members, y in self.members, not self.between(x, self.origin, y))
        self.members.add(x)
        self.successor[x] = y
        self.second[x] = None
        self.predecessor[x] = None

    @action
    def stabilize(self, x: Node, y: Node, z: Node) -> None:
        """A member learns from its successor of a node between the two, its new successor."""
        require(x in self.members, self.successor[x] == y, y in self.members)
        require(self.predecessor[y] == z, self.between(x, z, y))
        self.second[x] = y
        self.successor[x] = z

    @action
    def notify(self, x: Node, y: Node, z: Node) -> None:
        """A member becomes its successor's predecessor, if it is nearer than the present one."""
        require(x in self.members, self.successor[x] == y, y in self.members)
        require(self.predecessor[y] is None or self.predecessor[y] == z, self.between(z, x, y))
        self.predecessor[y] = x

    @action
    def inherit(self, x: Node, y: Node) -> None:
        """A member takes its successor's successor as its second one."""
        require(x in self.members, self.successor[x] == y, y in self.members, self.successor[y] is not None)
        self.second[x] = self.successor[y]

    @action
    def remove(self, x: Node, y: Node) -> None:
        """A member's successor is dead, and the second one replaces it."""
        require(x in self.members, self.successor[x] == y, y not in self.members, self.second[x] is not None)
        self.successor[x] = self.second[x]
        self.second[x] = None

    def may_fail(self, x: Node) -> bool:
        """Whether every node that relies on this one has another live successor."""
        return all(implies(self.successor[y] == x, self.second[y] in self.members) for y in Node) and all(
            implies(self.second[y] == x, self.successor[y] != x and self.successor[y] in self.members) for y in Node
        )

    @action
    def fail(self, x: Node) -> None:
        """A member fails for good."""
        require(x in self.members, x != self.origin, self.may_fail(x))
        self.members.discard(x)
        self.successor[x] = None
        self.second[x] = None
        self.predecessor[x] = None

    def leads_to_origin(self, x: Node) -> bool:
        """Whether the node's best successor, the first if it is live and the second otherwise, reaches the origin."""
        near, far = self.successor[x], self.second[x]
        if near in self.members:
            return near in self.reaching
        return near is not None and far in self.members and far in self.reaching

    @action
    def see_that_it_reaches(self, x: Node) -> None:
        """Record that a node reaches the origin by its successors."""
        require(self.leads_to_origin(x))
        self.reaching.add(x)

    @action
    def see_that_it_does_not(self, x: Node) -> None:
        """Record that a node does not reach the origin any more."""
        require(x != self.origin, self.successor[x] is not None, not self.leads_to_origin(x))
        self.reaching.discard(x)

    @invariant
    def every_member_reaches_the_origin(self, x: Node) -> bool:
        """A member reaches the origin, once the record is up to date and all members nearer to the origin reach it."""
        up_to_date = all(implies(self.leads_to_origin(y), y in self.reaching) for y in Node)
        nearer = all(implies(self.between(x, y, self.origin) and y in self.members, y in self.reaching) for y in Node)
        return not (up_to_date and nearer and x in self.members) or x in self.reaching

    @lemma
    def origin_reaches_itself(self) -> bool:
        """The origin is a member, and reaches itself."""
        return self.origin in self.reaching and self.origin in self.members

    @lemma
    def who_is_gone_knows_nobody(self, x: Node) -> bool:
        """A node that is no member has no successors and no predecessor."""
        known = self.successor[x] is not None or self.second[x] is not None or self.predecessor[x] is not None
        return x in self.members or not known

    @lemma
    def members_have_a_live_successor(self, x: Node) -> bool:
        """One of a member's two successors is a member."""
        return x not in self.members or self.successor[x] in self.members or self.second[x] in self.members

    @lemma
    def members_have_a_successor(self, x: Node) -> bool:
        """Every member has a successor."""
        return x not in self.members or self.successor[x] is not None

    @lemma
    def one_of_two_is_live(self, x: Node) -> bool:
        """If a node has a second successor, one of the two is a member."""
        return self.second[x] is None or self.successor[x] in self.members or self.second[x] in self.members

    @lemma
    def nobody_passes_the_origin(self, x: Node, y: Node) -> bool:
        """No node's successor is beyond the origin."""
        return self.successor[x] != y or not self.between(x, self.origin, y)

    @lemma
    def nor_by_its_second(self, x: Node, y: Node) -> bool:
        """A second successor is beyond the origin only if the first one is the origin."""
        by_second = self.second[x] == y and self.between(x, self.origin, y)
        return not by_second or self.successor[x] == self.origin

    @reachable
    def all_in_the_ring(self) -> bool:
        """Every node is a member with a predecessor."""
        return all(n in self.members and self.predecessor[n] is not None for n in Node)


class ChordFailingWithoutASecondSuccessor(Chord):
    """Broken: a member fails although another one has no other live successor."""

    expected = Violates("every_member_reaches_the_origin")
    deep = {}

    def may_fail(self, x: Node) -> bool:
        """Whether the node is a member."""
        return x in self.members


class ChordJoiningAnywhere(Chord):
    """Broken: a node joins with any member as its successor, even one beyond the origin."""

    expected = Violates("every_member_reaches_the_origin")
    deep = {}

    @action
    def join(self, x: Node, y: Node) -> None:
        """A node joins, with any member as its successor."""
        require(x not in self.members, y in self.members)
        self.members.add(x)
        self.successor[x] = y
        self.second[x] = None
        self.predecessor[x] = None
