"""A model whose names are as awkward as Python lets them be, and one with a violation."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from assay.checker.engine import reference
from assay.checker.engine.graph import mark, mark_path, state_graph
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import execute
from assay.checker.language import Map, Model, Set, Sort, action, everywhere, invariant, require, terminal
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify

AWKWARD = (
    'say "hello"',
    "back\\slash\\",
    "two\nlines",
    "<b>&amp;</b>",
    "\\N \\G \\l",
    "naïve \N{EM DASH} 名前 \N{SNOWMAN}",
    "}; a -> b [x={y}]",
    "bell\x07",
)

Odd = Enum("Odd", {name: number for number, name in enumerate(AWKWARD)})


class Peculiar(Model):
    """Says one awkward thing after the other."""

    said: Odd = Odd[AWKWARD[0]]

    @action
    def say(self, what: Odd) -> None:
        require(what.value == self.said.value + 1)
        self.said = what

    @terminal
    def said_all(self) -> bool:
        return self.said.value == len(AWKWARD) - 1


class Door(Sort):
    """What is to be kept shut."""


class Wind(Model):
    """Doors open, two at once are too many, and slam again."""

    default = {"Door": 3}
    is_open: Map[Door, bool] = everywhere(False)
    slammed: Set[Door]

    @action
    def blow(self, door: Door) -> None:
        self.is_open[door] = True

    @action
    def slam(self, door: Door) -> None:
        require(self.is_open[door])
        self.is_open[door] = False
        self.slammed.add(door)

    @invariant
    def no_draught(self) -> bool:
        return sum(1 for door in Door if self.is_open[door]) < 2


@pytest.fixture
def awkward() -> tuple[str, ...]:
    return AWKWARD


@pytest.fixture
def peculiar() -> Any:
    graph = state_graph(instantiate(specify(Peculiar)))
    mark(graph)
    return graph


@pytest.fixture
def windy() -> Any:
    """The levels up to the violation, with the counterexample marked."""
    instance = instantiate(specify(Wind))
    with instance.active():
        found = reference.explore(instance, Limits()).found
        trace = execute(instance, found[instance.specification.named("no_draught")])
    graph = state_graph(instance, Limits(depth=len(trace)))
    mark(graph)
    mark_path(graph, trace)
    return graph
