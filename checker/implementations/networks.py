"""Messages in flight: the three kinds of network (set, bag, FIFO) with their steps, over frozen states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Any, Protocol

from assay.checker.implementations.hashing import hashed_once
from assay.checker.implementations.queues import Queue
from assay.impl.node.freezing import Frozen, rank
from assay.impl.node.node import Address
from assay.impl.node.thawing import thaw, words
from assay.impl.node.world import Envelope

__all__ = ["MEDIA", "Flight", "Medium", "in_order"]


@hashed_once
@dataclass(frozen=True)
class Flight:
    """An envelope, frozen."""

    source: Address
    destination: Address
    message: Frozen

    def thawed(self) -> Envelope[Any]:
        """Return the envelope."""
        return Envelope(self.source, self.destination, thaw(self.message))

    def __str__(self) -> str:
        return f"{words(self.message)} from {self.source} to {self.destination}"


@lru_cache(maxsize=1 << 16)  # worlds are sorted again and again, over the same messages
def in_order(flight: Flight) -> tuple[Any, ...]:
    """Return a sort key for envelopes that does not depend on hashes: equal searches must find equal traces."""
    return flight.source, flight.destination, rank(flight.message)


class Medium(Protocol):
    """A kind of network: what can happen to messages in flight.

    Each method takes the frozen state of a network, and returns others.
    """

    empty: Any
    keeps_ignored: bool
    """Whether a message that has no effect on its receiver may as well be one that is still in flight."""

    def send(self, state: Any, flights: Iterable[Flight]) -> Any:
        """Return the state after messages were sent, in this order."""

    def deliveries(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        """Iterate over the messages that can be delivered next, each with the state after it."""

    def losses(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        """Iterate over the messages that can be lost next, each with the state after it."""

    def doublings(self, state: Any, /) -> Iterator[tuple[Flight, Any]]:
        """Iterate over the messages that can be duplicated, each with the state after it."""

    def remainders(self, flights: Sequence[Flight], /) -> Iterator[tuple[Flight, ...]]:
        """Iterate over the proper subsets of messages that may have left when their sender crashes."""

    def contents(self, state: Any) -> tuple[Flight, ...]:
        """Return the messages in flight, in the order of their channels."""


class SetMedium:
    """Each envelope is delivered any number of times, in any order, arbitrarily late, or never."""

    empty: frozenset[Flight] = frozenset()
    keeps_ignored = True

    def send(self, state: frozenset[Flight], flights: Iterable[Flight]) -> frozenset[Flight]:
        return state.union(flights)

    def deliveries(self, state: frozenset[Flight]) -> Iterator[tuple[Flight, frozenset[Flight]]]:
        return ((flight, state) for flight in state)

    def losses(self, state: frozenset[Flight]) -> Iterator[tuple[Flight, frozenset[Flight]]]:
        return ((flight, state - {flight}) for flight in state)

    def doublings(self, _: frozenset[Flight]) -> Iterator[tuple[Flight, frozenset[Flight]]]:
        return iter(())

    def remainders(self, _: Sequence[Flight]) -> Iterator[tuple[Flight, ...]]:
        """Yield nothing: on this network, a message that has not left looks like one that is never delivered."""
        return iter(())

    def contents(self, state: frozenset[Flight]) -> tuple[Flight, ...]:
        return tuple(sorted(state, key=in_order))


class BagMedium:
    """Each envelope is delivered once, in any order."""

    empty: frozenset[tuple[Flight, int]] = frozenset()
    keeps_ignored = True

    def send(self, state: Any, flights: Iterable[Flight]) -> Any:
        return _bag(Counter(dict(state)) + Counter(flights))

    def deliveries(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        return ((flight, self._changed(state, flight, -1)) for flight, _ in state)

    def losses(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        return self.deliveries(state)

    def doublings(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        return ((flight, self._changed(state, flight, 1)) for flight, _ in state)

    def _changed(self, state: Any, flight: Flight, by: int) -> Any:
        counts = dict(state)
        counts[flight] += by
        return _bag(counts)

    def remainders(self, flights: Sequence[Flight]) -> Iterator[tuple[Flight, ...]]:
        kept = (left for size in range(len(flights)) for left in combinations(flights, size))
        return iter({_bag(Counter(left)): left for left in kept}.values())

    def contents(self, state: Any) -> tuple[Flight, ...]:
        return tuple(sorted(Counter(dict(state)).elements(), key=in_order))


def _bag(counts: dict[Flight, int]) -> frozenset[tuple[Flight, int]]:
    return frozenset((flight, count) for flight, count in counts.items() if count)


class FifoMedium:
    """Each envelope is delivered once, in the order in which its sender sent it to its receiver."""

    empty: frozenset[Queue[Flight]] = frozenset()  # a queue for each channel that is not empty
    keeps_ignored = False

    def send(self, state: Any, flights: Iterable[Flight]) -> Any:
        channels = {(queue.first.source, queue.first.destination): queue for queue in state}
        sent: dict[tuple[Address, Address], list[Flight]] = {}
        for flight in flights:
            sent.setdefault((flight.source, flight.destination), []).append(flight)
        for ends, more in sent.items():
            channels[ends] = channels[ends].followed_by(more) if ends in channels else Queue(more)
        return frozenset(channels.values())

    def deliveries(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        for queue in state:
            left = queue.rest()
            yield queue.first, state - {queue} | ({left} if left else set())

    def losses(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        """Lose the first message of a channel; losing a later one is the same as losing it once it is first."""
        return self.deliveries(state)

    def doublings(self, state: Any) -> Iterator[tuple[Flight, Any]]:
        return ((queue.first, state - {queue} | {queue.with_first_twice()}) for queue in state)

    def remainders(self, flights: Sequence[Flight]) -> Iterator[tuple[Flight, ...]]:
        """Yield the messages that may have left: for each channel, a prefix of those sent on it."""
        channels: dict[Address, list[Flight]] = {}
        for flight in flights:
            channels.setdefault(flight.destination, []).append(flight)
        prefixes = [[tuple(queue[:size]) for size in range(len(queue) + 1)] for queue in channels.values()]
        for choice in product(*prefixes):
            left = tuple(flight for queue in choice for flight in queue)
            if len(left) < len(flights):
                yield left

    def contents(self, state: Any) -> tuple[Flight, ...]:
        channels = sorted(state, key=lambda queue: (queue.first.source, queue.first.destination))
        return tuple(flight for queue in channels for flight in queue)


MEDIA: dict[str, Medium] = {"set": SetMedium(), "bag": BagMedium(), "fifo": FifoMedium()}
"""Each kind of `Network`."""
