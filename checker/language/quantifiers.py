"""`any` and `all` as models have them: they evaluate every element.

Python's stop at the first element that decides. Over a set, whether they meet an element that raises would then
depend on the order of its hash table, which is another one in every process: a model would have one verdict today
and another tomorrow. So what an evaluation may raise, is raised, in whichever order it runs.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import filterfalse

__all__ = ["evaluate_every_element", "every", "some", "stopping_early"]


_stops: ContextVar[bool] = ContextVar("assay_stops", default=False)


@contextmanager
def stopping_early() -> Iterator[None]:
    """Let the quantifiers stop at the first element that decides, within the block.

    For searches alone that ask which values decide a condition, and evaluate as little as does: what decides it
    there decides it in whichever order the elements come.
    """
    token = _stops.set(True)
    try:
        yield
    finally:
        _stops.reset(token)


def some(conditions: Iterable[object]) -> bool:
    """Return whether any of the conditions is true, all of them evaluated."""
    return any(conditions) if _stops.get() else bool([*filter(None, conditions)])


def every(conditions: Iterable[object]) -> bool:
    """Return whether all of the conditions are true, all of them evaluated."""
    return all(conditions) if _stops.get() else not [*filterfalse(None, conditions)]


_QUANTIFIERS: dict[str, Callable[[Iterable[object]], bool]] = {"any": some, "all": every}


def evaluate_every_element(functions: Iterable[types.FunctionType]) -> None:
    """Let `any` and `all` evaluate every element in the modules of some functions.

    Only names of those modules that mean Python's own are rebound; the functions themselves run as they are.
    """
    for names in {id(function.__globals__): function.__globals__ for function in functions}.values():
        for name, quantifier in _QUANTIFIERS.items():
            built_in = getattr(builtins, name)
            names.setdefault(name, built_in)
            names.update({alias: quantifier for alias, value in names.items() if value is built_in})
