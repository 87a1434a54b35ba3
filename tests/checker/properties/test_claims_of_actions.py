"""What a model claims of its actions and endings: which never fire, which may, where steps lead on, and deadlocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Assay, assay, in_a_project_of_its_own
from tests.tiers import one_in

__all__ = ["assay", "in_a_project_of_its_own"]

MODEL = """
from typing import Self

from assay.checker.language import *


class Node(Sort):
    pass


class Levels(Model):
    default = {{"Node": 2}}
    {settings}
    level: Map[Node, Range[0, 3]] = everywhere(0)

    @action
    def up(self, n: Node) -> None:
        require(self.level[n] < 3)
        self.level[n] += 1

    @action(fires="never")
    def above(self, n: Node) -> None:
        require(self.level[n] > {most})
        self.level[n] = 0

    @action(fires="maybe")
    def beyond(self, n: Node) -> None:
        require(self.level[n] > 3)

    {further}
"""


def module(most: int = 3, settings: str = "check_deadlock = False", further: str = "") -> None:
    Path("levels.py").write_text(MODEL.format(most=most, settings=settings, further=further))


def method(decorator: str, name: str, claim: str) -> str:
    """Return a method over two nodes, as the text of a class's body."""
    after = "after: Self, " if decorator.startswith("step") else ""
    return f"@{decorator}\n    def {name}(self, {after}n: Node, m: Node) -> bool:\n        return {claim}\n\n    "


STEPS = method("step_constraint", "by_turns", "after.level[n] <= self.level[m] + 1")
NEAR = "self.level[n] <= self.level[m] + 1"


ENGINES = pytest.mark.parametrize("engine", ["reference", "native"])


@ENGINES
def test_an_action_that_is_expected_never_to_fire_may_not(assay: Assay, engine: str) -> None:
    module()
    ran = assay(f"check levels.py --engine {engine}")
    assert ran.status == 0
    assert "never fired, as expected" in ran.out
    assert "never fired, as it may" in ran.out


@ENGINES
def test_one_that_fires_is_a_finding_with_a_shortest_trace_to_it(assay: Assay, engine: str) -> None:
    module(most=1)
    ran = assay(f"check levels.py --engine {engine}")
    assert ran.status == 1
    assert "violated: above" in ran.out
    assert "4 states, none is shorter" in ran.out
    assert "4  above(n=n1)" in ran.out
    assert "fired, not as expected" in ran.out
    found = json.loads(assay(f"check levels.py --engine {engine} --format json").out)
    assert [p["verdict"] for p in found["properties"] if p["name"] == "above"] == ["violated"]
    assert found["properties"][-1]["note"] == "the action fires, and is expected not to"


def test_it_is_a_finding_where_the_search_was_ended_by_a_limit(assay: Assay) -> None:
    module(most=1)
    assert assay("check levels.py --engine reference --max-depth 4").status == 1


def test_a_proof_shows_that_it_is_never_enabled_or_how_it_is(assay: Assay) -> None:
    module()
    ran = assay("prove levels.py")
    assert ran.status == 0
    assert "never enabled" in ran.out
    module(most=1)
    ran = assay("prove levels.py")
    assert ran.status == 1
    assert "violated: above" in ran.out
    module(
        most=2,
        further="@lemma\n    def low(self, n: Node) -> bool:\n        return self.level[n] < 3\n\n    up = removed",
    )


def test_what_is_no_claim_is_refused(assay: Assay) -> None:
    module()
    text = Path("levels.py").read_text().replace('"maybe"', '"always"')
    Path("levels.py").write_text(text)
    ran = assay("check levels.py")
    assert ran.status == 2
    assert "fires='always' is no claim" in ran.err


@ENGINES
def test_a_model_that_does_not_claim_that_there_is_no_deadlock_says_so(assay: Assay, engine: str) -> None:
    module()
    ran = assay(f"check levels.py --engine {engine}")
    assert "deadlock (check_deadlock = False)" in ran.out
    assert "no deadlock" not in ran.out
    module(settings="")
    assert "violated: deadlock" in assay(f"check levels.py --engine {engine}").out
    module(settings='check_deadlock = False\n    expected = Violates("deadlock")')
    assert "which it does not claim" in assay("check levels.py").err


