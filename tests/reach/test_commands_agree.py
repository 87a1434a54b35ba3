"""What one command refuses or takes for granted of a model, the others do as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.cli import main
from assay.checker.language.ir.core import Literal, Name
from assay.checker.language.ir.definedness import is_partial
from assay.checker.language.ir.expressions import MakeTuple
from assay.checker.language.types import BoolType, IntType, TupleType

HEAD = """
from assay.checker.language import *


class Node(Sort): ...


"""


def model(tmp_path: Path, body: str) -> str:
    path = tmp_path / "model.py"
    path.write_text(HEAD + body)
    return str(path)


@pytest.mark.parametrize(
    "variable",
    ["Set[Node] = 3", "Bag[Node, 2] = {1}", "Map[Node, Set[Node]] = everywhere(3)", "Map[Node, bool] = everywhere(7)"],
)
def test_an_initial_value_that_is_none_is_refused_alike(variable: str, tmp_path: Path, capsys) -> None:
    path = model(
        tmp_path,
        f'class Wrong(Model):\n    default = {{"Node": 2}}\n    v: {variable}\n    n: Node | None = None\n\n'
        "    @action\n    def take(self, n: Node) -> None:\n        self.n = n\n",
    )
    said = []
    for command in ("check", "prove"):
        assert main([command, path]) == 2
        said.append(capsys.readouterr().err)
    assert said[0] == said[1]
    assert "v" in said[0]


def test_anything_everywhere_is_anything(tmp_path: Path, capsys) -> None:
    path = model(
        tmp_path,
        'class Any(Model):\n    default = {"Node": 2}\n    v: Map[Node, bool] = everywhere(anything())\n\n'
        "    @action\n    def flip(self, n: Node) -> None:\n        self.v[n] = not self.v[n]\n\n"
        "    @reachable\n    def mixed(self, a: Node, b: Node) -> bool:\n        return self.v[a] and not self.v[b]\n",
    )
    assert main(["check", path, "--engine", "reference"]) == 0
    assert "all 4 states" in capsys.readouterr().out
    assert main(["check", path, "--engine", "native"]) == 0
    assert "all 4 states" in capsys.readouterr().out


def test_a_comparison_counts_no_state_beyond_its_limit(capsys) -> None:
    assert main(["diff", "two_phase_commit", "two_phase_commit:CommitsOnMajority", "--max-states", "20"]) != 2
    assert "20 states before, 20 after" in capsys.readouterr().out


def test_only_a_number_that_is_computed_may_be_outside_of_a_range() -> None:
    small = TupleType((IntType(0, 2), BoolType()))
    made = {n: MakeTuple(small, (Literal(n, IntType(n, n)), Literal(True, BoolType()))) for n in (-1, 0, 2, 3)}
    assert {n: is_partial(value) for n, value in made.items()} == {-1: True, 0: False, 2: False, 3: True}
    assert is_partial(MakeTuple(small, (Name("x", IntType(0, 2)), Literal(True, BoolType()))))
    assert is_partial(MakeTuple(TupleType((IntType(0, None),)), (Literal(1, IntType(1, 1)),)))
