"""Choices of containers: what guards leave of them is what calling the action with each of them shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from assay.checker.language import Enum, Map, Model, Order, Set, Sort, action, everywhere, last, require
from assay.checker.language.execution import choices
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check

CONSTRUCTS = Path(__file__).with_name("constructs") / "choosing.py"


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


class Many(Model):
    """Choices that are too many to try, and of which few are possible."""

    default = {"Node": 16}
    up: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)

    @action
    def rise(self, some: Set[Node]) -> None:
        require(all((n in some) == (n in self.up or n not in some) for n in Node), len(some) == len(self.up) + 1)
        self.up |= some

    @action
    def add(self, n: Node, some: Set[Node]) -> None:
        require(all(m in self.up or m == n for m in some), self.up <= some, n not in self.up, n in some)
        self.up |= some

    @action
    def paint(self, colors: Map[Node, Color]) -> None:
        require(all(colors[n] == (Color.RED if n in self.up else self.color[n]) for n in Node))
        self.color = colors


class Round(Order):
    """An order, which has a last element."""


class ByTheLast(Model):
    """Choices of which guards leave few, in an action that asks for the last of an order."""

    default = {"Node": 24, "Round": 2}
    leader: Map[Round, Node | None] = everywhere(None)
    up: Set[Node]

    @action
    def rise(self, n: Node, some: Set[Node]) -> None:
        require(self.leader[last(Round)] is None)
        require(all((m in some) == (m == n) for m in Node))
        self.up |= some


def constructs() -> list[type[Model]]:
    spec = importlib.util.spec_from_file_location("containers_that_are_chosen", CONSTRUCTS)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return [c for c in vars(loaded).values() if isinstance(c, type) and issubclass(c, Model) and c is not Model]


@pytest.mark.parametrize("cls", constructs(), ids=lambda cls: cls.__name__)
def test_guards_leave_what_is_enabled(cls: type[Model], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call that an action is enabled for is among what pruning leaves, once."""
    instance = instantiate(specify(cls))
    with instance.active():
        interpreter = Interpreter(instance)
        states = {after for s in interpreter.initial_states()[:3] for _, after in interpreter.attempts(s)}
        states = [s for s in sorted(states, key=repr) if isinstance(s, tuple)][:6] + interpreter.initial_states()[:2]
        every = [_outcomes(interpreter, state) for state in states]
        monkeypatch.setattr(choices, "_MANY", 0)
        pruning = Interpreter(instance)
        assert [_outcomes(pruning, state) for state in states] == every


def _outcomes(interpreter: Interpreter, state: tuple[object, ...]) -> list[str]:
    return sorted(f"{call}: {after}" for call, after in interpreter.attempts(state))


class Elementwise(Many):
    """Guards that rule out element by element; natively the choices are those that are left."""

    @action
    def rise(self, some: Set[Node]) -> None:
        require(self.up <= some, all(n in self.up for n in some))
        self.up = some


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_few_of_many_choices_are_come_to(engine: Engine) -> None:
    """3^16 maps and 2^16 sets in each state: it ends, and the counts are those of the same steps without containers."""
    instance = instantiate(specify(Elementwise), {"Node": 5 if engine is Engine.REFERENCE else 16})
    result = check(instance, Options(engine))
    nodes = len(instance.elements(Node))
    assert result.exploration.distinct == 2**nodes
    assert result.exploration.generated == 1 + 2**nodes * 2 + nodes * 2 ** (nodes - 1)


def test_choices_are_pruned_by_guards_that_ask_for_the_last_of_an_order() -> None:
    """Every order has elements, so that ``last`` raises nothing that pruning could hide."""
    instance = instantiate(specify(ByTheLast))
    with instance.active():
        interpreter = Interpreter(instance)
        state = interpreter.initial_states()[0]
        assert len(list(interpreter.successors(state))) == 24
