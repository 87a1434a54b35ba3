"""A false assertion is a violation with its trace, whichever engine comes to it, and in a proof an open obligation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Assay, assay, in_a_project_of_its_own
from tests.tiers import one_in

__all__ = ["assay", "in_a_project_of_its_own"]

MODEL = """
from typing import Self

from assay.checker.language import *


class Counts(Model):
    x: Range[0, 5] = 0
    {expected}

    @action
    def up(self) -> None:
        require(self.x < 5)
        {action}
        self.x += 1

    @action
    def again(self) -> None:
        require(self.x == 5)
        self.x = 0

    @invariant
    def small(self) -> bool:
        {invariant}
        return self.x <= 5

    @step_invariant
    def by_one(self, after: Self) -> bool:
        {step}
        return after.x in (self.x + 1, 0)

    {further}
"""

PLACES = {
    "action": "assert self.x != 3, 'x is three'",
    "invariant": "assert self.x != 3, 'x is three'",
    "step": "assert after.x != 3, 'x is three'",
    "further": "@constraint\n    def few(self) -> bool:\n        assert self.x != 3, 'x is three'\n        return True",
}

ENGINES = pytest.mark.parametrize("engine", ["reference", "native", "auto"])


def module(expected: str = "", **parts: str) -> None:
    texts = {name: parts.get(name, "pass") for name in ("action", "invariant", "step")}
    texts["invariant"] = texts["invariant"].replace("pass", "")
    further = parts.get("further", "")
    text = MODEL.format(expected=expected, further=further, **{**texts, "step": texts["step"].replace("pass", "")})
    Path("counts.py").write_text(text)


@ENGINES
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("going", one_in(2, ["", " --keep-going"]))
def test_a_false_assertion_is_a_violation_with_its_trace(assay: Assay, engine: str, place: str, going: str) -> None:
    module(**{place: PLACES[place]})
    ran = assay(f"check counts.py --engine {engine}{going}")
    assert ran.status == 1
    assert "counterexample to assertions: 4 states, none is shorter" in ran.out
    assert "the assertion is false: x is three" in ran.out
    assert "interpreter, which is slow" not in ran.out
    report = json.loads(assay(f"check counts.py --engine {engine}{going} --format json").out)
    verdicts = {found["name"]: found["verdict"] for found in report["properties"]}
    assert verdicts["assertions"] == "violated"
    assert "holds" not in verdicts.values(), "what follows a false assertion is not explored"
    assert not report["exhaustive"]
    assert "x is three" in assay(f"check counts.py --engine {engine} --format markdown").out


@pytest.mark.parametrize("place", PLACES)
def test_assertions_that_hold_are_said_to_hold(assay: Assay, place: str) -> None:
    module(**{place: PLACES[place].replace("!= 3", "!= 7")})
    ran = assay("check counts.py")
    assert ran.status == 0
    assert "holds  assertions" in ran.out
    assert assay("prove counts.py").status == 0


@pytest.mark.parametrize("place", PLACES)
def test_a_proof_finds_the_same_assertion_false(assay: Assay, place: str) -> None:
    module(**{place: PLACES[place]})
    ran = assay("prove counts.py")
    assert ran.status == 1
    assert "violated: assertions" in ran.out
    assert "x is three" in ran.out


@pytest.mark.parametrize("place", ["action", "invariant", "step"])
def test_a_model_may_be_expected_to_have_a_false_assertion(assay: Assay, place: str) -> None:
    module('expected = Violates("assertions")', **{place: PLACES[place]})
    assert "violated, as expected: assertions" in assay("check counts.py").out
    assert "violated, as expected: assertions" in assay("prove counts.py").out


def test_a_model_without_assertions_claims_none(assay: Assay) -> None:
    module('expected = Violates("assertions")')
    ran = assay("check counts.py")
    assert ran.status == 2
    assert "is expected to violate 'assertions', which it does not claim" in ran.err
    module()
    assert "assertions" not in assay("check counts.py").out


def test_a_recorded_trace_to_a_false_assertion_is_seen_to_violate_it(assay: Assay) -> None:
    module(action=PLACES["action"])
    assay("check counts.py --itf trace.json")
    ran = assay("check counts.py --replay trace.json")
    assert ran.status == 1
    assert "assertions" in ran.out


def test_a_property_called_assertions_is_not_mistaken_for_them(assay: Assay) -> None:
    own = "@invariant\n    def assertions(self) -> bool:\n        return self.x < 5"
    module(action="assert self.x != 7", further=own)
    report = json.loads(assay("check counts.py --format json").out)
    found = [(p["name"], p["kind"], p["verdict"]) for p in report["properties"] if p["name"] == "assertions"]
    assert ("assertions", "invariant", "violated") in found
    module('expected = Violates("assertions")', action="assert self.x != 7", further=own)
    assert "which may be its own property or a false assertion" in assay("check counts.py").err


def test_a_proof_says_which_assertions_it_is_not_about(assay: Assay) -> None:
    module(further="@terminal\n    def stops(self) -> bool:\n        assert self.x != 3\n        return True")
    assert assay("check counts.py").status == 0, "it is looked at where nothing follows, and something always does"
    assert "reachability, assertions in stops" in assay("prove counts.py").out
