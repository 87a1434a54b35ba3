"""Diagnose a search that does not end: which attributes of nodes, or messages in flight, keep growing.

Both explorers list worlds in the order of discovery, so whatever still gained new values in the second half of the
search is likely to grow without bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.checker.implementations.events import Local
from assay.checker.implementations.networks import Medium
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address

__all__ = ["Growth", "growth", "middle_and_end"]

_SAMPLED = 256
"""Maximum number of worlds sampled, in the middle and at the end, for messages in flight and events of clients."""


def middle_and_end(worlds: int) -> tuple[slice, slice]:
    """Return the slices of the worlds, in the middle and at the end of the search, to sample."""
    count = max(1, min(_SAMPLED, worlds // 4))
    return slice(worlds // 2, worlds // 2 + count), slice(worlds - count, worlds)


@dataclass(frozen=True)
class Growth:
    """An attribute with many values.

    Attributes
    ----------
    address : Address or None
        The node; None for messages and events of clients, which belong to no node.
    attribute : str
        The attribute; ``"its timers"`` stands for the set of timers.
    values : int
        The number of distinct values; without a node, the maximum number of messages or events in a world.
    half : int
        The same when half of the node's local states, or of the worlds, were known.
    largest : int or None
        The greatest number, or the largest size of a collection, among the values.
    depth : int
        The depth of the search, in worlds.
    """

    address: Address | None
    attribute: str
    values: int
    half: int
    largest: int | None
    depth: int

    @property
    def goes_on(self) -> bool:
        """Whether new values kept coming."""
        # What keeps growing gains about as much in the second half as in the first; half as much is enough to tell.
        # What belongs to no node is counted by worlds, and the second half of these adds little to the depth.
        return self.values > (1.1 if self.address is None else 1.5) * self.half

    @property
    def pace(self) -> float:
        """The number of new values per level of the search."""
        return self.values / max(self.depth - 1, 1)


def growth(
    locals_: Iterable[tuple[Address, Sequence[Local]]],
    middle: Iterable[FrozenWorld],
    end: Iterable[FrozenWorld],
    medium: Medium,
    depth: int,
    most: int = 3,
) -> tuple[Growth, ...]:
    """Return the attributes with the most values; those that still grow come first.

    Parameters
    ----------
    locals_ : iterable of (Address, sequence of Local)
        The different local states of each node, in the order of their discovery.
    middle, end : iterable of FrozenWorld
        Samples of the worlds found half-way through the search, and at its end.
    medium : Medium
        The kind of the network.
    depth : int
        The depth of the search, in worlds.
    most : int
        Maximum number of results.
    """
    found = [each for address, known in locals_ for each in _of_node(address, known, depth)]
    found += _shared(list(middle), list(end), medium, depth)
    found.sort(key=lambda each: (not each.goes_on, each.address is None, -each.values))
    return tuple(each for each in found[:most] if each.values > 1)


def _of_node(address: Address, known: Sequence[Local], depth: int) -> Iterator[Growth]:
    values: dict[str, set[Frozen]] = {}
    halves: dict[str, int] = {}
    for count, local in enumerate(known, start=1):
        for name, value in (*local.attributes, ("its timers", local.timers)):
            values.setdefault(name, set()).add(value)
        if count == (len(known) + 1) // 2:
            halves = {name: len(seen) for name, seen in values.items()}
    for name, seen in values.items():
        sizes = [size for size in map(_size, seen) if size is not None]
        yield Growth(address, name, len(seen), halves.get(name, 0), max(sizes, default=None), depth)


def _size(value: Frozen) -> int | None:
    """Return a number itself, or the size of a collection; None for anything else."""
    match value:
        case int() | None:
            return value
        case str() | bytes() | frozenset():
            return len(value)
        case (type(), frozenset() as items, *_):  # a dict or set
            return len(items)
        case (type(), *items):
            return len(items)
    return None


def _shared(middle: Sequence[FrozenWorld], end: Sequence[FrozenWorld], medium: Medium, depth: int) -> Iterator[Growth]:
    def most(worlds: Sequence[FrozenWorld], of_history: bool) -> int:
        return max((len(w.history if of_history else medium.contents(w.network)) for w in worlds), default=0)

    for name, of_history in (("messages on their way", False), ("events that clients saw", True)):
        last = most(end, of_history)
        yield Growth(None, name, last, most(middle, of_history), last, depth)
