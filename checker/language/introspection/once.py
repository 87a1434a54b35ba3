"""Caching per class or function, since several models may share one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

__all__ = ["once"]

P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Cache what a function returns; an exception is not cached.

    This is `functools.cache`, with a type under which mypy accepts classes as arguments: where the instances of a class
    define ``__eq__``, mypy takes the class itself to have no hash.
    """
    cached: Any = functools.cache(function)
    return cast(Callable[P, R], cached)
