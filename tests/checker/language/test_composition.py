"""Models as people organise them: parts in any order, options of networks, and what a variant takes away."""

from __future__ import annotations

import math
from typing import Annotated

import pytest
from assay.checker.language import (
    Holds,
    Map,
    Model,
    Range,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    initial,
    invariant,
    record,
    removed,
    require,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.networks import BagNetwork, Duplication, HeadLoss, Loss, Partitions, QueueNetwork
from assay.checker.properties.check import Engine, Options, check

ENGINES = pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])


class Node(Sort):
    """Who sends and receives."""


@record
class Ping:
    """To a node."""

    to: Node


class OverBags(BagNetwork[Ping], Model):
    """Pings in any order."""

    default = {"Node": 2, "capacity": 2}
    got: Set[Node]

    @action
    def ping(self, n: Node) -> None:
        require(len(self.messages) < self.capacity)
        self.send(Ping(n))

    @action
    def arrive(self, ping: Ping) -> None:
        self.receive(ping)
        self.got.add(ping.to)


class LossFirst(Loss[Ping], Duplication[Ping], OverBags):
    """Both options."""


class DuplicationFirst(Duplication[Ping], Loss[Ping], OverBags):
    """The same, named in the other order."""


class OverQueues(QueueNetwork[Node, Ping], Model):
    """Pings in the order in which they were sent."""

    default = {"Node": 2, "capacity": 1}
    got: Set[Node]

    @action
    def ping(self, a: Node, b: Node) -> None:
        require(a != b, self.room(a, b))
        self.send(a, b, Ping(b))

    @action
    def arrive(self, a: Node, b: Node, ping: Ping) -> None:
        self.receive(a, b, ping)
        self.got.add(b)


class PartitionsFirst(Partitions[Node], HeadLoss[Node, Ping], OverQueues):
    """Links are cut, and messages lost."""


class LossesFirst(HeadLoss[Node, Ping], Partitions[Node], OverQueues):
    """The same, named in the other order."""


def explored(cls: type[Model], engine: Engine) -> tuple[int, int]:
    result = check(instantiate(specify(cls)), Options(engine=engine))
    assert result.as_expected
    return result.exploration.distinct, result.exploration.generated


BAGS = math.comb(2 + 2, 2) * 2**2
"""Bags of at most two of two messages, beside any set of nodes that were reached."""
QUEUES = 2**2 * 2**2
"""Two queues that are empty or not, beside any set of nodes that were reached."""
LINKS = 2**2
"""Each link between two nodes, in either direction, is cut or not."""


@ENGINES
def test_a_network_has_the_states_that_are_counted_by_hand(engine: Engine) -> None:
    assert explored(OverBags, engine)[0] == BAGS
    assert explored(OverQueues, engine)[0] == QUEUES
    assert explored(PartitionsFirst, engine)[0] == QUEUES * LINKS


@ENGINES
def test_the_order_in_which_options_are_named_makes_no_difference(engine: Engine) -> None:
    assert explored(LossFirst, engine) == explored(DuplicationFirst, engine)
    assert explored(LossesFirst, engine) == explored(PartitionsFirst, engine)


class Leases(Model):
    """Two nodes take leases, which expire."""

    default = {"Node": 2}
    expected = Violates("few")
    held: Set[Node]

    @action
    def take(self, n: Node) -> None:
        require(n not in self.held)
        self.held.add(n)

    @action
    def expire(self, n: Node) -> None:
        require(n in self.held)
        self.held.discard(n)

    @invariant
    def few(self) -> bool:
        return len(self.held) < len(Node)


class WithoutExpiry(Leases):
    """Takes an action and a property away."""

    expected = Holds()
    expire = removed
    few = removed

    @terminal
    def all_taken(self) -> bool:
        return all(n in self.held for n in Node)


class ExpiryAgain(WithoutExpiry):
    """Inherits it twice, from before it was taken away."""

    @action
    def expire(self, n: Node) -> None:
        Leases.expire(self, n)


@ENGINES
def test_what_a_variant_takes_away_a_variant_of_it_may_bring_back(engine: Engine) -> None:
    assert explored(WithoutExpiry, engine) == (2**2, 1 + 4)
    assert explored(ExpiryAgain, engine) == (2**2, 1 + 4 + 4)


class Left:
    """A part that makes initial states."""

    x: Annotated[int, Range(0, 1)]

    @initial
    def make(self, x: Annotated[int, Range(0, 1)]) -> None:
        self.x = x


class Right:
    """Another, by a method of the same name."""

    y: Map[Node, Annotated[int, Range(0, 1)]]

    @initial
    def make(self, y: Annotated[int, Range(0, 1)]) -> None:
        self.y = everywhere(y)


class Sides(Left, Right, Model):
    """Calls both by name."""

    default = {"Node": 2}

    @initial
    def make(self, x: Annotated[int, Range(0, 1)], y: Annotated[int, Range(0, 1)]) -> None:
        Left.make(self, x)
        Right.make(self, y)

    @action
    def swap(self, n: Node) -> None:
        self.x, self.y[n] = self.y[n], self.x


@ENGINES
def test_parts_that_make_initial_states_are_called_by_one_method(engine: Engine) -> None:
    assert explored(Sides, engine)[0] == 2**3
