"""More predicates than a word has bits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify

from tests.checker.engine.test_engines_agree import load
from tests.tiers import one_in


def instance_with(lines: list[str], folder: Path) -> Instance:
    """Return the instance of a counter from 0 to 200 with some more methods."""
    head = ["from typing import Self", "from assay.checker.language import *", "", "class Counter(Model):"]
    head += ["    x: Range[0, 200] = 0", "", "    @action", "    def up(self) -> None:"]
    head += ["        require(self.x < 200)", "        self.x += 1"]
    module = load("\n".join([*head, *lines]) + "\n", folder)
    try:
        return instantiate(specify(module.Counter))
    finally:
        del sys.modules[module.__name__]


def depths(instance: Instance, engine: Engine) -> dict[str, int]:
    with instance.active():
        exploration = explore(instance, Search(keep_going=True), engine)
    assert exploration.engine == engine.value
    return {found.name: len(path) for found, path in exploration.found.items()}


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 130])
@pytest.mark.parametrize("kind", one_in(3, ["invariant", "step_invariant"]))
def test_each_of_many_properties_is_found_where_it_fires(tmp_path, kind, count):
    parameters = "self, after: Self" if kind == "step_invariant" else "self"
    state = "after" if kind == "step_invariant" else "self"
    lines = [
        line
        for number in range(1, count + 1)
        for line in (
            "",
            f"    @{kind}",
            f"    def p{number}({parameters}) -> bool:",
            f"        return {state}.x != {number}",
        )
    ]
    found = depths(instance_with(lines, tmp_path), Engine.NATIVE)
    assert found == {**{f"p{number}": number + 1 for number in range(1, count + 1)}, "deadlock": 201}


@pytest.mark.parametrize("which", [0, 63, 64, 69])
def test_each_of_many_terminal_predicates_counts(tmp_path, which):
    lines = [
        line
        for number in range(70)
        for line in (
            "",
            "    @terminal",
            f"    def t{number}(self) -> bool:",
            f"        return self.x == {200 if number == which else number}",
        )
    ]
    instance = instance_with(lines, tmp_path)
    assert depths(instance, Engine.NATIVE) == depths(instance, Engine.REFERENCE) == {}
