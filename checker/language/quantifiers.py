"""`any` and `all` in models: they evaluate every element.

Python's own stop at the first element that decides. Over a set, whether they reach an element that raises would then
depend on the order of its hash table, which differs between processes: a model could have one verdict today and another
tomorrow. So every element is evaluated, and if one raises, the quantifier does.
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

    This is only for searches for the parts of a value that decide a condition. They evaluate as little as possible, and
    they can: an element that decides does so in any order.
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
    """Return whether all of the conditions are true, after evaluating all of them."""
    return all(conditions) if _stops.get() else not [*filterfalse(None, conditions)]


_QUANTIFIERS: dict[str, Callable[[Iterable[object]], bool]] = {"any": some, "all": every}


def evaluate_every_element(functions: Iterable[types.FunctionType]) -> None:
    """Let `any` and `all` evaluate every element in the modules of some functions.

    Only names in those modules that stand for Python's own are rebound; the functions themselves do not change.
    """
    for names in {id(function.__globals__): function.__globals__ for function in functions}.values():
        for name, quantifier in _QUANTIFIERS.items():
            built_in = getattr(builtins, name)
            names.setdefault(name, built_in)
            names.update({alias: quantifier for alias, value in names.items() if value is built_in})
