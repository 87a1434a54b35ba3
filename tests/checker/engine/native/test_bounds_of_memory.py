"""Generated code never leaves its state: executed instruction by instruction, nothing in it is undefined.

The models are those of all constructs, which between them have every form of the language.
"""

from __future__ import annotations

import itertools

import pytest
from assay.checker.engine.native import abi
from assay.checker.engine.native.codegen.operations.instructions import Function
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import specify

from tests.checker.engine.native.bounded_machine import run
from tests.checker.engine.test_constructs_agree import CONSTRUCTS, models_of
from tests.tiers import one_in

ROOMS = (64, 3)
"""Successors to have room for: enough for most states, and so few that expanding returns early."""


def some_states(instance: Instance, count: int) -> list[Frozen]:
    """Return the first states of a walk."""
    interpreter = Interpreter(instance)
    states = dict.fromkeys(itertools.islice(interpreter.each_initial_state(), count))
    for state in (pending := list(states)):
        for _, after in interpreter.attempts(state):
            if isinstance(after, tuple) and after not in states and len(states) < count:
                states[after] = None
                pending.append(after)
    return list(states)


def execute(function: Function, before: list[int], after: list[int], room: int) -> None:
    """Execute a function on a state, or a step, which is all the memory that it may read."""
    memory = {
        "states": [*before],
        "before": [*before],
        "after": [*after],
        "out": [0] * (len(before) * room),
        "actions": [0] * room,
        "ends": [1],
        "masks": [0] * 64,
        "status": [0] * (abi.CONTEXT + 1),
    }
    run(function, {"count": 1, "capacity": room}, memory)


def execute_everywhere(instance: Instance, count: int) -> None:
    """Execute all generated functions in the first states of an active instance.

    Raises
    ------
    Undefined
        If something in them is undefined there.
    """
    compiled = CompiledInstance(instance)
    rows = [compiled.layout.pack(state) for state in some_states(instance, count)]
    for function, room in itertools.product(compiled.source.module.functions, ROOMS):
        for before, after in zip(rows, [*rows[1:], *rows[:1]], strict=True):
            execute(function, before, after, room)


@pytest.mark.parametrize(
    "name", one_in(3, sorted(path.stem for path in CONSTRUCTS.glob("*.py") if path.stem != "shared"))
)
def test_constructs_stay_in_their_state(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONSTRUCTS))
    for cls in models_of(name):
        instance = instantiate(specify(cls))
        with instance.active():
            execute_everywhere(instance, 20)
