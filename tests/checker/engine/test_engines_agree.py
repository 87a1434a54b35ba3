"""The two explorers, which share nothing but the model's source, compute the same thing."""

from __future__ import annotations

import collections
import contextlib
import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST
from assay.checker.engine.order_limits import holds_element, orders_of
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Disabled, Kind
from hypothesis import HealthCheck, given, settings

from tests.checker.language.random_models import models

_numbers = itertools.count()
MOST_STATES = 150


def load(source: str, directory: Path) -> ModuleType:
    """Import a module from source, as from a file of its own."""
    name = f"random_model_{next(_numbers)}"
    path = directory / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Machine:
    """The compiled functions of an instance, called one state at a time."""

    def __init__(self, compiled: CompiledInstance) -> None:
        self.compiled = compiled
        self.program = compiled.program
        self.words = self.program.words

    def successors(self, state: Frozen) -> collections.Counter[tuple[str, Frozen]] | None:
        """Return (action, successor) pairs with how often each is computed; None if the model has no meaning here."""
        capacity = 4096
        states, out = self.compiled.pack([state]), np.zeros((capacity, self.words), np.uint64)
        actions, ends, status = np.zeros(capacity, np.int32), np.zeros(1, np.int64), np.zeros(4, np.int64)
        count = EXPAND.prototype(self.program.expand)(
            states.ctypes.data, 1, out.ctypes.data, actions.ctypes.data, ends.ctypes.data, capacity, status.ctypes.data
        )
        assert status[0] != 1, "the buffer is too small"
        if status[0] == 2:
            return None
        names = [method.name for method in self.compiled.instance.specification.actions]
        found = zip(actions[:count], self.compiled.unpack(out[:count]), strict=True)
        return collections.Counter((names[action], after) for action, after in found)

    def inspect(self, state: Frozen) -> dict[str, bool] | None:
        """Return which predicates fire; None if one has no meaning here."""
        if not self.compiled.source.inspected:
            return {}
        states, masks, status = self.compiled.pack([state]), np.zeros(1, np.uint64), np.zeros(4, np.int64)
        TEST.prototype(self.program.inspect)(states.ctypes.data, 1, masks.ctypes.data, status.ctypes.data)
        if status[0] == 2:
            return None
        return {p.name: bool(int(masks[0]) >> bit & 1) for bit, p in enumerate(self.compiled.source.inspected)}

    def step(self, before: Frozen, after: Frozen) -> dict[str, bool] | None:
        """Return which step invariants fire; None if one has no meaning here."""
        if not self.compiled.source.steps:
            return {}
        states, later = self.compiled.pack([before]), self.compiled.pack([after])
        ends, masks, status = np.ones(1, np.int64), np.zeros(1, np.uint64), np.zeros(4, np.int64)
        STEPS.prototype(self.program.steps)(
            states.ctypes.data, 1, later.ctypes.data, ends.ctypes.data, masks.ctypes.data, status.ctypes.data
        )
        if status[0] == 2:
            return None
        return {p.name: bool(int(masks[0]) >> bit & 1) for bit, p in enumerate(self.compiled.source.steps)}

    def order_limits(self, state: Frozen) -> set[type]:
        """Return the orders whose greatest element a state holds."""
        orders = orders_of(self.compiled.instance.specification)
        if not orders:
            return set()
        states, masks, status = self.compiled.pack([state]), np.zeros(1, np.uint64), np.zeros(4, np.int64)
        TEST.prototype(self.compiled.addresses["order_limits"])(
            states.ctypes.data, 1, masks.ctypes.data, status.ctypes.data
        )
        return {order.cls for bit, order in enumerate(orders) if int(masks[0]) >> bit & 1}


def reference_order_limits(instance: Instance, state: Frozen) -> set[type]:
    """Return the orders whose greatest element a state holds."""
    orders = orders_of(instance.specification)
    return {order.cls for order in orders if holds_element(state, instance.elements(order.cls)[-1])}


