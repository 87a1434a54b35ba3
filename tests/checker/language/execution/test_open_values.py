"""Open values: they compare as sets do, and ask for no more than decides."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import pytest
from assay.checker.language import Model, Set, Sort, action, require
from assay.checker.language.execution.calls import MethodCalls
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.execution.open_values import Pieces, Undetermined
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import SetType, SortType


class Node(Sort):
    """Whom a set holds."""


class Chooser(Model):
    """Chooses some of those that are free; the last of its statements may raise."""

    default = {"Node": 13}
    free: Set[Node]
    order: Set[tuple[Node, Node]]
    started: bool = False
    last: int = 0

    @action
    def start(self, a: Node, b: Node) -> None:
        require(not self.started, a != b)
        self.started = True
        self.free = {a, b}

    @action
    def choose_some(self, some: Set[Node]) -> None:
        require(self.started, self.last == 0, some <= self.free, len(some) > 0)
        self.last = 13 // len(some)


COMPARISONS = [operator.le, operator.lt, operator.ge, operator.gt, operator.eq, operator.ne]


@pytest.fixture
def instance() -> Instance:
    return instantiate(specify(Chooser), {"Node": 3})


@pytest.mark.parametrize("compare", COMPARISONS)
def test_open_sets_compare_as_sets_do(compare: Callable[[Any, Any], bool], instance: Instance):
    type_ = SetType(SortType(Node))
    with instance.active():
        everything = instance.universe(type_)
        assert len(everything) == 8
        for own, other in itertools.product(everything, repeat=2):
            pieces = Pieces(instance)
            opened = pieces.open(type_, own).read()
            pieces.decided = [value for (value,) in pieces.choices]
            for outside in (frozenset(), frozenset({"nobody"})):
                with_others = other | outside
                assert compare(opened, with_others) == compare(own, with_others), (own, with_others)
                assert compare(with_others, opened) == compare(with_others, own), (with_others, own)


@pytest.mark.parametrize("compare", [operator.le, operator.lt, operator.eq])
def test_a_comparison_is_false_as_soon_as_one_element_decides(compare: Callable[[Any, Any], bool], instance: Instance):
    type_ = SetType(SortType(Node))
    with instance.active():
        first, *_ = instance.universe(SortType(Node))
        pieces = Pieces(instance)
        opened = pieces.open(type_).read()
        pieces.decided[0] = True
        assert not compare(opened, frozenset())
        with pytest.raises(Undetermined):
            compare(opened, frozenset({first}))


def test_elements_that_may_be_in_a_subset_stay_undecided(instance: Instance):
    with instance.active():
        first, *rest = instance.universe(SortType(Node))
        pieces = Pieces(instance)
        opened = pieces.open(SetType(SortType(Node))).read()
        for piece in range(1, 3):
            pieces.decided[piece] = False
        assert opened <= frozenset({first})
        assert len(rest) == 2


def test_the_step_of_a_path_is_found_without_trying_what_guards_exclude(monkeypatch: pytest.MonkeyPatch):
    """The action may raise, but not before its guards have excluded all but three of 8,192 sets."""
    instance = instantiate(specify(Chooser))
    run, runs = MethodCalls._run, []

    def counted(self: MethodCalls, method: Any, state: Any, arguments: Any) -> Any:
        runs.append(method.name)
        return run(self, method, state, arguments)

    monkeypatch.setattr(MethodCalls, "_run", counted)
    with instance.active():
        interpreter = Interpreter(instance)
        (started, *_) = [after for _, after in interpreter.steps(interpreter.initial_states()[0])]
        runs.clear()
        every = {(call[1], after) for call, after in interpreter.attempts(started)}
        assert runs.count("choose_some") == 3
        runs.clear()
        assert {(call[1], after) for call, after in interpreter.steps(started)} == every
        assert runs.count("choose_some") == 3  # the subsets of two that are free, without the empty one
        assert len(every) == 3
