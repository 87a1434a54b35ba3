"""Methods and functions of containers that the page lists, in actions and in properties."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


class Sets(Model):
    """Methods of sets, and what changes a set by another."""

    default = {"Node": 3, "Level": 2}
    check_deadlock = False
    up: Set[Node]
    seen: Set[Node]
    held: Map[Level, Set[Node]]
    flag: bool

    @action
    def rise(self, n: Node, l: Level) -> None:
        self.up.add(n)
        self.held[l].add(n)

    @action
    def by_methods(self, n: Node) -> None:
        self.seen = self.up.union({n}).difference(self.seen)
        self.up = self.up.intersection(self.seen.union({n}))

    @action
    def by_updates(self, n: Node, l: Level) -> None:
        if n in self.up:
            self.seen.update(self.held[l])
        elif self.flag:
            self.seen.difference_update(self.held[l])
        else:
            self.up.intersection_update(self.held[l])
        self.flag = self.up.isdisjoint(self.held[l])

    @action
    def taken(self, n: Node, l: Level) -> None:
        require(n in self.held[l] and self.seen <= self.up)
        self.held[l].remove(n)
        for m in self.seen:
            self.up.remove(m)
        if n in self.up:
            self.up.remove(n)

    @action
    def of_several(self, n: Node, l: Level) -> None:
        require(self.flag)
        self.seen = self.seen.intersection(self.up, self.held[l]).union({n}, self.held[l]).difference(self.up, {n})
        self.up.update(self.seen, {n})
        self.held[l].difference_update(self.up, self.seen)
        self.seen.intersection_update(self.up, self.held[l])

    @action
    def nothing(self) -> None:
        if self.flag:
            pass
        else:
            self.flag = True

    @step_constraint
    def seldom_few(self, after) -> bool:
        return not (self.up and after.up.isdisjoint(self.seen | self.up))

    @lemma
    def told_apart(self, n: Node) -> bool:
        both = self.up.intersection(self.seen)
        return (n in both) == (n in self.up and n in self.seen) and both.issubset(self.up.union(self.seen))


class Sequences(Model):
    """Methods of sequences, and what goes through several."""

    default = {"Node": 2}
    check_deadlock = False
    queue: Seq[Node, 3]
    other: Seq[Node, 2]
    place: Range[0, 3] | None
    pairs: Set[tuple[Node, Node]]
    count: Range[0, 9] = 0

    @action
    def put(self, n: Node) -> None:
        require(len(self.queue) < 3)
        self.queue.insert(0, n)

    @action
    def put_inside(self, n: Node) -> None:
        require(len(self.queue) in (1, 2))
        self.queue.insert(1, n)

    @action
    def extend(self, n: Node) -> None:
        require(len(self.queue) + len(self.other) <= 3)
        self.queue.extend(self.other)
        self.other = [m for m in self.queue[:1] if m != n]

    @action
    def find(self, n: Node) -> None:
        require(n in self.queue)
        self.place = self.queue.index(n)
        self.queue.pop(self.queue.index(n))

    @action
    def pair(self) -> None:
        self.pairs = {(m, n) for m, n in zip(self.queue, self.other)}
        self.count = sum(i + 1 for i, m in enumerate(self.queue) if m in self.other)

    @action
    def pair_in_a_loop(self) -> None:
        for i, n in enumerate(self.queue):
            if i > 0:
                self.pairs.add((self.queue[i - 1], n))
        for m, n in zip(self.other, self.queue):
            self.pairs.discard((m, n))

    @invariant
    def found(self, n: Node) -> bool:
        first_one = n in self.queue and self.queue.index(n) == 0
        return first_one == any(i == 0 and m == n for i, m in enumerate(self.queue))

    @invariant
    def paired(self) -> bool:
        return all(m == self.queue[i] for i, (m, n) in enumerate(zip(self.queue, self.other)))
