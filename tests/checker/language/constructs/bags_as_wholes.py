"""Bags that are assigned as a whole: emptied, copied, and taken from messages."""

from __future__ import annotations

from assay.checker.language import (
    Bag,
    Map,
    Model,
    Sort,
    action,
    frozen,
    invariant,
    reachable,
    record,
    require,
    some,
)


class Node(Sort):
    """Who is in bags."""


@record
class Report:
    """What carries bags."""

    bag: Bag[Node, 2]
    by: Map[Node, Bag[Node, 1]]


class BagsAsWholes(Model):
    """A bag goes into a message, and comes out of it elsewhere."""

    default = {"Node": 2}
    check_deadlock = False

    bag: Bag[Node, 2]
    other: Bag[Node, 2]
    by: Map[Node, Bag[Node, 1]]
    last: Report | None = None
    kept: Bag[Node, 2] | None = None
    wide: Bag[Node, 3]

    @action
    def put(self, n: Node) -> None:
        require(len(self.bag) < 2)
        self.bag.add(n)

    @action
    def put_by(self, n: Node) -> None:
        require(len(self.by[n]) == 0)
        self.by[n].add(n)

    @action
    def report(self) -> None:
        self.last = Report(bag=self.bag, by=self.by)
        self.bag = Bag()

    @action
    def take(self, first: bool) -> None:
        report = some(self.last)
        self.other = report.bag if first else Bag(self.bag)
        self.by = report.by

    @action
    def take_and_add(self, n: Node) -> None:
        require(self.last is not None and len(self.last.bag) < 2)
        self.other = Bag(self.last.bag)
        self.other.add(n)

    @action
    def swap_by_a_value(self) -> None:
        self.kept = frozen(self.bag)
        self.bag = Bag(self.other)
        self.other = some(self.kept)

    @action
    def take_of_each(self, n: Node) -> None:
        report = some(self.last)
        self.by[n] = report.by[n]

    @action
    def widen(self) -> None:
        self.wide = self.last.bag if self.last is not None else Bag(self.bag)

    @invariant
    def counts(self, n: Node) -> bool:
        return self.bag.count(n) + self.other.count(n) <= 4

    @reachable
    def two_of_one(self) -> bool:
        return any(self.other.count(n) == 2 for n in Node) and self.last is None

    @reachable
    def two_taken(self) -> bool:
        return self.last is not None and self.other == self.last.bag and len(self.other) == 2
