"""The choices of arguments that a method is called with."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

__all__ = ["Choices"]


class Choices:
    """The choices of a method's arguments: kept while they are few, else made anew each time."""

    def __init__(self, universes: tuple[tuple[Any, ...], ...]) -> None:
        self._universes = universes
        self.size = math.prod(map(len, universes))

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept) if self.size <= _MOST_KEPT else itertools.product(*self._universes)

    @cached_property
    def _kept(self) -> list[tuple[Any, ...]]:
        return list(itertools.product(*self._universes))


_MOST_KEPT = 1 << 16
"""Choices of a method that are kept as tuples: some megabytes, where a hundred million would not fit."""
