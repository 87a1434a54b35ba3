"""Loops over copies change what was copied: each round sees the elements that were there before the loop."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Copies(Model):
    """A list, a set, a sorted list, and what is computed of a variable, each changed by the loop over it."""

    default: ClassVar = {"Node": 2}
    line: Annotated[list[Node], AtMost(3)]
    up: set[Node]
    down: set[Node]
    levels: Annotated[list[Annotated[int, Range(0, 2)]], AtMost(2)]

    @action
    def put(self, n: Node) -> None:
        require(len(self.line) < 2)
        self.line.append(n)
        self.up.add(n)

    @action
    def twice(self) -> None:
        require(len(self.line) == 1)
        for n in list(self.line):
            self.line.append(n)

    @action
    def without(self, n: Node) -> None:
        line = list(self.line)
        for m in line:
            if m == n:
                self.line.remove(m)

    @action
    def turn(self) -> None:
        for n in set(self.up):
            self.up.discard(n)
            self.down.add(n)

    @action
    def back(self, n: Node) -> None:
        for m in self.down - {n}:
            self.down.discard(m)

    @action
    def grow(self, k: Annotated[int, Range(0, 2)]) -> None:
        require(len(self.levels) < 2)
        self.levels.append(k)

    @action
    def lowest(self) -> None:
        require(self.levels)
        for k in sorted(self.levels):
            self.levels[0] = k

    @invariant
    def bounded(self) -> bool:
        return len(self.line) < 3
