"""The two tiers of the tests: how many examples each of them draws for a random test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
        ("not slow", {"one": 20, "another": 20, "small": 5, "slow": 0}),
        ("random", {"one": 80, "another": 80, "small": 12, "slow": 0}),
        ("slow", {"one": 0, "another": 0, "small": 0, "slow": 40}),
    ],
)
def test_the_first_tier_draws_a_quarter_of_the_examples_and_the_second_all(
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
