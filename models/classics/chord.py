"""Chord: how the ring of a distributed hash table is repaired while nodes join and fail.

What is modelled
    The places of nodes on the circle of identifiers, as a relation *between* that the instance chooses, in any
    arrangement. Each member knows a first and a second successor and a predecessor, which the protocol's operations
    bring up to date one at a time. One member, the origin, never fails.
Faults
    Members fail at any time, as long as that leaves nobody without a live successor: the assumption under which the
    protocol is right, for successor lists of length two.
Source
    Zave, *How to Make Chord Correct* (2015); in first-order logic Padon, McMillan, Panda, Sagiv, Shoham, *Ivy: Safety
    Verification by Interactive Generalization* (PLDI 2016), whose lemmas these are.
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
"""Three nodes, in their order; going round, one comes to every other node before one is back."""


class Chord(Model):
    """From every member the best successors lead to the origin: there is one ring, and nobody is beside it."""

    default = {"Node": 3, "origin": "n1", "other": "n2", "between": ONE_RING}
    smoke = {}
    deep = {"origin": "anything()", "other": "anything()", "between": "anything()"}

    between: Relation[
        Node, Node, Node
    ]  # going round from the first, one comes to the second before the third, or to it again
    origin: Parameter[Node]
    other: Parameter[Node]

    members: Set[Node]
    successor: Map[Node, Node | None]
    second: Map[Node, Node | None]
    predecessor: Map[Node, Node | None]
    reaching: Set[Node]  # of whom it was seen that their successors lead to the origin

    @axiom
    def goes_on(self, w: Node, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(w, x, y) and self.between(w, y, z), self.between(w, x, z))

    @axiom
    def one_way_round(self, w: Node, x: Node, y: Node) -> bool:
        return not (self.between(w, x, y) and self.between(w, y, x))

    @axiom
    def all_on_the_circle(self, w: Node, x: Node, y: Node) -> bool:
        return x in {w, y} or self.between(w, x, y) or self.between(w, y, x)

    @axiom
    def closed(self, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(x, y, z) and x != z, self.between(y, z, x))

    @axiom
    def two_to_begin_with(self) -> bool:
        return self.origin != self.other

    @initial
    def ring_of_two(self) -> None:
        self.members = {self.origin, self.other}
        self.successor[self.origin] = self.other
        self.successor[self.other] = self.origin
        self.predecessor[self.origin] = self.other
        self.predecessor[self.other] = self.origin
        self.reaching = {self.origin}

    @action
    def join(self, x: Node, y: Node) -> None:
        """A node takes a member that is not beyond the origin for its successor."""
        require(x not in self.members, y in self.members, not self.between(x, self.origin, y))
        self.members.add(x)
        self.successor[x] = y
        self.second[x] = None
        self.predecessor[x] = None

    @action
    def stabilize(self, x: Node, y: Node, z: Node) -> None:
        """A member learns from its successor that somebody is between the two."""
        require(x in self.members, self.successor[x] == y, y in self.members)
        require(self.predecessor[y] == z, self.between(x, z, y))
        self.second[x] = y
        self.successor[x] = z

    @action
    def notify(self, x: Node, y: Node, z: Node) -> None:
        """A member tells its successor that it comes before it, and nearer than the one that the successor knows."""
        require(x in self.members, self.successor[x] == y, y in self.members)
        require(self.predecessor[y] is None or self.predecessor[y] == z, self.between(z, x, y))
        self.predecessor[y] = x

    @action
    def inherit(self, x: Node, y: Node) -> None:
        """A member takes the successor of its successor for its second one."""
        require(x in self.members, self.successor[x] == y, y in self.members, self.successor[y] is not None)
        self.second[x] = self.successor[y]

    @action
    def remove(self, x: Node, y: Node) -> None:
        """A member finds its successor dead, and goes over to the second one."""
        require(x in self.members, self.successor[x] == y, y not in self.members, self.second[x] is not None)
        self.successor[x] = self.second[x]
        self.second[x] = None

    def may_fail(self, x: Node) -> bool:
        """Whether everybody who relies on a node has another live one to go over to."""
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
        """Whether a node's best successor is among those that reach the origin: the first one, or else the second."""
        near, far = self.successor[x], self.second[x]
        if near in self.members:
            return near in self.reaching
        return near is not None and far in self.members and far in self.reaching

    @action
    def see_that_it_reaches(self, x: Node) -> None:
        """Note that a node reaches the origin through its successors."""
        require(self.leads_to_origin(x))
        self.reaching.add(x)

    @action
    def see_that_it_does_not(self, x: Node) -> None:
        """Note that a node does not reach the origin any more."""
        require(x != self.origin, self.successor[x] is not None, not self.leads_to_origin(x))
        self.reaching.discard(x)

    @invariant
    def every_member_reaches_the_origin(self, x: Node) -> bool:
        """Once all that is seen is up to date, and whoever is nearer reaches it."""
        up_to_date = all(implies(self.leads_to_origin(y), y in self.reaching) for y in Node)
        nearer = all(implies(self.between(x, y, self.origin) and y in self.members, y in self.reaching) for y in Node)
        return not (up_to_date and nearer and x in self.members) or x in self.reaching

    @lemma
    def origin_reaches_itself(self) -> bool:
        return self.origin in self.reaching and self.origin in self.members

    @lemma
    def who_is_gone_knows_nobody(self, x: Node) -> bool:
        known = self.successor[x] is not None or self.second[x] is not None or self.predecessor[x] is not None
        return x in self.members or not known

    @lemma
    def members_have_a_live_successor(self, x: Node) -> bool:
        return x not in self.members or self.successor[x] in self.members or self.second[x] in self.members

    @lemma
    def members_have_a_successor(self, x: Node) -> bool:
        return x not in self.members or self.successor[x] is not None

    @lemma
    def one_of_two_is_live(self, x: Node) -> bool:
        return self.second[x] is None or self.successor[x] in self.members or self.second[x] in self.members

    @lemma
    def nobody_passes_the_origin(self, x: Node, y: Node) -> bool:
        return self.successor[x] != y or not self.between(x, self.origin, y)

    @lemma
    def nor_by_its_second(self, x: Node, y: Node) -> bool:
        by_second = self.second[x] == y and self.between(x, self.origin, y)
        return not by_second or self.successor[x] == self.origin

    @reachable
    def all_in_the_ring(self) -> bool:
        return all(n in self.members and self.predecessor[n] is not None for n in Node)


class ChordFailingWithoutASecondSuccessor(Chord):
    """Broken: a member fails though somebody has no other successor left."""

    expected = Violates("every_member_reaches_the_origin")
    deep = {}

    def may_fail(self, x: Node) -> bool:
        return x in self.members


class ChordJoiningAnywhere(Chord):
    """Broken: a node that joins takes any member for its successor, also one beyond the origin."""

    expected = Violates("every_member_reaches_the_origin")
    deep = {}

    @action
    def join(self, x: Node, y: Node) -> None:
        """A node takes any member for its successor, also one beyond the origin."""
        require(x not in self.members, y in self.members)
        self.members.add(x)
        self.successor[x] = y
        self.second[x] = None
        self.predecessor[x] = None
