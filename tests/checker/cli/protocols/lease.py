"""A small protocol that the tests of reports and of the command line check: a lease."""

# ruff: noqa: C408, F403, F405
from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """Who may hold the lease."""


class Phase(Enum):
    IDLE, WAITING, HOLDING = range(3)


@record
class Request:
    node: Node


@record
class Grant:
    node: Node


class Lease(Model):
    """A lease that one node holds at a time."""

    default = dict(Node=2)
    smoke = dict(Node=1)
    deep = dict(Node=3)

    phase: Map[Node, Phase] = everywhere(Phase.IDLE)
    holder: Node | None = None
    messages: Set[Request | Grant]

    @action
    def ask(self, n: Node) -> None:
        require(self.phase[n] is Phase.IDLE)
        self.phase[n] = Phase.WAITING
        self.messages.add(Request(n))

    @action
    def grant(self, n: Node) -> None:
        require(Request(n) in self.messages)
        require(self.holder is None)
        self.holder = n
        self.messages.discard(Request(n))
        self.messages.add(Grant(n))

    @action
    def take(self, n: Node) -> None:
        require(Grant(n) in self.messages)
        self.messages.discard(Grant(n))
        self.phase[n] = Phase.HOLDING

    @action
    def release(self, n: Node) -> None:
        require(self.phase[n] is Phase.HOLDING)
        self.phase[n] = Phase.IDLE
        self.holder = None

    @invariant
    def one_holder(self) -> bool:
        return sum(self.phase[n] is Phase.HOLDING for n in Node) <= 1

    @step_invariant
    def asks_first(self, after: Self) -> bool:
        return all(self.phase[n] is not Phase.IDLE or after.phase[n] is not Phase.HOLDING for n in Node)

    @reachable
    def someone_holds(self) -> bool:
        return any(self.phase[n] is Phase.HOLDING for n in Node)


class GrantsTwice(Lease):
    """Broken: grants without looking whether the lease is taken."""

    expected = Violates("one_holder")

    @action
    def grant(self, n: Node) -> None:
        require(Request(n) in self.messages)
        self.holder = n
        self.messages.discard(Request(n))
        self.messages.add(Grant(n))


class NeverReleases(Lease):
    """Broken: who holds the lease keeps it for ever."""

    expected = Violates("deadlock")

    @action
    def release(self, n: Node) -> None:
        require(False)
