"""Machine code and the interpreter evaluate the same random predicates in the same random states."""

from __future__ import annotations

import importlib.util
import itertools
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from assay.checker.engine.native.abi import ALARM, STATUS_ERROR
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.engine.native.signatures import TEST
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import specify

from tests.checker.engine.native.random_predicates import CASE, HEAD, Predicates, state_of

_numbers = itertools.count()
STATES = 12


@dataclass
class Tally:
    """How often machine code had an answer, left the answer to the interpreter, or was refused."""

    answered: int = 0
    handed_over: int = 0
    failed: int = 0
    refused: int = 0
    malformed: int = 0


def load(source: str, directory: Path) -> ModuleType:
    name = f"random_predicates_{next(_numbers)}"
    path = directory / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def by_machine(compiled: CompiledInstance, state: Frozen) -> bool | None:
    """Return whether the invariant is true; None if machine code leaves it to the interpreter."""
    states, masks, status = compiled.pack([state]), np.zeros(1, np.uint64), np.zeros(ALARM + 1, np.int64)
    TEST.prototype(compiled.program.inspect)(states.ctypes.data, 1, masks.ctypes.data, status.ctypes.data)
    return None if status[0] == STATUS_ERROR else masks[0] == 0


def by_interpreter(interpreter: Interpreter, state: Frozen) -> bool | None:
    """Return whether the invariant is true; None if it raises."""
    (method,) = (method for method in interpreter.specification.methods if method.name == "case")
    try:
        return interpreter.truth(method, interpreter.thaw(state))
    except ModelError:
        return None


def compare(cls: type, body: str, tally: Tally, random_: random.Random) -> None:
    """Hold a predicate's two readings against each other in some states."""
    try:
        instance = instantiate(specify(cls))
        with instance.active():
            compiled = CompiledInstance(instance)
            program = compiled.program
    except Unsupported:
        tally.refused += 1
        return
    except ModelError:
        tally.malformed += 1
        return
    assert program.predicates == 1
    with instance.active():
        interpreter = Interpreter(instance)
        for _ in range(STATES):
            state = state_of(instance, random_)
            assert compiled.unpack(compiled.pack([state])) == (state,)
            found, expected = by_machine(compiled, state), by_interpreter(interpreter, state)
            assert found is None or found == expected, (body, dict(zip(interpreter.names, state, strict=True)))
            tally.answered += found is not None
            tally.failed += expected is None
            tally.handed_over += found is None and expected is not None


def agree(seed: int, count: int, directory: Path) -> Tally:
    """Compare random predicates."""
    predicates, tally = Predicates(seed), Tally()
    bodies = [predicates.truth(random.Random(seed * 1000 + i).choice([2, 3, 3, 4])) for i in range(count)]
    module = load(HEAD + "".join(CASE.format(number=i, body=body) for i, body in enumerate(bodies)), directory)
    for number, body in enumerate(bodies):
        compare(getattr(module, f"Case{number}"), body, tally, random.Random(seed + number))
    return tally


def test_machine_code_evaluates_as_the_interpreter_does(tmp_path: Path) -> None:
    tally = agree(1, 60, tmp_path)
    assert tally.answered > 100
    assert tally.handed_over < tally.answered / 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_machine_code_evaluates_as_the_interpreter_does_at_length(seed: int, tmp_path: Path) -> None:
    tally = agree(seed, 250, tmp_path)
    assert tally.handed_over < tally.answered / 4
