"""Quantifiers over all values of a type, as parameters of properties and by `values_of`."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import *

Number = Annotated[int, Range(0, 1)]


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


Pair = Annotated[list[Node], AtMost(2)]


@record
class Note:
    sender: Node
    count: Number


class Quantified(Model):
    """Sets, maps, sequences, bags, permutations and records are quantified in properties, guards and loops."""

    default = {"Node": 2}

    up: Set[Node]
    family: Set[Set[Node]]
    line: Annotated[list[Node], AtMost(2)]
    color: Map[Node, Color] = everywhere(Color.RED)
    notes: Set[Note]

    @action
    def rise(self, n: Node) -> None:
        require(n not in self.up)
        self.up.add(n)
        self.line.append(n)

    @action
    def gather(self) -> None:
        require(len(self.up) == 1, not self.family)
        for some in values_of(Set[Node]):
            if some <= self.up:
                self.family.add(some)

    @action
    def paint(self) -> None:
        require(any(all(m[n] != self.color[n] for n in Node) for m in values_of(Map[Node, Color])), len(self.up) == 2)
        self.color = {n: Color.GREEN for n in Node}

    @action
    def tell(self) -> None:
        require(not self.notes, len(self.up) == 2)
        self.notes = {note for note in values_of(Note) if note.sender == self.line[0]}

    @invariant
    def in_some_order(self) -> bool:
        return any(all(self.line[i] == order[i] for i in range(len(self.line))) for order in values_of(Perm[Node]))

    @invariant
    def closed(self, some: Set[Node], other: Set[Node]) -> bool:
        return some not in self.family or not other <= some or other in self.family

    @invariant
    def painted(self, m: Map[Node, Color]) -> bool:
        return m != self.color or all(m[n] == Color.RED for n in Node) or len(self.up) == 2

    @invariant
    def told(self, note: Note) -> bool:
        return note not in self.notes or note.sender in self.line

    @invariant
    def listed(self, pair: Pair) -> bool:
        return pair != self.line or len(pair) == len(self.up)

    @invariant
    def in_a_bag(self, b: Annotated[Bag[Node], AtMost(1)]) -> bool:
        return sum(b.count(n) for n in Node) == len(b)

    @step_invariant
    def grows(self, after: Self, some: Set[Node]) -> bool:
        return not some <= self.up or some <= after.up

    @reachable
    def two_ways(self) -> bool:
        return sum(1 for some in values_of(Set[Node]) if some in self.family) == 2