@ENGINES
def test_a_constraint_may_have_parameters(assay: Assay, engine: str) -> None:
    module(further=method("constraint", "near", NEAR))
    ran = assay(f"check levels.py --engine {engine}")
    assert "all 10 states inside the constraint" in ran.out
    assert "inside the constraint near" in assay("prove levels.py").out


@ENGINES
def test_steps_outside_a_step_constraint_are_checked_and_lead_nowhere(assay: Assay, engine: str) -> None:
    module(further=STEPS)
    ran = assay(f"check levels.py --engine {engine}")
    assert ran.status == 0
    assert "all 10 states inside the constraint" in ran.out, "as the constraint on states, for it cuts the same steps"
    report = json.loads(assay(f"check levels.py --engine {engine} --format json").out)
    assert report["states"]["cut"] > 0
    assert report["engine"] == engine
    module(further=STEPS + method("invariant", "near", NEAR))
    ran = assay(f"check levels.py --engine {engine}")
    assert "counterexample to near(n=n1, m=n2): 3 states" in ran.out, "the state that a step outside leads to is judged"
    assert assay("check levels.py --itf trace.json").status == 1
    assert assay("check levels.py --replay trace.json").status == 1


def test_a_bounded_search_takes_no_step_behind_one_outside(assay: Assay) -> None:
    module(further=STEPS + method("invariant", "low", "self.level[n] <= self.level[m] + 2"))
    assert assay("check levels.py").status == 0
    ran = assay("prove levels.py --bounded 3 --set Node=2")
    assert "violated" not in ran.out.splitlines()[-1]
    assert ran.status in (0, 3), ran


@ENGINES
def test_a_step_constraint_that_raises_is_an_error_with_the_trace(assay: Assay, engine: str) -> None:
    raises = STEPS.replace("return", "return 1 // (after.level[n] - 2) < 9 and")
    module(further=raises)
    ran = assay(f"check levels.py --engine {engine}")
    assert ran.status == 2
    assert "ZeroDivisionError" in ran.err
    assert "how it gets there" in ran.err


def test_what_a_constraint_leaves_open_is_not_advised_to_be_kept_going(assay: Assay) -> None:
    eventually = method("always_eventually", "again", "self.level[n] + self.level[m] == 0")
    module(further=STEPS + eventually + method("invariant", "low", "self.level[n] + self.level[m] < 3"))
    assert "(--keep-going decides)" in assay("check levels.py").out
    assert "(--keep-going decides)" not in assay("check levels.py --keep-going").out


@ENGINES
@pytest.mark.parametrize(
    ("parts", "named"),
    one_in(
        2,
        [
            ({"most": 1}, "above"),
            ({"further": "@action\n    def stuck(self) -> None:\n        require(len(self.level) > 2)\n"}, "stuck"),
            ({"further": method("reachable", "far", "self.level[n] > 3")}, "far"),
        ],
    ),
)
def test_a_variant_may_be_expected_to_fire_or_not_to_fire_or_to_miss_a_state(
    assay: Assay, engine: str, parts: dict[str, Any], named: str
) -> None:
    module(**parts, settings=f'check_deadlock = False\n    expected = Violates("{named}")')
    ran = assay(f"check levels.py --engine {engine}")
    assert f"violated, as expected: {named}" in ran.out
    assert "not as expected" not in assay("prove levels.py").out
    module(settings=f'check_deadlock = False\n    expected = Violates("{named if named == "above" else "up"}")')
    assert "not as expected" in assay(f"check levels.py --engine {engine}").out


def test_what_may_fire_is_no_claim_to_violate(assay: Assay) -> None:
    module(settings='check_deadlock = False\n    expected = Violates("beyond")')
    assert "is expected to violate 'beyond', which it does not claim" in assay("check levels.py").err
