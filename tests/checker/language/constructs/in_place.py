"""Operators that change what is there: of truth values, sets, and items of lists; and loops over what they change."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


Count = Annotated[int, Range(0, 3)]


class Toggled(Model):
    """Truth values and sets are joined by |, & and ^, of which Python evaluates both sides."""

    default: ClassVar = {"Node": 2}
    flag: bool
    up: dict[Node, bool] = everywhere(True)
    seen: set[Node]
    kept: dict[Node, set[Node]]
    queue: Annotated[list[Node], AtMost(2)]

    @action
    def put(self, n: Node) -> None:
        require(len(self.queue) < 2)
        self.queue.append(n)
        self.seen ^= {n}

    @action
    def toggle(self, n: Node) -> None:
        self.flag ^= n in self.seen
        self.up[n] &= self.flag | (n in self.queue)
        self.kept[n] ^= self.seen

    @action
    def in_rounds(self) -> None:
        odd = False
        for n in self.seen:
            odd ^= True
        for n in Node:
            self.flag |= n in self.seen
        self.up = dict.fromkeys(Node, odd)

    @action
    def differ(self, n: Node) -> None:
        self.seen.symmetric_difference_update({*self.queue, n})
        self.kept[n] = self.seen.symmetric_difference(self.kept[n]) ^ {n}

    @action
    def first_one(self, n: Node) -> None:
        """Raises where the queue is empty, whatever the flag says."""
        self.flag |= self.queue[0] == n

    @invariant
    def known(self) -> bool:
        ok = True
        for n in self.queue:
            ok &= n in self.seen
        return ok | self.flag | (len(self.seen) < 3)


class Items(Model):
    """Items of a list are changed where they are, also by the loop that runs over them."""

    default: ClassVar = {"Node": 2}
    numbers: Annotated[list[Count], AtMost(2)]
    logs: dict[Node, Annotated[list[Count], AtMost(2)]]
    total: Count = 0

    @action
    def put(self, n: Node, k: Annotated[int, Range(1, 2)]) -> None:
        require(len(self.numbers) < 2, len(self.logs[n]) < 2)
        self.numbers.append(k)
        self.logs[n].extend(x for x in self.numbers[-1:])

    @action
    def count(self, n: Node) -> None:
        require(self.logs[n], self.logs[n][-1] < 3)
        self.logs[n][-1] += 1
        self.numbers[0] -= self.numbers[0]

    @action
    def halve(self) -> None:
        for i, x in enumerate(self.numbers):
            self.numbers[i] = x // 2
            self.total = x

    @action
    def spread(self) -> None:
        """Each round reads what the round before has left."""
        for i, x in enumerate(self.numbers):
            self.numbers[-1] = x

    @action
    def backwards(self) -> None:
        old = list(self.numbers)
        for i, x in enumerate(reversed(old)):
            self.numbers[i] = x

    @action
    def shift(self, n: Node) -> None:
        for x, y in zip(list(self.numbers), self.logs[n]):
            self.numbers[0] = y
            self.logs[n][0] = x

    @action
    def drop(self) -> None:
        for i, x in enumerate(self.numbers[:]):
            if x == 0:
                self.numbers.remove(x)

    @invariant
    def small(self) -> bool:
        return len(self.numbers) < 3
