"""A parameter that a guard draws from a bag is tried once for each element, however many copies are there."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


@record
class Log:
    to: Node
    entries: Seq[Ballot, 6]
    copied: Seq[Ballot, 6]


@record
class Time:
    to: Node
    time: Nat


class Mail(Model):
    """Of messages there are more than anybody could try, or enumerate: millions, or no number of them."""

    default = {"Node": 2, "Ballot": 2}
    log: Map[Node, Seq[Ballot, 3]]
    clock: Map[Node, Nat] = everywhere(0)
    mail: Annotated[Bag[Log], AtMost(3)]
    boxes: Map[Node, Annotated[Bag[Time | Log], AtMost(2)]]
    taken: Annotated[int, Range(0, 3)] = 0

    @action
    def write(self, n: Node, b: Ballot) -> None:
        require(len(self.mail) < 3, len(self.log[n]) < 1, self.taken < 3)
        self.mail.add(Log(n, [b], []))
        if b != first(Ballot):
            self.mail.add(Log(n, [b], []))

    @action
    def take(self, m: Log) -> None:
        require(m in self.mail, self.taken < 3)
        self.mail.remove(m)
        self.taken += 1
        self.log[m.to] = m.entries

    @action
    def stamp(self, n: Node) -> None:
        require(self.clock[n] < 2, len(self.boxes[n]) < 2)
        self.clock[n] += 1
        self.boxes[n].add(Time(n, 1))

    @action
    def read(self, n: Node, m: Time) -> None:
        require(m in self.boxes[n])
        self.boxes[n].remove(m)
        self.clock[n] = max(self.clock[n], m.time)

    @invariant
    def few(self, n: Node) -> bool:
        return self.clock[n] <= 2

    @terminal
    def whenever(self) -> bool:
        return True


class Letters(Model):
    """Of messages there are too many for a word, but few enough for a count each."""

    default = {"Node": 3, "Ballot": 3}
    mail: Annotated[Bag[tuple[Node, Node, Ballot]], AtMost(3)]
    got: Set[Node]
    taken: Annotated[int, Range(0, 2)] = 0

    @action
    def send(self, n: Node, b: Ballot) -> None:
        require(len(self.mail) < 2)
        self.mail.add((n, n, b))
        if b == first(Ballot):
            self.mail.add((n, n, b))

    @action
    def take(self, m: tuple[Node, Node, Ballot]) -> None:
        require(m in self.mail, self.taken < 2)
        self.mail.remove(m)
        self.taken += 1
        self.got.add(m[1])

    @terminal
    def whenever(self) -> bool:
        return True
