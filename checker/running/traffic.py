"""Messages in flight at each step of a run, as explorers have them, but without a copy per step.

A run has tens of thousands of steps and as many messages, so the messages sent before a step are a prefix of one shared
list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assay.checker.implementations.networks import Flight
from assay.checker.implementations.queues import Queue
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.node import Address

__all__ = ["Traffic", "no_traffic"]


class Traffic(Protocol):
    """The messages in flight, and all that were ever sent."""

    sent: Queue[Flight]
    """Every message ever sent, once each, in the order of first sending."""

    @property
    def network(self) -> Any:
        """The state of the network: an iterable of the messages in flight."""

    def send(self, flights: Sequence[Flight]) -> None:
        """Record that messages were sent, in this order."""

    def take(self, flight: Flight) -> None:
        """Record that a message has arrived.

        Raises
        ------
        NodeError
            If it was not in flight; on a FIFO network also if a later message of its channel has arrived before it.
        """


def no_traffic(cluster: Cluster) -> Traffic:
    """Return the traffic of a cluster in which nothing was sent yet."""
    kinds: dict[str, type[Traffic]] = {"set": _OnASet, "bag": _InABag, "fifo": _InChannels}
    return kinds[cluster.network.kind]()


class _Sent:
    def __init__(self) -> None:
        self.sent: Queue[Flight] = Queue()
        self.known: set[Flight] = set()

    def _note(self, flights: Sequence[Flight]) -> None:
        new = [flight for flight in dict.fromkeys(flights) if flight not in self.known]
        self.known.update(new)
        self.sent = self.sent.followed_by(new) if new else self.sent


class _OnASet(_Sent):
    @property
    def network(self) -> Queue[Flight]:
        return self.sent

    def send(self, flights: Sequence[Flight]) -> None:
        self._note(flights)

    def take(self, flight: Flight) -> None:
        if flight not in self.known:
            raise NodeError(f"{flight} arrived, and nobody has sent it")


@dataclass(frozen=True)
class _Bag:
    """The messages sent, and those of them that have arrived."""

    sent: Queue[Flight]
    taken: Queue[Flight]

    def __iter__(self) -> Iterator[tuple[Flight, int]]:
        return iter((Counter(self.sent) - Counter(self.taken)).items())


class _InABag(_Sent):
    def __init__(self) -> None:
        super().__init__()
        self.left: Counter[Flight] = Counter()
        self.network = _Bag(Queue(), Queue())

    def send(self, flights: Sequence[Flight]) -> None:
        self._note(flights)
        self.left.update(flights)
        self.network = _Bag(self.network.sent.followed_by(flights), self.network.taken)

    def take(self, flight: Flight) -> None:
        _take(self.left, flight)
        self.network = _Bag(self.network.sent, self.network.taken.followed_by([flight]))


class _InChannels(_Sent):
    """Channels of a FIFO network. A message that was overtaken is lost: the runtime drops it, should it still come."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[tuple[Address, Address], Queue[Flight]] = {}

    @property
    def network(self) -> frozenset[Queue[Flight]]:
        return frozenset(queue for queue in self.channels.values() if queue)

    def send(self, flights: Sequence[Flight]) -> None:
        self._note(flights)
        for flight in flights:
            ends = (flight.source, flight.destination)
            self.channels[ends] = self.channels.get(ends, Queue[Flight]()).followed_by([flight])

    def take(self, flight: Flight) -> None:
        ends = (flight.source, flight.destination)
        queue = self.channels.get(ends, Queue[Flight]())
        while queue and queue.first != flight:
            queue = queue.rest()
        if not queue:
            raise NodeError(f"{flight} arrived more often than it was sent, or after a later message")
        self.channels[ends] = queue.rest()


def _take(left: Counter[Flight], flight: Flight) -> None:
    if not left[flight]:
        raise NodeError(f"{flight} arrived more often than it was sent")
    left[flight] -= 1
