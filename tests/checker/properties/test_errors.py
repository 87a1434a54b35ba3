"""Errors of a model's own code, beside what it violates and alone: the same account by both engines, in every form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Assay, assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]

HEAD = """
from assay.checker.language import *

class Fails(Model):
    x: Range[0, 9] = 1

    @action
    def bad(self) -> None:
        require(self.x == 1)
        self.x = 2

    @action
    def fails(self) -> None:
        require(self.x == 1)
        self.x = 4 // (self.x - 1)
"""

BESIDE = (
    HEAD
    + """
    @invariant
    def safe(self) -> bool:
        return self.x != 2
"""
)

ENGINES = pytest.mark.parametrize("engine", ["reference", "native", "auto"])
GOING = pytest.mark.parametrize("going", ["", " --keep-going"])


def module(text: str) -> None:
    Path("fails.py").write_text(text)


@ENGINES
@GOING
def test_an_error_beside_a_violation_is_told_and_the_verdict_is_violated(assay: Assay, engine: str, going: str) -> None:
    module(BESIDE)
    ran = assay(f"check fails.py --engine {engine}{going}")
    assert ran.status == 1
    assert "counterexample to safe: 2 states" in ran.out
    assert "the model's own code fails, too: " in ran.out
    assert "fails(): raised ZeroDivisionError" in ran.out
    report = json.loads(assay(f"check fails.py --engine {engine}{going} --format json").out)
    assert (report["verdict"], report["exhaustive"], report["failure"]["length"]) == ("violated", False, 1)
    assert "fails(): raised ZeroDivisionError" in report["failure"]["message"]
    assert "fails(): raised" in assay(f"check fails.py --engine {engine}{going} --format markdown").out


@ENGINES
@GOING
def test_an_error_alone_is_an_error(assay: Assay, engine: str, going: str) -> None:
    module(HEAD)
    ran = assay(f"check fails.py --no-deadlock --engine {engine}{going}")
    assert (ran.status, ran.out) == (2, "")
    assert "fails(): raised ZeroDivisionError" in ran.err
    assert "how it gets there" in ran.err


@ENGINES
@pytest.mark.parametrize(
    ("kind", "parameters", "state"),
    [
        ("invariant", "self", "self"),
        ("lemma", "self", "self"),
        ("reachable", "self", "self"),
        ("constraint", "self", "self"),
        ("step_invariant", "self, after: Self", "after"),
    ],
)
def test_an_error_in_a_property_hides_no_violation_of_another(
    assay: Assay, engine: str, kind: str, parameters: str, state: str
) -> None:
    """Both are in states of the same depth; an error ends the search only after all of these were looked at."""
    source = BESIDE.replace("4 // (self.x - 1)", "3").replace("import *", "import *\nfrom typing import Self")
    module(f"{source}\n    @{kind}\n    def partial({parameters}) -> bool:\n        return 4 // ({state}.x - 3) < 9\n")
    for going in ("", " --keep-going"):
        report = json.loads(assay(f"check fails.py --engine {engine}{going} --format json").out)
        assert report["verdict"] == "violated"
        assert "safe" in [found["name"] for found in report["properties"] if found["verdict"] == "violated"]
        assert "partial(): raised ZeroDivisionError" in report["failure"]["message"]


@ENGINES
def test_an_error_in_terminal_is_no_deadlock(assay: Assay, engine: str) -> None:
    ends = HEAD.replace("self.x = 4 // (self.x - 1)", "self.x = 3")
    module(f"{ends}\n    @terminal\n    def partial(self) -> bool:\n        return 4 // (self.x - 3) == -4\n")
    ran = assay(f"check fails.py --engine {engine} --keep-going")
    assert ran.status == 2
    assert "partial(): raised ZeroDivisionError" in ran.err


@ENGINES
def test_errors_in_initial_states_hide_no_violation_in_others(assay: Assay, engine: str) -> None:
    anywhere = BESIDE.replace("= 1\n", "= anything()\n", 1)
    module(f"{anywhere}\n    @invariant\n    def partial(self) -> bool:\n        return 4 // (self.x - 7) < 9\n")
    for going in ("", " --keep-going"):
        report = json.loads(assay(f"check fails.py --engine {engine}{going} --format json").out)
        assert report["verdict"] == "violated"
        assert report["failure"]["length"] == 1
        assert report["states"]["distinct"] == 10
