"""Tuples of numbers and of elements of orders are compared item by item, as in Python."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import *

Number = Annotated[int, Range(0, 2)]


class Node(Order):
    """An order."""


Stamp = tuple[Number, Node]


@record
class Told:
    stamp: Stamp
    rank: tuple[Stamp, Number]


class Stamps(Model):
    """Lamport's time stamps: of clocks and nodes, in the state, in messages, and inside other tuples."""

    default = {"Node": 2}

    seen: Set[Stamp]
    told: Set[Told]
    queue: Annotated[list[Stamp], AtMost(2)]
    latest: Stamp | None = None
    least: Map[Node, Stamp]
    kept: Number = 0

    @initial
    def start(self) -> None:
        for n in Node:
            self.least[n] = (2, n)

    @action
    def see(self, t: Number, n: Node) -> None:
        require(len(self.seen) < 2)
        self.seen.add((t, n))
        self.latest = max(self.seen)
        self.least[n] = min(self.least[n], (t, n))

    @action
    def tell(self, n: Node) -> None:
        require(self.seen, len(self.told) < 1)
        clock, node = min(self.seen)
        self.told.add(Told(max((clock + 1, n), (clock, node)) if clock < 2 else (2, node), ((clock, n), clock)))

    @action
    def take(self, told: Told) -> None:
        require(told in self.told, told.stamp > self.least[first(Node)], told.rank >= ((0, last(Node)), 1))
        self.told.discard(told)
        self.kept = max(told.rank, ((1, first(Node)), 2))[1]

    @action
    def line_up(self, s: Stamp) -> None:
        require(s in self.seen, len(self.queue) < 2, s not in self.queue)
        self.queue.append(s)

    @action
    def settle(self) -> None:
        require(self.queue)
        first_of = max(self.queue, key=lambda s: (s[1], s[0]))
        self.latest = min((s for s in self.seen if s > first_of), default=None)
        self.queue.clear()

    @invariant
    def order_is_total(self, a: Node, b: Node) -> bool:
        x, y = self.least[a], self.least[b]
        return (x < y) == (not y <= x) and (x <= y and y <= x) == (x == y)

    @invariant
    def greatest_is_one_of_them(self) -> bool:
        return not self.seen or (max(self.seen) in self.seen and all(s <= max(self.seen) for s in self.seen))

    @invariant
    def nested(self) -> bool:
        return all(t.rank <= ((2, last(Node)), 2) and not (t.rank < t.rank) for t in self.told)

    @invariant
    def greatest_or_none(self) -> bool:
        return (max(self.seen, default=None) is None) == (not self.seen)

    @step_invariant
    def never_later(self, after: Self, n: Node) -> bool:
        return after.least[n] <= self.least[n]

    @terminal
    def whenever(self) -> bool:
        return True