def reference_successors(interpreter: Interpreter, state: Frozen) -> collections.Counter[tuple[str, Frozen]] | None:
    """Return (action, successor) pairs with how often each is computed; None if an action raises."""
    try:
        return collections.Counter((call[0], after) for call, after in interpreter.successors(state))
    except ModelError:
        return None


def reference_predicates(
    interpreter: Interpreter, state: Frozen, *after: Frozen, steps: bool = False
) -> dict[str, bool] | None:
    """Return which predicates fire; None if one raises."""
    kinds = (Kind.STEP_INVARIANT,) if steps else (Kind.INVARIANT, Kind.LEMMA, Kind.REACHABLE)
    try:
        return {
            method.name: interpreter.truth(method, interpreter.thaw(state), *map(interpreter.thaw, after))
            is (method.kind is Kind.REACHABLE)
            for method in interpreter.specification.of(*kinds)
        }
    except ModelError:
        return None


def overflows_on_the_way(interpreter: Interpreter, state: Frozen) -> bool:
    """Return whether an action holds a value beyond its bound for a while, even if it does not keep it.

    The packed states have no place for it, so the native explorer says that it cannot go on. After each line that an
    action executes, its state is looked at.
    """
    found = False
    for method in interpreter.specification.actions:
        for arguments in itertools.product(*(interpreter.instance.universe(type_) for _, type_ in method.parameters)):
            thawed = interpreter.thaw(state)

            def look(*_: object, thawed: Any = thawed) -> Any:
                nonlocal found
                sys.settrace(None)
                try:
                    interpreter.freeze(thawed)
                except ModelError:
                    found = True
                sys.settrace(look)
                return look

            sys.settrace(look)
            try:
                with contextlib.suppress(Disabled):
                    method.function(thawed, *arguments)
            finally:
                sys.settrace(None)
    return found


def assert_agreement(instance: Instance, *, may_hand_over: bool = False) -> None:
    """Walk through states breadth first, by the interpreter, and compare everything at each.

    With ``may_hand_over``, compiled code may leave any question to the interpreter, as it does where numbers outgrow a
    machine word; without it, only successors, and only where a value is beyond its bound for a while.
    """

    def agree(found: object, expected: object) -> bool:
        return found == expected or (may_hand_over and found is None)

    interpreter, machine = Interpreter(instance), Machine(CompiledInstance(instance))
    frontier = collections.deque(interpreter.initial_states())
    seen = set(frontier)
    while frontier:
        state = frontier.popleft()
        (unpacked,) = machine.compiled.unpack(machine.compiled.pack([state]))
        assert unpacked == state
        state = unpacked  # what the interpreter goes on with; equal values may be of different classes
        expected = reference_successors(interpreter, state)
        found = machine.successors(state)
        if found is None and expected is not None:
            assert may_hand_over or overflows_on_the_way(interpreter, state)
        else:
            assert found == expected
        assert machine.order_limits(state) == reference_order_limits(instance, state)
        assert agree(machine.inspect(state), reference_predicates(interpreter, state))
        for index, (_, after) in enumerate(expected or ()):
            if index < 5:
                expected_of_step = reference_predicates(interpreter, state, after, steps=True)
                assert agree(machine.step(state, after), expected_of_step)
            if after not in seen and len(seen) < MOST_STATES:
                seen.add(after)
                frontier.append(after)


def check_random(source: str, directory: Path) -> None:
    module = load(source, directory)
    instance = instantiate(specify(module.Random))
    with instance.active():
        try:
            assert_agreement(instance)
        finally:
            del sys.modules[module.__name__]


SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=12, **SETTINGS)
@given(source=models())
def test_explorers_agree_on_random_models(source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    check_random(source, tmp_path_factory.mktemp("random"))


@pytest.mark.slow
@settings(max_examples=300, **SETTINGS)
@given(source=models())
def test_explorers_agree_on_many_random_models(source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    check_random(source, tmp_path_factory.mktemp("random"))
