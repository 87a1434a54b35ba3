"""Alternatives of a case that bind the same names; which of them has matched, a guard may tell."""

# ruff: noqa

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Ask:
    node: Node
    rank: Annotated[int, Range(0, 2)]


@record
class Answer:
    rank: Annotated[int, Range(0, 2)]
    node: Node


@record
class Stop:
    """Carries nothing."""


class Alternatives(Model):
    default = {"Node": 2}
    last: Ask | Answer | Stop | None
    pair: tuple[Annotated[int, Range(0, 2)], Annotated[int, Range(0, 2)]] = (0, 1)
    seen: Map[Node, Annotated[int, Range(0, 2)]] = everywhere(0)

    @action
    def ask(self, n: Node, i: Annotated[int, Range(0, 2)]) -> None:
        self.last = Ask(n, i)

    @action
    def answer(self, n: Node, i: Annotated[int, Range(0, 2)]) -> None:
        self.last = Answer(i, n)
        self.pair = (i, self.pair[0])

    @action
    def hear(self, n: Node) -> None:
        match self.last:
            case Ask(by, rank) | Answer(rank, by) if by == n and rank > 0:
                self.seen[by] = rank
            case Ask(rank=rank) | Answer(rank=rank):
                require(rank < 2)
                self.last = Stop()
            case Stop() | None:
                return

    @action
    def either(self) -> None:
        match self.pair:
            case (0, other) | (other, 0):
                self.pair = (other, other)
            case _:
                self.last = None

    def rank_of(self) -> int:
        match self.last:
            case Ask(_, rank) | Answer(rank, _):
                return rank
            case Stop() | None:
                return 0

    @invariant
    def ranked(self) -> bool:
        match self.last:
            case Ask(by, rank) | Answer(rank, by):
                return rank == self.rank_of() and self.seen[by] < 3
            case _:
                return self.rank_of() == 0

    @invariant
    def never_two(self) -> bool:
        """Violated."""
        match self.last:
            case Ask(by, rank) | Answer(rank, by) if rank == 2:
                return self.seen[by] < 2
        return True
