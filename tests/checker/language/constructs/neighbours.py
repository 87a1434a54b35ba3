"""The ends of an order, and what comes next in it."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Steps(Model):
    """Up and down, and out of the order."""

    default = {"Ballot": 3, "Node": 2}
    at: Map[Node, Ballot] = everywhere(first(Ballot))
    high: Ballot | None
    used: Set[Ballot]

    @action
    def up(self, n: Node) -> None:
        require(self.at[n] != last(Ballot))
        self.at[n] = succ(self.at[n])
        self.used.add(pred(self.at[n]))

    @action
    def down(self, n: Node) -> None:
        if self.at[n] > first(Ballot):
            self.at[n] = pred(self.at[n])

    @action
    def note(self) -> None:
        self.high = last(Ballot) if self.high is None else pred(self.high) if self.high > first(Ballot) else None

    @invariant
    def neighbours(self, n: Node) -> bool:
        b = self.at[n]
        return b == last(Ballot) or (pred(succ(b)) == b and all(c <= b or c >= succ(b) for c in Ballot))


class BeyondTheLast(Steps):
    """Two steps at once, which the order may not have."""

    @action
    def up(self, n: Node) -> None:
        require(self.at[n] < last(Ballot))
        self.at[n] = succ(succ(self.at[n]))


class BeforeTheFirst(Steps):
    """A property that asks for what the first has not."""

    @invariant
    def neighbours(self, n: Node) -> bool:
        return succ(pred(self.at[n])) == self.at[n]
