"""Models that are put together: networks of the library, a clock and sessions of one's own."""

# ruff: noqa

from __future__ import annotations

from typing import Generic, TypeVar

from assay.checker.language import *
from assay.checker.language.networks import (
    BagNetwork,
    Duplication,
    HeadDuplication,
    HeadLoss,
    Loss,
    Partitions,
    QueueNetwork,
    SetNetwork,
)

Owner = TypeVar("Owner")


class Node(Sort):
    """A node."""


@record
class Ping:
    value: Annotated[int, Range(0, "most")]


@record
class Pong:
    value: Annotated[int, Range(0, "most")]


class PingPong(BagNetwork[Ping | Pong], Model):
    """Two nodes that count up by turns, with one message on its way: 11 states up to 5, as Stateright counts."""

    most: Parameter[int] = 5
    mine: Annotated[int, Range(0, "most")] = 0
    other: Annotated[int, Range(0, "most")] = 0

    @initial
    def start(self) -> None:
        self.send(Ping(0))

    @action
    def answer(self, n: Annotated[int, Range(0, "most")]) -> None:
        self.receive(Ping(n))
        require(n == self.other, n < self.most)
        self.send(Pong(n))
        self.other += 1

    @action
    def again(self, n: Annotated[int, Range(0, "most")]) -> None:
        self.receive(Pong(n))
        require(n == self.mine, n < self.most)
        self.send(Ping(n + 1))
        self.mine += 1

    @invariant
    def by_turns(self) -> bool:
        return self.mine <= self.other <= self.mine + 1

    @terminal
    def over(self) -> bool:
        return self.mine == self.most


class OverABadNetwork(Loss[Ping | Pong], Duplication[Ping | Pong], PingPong):
    """Messages are lost and doubled."""

    default = {"most": 2}

    @terminal
    def over(self) -> bool:
        return len(self.messages) == 0


class Clock:
    """Time, up to a horizon."""

    horizon: Parameter[int] = 3
    now: Annotated[int, Range(0, "horizon")] = 0

    @action
    def tick(self) -> None:
        require(self.now < self.horizon)
        self.now += 1


class Sessions(Clock, Generic[Owner]):
    """Sessions that end a while after they were last renewed."""

    ttl: Parameter[int] = 1
    ends: Map[Owner, Annotated[int, Range(0, "horizon")]] = everywhere(0)

    def is_live(self, owner: Owner) -> bool:
        return self.now < self.ends[owner]

    @action
    def renew(self, owner: Owner) -> None:
        self.ends[owner] = min(self.now + self.ttl, self.horizon)


class Lock(Sessions[Node], SetNetwork[Ping], Model):
    """A lock that is held while a session lives; what is composed has actions of its own."""

    default = {"Node": 2, "most": 0}
    most: Parameter[int] = 0
    check_deadlock = False
    holder: Node | None

    @action
    def take(self, n: Node) -> None:
        require(self.holder is None, self.is_live(n))
        self.holder = n
        self.send(Ping(0))

    @action
    def expire(self) -> None:
        holder = some(self.holder)
        require(not self.is_live(holder))
        self.receive(Ping(0))
        self.holder = None


class Queues(Partitions[Node], HeadLoss[Node, Ping], Model):
    """Queues that lose messages, over links that are cut and mended."""

    default = {"Node": 2, "capacity": 1, "most": 1}
    most: Parameter[int] = 1
    seen: Set[Node]

    @action
    def ping(self, a: Node, b: Node, n: Annotated[int, Range(0, "most")]) -> None:
        require(a != b, self.room(a, b))
        self.send(a, b, Ping(n))

    @action
    def arrive(self, a: Node, b: Node, ping: Ping) -> None:
        self.receive(a, b, ping)
        self.seen.add(b)


class QueuesThatDouble(HeadDuplication[Node, Ping], Queues):
    """Queues that duplicate messages, too."""

    default = {"Node": 2, "capacity": 2, "most": 0}
    disconnect = removed
    reconnect = removed


class NoLoss(Queues):
    """The same without losses."""

    lose = removed
