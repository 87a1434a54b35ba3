"""Models that leave nothing to explore: no initial state, or none inside the constraints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Assay, assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]

SOURCE = """
from assay.checker.language import *

class NoStart(Model):
    x: Range[0, 3] = 0

    @initial
    def begin(self) -> None:
        require(False)

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 4

class AllOutside(Model):
    x: Range[0, 3] = anything()

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 4

    @constraint
    def none(self) -> bool:
        return self.x > 3

    @invariant
    def safe(self) -> bool:
        return self.x >= 0

class AllOutsideAndOneBad(AllOutside):
    @invariant
    def safe(self) -> bool:
        return self.x != 2
"""


@pytest.fixture
def models() -> str:
    Path("nothing.py").write_text(SOURCE)
    return "nothing.py"


@pytest.mark.parametrize("engine", ["reference", "native", "auto"])
@pytest.mark.parametrize("going", ["", " --keep-going"])
@pytest.mark.parametrize(
    ("model", "status", "verdict"),
    [
        ("NoStart", 3, "unknown: nothing was explored"),
        ("AllOutside", 3, "unknown: nothing was explored"),
        ("AllOutsideAndOneBad", 1, "violated: safe"),
    ],
)
def test_nothing_explored_never_holds(
    assay: Assay, models: str, engine: str, going: str, model: str, status: int, verdict: str
) -> None:
    ran = assay(f"check {models}:{model} --engine {engine}{going}")
    assert (ran.status, verdict in ran.out) == (status, True)


@pytest.mark.parametrize("engine", ["reference", "native", "auto"])
@pytest.mark.parametrize("form", ["dot", "json", "graphml"])
@pytest.mark.parametrize("model", ["NoStart", "AllOutside"])
def test_the_graph_of_nothing_is_empty(assay: Assay, models: str, engine: str, form: str, model: str) -> None:
    ran = assay(f"graph {models}:{model} --engine {engine} --format {form}")
    assert ran.status == 0
    assert ran.err.startswith("0 states, 0 steps")


def test_the_path_to_a_violation_in_an_initial_state_outside_is_that_state(assay: Assay, models: str) -> None:
    ran = assay(f"graph {models}:AllOutsideAndOneBad --until-violation --depth 0 --format json")
    assert ran.status == 0
    assert '"outside": true' in ran.out
