"""Answers about sets of nodes, which may be only bounds: a smallest set with a property, or all minimal ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["MOST_SETS", "Enumerated", "Smallest", "merged", "minimal_of"]

MOST_SETS = 10_000
"""The most sets to list, by default."""


@dataclass(frozen=True)
class Smallest:
    """What is known about a smallest set with some property.

    Parameters
    ----------
    at_least : int or None
        A proved lower bound on the size of every such set; None if it is proved that there is none.
    example : frozenset of str or None
        A set with the property, checked by direct evaluation; None if none was found.
    """

    at_least: int | None
    example: frozenset[str] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the example is proved to be smallest, or there is proved to be none."""
        return self.at_least is None or (self.example is not None and len(self.example) == self.at_least)

    @property
    def size(self) -> int | None:
        """The size of the smallest set, if that is settled and there is one."""
        return self.at_least if self.is_settled else None

    def renamed(self, names: Mapping[str, str]) -> Smallest:
        """Return the same answer about nodes with other names."""
        return Smallest(self.at_least, None if self.example is None else _renamed(self.example, names))

    def __or__(self, other: Smallest) -> Smallest:
        """Return what is known about sets with one property or the other."""
        bounds = [bound for bound in (self.at_least, other.at_least) if bound is not None]
        examples = [example for example in (self.example, other.example) if example is not None]
        return Smallest(min(bounds, default=None), min(examples, key=len, default=None))

    def __add__(self, other: Smallest) -> Smallest:
        """Return what is known about sets with both properties, which must be over different nodes."""
        if self.at_least is None or other.at_least is None:
            return Smallest(None)
        both = None
        if self.example is not None and other.example is not None:
            both = self.example | other.example
        return Smallest(self.at_least + other.at_least, both)


@dataclass(frozen=True)
class Enumerated:
    """Minimal sets, smallest first, and whether these are all of at most ``up_to`` elements."""

    sets: tuple[frozenset[str], ...]
    up_to: int
    is_complete: bool

    @property
    def smallest(self) -> tuple[frozenset[str], ...]:
        """The sets of the smallest size."""
        return tuple(one for one in self.sets if len(one) == len(self.sets[0]))

    def renamed(self, names: Mapping[str, str]) -> Enumerated:
        """Return the same sets of nodes with other names."""
        return Enumerated(tuple(_renamed(one, names) for one in self.sets), self.up_to, self.is_complete)


def merged(found: Sequence[Enumerated], up_to: int, most: int) -> Enumerated:
    """Return the minimal sets with one of several properties, from the minimal sets with each; at most ``most``."""
    if len(found) == 1:
        return found[0]
    every = {one for each in found for one in each.sets}
    ordered = sorted(minimal_of(every), key=lambda one: (len(one), sorted(one)))
    is_complete = all(each.is_complete for each in found) and len(ordered) <= most
    return Enumerated(tuple(ordered[:most]), up_to, is_complete)


def minimal_of(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    """Return the sets that contain no other; quadratic in their number."""
    return [one for one in sets if not any(other < one for other in sets)]


def _renamed(nodes: Iterable[str], names: Mapping[str, str]) -> frozenset[str]:
    return frozenset(names[node] for node in nodes)
