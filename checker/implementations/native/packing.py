"""Packing worlds into words, by the numbers of the universe and the fields of the layout, and unpacking them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.implementations.native.layout import Full, WorldLayout
from assay.checker.implementations.native.universe import Universe
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.worlds import FrozenWorld

__all__ = ["Packing"]


def _within(value: int, most: int) -> int:
    if value > most:
        raise Full
    return value


class Packing:
    """Packs and unpacks the worlds of one cluster.

    Parameters
    ----------
    universe : Universe
        All that was met of it so far.
    layout : WorldLayout
        The places of all parts.
    budgets : dict of str to int
        How often each limited event may happen.
    """

    def __init__(self, universe: Universe, layout: WorldLayout, budgets: dict[str, int]) -> None:
        self.universe, self.layout, self._budgets = universe, layout, budgets
        self._limited = [name for name, most in budgets.items() if most > 0]

    def pack(self, world: FrozenWorld) -> list[int]:
        """Return the words of a world whose parts all have numbers.

        Raises
        ------
        Full
            If the layout has no room for one of them.
        """
        words = [0] * self.layout.words
        words[0] = 1
        for field, value in zip(self.layout.fields, self._fields(world), strict=True):
            words[field.word] |= _within(value, field.mask) << field.shift
        if self.layout.sizes.in_words:
            for envelope, count in self._counts(world.network).items():
                word, shift = self.layout.place(envelope)
                words[word] |= _within(count, (1 << self.layout.count_bits) - 1) << shift
        for flight in world.sent:
            word, shift = self.layout.ghost_place(self.universe.envelopes.number(flight))
            words[word] |= 1 << shift
        return words

    def _fields(self, world: FrozenWorld) -> list[int]:
        universe, sizes = self.universe, self.layout.sizes
        left = dict(world.budgets)
        values = [known.number(local) for known, local in zip(universe.locals, world.locals, strict=True)]
        values += self._queues(world.network)
        values += [self._budgets[name] - left[name] for name in self._limited]
        values += [universe.histories.number(world.history)] if sizes.histories else []
        values += [0 if world.cut is None else world.cut + 1] if sizes.cuts else []
        values += (
            [0 if world.last is None else universe.envelopes.number(world.last) + 1] if sizes.remembers_last else []
        )
        return values

    def _queues(self, network: Any) -> list[int]:
        """Return the number of the contents of each channel of a FIFO network."""
        numbers = [0] * len(self.layout.sizes.queues)
        if not self.layout.sizes.in_words:
            for queue in network:
                number = self.universe.channel_of(self.universe.envelopes.number(queue.first))
                numbers[number] = self.universe.channels[number].queues.number(queue)
        return numbers

    def _counts(self, network: Any) -> dict[int, int]:
        if self.universe.cluster.network.kind == "set":
            return {self.universe.envelopes.number(flight): 1 for flight in network}
        return {self.universe.envelopes.number(flight): count for flight, count in network}

    def unpack(self, words: Sequence[int]) -> FrozenWorld:
        """Return the world that is packed into words."""
        values = [words[f.word] >> f.shift & f.mask for f in self.layout.fields]
        universe, layout = self.universe, self.layout
        spent = dict(zip(self._limited, values[layout.budgets_from :], strict=False))
        return FrozenWorld(
            locals=tuple(known[value] for known, value in zip(universe.locals, values, strict=False)),
            network=self._network(words, values),
            budgets=tuple((name, most - spent.get(name, 0)) for name, most in self._budgets.items()),
            history=universe.histories[values[layout.history]] if layout.history >= 0 else (),
            sent=frozenset(self._sent(words)),
            cut=values[layout.cut] - 1 if layout.cut >= 0 and values[layout.cut] else None,
            last=universe.envelopes[values[layout.last] - 1] if layout.last >= 0 and values[layout.last] else None,
        )

    def _network(self, words: Sequence[int], values: Sequence[int]) -> Any:
        if not self.layout.sizes.in_words:
            numbers = values[self.layout.channels_from :]
            queues = (known.queues[number] for known, number in zip(self.universe.channels, numbers, strict=False))
            return frozenset(queue for queue in queues if queue)
        counts = {flight: count for flight, count in self._flights(words) if count}
        return frozenset(counts if self.universe.cluster.network.kind == "set" else counts.items())

    def _flights(self, words: Sequence[int]) -> list[tuple[Flight, int]]:
        most = (1 << self.layout.count_bits) - 1
        places = [(flight, *self.layout.place(envelope)) for envelope, flight in self._placed()]
        return [(flight, words[word] >> shift & most) for flight, word, shift in places]

    def _placed(self) -> Iterator[tuple[int, Flight]]:
        """Iterate over the envelopes that have a place in the layout, with their numbers; no state contains others."""
        return enumerate(self.universe.envelopes.things[: self.layout.sizes.envelopes])

    def _sent(self, words: Sequence[int]) -> list[Flight]:
        if not self.layout.sizes.ghosts:
            return []
        places = [(flight, *self.layout.ghost_place(envelope)) for envelope, flight in self._placed()]
        return [flight for flight, word, shift in places if words[word] >> shift & 1]
