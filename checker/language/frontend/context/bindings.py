"""Bindings of names while a method is compiled."""

from __future__ import annotations

import ast

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import Collection, Expr, Name, Place, Root
from assay.checker.language.types import Type

__all__ = ["Binding", "Exits", "GivenAway", "NamedMap", "SelfBinding", "Shared", "Snapshot", "Unbound", "Value"]

Value = Expr | Collection | Place
"""The compiled form of an expression: a scalar, a collection, or a map in the state."""


@immutable
class SelfBinding:
    """A name for a state: ``self``, or the ``after`` of a step invariant."""

    root: Root


@immutable
class Exits:
    """The names that say whether the loop around a statement was left by ``break``, and whether by ``return``."""

    left: Name | None = None
    returned: Name | None = None

    @property
    def names(self) -> tuple[Name, ...]:
        """Those that the loop needs."""
        return tuple(name for name in (self.left, self.returned) if name is not None)


@immutable
class Unbound:
    """A name that has a value only if a certain branch was taken, or different ones that no binding can express."""

    why: str = "has a value on some paths only"
    help: str = "give it one before the branch or loop"


@immutable
class Snapshot:
    """A name for a collection: an expression that is evaluated where the name is used.

    So what the expression reads must not have changed since: see `checker.language.frontend.context.staleness`.

    Attributes
    ----------
    collection : Collection
        The expression.
    changes : int
        How often what it reads was written before the name was bound.
    alias : bool
        Whether it is the very container in the state, so that changing it changes the state.
    early : bool
        Whether the action had not yet changed any variable that it reads when it was named. Then it may be computed
        later, from the state that the action began in.
    open : bool
        Whether it is empty and has no element type yet: it takes the one that is expected where it is used.
    borrowed : str, optional
        In a helper, the caller's name for the same container, or the call that returned what may be a copy.
    said : Type, optional
        The element type of an open one by its annotation, where that is wider than numbers of the state: ``list[int]``.
    """

    collection: Collection
    changes: int
    alias: bool = False
    early: bool = False
    open: bool = False
    borrowed: str | None = None
    said: Type | None = None


@immutable
class GivenAway:
    """A name for a container that was assigned to a place uncopied, and so belongs to the state from then on.

    It may be read until the place changes again.

    Attributes
    ----------
    place : str
        The place, as the source writes it.
    copy : str
        The function that would have copied the container.
    variable : str
        The variable that the place is in.
    changes : int
        How often that variable had been written by then, this time included.
    container : Snapshot, optional
        What the container was; None for a map, which cannot be read any more.
    """

    place: str
    copy: str
    variable: str
    changes: int
    container: Snapshot | None = None


@immutable
class NamedMap:
    """A name for a map in the state, and where it was named."""

    name: str
    place: Place
    location: Location


@immutable
class Shared:
    """Part of a value, assigned to places of a variable.

    Attributes
    ----------
    node : ast.expr or ast.stmt
        The syntax of the part, or of its assignment.
    depth : int
        The number of keys of the places.
    copy : str
        How the part is copied, for messages.
    own : frozenset of Location
        The assignments of parts to the variable. That of a map of maps is compiled entry by entry.
    """

    node: ast.expr | ast.stmt
    depth: int
    copy: str
    own: frozenset[Location]


Binding = Expr | SelfBinding | Unbound | Snapshot | GivenAway | Place
"""The value that a name is bound to; a place is a map, in the state or chosen by an action."""
