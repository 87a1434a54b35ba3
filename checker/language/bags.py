"""Bags (multisets), and the marks of bounded containers in annotations."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from assay.checker.immutable import immutable
from assay.checker.language.types import Bound

__all__ = ["AllOf", "AtMost", "Bag"]

T = TypeVar("T")


@immutable
class AtMost:
    """The bound of a sequence or bag: ``Annotated[list[T], AtMost(3)]``, for short ``Seq[T, 3]``."""

    bound: Bound


@immutable
class AllOf:
    """The mark of a sequence that holds every element of its type once: ``Perm[T]``."""


class Bag(Generic[T]):
    """A multiset of at most n elements in all: ``Bag[T, n]``, or ``Annotated[Bag[T], AtMost(n)]``."""

    __slots__ = ("counts",)

    def __init__(self, items: Iterable[T] = ()) -> None:
        self.counts: dict[T, int] = {}
        for item in items:
            self.add(item)

    if not TYPE_CHECKING:

        def __class_getitem__(cls, item: Any) -> Any:
            if isinstance(item, tuple):
                if len(item) != 2:
                    raise TypeError("Bag takes the type of its elements and how many it holds at most: Bag[Node, 3]")
                return Annotated[super().__class_getitem__(item[0]), AtMost(item[1])]
            return super().__class_getitem__(item)

    def add(self, item: T) -> None:
        """Add one copy of ``item``."""
        self.counts[item] = self.counts.get(item, 0) + 1

    def remove(self, item: T) -> None:
        """Remove one copy of ``item``; raise KeyError if there is none."""
        left = self.counts[item] - 1
        if left:
            self.counts[item] = left
        else:
            del self.counts[item]

    def count(self, item: T) -> int:
        """Return the multiplicity of ``item``."""
        return self.counts.get(item, 0)

    def clear(self) -> None:
        """Remove all elements."""
        self.counts.clear()

    def __contains__(self, item: object) -> bool:
        return item in self.counts

    def __iter__(self) -> Iterator[T]:
        """Iterate over the elements, with multiplicity."""
        return itertools.chain.from_iterable(itertools.repeat(item, count) for item, count in self.counts.items())

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Bag({self.counts!r})"
