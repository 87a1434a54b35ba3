"""Events at nodes, the local states between them, and the outcomes of events, as data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeAlias

from assay.checker.implementations.hashing import hashed_once
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address
from assay.impl.node.thawing import words

__all__ = [
    "Attributes",
    "CallError",
    "Event",
    "Fire",
    "FrozenTimer",
    "Local",
    "Outcome",
    "Receive",
    "Recover",
    "Replace",
    "Start",
]


FrozenTimer: TypeAlias = tuple[Hashable, ...]


Attributes: TypeAlias = tuple[tuple[str, Frozen], ...]


@hashed_once
@dataclass(frozen=True)
class Local:
    """The local state of a node.

    Attributes
    ----------
    attributes : tuple of (name, frozen value)
        Sorted by name; for a node that is down, only the durable ones.
    timers : frozenset of frozen timers
        The timers that are set.
    up : bool
        Whether the node is running.
    release : int
        The number of the release that it runs, or ran last.
    stopped : bool
        For a node that is down: whether it was stopped to be replaced rather than crashed.
    kept : tuple of (name, frozen value)
        Durable attributes of other releases, left on disk, which this release does not read.
    """

    attributes: tuple[tuple[str, Frozen], ...]
    timers: frozenset[FrozenTimer] = frozenset()
    up: bool = True
    release: int = 0
    stopped: bool = False
    kept: tuple[tuple[str, Frozen], ...] = ()


@dataclass(frozen=True)
class Start:
    """The first start of a node."""

    def __str__(self) -> str:
        return "start"


@dataclass(frozen=True)
class Recover:
    """A start after a crash."""

    def __str__(self) -> str:
        return "recovery"


@dataclass(frozen=True)
class Replace:
    """A start as another release, after a stop."""

    def __str__(self) -> str:
        return "its replacement"


@hashed_once
@dataclass(frozen=True)
class Receive:
    """A message arrives."""

    source: Address
    message: Frozen

    def __str__(self) -> str:
        return f"{words(self.message)} from {self.source}"


@hashed_once
@dataclass(frozen=True)
class Fire:
    """A timer fires."""

    timer: FrozenTimer

    def __str__(self) -> str:
        name, *about = self.timer
        return f"timer {name}" + (f" ({', '.join(words(part) for part in about)})" if about else "")


Event: TypeAlias = Start | Recover | Replace | Receive | Fire


@dataclass(frozen=True)
class Outcome:
    """An outcome of a call.

    Attributes
    ----------
    local : Local
        The node's state after the call.
    sends : tuple of (Address, frozen message)
        The messages sent, in order.
    client : tuple of (word, frozen value)
        The events of clients, in order: ``("invoke", operation)`` and ``("respond", result)``.
    choices : tuple of (name, frozen option)
        The choices made, in order.
    """

    local: Local
    sends: tuple[tuple[Address, Frozen], ...] = ()
    client: tuple[tuple[str, Frozen], ...] = ()
    choices: tuple[tuple[str, Frozen], ...] = ()

    def is_idle(self, before: Local) -> bool:
        """Whether the call had no effect."""
        return self.local == before and not self.sends and not self.client


class CallError(NodeError):
    """A handler broke a rule or raised an exception.

    Attributes
    ----------
    address : Address
        The address of the node.
    event : Event
        The event that it handled.
    """

    def __init__(self, message: str, address: Address, event: Event, *, help: str | None = None) -> None:
        super().__init__(f"{address}, {event}: {message}", help=help)
        self.address = address
        self.event = event
