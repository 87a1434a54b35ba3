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


@record
class Mark:
    """What has the least element inside of it, before there is an instance."""

    ballot: Ballot
    log: Seq[Ballot, 2]
    by: Map[bool, Ballot]


class TheFirstInsideOfValues(Model):
    """The least element anywhere in the initial value of a variable."""

    default = {"Ballot": 2, "Node": 2}
    check_deadlock = False
    pair: tuple[Ballot, Range[0, 1]] = (first(Ballot), 1)
    marks: Map[Node, Mark] = everywhere(Mark(first(Ballot), [first(Ballot)], {False: first(Ballot), True: first(Ballot)}))
    some: Set[Ballot] = {first(Ballot)}
    queue: Seq[tuple[Ballot, Range[0, 1]], 2] = [(first(Ballot), 0)]
    bag: Bag[Ballot, 2] = Bag([first(Ballot), first(Ballot)])
    sets: Set[Set[Ballot]] = {frozen({first(Ballot)})}

    @action
    def move(self, n: Node) -> None:
        self.marks[n] = Mark(last(Ballot), [*self.marks[n].log[:1], last(Ballot)], self.marks[n].by)

    @invariant
    def begins_with_the_first(self, n: Node) -> bool:
        return self.marks[n].by[True] == self.marks[n].log[0] == first(Ballot) == self.pair[0] == self.queue[0][0]

    @invariant
    def holds_the_first(self) -> bool:
        return self.some == {first(Ballot)} and self.bag.count(first(Ballot)) == 2 and frozen({first(Ballot)}) in self.sets

    @invariant
    def has_not_moved(self, n: Node) -> bool:
        """Violated."""
        return self.marks[n].ballot == first(Ballot)
