"""Track what a predicate reads: while it is evaluated, the classes of nodes and worlds note each access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from assay.checker.implementations.semantics import Semantics
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.node import Address, Node
from assay.impl.node.world import Envelope, World

__all__ = ["ALL", "Attribute", "Part", "Sent", "read"]


@dataclass(frozen=True)
class Attribute:
    """An attribute of a node; `ALL` stands for every one."""

    address: Address
    name: str


@dataclass(frozen=True)
class Sent:
    """All messages of a class that were ever sent."""

    cls: type[Any]


Part: TypeAlias = Attribute | Sent | str
"""A part of a world: of a node, of what was sent, or a field of `World` by its name."""

ALL = "every attribute"

_FIELDS = frozenset(field.name for field in fields(World)) - {"nodes"}
_OF_THE_DRIVER = ("address", "_port", "__class__")


def read(semantics: Semantics, world: FrozenWorld, predicate: Callable[[World], Any]) -> tuple[Any, set[Part]]:
    """Evaluate a predicate.

    Returns
    -------
    object, set of Part
        The value, and the parts that it depends on: it is the same in all worlds that agree on these.
    """
    observed = semantics.observed(world)
    views = (observed, *observed.others)
    addresses = {id(node): address for view in views for address, node in view.nodes.items()}
    parts: set[Part] = set()
    with _noting(addresses, parts, has_releases=len(views) > 1):
        value = predicate(observed)
    return value, parts


@contextmanager
def _noting(addresses: dict[int, Address], parts: set[Part], *, has_releases: bool) -> Iterator[None]:
    """Make the classes of nodes and worlds note every access within the block.

    Their methods are replaced, and not their objects: a predicate that asks for the `type` of a node must not see a
    proxy. With several releases, a message in flight may have another class than a release reads it as; then a look at
    the messages of any class counts as one at all that was sent.
    """

    def of_node(self: Any, name: str) -> Any:
        if name not in _OF_THE_DRIVER and id(self) in addresses:
            parts.add(Attribute(addresses[id(self)], ALL if name.startswith("__") else name))
        return object.__getattribute__(self, name)

    def of_world(self: Any, name: str) -> Any:
        if name in _FIELDS:
            parts.add(name)
        elif name.startswith("__") and name != "__class__":
            parts.update(_FIELDS)
        return object.__getattribute__(self, name)

    def messages(self: Any, cls: type[Any]) -> Iterator[Envelope[Any]]:
        parts.add("sent" if has_releases else Sent(cls))
        sent = object.__getattribute__(self, "sent")
        return (envelope for envelope in sent if isinstance(envelope.message, cls))

    kept = World.messages
    setattr(Node, "__getattribute__", of_node)  # noqa: B010 - typed classes are not assigned to
    setattr(World, "__getattribute__", of_world)  # noqa: B010
    setattr(World, "messages", messages)  # noqa: B010
    try:
        yield
    finally:
        setattr(World, "messages", kept)  # noqa: B010
        delattr(Node, "__getattribute__")
        delattr(World, "__getattribute__")
