"""Bindings of names while a method is compiled."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from assay.checker.language.ir.nodes import Collection, Expr, Place, Root

__all__ = ["Binding", "GivenAway", "SelfBinding", "Shared", "Snapshot", "Unbound", "Value"]

Value = Expr | Collection | Place
"""What an expression of Python denotes: a scalar, a collection, or a map in the state."""


@dataclass(frozen=True)
class SelfBinding:
    """A name for a state: ``self``, or the ``after`` of a step invariant."""

    root: Root


@dataclass(frozen=True)
class Unbound:
    """A name that has a value only if some branch was taken, or none that can be said after the branches."""

    why: str = "has a value on some paths only"
    help: str = "give it one before the branch or loop"


@dataclass(frozen=True)
class Snapshot:
    """A name for a collection, which must not outlive a change of the state variables that it depends on.

    An *alias* names the very container in the state; what is done to it is done to the state. Of one that is *open*
    nothing has said yet of what type its elements are: it is empty, and takes the type that is wanted where it is used.
    One that is *borrowed*, in a helper, is the container of that name where the helper is called.
    """

    collection: Collection
    changes: int
    alias: bool = False
    open: bool = False
    borrowed: str | None = None


@dataclass(frozen=True)
class GivenAway:
    """A name for a container that was made the value of a place, as it is written: the two are one since.

    ``copy`` is the function that would have copied it.
    """

    place: str
    copy: str = "set"


@dataclass(frozen=True)
class Shared:
    """A container that is part of a value, assigned to a place: its node, the number of keys, and what copies it."""

    node: ast.expr
    depth: int
    copy: str


Binding = Expr | SelfBinding | Unbound | Snapshot | GivenAway | Place
"""The value that a name is bound to; a place is a map that an action chooses."""
