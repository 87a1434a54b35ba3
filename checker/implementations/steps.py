"""The steps of a cluster, as data for traces and reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from assay.checker.implementations.events import Event, Receive
from assay.checker.implementations.hashing import hashed_once
from assay.checker.implementations.networks import Flight
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address
from assay.impl.node.thawing import words

__all__ = ["Act", "Crash", "Cut", "Double", "Heal", "Lose", "Miss", "Step", "Stop"]

Choices: TypeAlias = tuple[tuple[str, Frozen], ...]


@hashed_once
@dataclass(frozen=True)
class Act:
    """A node handles an event: a message, a timer, its recovery.

    Attributes
    ----------
    node : Address
    event : Event
    choices : tuple of (name, frozen option)
        What it chose.
    crash : tuple of Flight or None
        What had left of what it sent, if it crashed right after; None if it did not crash.
    """

    node: Address
    event: Event
    choices: Choices = ()
    crash: tuple[Flight, ...] | None = None

    def __str__(self) -> str:
        verb = "receives" if isinstance(self.event, Receive) else "handles"
        chosen = "".join(f", chooses {name} {words(option)}" for name, option in self.choices)
        return f"{self.node} {verb} {self.event}{chosen}{self._crash()}"

    def _crash(self) -> str:
        if self.crash is None:
            return ""
        return f", and crashes; of what it sent has left: {_listed(self.crash)}"


@dataclass(frozen=True)
class Crash:
    """A node crashes, between two handlers."""

    node: Address

    def __str__(self) -> str:
        return f"{self.node} crashes"


@dataclass(frozen=True)
class Stop:
    """A node is stopped between two handlers, to be restarted in another release."""

    node: Address

    def __str__(self) -> str:
        return f"{self.node} is stopped, to be replaced"


@dataclass(frozen=True)
class Miss:
    """A message arrives at a node that is down, and is lost."""

    flight: Flight

    def __str__(self) -> str:
        return f"{self.flight} arrives at a node that is down"


@dataclass(frozen=True)
class Lose:
    """A message is lost."""

    flight: Flight

    def __str__(self) -> str:
        return f"{self.flight} is lost"


@dataclass(frozen=True)
class Double:
    """A message is duplicated."""

    flight: Flight

    def __str__(self) -> str:
        return f"{self.flight} is doubled"


@dataclass(frozen=True)
class Cut:
    """The network is partitioned: the nodes on one side are cut off from all others."""

    number: int
    side: frozenset[Address]

    def __str__(self) -> str:
        return f"{_listed(sorted(self.side))} cut off from the others"


@dataclass(frozen=True)
class Heal:
    """The partition ends."""

    def __str__(self) -> str:
        return "the network is whole again"


Step: TypeAlias = Act | Crash | Stop | Miss | Lose | Double | Cut | Heal


def _listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items)) or "nothing"
