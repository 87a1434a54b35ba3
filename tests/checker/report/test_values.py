"""The renderer of values: names, order, and only what changed."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from assay.checker.language import Bag, Map, Model, Order, QuorumSystem, Range, Seq, Set, Sort, action, record
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import Type
from assay.checker.report.values import Renderer


class Node(Sort):
    """A member."""


class Ballot(Order):
    """A round."""


class Quorum(QuorumSystem[Node]):
    """Majorities of nodes."""


class Colour(Enum):
    RED, GREEN = range(2)


@record
class Ping:
    node: Node


@record
class Vote:
    node: Node
    ballot: Ballot


@record
class Stop:
    pass


class Number(Sort):
    """Begins like Node."""


class Clash(Model):
    """Two sorts with the same initial."""

    default = {"Node": 1, "Number": 1}

    first: Node | None
    second: Number | None

    @action
    def rest(self) -> None:
        """Do nothing."""


class Everything(Model):
    """One variable of each type."""

    default = {"Node": 3, "Ballot": 2}

    flag: bool
    number: Range[-1, 5]
    colour: Colour
    ballot: Ballot | None
    vote: Vote | None
    pair: tuple[Node, Ballot]
    quorum: Quorum
    colours: Map[Node, Colour]
    seen: Map[Node, Set[Ballot]]
    messages: Set[Ping | Vote | Stop]
    queue: Seq[Ping | Stop, 3]
    bag: Bag[Node, 4]

    @action
    def move(self, n: Node, b: Ballot) -> None:
        """Do nothing."""

    @action
    def rest(self) -> None:
        """Do nothing."""


n1, n2, n3 = (Node.at(i) for i in range(3))
b1, b2 = (Ballot.at(i) for i in range(2))

STATE: dict[str, Any] = {
    "flag": True,
    "number": -1,
    "colour": Colour.RED,
    "ballot": None,
    "vote": Vote(n1, b1),
    "pair": (n2, b1),
    "quorum": Quorum.at(0),
    "colours": (Colour.RED, Colour.GREEN, Colour.RED),
    "seen": (frozenset(), frozenset([b2, b1]), frozenset()),
    "messages": frozenset([Stop(), Vote(n2, b1), Ping(n3), Ping(n1)]),
    "queue": (Stop(), Ping(n2)),
    "bag": frozenset([(n2, 2), (n1, 1)]),
}


@pytest.fixture(scope="module")
def instance() -> Instance:
    return instantiate(specify(Everything))


def frozen(**changed: Any) -> tuple[Any, ...]:
    return tuple({**STATE, **changed}.values())


def test_a_state_reads_by_names_in_the_order_of_its_types(instance: Instance) -> None:
    assert dict(Renderer(instance).state(frozen())) == {
        "flag": "True",
        "number": "-1",
        "colour": "RED",
        "ballot": "None",
        "vote": "Vote(node=n1, ballot=b1)",
        "pair": "(n2, b1)",
        "quorum": "{n1, n2}",
        "colours": "{n1: RED, n2: GREEN, n3: RED}",
        "seen": "{n1: {}, n2: {b1, b2}, n3: {}}",
        "messages": "{Ping(n1), Ping(n3), Vote(node=n2, ballot=b1), Stop()}",
        "queue": "[Stop(), Ping(n2)]",
        "bag": "{n1 x1, n2 x2}",
    }


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, []),
        ({"flag": False}, ["flag: True -> False"]),
        ({"ballot": b2}, ["ballot: None -> b2"]),
        ({"vote": Vote(n1, b2)}, ["vote.ballot: b1 -> b2"]),
        ({"vote": Vote(n2, b2)}, ["vote: Vote(node=n1, ballot=b1) -> Vote(node=n2, ballot=b2)"]),
        ({"vote": None}, ["vote: Vote(node=n1, ballot=b1) -> None"]),
        ({"quorum": Quorum.at(1)}, ["quorum: {n1, n2} -> {n1, n3}"]),
        (
            {"colours": (Colour.GREEN, Colour.GREEN, Colour.GREEN)},
            ["colours[n1]: RED -> GREEN", "colours[n3]: RED -> GREEN"],
        ),
        ({"seen": (frozenset(), frozenset([b2]), frozenset([b1]))}, ["seen[n2]: - b1", "seen[n3]: + b1"]),
        (
            {"messages": frozenset([Ping(n1), Ping(n2)])},
            ["messages: - Ping(n3), - Vote(node=n2, ballot=b1), - Stop(), + Ping(n2)"],
        ),
        ({"queue": (Ping(n2),)}, ["queue: [Stop(), Ping(n2)] -> [Ping(n2)]"]),
        ({"bag": frozenset([(n3, 2), (n2, 1), (n1, 1)])}, ["bag: - n2, + n3 x2"]),
    ],
)
def test_a_change_shows_only_what_is_different(instance: Instance, changed: dict[str, Any], shown: list[str]) -> None:
    changes = Renderer(instance).changes(frozen(), frozen(**changed))
    assert [str(change) for change in changes] == shown


def test_a_call_shows_its_arguments_by_name(instance: Instance) -> None:
    renderer = Renderer(instance)
    assert renderer.call(("move", (n1, b2))) == "move(n=n1, b=b2)"
    assert renderer.call(("rest", ())) == "rest()"


def test_elements_of_sorts_with_the_same_initial_are_named_in_full() -> None:
    specification = specify(Clash)
    types: list[Type] = [variable.type for variable in specification.variables]
    renderer = Renderer(instantiate(specification))
    assert [renderer.value(types[0], n1), renderer.value(types[1], Number.at(0))] == ["node1", "number1"]
