"""What is found out about a class or function once, for all models that are made of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

__all__ = ["once"]

P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Keep what a function returns; what it raises is not kept.

    This is `functools.cache`, with a type under which mypy accepts classes as arguments: it takes a class whose
    instances define ``__eq__`` for one without a hash.
    """
    cached: Any = functools.cache(function)
    return cast(Callable[P, R], cached)
