"""The basics of the IR: locations, places, names, literals, and walks over nodes."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.types import BOOL, Type

__all__ = [
    "FALSE", "TRUE", "Expr", "Literal", "Name", "Node", "Place", "Root", "children", "mentioned_names", "rewritten",
    "substituted", "walk",
]  # fmt: skip


@immutable(kw_only=True)
class Node:
    """Anything in the IR; ``location`` is its place in the model's source."""

    location: Location | None = field(default=None, compare=False, repr=False)


@immutable(kw_only=True)
class Expr(Node):
    """A scalar expression; every subclass has a ``type``."""

    if TYPE_CHECKING:

        @property
        def type(self) -> Type:
            """The type of its value."""


class Root(enum.Enum):
    """The state that a place is in."""

    STATE = "self"
    """The state that the method is called in; in an action, as it is by now."""
    AFTER = "after"
    """The state after a step, of which a property of steps speaks."""
    BEFORE = "before"
    """The state that an action began in: what a container that was computed then still depends on."""
    CHOSEN = "chosen"
    """The containers that an action chooses: a place's variable is the name of a parameter."""


@immutable
class Place(Node):
    """A variable of the state, or an entry of a map in it: ``self.votes[b][a]`` has two keys."""

    root: Root
    variable: str
    keys: tuple[Expr, ...]
    type: Type


@immutable
class Literal(Expr):
    """A Python value: a bool, int, enum member or None."""

    value: Any
    type: Type


@immutable
class Name(Expr):
    """A parameter, a bound variable or a local name."""

    name: str
    type: Type


TRUE = Literal(True, BOOL)
FALSE = Literal(False, BOOL)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside a node, in order of evaluation."""
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def _field_names(cls: type[Node]) -> tuple[str, ...]:
    """Return the names of a node's fields. Cached: `dataclasses.fields` would take most of the time of a walk."""
    names = _FIELDS.get(cls)
    if names is None:
        names = _FIELDS[cls] = tuple(part.name for part in fields(cls) if part.name != "location")
    return names


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and every node inside it, outermost first."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(list(children(node))))


def mentioned_names(node: Node) -> frozenset[str]:
    """Return the names that occur in a node, bound ones included.

    Whoever looks for free names need not tell them apart: names are unique within a method, so a name that is bound
    inside the node occurs nowhere else.
    """
    return frozenset(inner.name for inner in walk(node) if isinstance(inner, Name))


N = TypeVar("N", bound=Node)


def substituted(node: N, values: Mapping[Name, Expr]) -> N:
    """Return a node with names replaced by values. The names must not be bound inside it."""
    if not values:
        return node
    return rewritten(node, lambda part: values.get(part, part) if isinstance(part, Name) else part)


def rewritten(node: N, changed: Callable[[Node], Node]) -> N:
    """Return a node in which every part was passed through a function, the innermost first."""
    changes: dict[str, Any] = {}
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = rewritten(value, changed)
        elif isinstance(value, tuple):
            changes[name] = tuple(rewritten(item, changed) if isinstance(item, Node) else item for item in value)
    return cast("N", changed(replace(node, **changes)))
