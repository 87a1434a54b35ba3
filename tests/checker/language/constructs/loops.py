"""Loops without an order that do what may be done in any order, and loops with one."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Loops(Model):
    default = {"Node": 2, "Ballot": 2}
    flag: bool
    level: Map[Node, Range[0, 2]] = everywhere(0)
    count: Range[0, 2] = 0
    likes: Map[Node, Map[Node, bool]]
    friends: Map[Node, Set[Node]]
    nodes: Set[Node]
    relation: Set[tuple[Node, Ballot]]
    queues: Map[Node, Seq[Ballot, 2]]
    bags: Map[Node, Bag[Ballot, 2]]
    last: Ballot | None

    @action
    def begin(self, x: Node, y: Ballot) -> None:
        self.flag = not self.flag
        self.friends[x].add(x)
        self.relation.add((x, y))
        self.level[x] = (self.level[x] + 1) % 3
        if len(self.queues[x]) < 2:
            self.queues[x].append(y)

    @action
    def empties_and_fills(self, x: Node) -> None:
        for n in Node:
            self.friends[n].clear()
            self.friends[n].add(x)
            if n != x and self.flag:
                self.friends[n].discard(x)

    @action
    def keeps_the_larger_of_what_is_said_twice(self, x: Node) -> None:
        for n in Node:
            if max((2 for m in self.friends[n]), default=1) > self.count:
                self.count = max((2 for m in self.friends[n]), default=1)

    @action
    def becomes(self, x: Node) -> None:
        for n in Node:
            self.friends[n] = {m for m in self.friends[n] if m != x} | ({n} if self.flag else set())

    @action
    def of_two_keys(self, x: Node) -> None:
        for n in Node:
            for m in Node:
                self.likes[n][m] = m in self.friends[n] or (m == x and not self.likes[n][m])

    @action
    def by_the_second_key(self, x: Node) -> None:
        for n in self.friends[x]:
            self.likes[x][n] = not self.likes[x][n]

    @action
    def appends_and_pops(self, y: Ballot) -> None:
        for n in Node:
            self.queues[n].append(y)
            if len(self.queues[n]) > 1:
                self.queues[n].pop(0)

    @action
    def pops_into_sets(self) -> None:
        for n in Node:
            if self.queues[n]:
                ballot = self.queues[n].pop()
                self.relation.add((n, ballot))
            if self.bags[n].count(first(Ballot)) > 0:
                self.bags[n].remove(first(Ballot))
            else:
                self.bags[n].add(first(Ballot))

    @action
    def adds_elsewhere(self, y: Ballot) -> None:
        for n in Node:
            for m in self.friends[n]:
                self.relation.add((m, y))

    @action
    def a_local_of_each_round(self, x: Node) -> None:
        for n in Node:
            total = 0
            for b in Ballot:
                total += 1 if (n, b) in self.relation else 0
            if total > 1:
                self.level[n] = 2

    @action
    def sums_up(self) -> None:
        total = 0
        for n in Node:
            total += self.level[n]
            if self.flag:
                total -= 1
        self.count = total % 3

    @action
    def its_own_membership(self) -> None:
        for n in Node:
            if n not in self.nodes and self.flag:
                self.nodes.add(n)

    @action
    def in_order(self, x: Node) -> None:
        best = self.last
        for b in Ballot:
            if (x, b) in self.relation:
                best = b
        self.last = best

    @action
    def item_by_item(self, x: Node) -> None:
        for b in self.queues[x]:
            self.last = b
            self.nodes.discard(x)

    @invariant
    def bounded(self) -> bool:
        return all(self.level[n] <= 2 for n in Node)

    @step_invariant
    def steps(self, after: Self) -> bool:
        return after.count >= 0


class EveryElement(Model):
    """What `any` and `all` may raise, they raise, whatever decides before."""

    seen: Set[Range[0, 3]]
    queue: Seq[Range[0, 3], 3]
    zero: Range[0, 3] = 0

    @action
    def see(self, k: Range[0, 3]) -> None:
        require(len(self.seen) < 3)
        self.seen.add(k)

    @action
    def append(self, k: Range[0, 1]) -> None:
        require(len(self.queue) < 2)
        self.queue.append(k)
        self.zero = len(self.queue)

    def weight(self, k: int) -> int:
        return 6 // (k - self.zero)

    @reachable
    def some(self) -> bool:
        return any(self.weight(k) == 2 for k in self.seen)

    @invariant
    def every(self) -> bool:
        return all(k == 3 or self.weight(k) > 100 for k in self.seen)

    @reachable
    def each(self, k: Range[0, 3]) -> bool:
        return k in self.seen and self.weight(k) == 2

    @reachable
    def item(self) -> bool:
        return any(self.queue[i] == 1 for i in range(2))


class Branches(Model):
    """What one branch changes makes nothing stale in another."""

    default = {"Node": 2}
    a: Set[Node]
    b: Set[Node]
    who: Node | None

    @action
    def step(self, n: Node) -> None:
        others = {m for m in self.a if m != n}
        if len(others) == 0:
            self.a.add(n)
        else:
            self.b = set(others)

    @action
    def cases(self, n: Node) -> None:
        others = {m for m in self.a if m != n}
        match self.who:
            case None:
                self.a.discard(n)
                self.who = n
            case m if m == n:
                self.b = set(others)
            case _:
                self.b |= others
                self.who = None

    @action
    def after(self, n: Node) -> None:
        if n in self.a:
            self.a.discard(n)
            rest = set(self.a)
        else:
            self.a.add(n)
            rest = set(self.a)
        self.b = rest

    @invariant
    def some(self) -> bool:
        return len(self.b) < 2


class Eager(Model):
    """A set is computed where it is named, and as an argument, whether it is used or not."""

    seen: Set[Range[0, 3]]
    kept: Set[Range[0, 6]]
    flag: bool

    @action
    def see(self, k: Range[0, 3]) -> None:
        require(len(self.seen) < 2)
        self.seen.add(k)

    @action
    def keep(self) -> None:
        parts = {6 // k for k in self.seen}
        if self.flag:
            self.kept = set(parts)
        self.flag = not self.flag

    @action
    def give(self) -> None:
        self.take({6 // k for k in self.seen})

    def take(self, parts: Set[Range[0, 6]]) -> None:
        if self.flag:
            self.kept = set(parts)

    def named(self) -> bool:
        parts = {6 // k for k in self.seen}
        return self.flag or 3 in parts

    def unused(self, parts: Set[Range[0, 6]]) -> bool:
        return self.flag

    @reachable
    def is_named(self) -> bool:
        return self.named()

    @reachable
    def is_unused(self) -> bool:
        return self.unused({6 // (3 - k) for k in self.seen})

    @reachable
    def most(self) -> bool:
        return max(len(self.seen), len(self.kept), 1, min(2, len(self.seen), 6 // max(1, len(self.kept)))) == 2
