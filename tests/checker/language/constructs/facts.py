"""What is known of an optional at a point, and what is forgotten after a change."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *
from shared import Node


class Ballot(Order):
    """An order."""


class Facts(Model):
    default = {"Node": 2, "Ballot": 2}
    flag: bool
    leader: Node | None
    seen: Set[Node]
    up: Map[Node, bool]
    who: Map[Ballot, Node | None]

    @action
    def elect(self, n: Node, b: Ballot) -> None:
        self.leader = n
        self.seen.add(n)
        self.who[b] = n

    @action
    def after_a_loop_that_may_not_run(self) -> None:
        for n in self.seen:
            require(self.leader is not None)
        self.flag = self.up[self.leader]

    @action
    def after_a_branch(self, n: Node) -> None:
        require(self.leader is not None)
        if n in self.seen:
            self.leader = None
            self.flag = True
        self.flag = self.up[self.leader]

    @action
    def after_a_match(self) -> None:
        require(self.leader is not None)
        match self.flag:
            case f if f:
                self.leader = None
        self.flag = self.up[self.leader]

    @action
    def in_a_later_round(self) -> None:
        x = self.leader
        require(x is not None)
        for i in range(2):
            self.flag = self.up[x]
            x = self.leader if self.flag else None

    @action
    def of_entries(self) -> None:
        for b, n in self.who.items():
            if n is not None:
                self.who[b] = None
                self.up[n] = True

    @action
    def after_a_procedure(self) -> None:
        require(self.leader is not None)
        self.depose()
        self.flag = self.up[self.leader]

    def depose(self) -> None:
        if self.flag:
            self.leader = None

    @invariant
    def short_circuit(self) -> bool:
        return self.leader is None or not self.up[self.leader] or self.leader in self.seen

    @step_invariant
    def steps(self, after: Facts) -> bool:
        return not (self.leader is not None and after.leader is not None) or self.up[after.leader] or True
