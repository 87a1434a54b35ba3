"""Which cases of a test are in the first tier, where it claims the same of many.

The first tier has to end within minutes. What is *slow* is none of it. What is fast, but claimed of a hundred models
alike, it shows of some; the others are *repeated* in the second tier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet  # what `pytest.param` makes, without a public name

__all__ = ["as_shown_by", "first_tier", "one_in"]


def first_tier(cases: Iterable[Any], is_first: Callable[[Any], bool]) -> list[Any]:
    """Return the cases of a test, with those that are not in the first tier marked as repeated.

    Parameters
    ----------
    cases : iterable
        Values for `pytest.mark.parametrize`: of one parameter, a tuple of several, or made by `pytest.param`.
    is_first : callable
        Whether the first tier has a case.

    Raises
    ------
    ValueError
        If the first tier has none.
    """
    cases = list(cases)
    return _marked(cases, [is_first(case) for case in cases])


def one_in(few: int, cases: Iterable[Any]) -> list[Any]:
    """Return the cases of a test: every `few`-th is in the first tier, from the first on."""
    cases = list(cases)
    return _marked(cases, [number % few == 0 for number in range(len(cases))])


def as_shown_by(other: Callable[..., Any]) -> pytest.MarkDecorator:
    """Mark a test that takes seconds as repeated, since another shows the like of a smaller case in the first tier.

    Raises
    ------
    ValueError
        If the other is not in the first tier either.
    """
    if any(mark.name in ("slow", "repeated") for mark in getattr(other, "pytestmark", ())):
        raise ValueError(f"{other.__name__} is not in the first tier")
    return pytest.mark.repeated


def _marked(cases: list[Any], first: list[bool]) -> list[Any]:
    if not any(here and not _is_slow(case) for case, here in zip(cases, first, strict=True)):
        raise ValueError("the first tier has no case of this test: mark the test as slow, or leave one in")
    return [case if here else _repeated(case) for case, here in zip(cases, first, strict=True)]


def _is_slow(case: Any) -> bool:
    return isinstance(case, ParameterSet) and any(getattr(mark, "name", "") == "slow" for mark in case.marks)


def _repeated(case: Any) -> Any:
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.repeated], id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.repeated)
