"""The choices of arguments with which a method is called."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.open_values import UNDECIDED, Opened, Pieces, Undetermined
from assay.checker.language.introspection.specification import Method
from assay.checker.language.types import has_unbounded, is_container

__all__ = ["Choices", "Pruned"]

_MANY = 4096
"""The most choices of containers to try one by one. If there are more, `Pruned` skips those that guards exclude."""


class Choices:
    """The choices of a method's arguments, as frozen values: stored if they are few, generated each time otherwise."""

    def __init__(self, method: Method, instance: Instance) -> None:
        self._named = method.parameters
        self._types = tuple(type_ for _, type_ in method.parameters)
        self._instance = instance
        self.of_containers = any(map(is_container, self._types))

    @cached_property
    def size(self) -> int:
        """The number of choices."""
        return math.prod(map(self._instance.size, self._types))

    @property
    def is_worth_drawing(self) -> bool:
        """Whether a parameter has so many values that only those that are drawn from the state should be tried."""
        return any(has_unbounded(type_) or self._instance.size(type_) > _MOST_TRIED for type_ in self._types)

    def are_few_beside(self, drawn: Collection[str]) -> bool:
        """Return whether every container that is not drawn from the state has few values, so that none is pruned."""
        return all(
            name in drawn or not is_container(type_) or self._instance.size(type_) <= _MANY
            for name, type_ in self._named
        )

    @property
    def is_worth_pruning(self) -> bool:
        """Whether there are so many choices of containers that those which guards exclude should not be tried."""
        return self.of_containers and not any(map(has_unbounded, self._types)) and self.size > _MANY

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept) if self.size <= _MOST_KEPT else itertools.product(*self._universes)

    @cached_property
    def _universes(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(map(self._instance.universe, self._types))

    @cached_property
    def _kept(self) -> list[tuple[Any, ...]]:
        return list(itertools.product(*self._universes))


_MOST_TRIED = 64
"""The most values of a parameter to try one by one."""

_MOST_KEPT = 1 << 16
"""The most choices of a method to store: some megabytes of tuples."""


class Pruned:
    """The choices of arguments that the guards of an action do not exclude.

    A guard is first evaluated on containers of which nothing is decided yet, and then each part that it reads is
    decided: a guard that is false for one value of a part excludes all containers with that value at once.

    Parameters
    ----------
    method : Method
        The action. Nothing in it may raise, because arguments that a guard excludes early are never tried in full.
    instance : Instance
        The instance, which must be active.
    is_disabled : callable
        Return whether the action is disabled for arguments as its code reads them; may raise `Undetermined`.
    """

    def __init__(self, method: Method, instance: Instance, is_disabled: Callable[[tuple[Any, ...]], bool]) -> None:
        self._instance, self._is_disabled = instance, is_disabled
        self._types = [type_ for _, type_ in method.parameters]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        scalars = [[None] if is_container(type_) else self._instance.universe(type_) for type_ in self._types]
        for given in itertools.product(*scalars):
            pieces = Pieces(self._instance)
            opened = [
                pieces.open(type_) if is_container(type_) else _known(value)
                for type_, value in zip(self._types, given, strict=True)
            ]
            for _ in self._left(pieces, opened):
                yield tuple(value.freeze() for value in opened)

    def _left(self, pieces: Pieces, opened: list[Opened]) -> Iterator[None]:
        """Decide the pieces, in every way that the guards do not exclude."""
        # A depth-first search with an explicit stack of the pieces decided so far, each with the values left for it.
        pending: list[tuple[int, Iterator[Any]]] = []
        while True:
            asked = self._asked(opened)
            if asked is None:
                yield from pieces.completions()
            elif asked >= 0:
                pending.append((asked, iter(pieces.choices[asked])))
            if not self._advance(pieces, pending):
                return

    @staticmethod
    def _advance(pieces: Pieces, pending: list[tuple[int, Iterator[Any]]]) -> bool:
        """Decide the next value of the latest piece that has one left; return whether there is one."""
        while pending:
            piece, values = pending[-1]
            pieces.decided[piece] = next(values, UNDECIDED)
            if pieces.decided[piece] is not UNDECIDED:
                return True
            pending.pop()
        return False

    def _asked(self, opened: list[Opened]) -> int | None:
        """Return the piece that the guards read next; -1 if they are false, and None if they are true already."""
        try:
            return -1 if self._is_disabled(tuple(value.read() for value in opened)) else None
        except Undetermined as asked:
            return asked.piece


def _known(value: Any) -> Opened:
    return Opened(lambda: value, lambda: value)
