"""The world of a cluster at one moment, as predicates see it: nodes, messages in flight, the history of clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from assay.impl.node.node import Address

__all__ = ["Envelope", "Invocation", "Predicate", "Response", "World", "later"]

M = TypeVar("M")
T = TypeVar("T")


@dataclass(frozen=True)
class Envelope(Generic[M]):
    """A message in flight.

    Attributes
    ----------
    source, destination : Address
        The sender and the receiver.
    message : object
        The message.
    """

    source: Address
    destination: Address
    message: M


@dataclass(frozen=True)
class Invocation:
    """The event that a client begins an operation."""

    client: Address
    operation: Any


@dataclass(frozen=True)
class Response:
    """The event that a client's latest operation ends, with its result."""

    client: Address
    result: Any


@dataclass(frozen=True)
class World:
    """The observable state of a cluster at one moment, the argument of invariants and `Cluster.abstract`.

    Attributes
    ----------
    nodes : mapping of Address to Node
        The nodes with their attributes. A node that is down has its durable attributes; its other attributes have their
        initial values.
    down : frozenset of Address
        The nodes that have crashed and not restarted.
    network : tuple of Envelope
        The envelopes that can be delivered, each as often as it can be; on a FIFO network, in the order of their
        channel.
    sent : tuple of Envelope
        Every envelope ever sent, once each, in no particular order, whether delivered, lost or in flight. On networks
        other than a set it is recorded only with `Cluster.ghosts`.
    history : tuple of Invocation and Response
        The events of clients, in order, if `Cluster.history` is set.
    timers : frozenset of (Address, Timer)
        The timers that are set.
    others : tuple of World
        While several releases run side by side: the same world with the node classes of each other release.
    """

    nodes: Mapping[Address, Any]
    down: frozenset[Address] = frozenset()
    network: tuple[Envelope[Any], ...] = ()
    sent: tuple[Envelope[Any], ...] = ()
    history: tuple[Invocation | Response, ...] = ()
    timers: frozenset[tuple[Address, Any]] = frozenset()
    others: tuple[World, ...] = ()

    def of(self, cls: type[M]) -> dict[Address, M]:
        """Return the nodes of a class, by address."""
        return {address: node for address, node in self.nodes.items() if isinstance(node, cls)}

    def messages(self, cls: type[M]) -> Iterator[Envelope[M]]:
        """Iterate over the envelopes ever sent whose message is of a class."""
        return (envelope for envelope in self.sent if isinstance(envelope.message, cls))


class _Late:
    """An attribute that is computed when it is first read, if it was set to a `_Later`.

    Most predicates read the nodes only; copying ten thousand messages in flight for each of them would be a waste.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, world: World | None, cls: type[World] | None = None) -> Any:
        if world is None:
            return self
        held = object.__getattribute__(world, "__dict__")  # bypasses tracking subclasses, which record reads
        if isinstance(held[self.name], _Later):
            held[self.name] = held[self.name].compute()
        return held[self.name]

    def __set__(self, world: World, value: Any) -> None:
        object.__getattribute__(world, "__dict__")[self.name] = value


@dataclass(frozen=True)
class _Later:
    compute: Callable[[], Any]


for _name in ("network", "sent", "history"):
    setattr(World, _name, _Late(_name))


def later(compute: Callable[[], T]) -> T:
    """Return a placeholder for `World.network`, `World.sent` or `World.history`, computed when it is first read."""
    return cast("T", _Later(compute))


Predicate = Callable[[World], bool]
