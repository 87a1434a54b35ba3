"""Views: how predicates see nodes and messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from assay.checker.implementations.events import (
    Attributes,
    Local,
)
from assay.checker.implementations.networks import Flight
from assay.impl.node.node import Address, Node

__all__ = ["OwnView", "View"]


class View(Protocol):
    """How nodes and messages are shown to predicates."""

    def node(self, address: Address, local: Local) -> tuple[type[Node], Attributes]:
        """Return the class and the attributes of a node; for one that is down, those with which it will restart."""

    def read(self, flight: Flight) -> Flight:
        """Return a message."""


@dataclass(frozen=True)
class OwnView:
    """Shows nodes and messages as they are.

    Attributes
    ----------
    classes : mapping from Address to type of Node
        The classes of the nodes.
    restored : callable
        Returns the local state in which a node that is down will recover.
    """

    classes: Mapping[Address, type[Node]]
    restored: Callable[[Address, Local], Local]

    def node(self, address: Address, local: Local) -> tuple[type[Node], Attributes]:
        held = local if local.up else self.restored(address, local)
        return self.classes[address], held.attributes

    def read(self, flight: Flight) -> Flight:
        return flight
