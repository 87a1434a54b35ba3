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

__all__ = ["Where", "anywhere", "evaluate_every_element", "every", "some", "stopping_early"]


Where = Callable[[types.CodeType], bool]
"""Whether a quantifier over the values of a generator with this code may stop early."""


def anywhere(_: types.CodeType) -> bool:
    """Let every quantifier stop early."""
    return True


_stops: ContextVar[Where | None] = ContextVar("assay_stops", default=None)


@contextmanager
def stopping_early(where: Where = anywhere) -> Iterator[None]:
    """Let quantifiers stop at the first element that decides, within the block.

    This is only for searches for the parts of a value that decide a condition. They evaluate as little as possible, and
    they can: an element that decides does so in any order, unless another one raises.
    """
    token = _stops.set(where)
    try:
        yield
    finally:
        _stops.reset(token)


def some(conditions: Iterable[object]) -> bool:
    """Return whether any of the conditions is true, all of them evaluated."""
    return any(conditions) if _stops_at(conditions) else bool([*filter(None, conditions)])


def every(conditions: Iterable[object]) -> bool:
    """Return whether all of the conditions are true, after evaluating all of them."""
    return all(conditions) if _stops_at(conditions) else not [*filterfalse(None, conditions)]


def _stops_at(conditions: Iterable[object]) -> bool:
    where = _stops.get()
    return where is not None and isinstance(conditions, types.GeneratorType) and where(conditions.gi_code)


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
