"""Maps that get all their values at once, also nested ones, and before they have any."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *
from shared import Node


class Ballot(Order):
    """An order."""


class Nested(Model):
    default = {"Node": 2, "Ballot": 2}
    m: Map[Node, Map[Node, Ballot]]
    heard: Map[Node, Set[Node]]
    steps: Map[Range[0, 2], Range[0, 2]] = everywhere(0)
    queue: Seq[Range[0, 2], 2]
    flags: Map[Node, bool]
    flag: bool

    @initial
    def start(self) -> None:
        self.m = {n: {k: first(Ballot) for k in Node} for n in Node}

    @action
    def up(self, n: Node, k: Node, b: Ballot) -> None:
        require(self.m[n][k] < b)
        self.m[n][k] = b
        self.heard[n].add(k)

    @action
    def reset(self) -> None:
        self.m = everywhere(everywhere(max(self.m[n][n] for n in Node)))
        self.heard = {n: {k for k in Node if k != n} for n in Node}
        self.heard = {n: set() for n in Node}

    @action
    def row(self, n: Node) -> None:
        self.m[n] = {k: first(Ballot) for k in Node}
        self.steps = {k: (k + 1) % 3 for k in range(3)}
        self.steps = {k: 2 - k for k in range(0, 3)}

    @action
    def fill(self) -> None:
        require(not self.flag)
        for k in range(len(self.queue)):
            self.queue.pop(0)
        self.queue = [1, 2]
        self.flags = everywhere(self.flag)
        self.flag = True

    @action
    def take(self) -> None:
        require(len(self.queue) > 0)
        self.steps[self.queue[-1]] = self.queue.pop(0)
        self.flag = False

    def pair(self, n: Node, k: Node) -> bool:
        first_one, second = self.m[n][k], self.m[k][n]
        first_one, second = second, first_one
        a, b = (n, first_one)
        return first_one == second or a == k or b <= second

    def among(self, n: Node) -> Set[Node]:
        a, b = n, self.flag
        return {k for k in Node if k != a and b}

    @reachable
    def paired(self, n: Node, k: Node) -> bool:
        return n != k and not self.pair(n, k) and len(self.among(n)) == 1

    @invariant
    def cases(self) -> bool:
        match self.flag:
            case True:
                return len(self.queue) == 2
            case _:
                return True


class Loops(Nested):
    @initial
    def start(self) -> None:
        for n in Node:
            for k in Node:
                self.m[n][k] = first(Ballot)


class Rows(Nested):
    @initial
    def start(self) -> None:
        for n in Node:
            self.m[n] = {k: first(Ballot) for k in Node}


class Everywhere(Nested):
    @initial
    def start(self) -> None:
        self.m = everywhere(everywhere(first(Ballot)))


class Chosen(Nested):
    @initial
    def start(self, n: Node, b: Ballot) -> None:
        self.m = {k: {l: first(Ballot) for l in Node} for k in Node}
        self.m[n][n] = b

