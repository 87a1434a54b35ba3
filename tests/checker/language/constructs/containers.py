"""Maps of every key, nested maps, relations, sequences, bags: all as Python has them."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Annotated, Optional

from assay.checker.language import *
from shared import LIMIT, Level, Mark, Node, Side, others


class Ballot(Order):
    """An order."""


class Containers(Model):
    default = {"Node": 2, "Ballot": 2}
    limit: Parameter[int] = LIMIT
    flag: bool
    nodes: Set[Node]
    nested: Map[Node, Map[Ballot, Set[Node]]]
    relation: Set[tuple[Node, Ballot]]
    pairs: Map[tuple[Node, Node], bool]
    marked: Map[Mark, bool]
    sides: Map[Side, bool]
    truths: Map[bool, Optional[Node]]
    count: Map[Node, Annotated[int, Range(0, "limit")]] = everywhere(0)
    queue: Annotated[list[Node], AtMost(2)]
    large: Seq[Range[0, 70], 2]
    bag: Bag[Node, 2]

    @action
    def nest(self, n: Node, b: Ballot) -> None:
        require(not self.nested[n][b])
        self.nested[n][b].add(n)
        self.nested[n][b] |= {n} if self.flag else set()

    @action
    def relate(self, n: Node, b: Ballot) -> None:
        self.relation.add((n, b))
        for m, c in self.relation:
            if c == b:
                self.nodes.add(m)

    @action
    def pair(self, n: Node, m: Node) -> None:
        self.pairs[n, m] = not self.pairs[(m, n)]

    @action
    def mark(self, n: Node, level: Level, side: Side) -> None:
        self.marked[Mark(n, level)] = True
        self.sides[side] = n in self.nodes
        self.truths[n in self.nodes] = n

    @action
    def step(self, n: Node) -> None:
        require(self.count[n] < self.limit)
        self.count[n] += 1

    @action
    def repeat(self, n: Node) -> None:
        self.queue = [n, n]
        self.large = [3, 3]

    @action
    def turn(self, n: Node) -> None:
        self.queue = self.queue[1:] if len(self.queue) == 2 else [n]
        self.flag = not self.flag

    @action
    def swap(self) -> None:
        require(len(self.queue) == 2)
        self.queue[0], self.queue[1] = self.queue[1], self.queue[0]

    @action
    def forget(self) -> None:
        for n in Node:
            if n in self.nodes:
                self.nodes.discard(n)

    @invariant
    def views(self) -> bool:
        return (
            all(self.count[n] == c for n, c in self.count.items())
            and len(self.count) == len(Node)
            and sum(self.count.values()) == sum(self.count[n] for n in Node)
            and max(self.count.values()) <= self.limit
        )

    @invariant
    def views_as_collections(self, n: Node) -> bool:
        return (
            any(self.sides.values()) == any(v for v in self.sides.values())
            and (self.truths[True] in self.truths.values())
            and all(k in self.count for k in self.count.keys())
            and not all(self.pairs.values())
        )

    @invariant
    def copies_of_sequences_have_no_repeats(self) -> bool:
        return len(set(self.queue)) == len({n for n in self.queue}) and len(set(self.large)) < 2

    @invariant
    def sequences_written_out(self, n: Node) -> bool:
        return self.queue == [] or self.queue == [n, n] or self.queue != [n] or sum(self.large) == 6

    @invariant
    def helpers_from_another_module(self, n: Node) -> bool:
        return len(others(self.nodes, n)) <= len(self.nodes) <= len(Node)

    @invariant
    def sets(self, n: Node, m: Node) -> bool:
        chosen = self.nodes if self.flag else {n}
        return len({n, m}) == 2 or len(chosen) < 2 or set(Node) == self.nodes or self.nodes.issubset(Node)

    @step_invariant
    def nothing_is_unrelated(self, after: Containers) -> bool:
        return self.relation <= after.relation
