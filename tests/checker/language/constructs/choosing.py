"""Actions that choose containers: subsets, maps, sequences, bags and permutations, ruled out by guards of every form."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


@record
class Mark:
    node: Node
    color: Color


class Subsets(Model):
    """Guards that say of each element whether it may, or must, be in a set."""

    default = {"Node": 3, "Level": 2}
    held: Map[Node, Set[Node]]
    up: Set[Node]
    marks: Set[Mark]
    best: Level | None
    last: Map[Node, bool] = everywhere(False)

    @action
    def rise(self, some: Set[Node]) -> None:
        require(self.up < some)
        self.up = set(some)

    @action
    def take(self, n: Node, some: Set[Node]) -> None:
        require(all(m in self.up for m in some), n in some, len(some) <= 2)
        self.held[n] |= some

    @action
    def give(self, some: Set[Node], n: Node) -> None:
        require(some <= self.held[n], some.issuperset(self.up & self.held[n]))
        self.held[n] -= some

    @action
    def between(self, low: Set[Node], high: Set[Node]) -> None:
        require(low <= self.up, self.up <= high, len(high) - len(low) == 2)
        self.up = {n for n in high if n not in low}

    @action
    def mark(self, some: Set[Mark]) -> None:
        require(all(m.color == Color.RED and m.node in self.up for m in some), not some <= self.marks)
        require(all(implies(m in self.marks, m in some) for m in some))
        self.marks |= some

    @action
    def levels(self, some: Set[Level]) -> None:
        require(any(l == first(Level) for l in some) or self.best is None, len(some) > 0)
        self.best = max(some)

    @action
    def flags(self, some: Set[bool], n: Node) -> None:
        require(True in some and any(self.last[m] != b for b in some for m in Node))
        self.last[n] = False not in some

    @action
    def nothing(self, some: Set[Color]) -> None:
        require(len(self.up) == 3 and self.best is not None)
        for n in Node:
            self.last[n] = self.last[n] and len(some) > 1

    @invariant
    def held_were_up(self) -> bool:
        return all(len(self.held[n]) <= 3 for n in Node)


class Maps(Model):
    """Maps of scalars, maps of sets, and maps whose guards speak of one entry, or of two."""

    default = {"Node": 2, "Level": 3}
    color: Map[Node, Color] = everywhere(Color.RED)
    level: Map[Node, Level | None]
    seen: Map[Node, Set[Color]]
    pairs: Set[tuple[Node, Color]]

    @action
    def paint(self, colors: Map[Node, Color]) -> None:
        require(all(colors[n] != self.color[n] for n in Node))
        self.color = colors

    @action
    def raise_(self, to: Map[Node, Level | None], most: Level) -> None:
        require(all(to[n] is None or to[n] <= most for n in Node), any(to[n] == most for n in Node))
        require(all(a == b or to[a] != to[b] for a in Node for b in Node))
        self.level = {n: to[n] for n in Node}

    @action
    def see(self, news: Map[Node, Set[Color]]) -> None:
        require(all(len(news[n]) <= 1 for n in Node), all(self.color[n] in news[n] for n in Node))
        for n in Node:
            self.seen[n] |= news[n]

    @action
    def tell(self, n: Node, wanted: Map[tuple[Node, bool], Color]) -> None:
        require(wanted[n, True] == self.color[n], all(wanted[k] == Color.BLUE for k in {(m, False) for m in Node}))
        self.pairs = {(m, wanted[m, True]) for m in Node}

    @invariant
    def fine(self) -> bool:
        return all(c in self.seen[n] or c != Color.RED or n not in self.seen for n in Node for c in Color) or True


class Sequences(Model):
    """Sequences up to a bound, permutations and bags."""

    default = {"Node": 3, "room": 2}
    room: Parameter[int] = 2
    favourite: Parameter[Perm[Color]]
    queue: Seq[Node, "room"]
    turn: Node | None
    done: Map[Color, bool] = everywhere(False)
    stock: Bag[Color, 2]

    @axiom
    def red_is_not_last(self) -> bool:
        return self.favourite[2] != Color.RED

    @action
    def fill(self, some: Seq[Node, "room"]) -> None:
        require(len(some) > len(self.queue), self.turn not in some)
        self.queue = list(some)

    @action
    def arrange(self, order: Perm[Node]) -> None:
        require(len(self.queue) == 2, order[0] == self.queue[0], order[-1] != self.queue[1])
        self.turn = order[1]
        self.queue = order[1:]

    @action
    def paint(self, order: Perm[Color]) -> None:
        for i in range(len(self.queue)):
            self.done[order[i]] = True

    @action
    def supply(self, more: Bag[Color, 2]) -> None:
        require(len(more) == 2 - len(self.stock), more.count(Color.RED) < 2)
        if Color.BLUE in more:
            self.stock.add(Color.BLUE)
        if more.count(Color.GREEN) == 2:
            self.stock.add(Color.GREEN)

    @terminal
    def stop(self) -> bool:
        return True


class MayRaise(Model):
    """A guard that raises for some choices, behind one that is false for them."""

    seen: Set[Range[0, 2]]

    @action
    def see(self, some: Set[Range[0, 2]]) -> None:
        require(all(n != 0 and 4 // n > 1 for n in some), len(some) > 0)
        self.seen |= some

    @action
    def first(self, some: Seq[Range[0, 2], 2]) -> None:
        require(len(some) > 0 and some[0] in self.seen)
        self.seen.discard(some[0])


class Beginnings(Model):
    """Initial states by a choice of containers."""

    default = {"Node": 3}
    up: Set[Node]
    color: Map[Node, Color]
    seen: Map[Node, Set[Color]]

    @initial
    def begin(self, some: Set[Node], colors: Map[Node, Color]) -> None:
        require(len(some) == 2, all((n in some) == (colors[n] == Color.RED) for n in Node))
        self.up = set(some)
        self.color = dict(colors)

    @action
    def see(self, seen: Map[Node, Set[Color]]) -> None:
        require(all(seen[n] >= self.seen[n] and len(seen[n]) <= 2 for n in Node), any(len(seen[n]) == 1 for n in self.up))
        self.seen = seen

    @action
    def fall(self, some: Set[Node]) -> None:
        require(len(some) > 0, some <= self.up)
        self.up -= some

    @terminal
    def down(self) -> bool:
        return len(self.up) == 0


class Inherited(Beginnings):
    """What an action chooses, handed on to the action that it replaces, and to helpers."""

    def is_wide(self, seen: Map[Node, Set[Color]], some: Set[Node]) -> bool:
        return all(len(seen[n]) > 1 for n in some)

    @action
    def see(self, seen: Map[Node, Set[Color]]) -> None:
        require(not self.is_wide(seen, self.up))
        super().see(seen)

    @action
    def fall(self, some: Set[Node]) -> None:
        require(len(some) == 1)
        super().fall(some)
