"""What is run through becomes a list or a set, and gives one name a tuple; views of maps, too."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


Count = Annotated[int, Range(0, 2)]


@record
class Vote:
    node: Node


@record
class Report:
    seen: set[Node]
    log: Annotated[list[Node], AtMost(2)]
    count: Count


class RunThrough(Model):
    """Pairs, numbered items, and views of maps."""

    default: ClassVar = {"Node": 2, "Ballot": 2}
    queue: Annotated[list[Node], AtMost(2)]
    numbers: Annotated[list[Count], AtMost(2)]
    counts: dict[Node, Count] = everywhere(0)
    at: dict[Ballot, Count] = everywhere(0)
    late: dict[Node, bool] = everywhere(False)
    best: Ballot | None = None

    @action
    def put(self, n: Node, k: Count) -> None:
        require(len(self.queue) < 2)
        self.queue.append(n)
        self.numbers.append(k)

    @action
    def name_pairs(self) -> None:
        pairs = list(zip(self.queue, self.numbers))
        for n, k in pairs:
            self.counts[n] = k

    @action
    def one_name(self) -> None:
        for i, pair in enumerate(zip(self.queue, self.numbers)):
            self.counts[pair[0]] = i
        for pair in enumerate(self.numbers):
            self.numbers[pair[0]] = 2 - pair[1]

    @action
    def entries(self) -> None:
        for entry in self.counts.items():
            self.counts[entry[0]] = 0
            self.late[entry[0]] = entry[1] > 1

    @action
    def greatest(self, b: Ballot) -> None:
        self.at[b] = self.counts[self.queue[0]] if self.queue else 1
        self.best = max(self.at, key=self.at.get)

    @action
    def most(self) -> None:
        entry = choose(e for e in self.counts.items() if e[1] == max(self.counts.values()))
        self.queue = [entry[0], *self.queue[:1]]
        self.numbers = [entry[1], *self.numbers[:1]]

    @invariant
    def as_sets(self) -> bool:
        return set(self.counts.values()) <= {0, 1, 2} and set(self.counts.keys()) == set(Node)

    @invariant
    def in_order(self) -> bool:
        both = list(zip(self.numbers, self.numbers[1:]))
        return len(both) < 2 and list(self.at.items())[0][0] == first(Ballot) and len(self.at.values()) == 2

    @invariant
    def sets_of_pairs(self) -> bool:
        return len(set(zip(self.queue, self.numbers))) <= len(self.numbers) or {*self.queue} == set(Node)


class Taken(Model):
    """Containers that are part of messages are assigned beside others; entries by what a message names."""

    default: ClassVar = {"Node": 2}
    told: set[Vote | Report]
    seen: set[Node]
    log: Annotated[list[Node], AtMost(2)]
    count: Count = 0
    by: dict[Node, Node | None] = everywhere(None)
    known: dict[Node, bool] = everywhere(False)

    @action
    def tell(self, n: Node) -> None:
        require(len(self.told) < 2)
        self.told.add(Vote(n))
        self.told.add(Report({n}, [n, n], 1))

    @action
    def take(self, m: Report) -> None:
        require(m in self.told)
        self.seen, (self.log, self.count) = m.seen, (m.log, m.count)

    @action
    def forget(self, m: Report) -> None:
        require(m in self.told)
        self.told, self.seen = set(), m.seen

    @action
    def read_all(self) -> None:
        """Rounds that change the same entry give it the same value: it tells of the key alone."""
        for m in self.told:
            match m:
                case Vote(n):
                    self.by[n] = n if self.count > 0 else None
                case Report():
                    pass
        for m in self.told:
            if isinstance(m, Vote):
                self.known[m.node] = m.node in self.seen

    @invariant
    def own(self, n: Node) -> bool:
        return self.by[n] is None or self.by[n] == n
