"""Assertions: in actions, in branches, loops and procedures, in properties and in helpers whose value is used."""

# ruff: noqa

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Counted(Model):
    default = {"Node": 2}
    count: Annotated[int, Range(0, 3)] = 0
    holder: Node | None
    seen: Set[Node]
    level: Map[Node, Annotated[int, Range(0, 1)]] = everywhere(0)

    @action
    def take(self, n: Node) -> None:
        require(self.holder is None)
        self.holder = n
        assert self.holder == n, "what was assigned is there"

    @action
    def leave(self) -> None:
        require(self.holder is not None)
        assert self.holder is not None
        holder: Node = self.holder
        self.seen.add(holder)
        self.holder = None
        assert self.seen

    @action
    def branch(self, n: Node) -> None:
        if n in self.seen:
            assert len(self.seen) > 0
            self.seen.discard(n)
        else:
            assert n not in self.seen
            self.seen = set(Node)

    @action
    def loop(self, x: Node) -> None:
        for n in Node:
            assert n == x or n != x
            self.level[n] = 1 if n == x else 0

    @action
    def procedure(self) -> None:
        self.count_up()
        require(self.count < 3)

    def count_up(self) -> None:
        self.count += 1
        assert 0 < self.count <= 4, "before what is required after it"

    @action
    def start_again(self) -> None:
        require(self.count == 2)
        self.count = 0

    def above(self, bound: int) -> bool:
        assert bound >= 0
        higher = self.count > bound
        assert higher or self.count <= bound
        return higher

    @invariant
    def bounded(self, n: Node) -> bool:
        assert self.count < 3
        if self.holder is None:
            return True
        assert self.holder is not None, "known by now"
        return self.level[self.holder] < 2 and not self.above(2)

    @step_invariant
    def by_one(self, after: Self) -> bool:
        assert after.count in (self.count, self.count + 1, 0)
        return after.count < 3

    @reachable
    def two(self) -> bool:
        assert self.count >= 0
        return self.above(1)

    @constraint
    def few(self) -> bool:
        assert self.count <= 3
        return self.count < 3
