"""Values numbered in the order in which they are met."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["Numbered"]

T = TypeVar("T", bound=Hashable)


class Numbered(Generic[T]):
    """Distinct values, numbered from 0 in the order in which they are met."""

    def __init__(self, *things: T) -> None:
        self.things: list[T] = []
        self._numbers: dict[T, int] = {}
        for thing in things:
            self.number(thing)

    def number(self, thing: T) -> int:
        """Return the number of a value, a new one if it was not met yet."""
        found = self._numbers.setdefault(thing, len(self.things))
        if found == len(self.things):
            self.things.append(thing)
        return found

    def __len__(self) -> int:
        return len(self.things)

    def __getitem__(self, number: int) -> T:
        return self.things[number]
