"""What grows, where a search does not end: the attributes of nodes with the most values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.implementations.native.universe import Universe
from assay.impl.node.node import Address

__all__ = ["Growth", "growth"]


@dataclass(frozen=True)
class Growth:
    """An attribute that had many values.

    Attributes
    ----------
    address : Address
        The node.
    attribute : str
        Its attribute; ``"its timers"`` are all that are set.
    values : int
        How many different values it had.
    half : int
        How many of them by the time that half of the node's local states were known.
    """

    address: Address
    attribute: str
    values: int
    half: int

    @property
    def goes_on(self) -> bool:
        """Whether new values kept coming."""
        return self.values > 1.5 * self.half


def growth(universe: Universe, most: int = 3) -> tuple[Growth, ...]:
    """Return the attributes that had the most values, those that still grow first."""
    found = sorted(_all(universe), key=lambda each: (not each.goes_on, -each.values))
    return tuple(each for each in found[:most] if each.values > 1)


def _all(universe: Universe) -> Iterator[Growth]:
    for address, locals_ in zip(universe.addresses, universe.locals, strict=True):
        values: dict[str, set[object]] = {}
        halves: dict[str, int] = {}
        for count, local in enumerate(locals_.things, start=1):
            for name, value in (*local.attributes, ("its timers", local.timers)):
                values.setdefault(name, set()).add(value)
            if count == (len(locals_) + 1) // 2:
                halves = {name: len(seen) for name, seen in values.items()}
        yield from (Growth(address, name, len(seen), halves.get(name, 0)) for name, seen in values.items())
