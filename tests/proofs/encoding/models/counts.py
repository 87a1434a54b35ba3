"""Counts of what sets are made of, also of numbers of several ranges."""

# ruff: noqa
# mypy: ignore-errors

from assay.checker.language import *


class Node(Sort):
    pass


class Counts(Model):
    default = {"Node": 2}
    a: Set[Range[-1, 2]] = anything()
    b: Set[Range[1, 3]] = anything()
    nodes: Set[Node] = anything()
    flag: bool = anything()
    n: Range[0, 9] = 0
    m: Range[0, 3] = anything()

    @action
    def union(self) -> None:
        self.n = len(self.a | {3})

    @action
    def both(self) -> None:
        self.n = len((self.a | self.b) - {self.m})

    @action
    def choice(self) -> None:
        self.n = len(self.a if self.flag else {5, 6, self.m + 3})

    @action
    def listed(self, x: Node) -> None:
        self.n = len({x} | self.nodes) + len({self.m, 1, self.m})

    @invariant
    def more(self) -> bool:
        return len(self.a | {3, 7}) > 4 or any(x > 2 for x in self.a | {self.m}) or len({1, self.m} & self.b) == 1
