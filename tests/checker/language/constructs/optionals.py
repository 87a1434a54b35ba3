"""Values that may be None, required not to be, and named."""

# ruff: noqa

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Grant:
    node: Node
    uses: Annotated[int, Range(0, 2)]


@record
class Denial:
    node: Node


class Leases(Model):
    default = {"Node": 2}
    lease: Grant | None
    kept: Map[Node, Grant | None]
    answer: Grant | Denial | None
    holder: Node | None
    count: Annotated[int, Range(0, 2)] = 0

    @action
    def take(self, n: Node) -> None:
        require(self.lease is None)
        self.lease = Grant(n, 0)

    @action
    def deny(self, n: Node) -> None:
        require(self.answer is None)
        self.answer = Denial(n)
        self.holder = n

    @action
    def named(self) -> None:
        grant = some(self.lease)
        self.count = grant.uses

    @action
    def in_a_guard(self) -> None:
        require(some(self.lease).uses < 2, self.count < 2)
        grant = some(self.lease)
        self.lease = Grant(grant.node, grant.uses + 1)

    @action
    def of_an_entry(self, n: Node, o: Node) -> None:
        require(n != o)
        self.kept[n] = some(self.kept[o])

    @action
    def into_an_entry(self) -> None:
        self.kept[some(self.lease).node] = self.lease

    @action
    def in_tests(self) -> None:
        if some(self.lease).uses == 2:
            self.lease = None
        elif some(self.answer) == Denial(some(self.holder)):
            self.answer = None
        else:
            match some(self.answer):
                case Grant(node):
                    self.holder = node
                case Denial():
                    self.holder = None

    @action
    def chained(self, n: Node) -> None:
        require(n == some(self.holder))
        self.answer = Denial(n)

    @action
    def of_a_computed_value(self) -> None:
        self.count = some(max((self.uses(n) for n in Node if self.kept[n] is not None), default=None))

    def uses(self, n: Node) -> int:
        grant = self.kept[n]
        return 0 if grant is None else grant.uses

    @action
    def alone(self) -> None:
        some(self.answer)
        self.answer = self.lease

    @action
    def in_a_loop(self) -> None:
        for n in Node:
            self.kept[n] = self.lease if some(self.holder) == n else None

    @action
    def by_a_procedure(self, n: Node) -> None:
        self.grant(n)

    def grant(self, n: Node) -> None:
        denial = some(self.answer)
        require(isinstance(denial, Denial))
        self.lease = Grant(n, some(self.kept[denial.node]).uses)

    @terminal
    def stopped(self) -> bool:
        return True
