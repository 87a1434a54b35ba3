"""Expectations as users write them."""

from __future__ import annotations

import pytest
from assay.checker.language.expectations import Expectation, Holds, Violates, parse_expectation


@pytest.mark.parametrize("expectation", [Holds(), Violates("deadlock")])
def test_an_expectation_is_read_as_it_is_printed(expectation: Expectation) -> None:
    assert parse_expectation(str(expectation)) == expectation


@pytest.mark.parametrize("text", ["violates  mutex", " violates mutex ", "violates\tmutex"])
def test_blanks_are_not_part_of_the_name(text: str) -> None:
    assert parse_expectation(text) == Violates("mutex")


@pytest.mark.parametrize("text", ["", "hold", "violates", "violates a b", "holds mutex", "Violates mutex"])
def test_anything_else_is_no_expectation(text: str) -> None:
    assert parse_expectation(text) is None
