"""The two tiers of the tests: how many examples each draws for a random test, and which cases the first shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiers import as_shown_by, first_tier, one_in

RANDOM = """
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

@pytest.mark.parametrize("parameter", ["one", "another"])
@settings(max_examples=80)
@given(st.booleans(), st.integers())
def test_large(parameter, first, second):
    print("drawn for", parameter)

@settings(max_examples=12)
@given(st.integers())
def test_small(drawn):
    print("drawn for small")

@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers())
def test_slow(drawn):
    print("drawn for slow")
"""


@pytest.mark.parametrize(
    ("tier", "drawn"),
    [
        ("not slow", {"one": 10, "another": 10, "small": 5, "slow": 0}),
        ("random", {"one": 80, "another": 80, "small": 12, "slow": 0}),
        ("slow", {"one": 0, "another": 0, "small": 0, "slow": 40}),
    ],
)
def test_the_first_tier_draws_an_eighth_of_the_examples_and_the_second_all(
    tmp_path: Path, tier: str, drawn: dict[str, int]
) -> None:
    shutil.copy(Path(__file__).parent / "conftest.py", tmp_path)
    (tmp_path / "test_random.py").write_text(RANDOM)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    random\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", "-m", tier],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {name: ran.stdout.count(f"drawn for {name}\n") for name in drawn} == drawn


ALONE = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

CASES = """
import pytest
from tests.tiers import first_tier, one_in

@pytest.mark.parametrize("number", one_in(4, range(10)))
def test_of_numbers(number):
    pass

PAIRS = [("a", 1), pytest.param("b", 2, marks=pytest.mark.slow), pytest.param("c", 3, id="sea")]

@pytest.mark.parametrize(("letter", "number"), first_tier(PAIRS, lambda case: case == ("a", 1)))
def test_of_pairs(letter, number):
    pass
"""


@pytest.mark.parametrize(
    ("tier", "cases"),
    [
        ("not slow and not repeated", ["numbers[0]", "numbers[4]", "numbers[8]", "pairs[a-1]"]),
        ("repeated and not slow", [*(f"numbers[{number}]" for number in (1, 2, 3, 5, 6, 7, 9)), "pairs[sea]"]),
        ("slow", ["pairs[b-2]"]),
    ],
)
def test_each_case_is_in_one_tier(tmp_path: Path, tier: str, cases: list[str]) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    repeated\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", tier],
        cwd=tmp_path,
        env={**os.environ, **ALONE, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.partition("::test_of_")[2] for line in ran.stdout.splitlines() if "::" in line]
    assert found == cases, ran.stdout + ran.stderr


def test_no_test_is_without_a_case_in_the_first_tier() -> None:
    with pytest.raises(ValueError, match="has no case of this test"):
        first_tier(["a", "b"], lambda case: False)
    with pytest.raises(ValueError, match="has no case of this test"):
        one_in(2, [pytest.param("a", marks=pytest.mark.slow), "b"])


def test_a_test_is_left_to_the_second_tier_only_for_one_that_is_in_the_first() -> None:
    def small() -> None:
        pass

    @as_shown_by(small)
    def large() -> None:
        pass

    @pytest.mark.slow
    def deep() -> None:
        pass

    assert [mark.name for mark in large.pytestmark] == ["repeated"]  # type: ignore[attr-defined]
    for other in (large, deep):
        with pytest.raises(ValueError, match="is not in the first tier"):
            as_shown_by(other)


def test_cases_are_repeated_by_nothing_else() -> None:
    here = Path(__file__).parent
    marked = {path.relative_to(here) for path in here.rglob("*.py") if "mark.repeated" in path.read_text()}
    assert marked == {Path("tiers.py"), Path(__file__).relative_to(here)}
