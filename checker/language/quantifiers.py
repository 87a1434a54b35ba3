"""`any` and `all` as models have them: they evaluate every element.

Python's stop at the first element that decides. Over a set, whether they meet an element that raises would then
depend on the order of its hash table, which is another one in every process: a model would have one verdict today
and another tomorrow. So what an evaluation may raise, is raised, in whichever order it runs.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable, Iterable

__all__ = ["evaluate_every_element", "every", "some"]


def some(conditions: Iterable[object]) -> bool:
    """Return whether any of the conditions is true, all of them evaluated."""
    return any(list(conditions))


def every(conditions: Iterable[object]) -> bool:
    """Return whether all of the conditions are true, all of them evaluated."""
    return all(list(conditions))


_QUANTIFIERS: dict[str, Callable[[Iterable[object]], bool]] = {"any": some, "all": every}


def evaluate_every_element(functions: Iterable[types.FunctionType]) -> None:
    """Let `any` and `all` evaluate every element in the modules of some functions.

    Only names of those modules that mean Python's own are bound anew; the functions themselves run as they are.
    """
    for names in {id(function.__globals__): function.__globals__ for function in functions}.values():
        for name, quantifier in _QUANTIFIERS.items():
            built_in = getattr(builtins, name)
            names.setdefault(name, built_in)
            names.update({alias: quantifier for alias, value in names.items() if value is built_in})
