"""The native functions of a model as the kernel calls them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from assay.checker.engine.native.abi import ALARM, STATUS_ASKED
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.engine.native.signatures import EXPAND
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check

COUNTER = """
from typing import Self
from assay.checker.language import *

class Counter(Model):
    default = {}
    x: Range[0, 9] = 0

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 10
"""
INVARIANT = """
    @invariant
    def invariant_{number}(self) -> bool:
        return self.x != {excluded}
"""
STEP = """
    @step_invariant
    def step_{number}(self, after: Self) -> bool:
        return after.x != {excluded}
"""


@pytest.mark.parametrize(("form", "name"), [(INVARIANT, "invariant"), (STEP, "step")])
@pytest.mark.parametrize("count", [64, 65, 128, 131])
def test_any_number_of_predicates_is_judged(tmp_path: Path, form: str, name: str, count: int) -> None:
    violated = {0: 9, count - 2: 3, count - 1: 4}
    path = tmp_path / "counter.py"
    path.write_text(COUNTER + "".join(form.format(number=i, excluded=violated.get(i, 10)) for i in range(count)))
    instance = instantiate(load(str(path)).specification)
    for engine in (Engine.NATIVE, Engine.REFERENCE):
        result = check(instance, Options(engine, keep_going=True))
        assert result.exploration.engine == engine.value
        assert set(result.violated) == {f"{name}_{i}" for i in violated}


SLOW = """
from assay.checker.language import *

class Slow(Model):
    default = {}
    x: Set[Range[0, 99]]

    @action
    def never(self, a: Range[0, 99_999], b: Range[0, 99_999], c: Range[0, 99]) -> None:
        require(a % 977 == b % 991 and (c + a) % 100 in self.x)
        self.x.add(a % 100)
"""


def test_an_alarm_ends_loops_over_parameters(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(SLOW)
    instance = instantiate(load(str(path)).specification)
    with instance.active():
        compiled = CompiledInstance(instance)
        states = compiled.pack(Interpreter(instance).initial_states())
        out, actions = np.zeros((64, compiled.layout.words), np.uint64), np.zeros(64, np.int32)
        ends, status = np.zeros(1, np.int64), np.zeros(ALARM + 1, np.int64)
        status[ALARM] = 1
        addresses = [array.ctypes.data for array in (states, out, actions, ends, status)]
        count = EXPAND.prototype(compiled.program.expand)(addresses[0], 1, *addresses[1:4], 64, addresses[4])
    assert (count, status[0], status[1]) == (0, STATUS_ASKED, 0)
