"""Statements: they change places and local names, or disable the action."""

from __future__ import annotations

import enum

from assay.checker.immutable import immutable
from assay.checker.language.ir.collections import Collection
from assay.checker.language.ir.core import Expr, Name, Node, Place

__all__ = [
    "Assign", "AssignCollection", "AssignLocal", "AssignMap", "BagUpdate", "Block", "Clear", "For", "If",
    "Require", "SeqAppend", "SeqPop", "SeqStore", "SetChange", "SetUpdate", "Statement", "Unchosen",
]  # fmt: skip


@immutable(kw_only=True)
class Statement(Node):
    """A step of an action's body."""


@immutable
class Block(Statement):
    """Statements in sequence."""

    statements: tuple[Statement, ...]


@immutable
class Require(Statement):
    """Disable the action unless the condition is true here."""

    condition: Expr


@immutable
class Unchosen(Statement):
    """A choice that is not made on this path.

    The rest of the path does the same for each of its values, so whoever enumerates choices needs to try only one.
    """

    choice: Name | Place


@immutable
class Assign(Statement):
    """Store a scalar at a place; fails if it is out of range."""

    place: Place
    value: Expr


@immutable
class AssignLocal(Statement):
    """Assign to a local name, for the first time or again."""

    variable: Name
    value: Expr


@immutable
class AssignCollection(Statement):
    """Make a stored set, sequence or bag equal to a collection, evaluated before anything changes.

    Attributes
    ----------
    in_place : bool
        Whether Python changes the container that is there, and makes no other one.
    """

    place: Place
    value: Collection
    in_place: bool = False


@immutable
class AssignMap(Statement):
    """Give a map a value at every key: ``{key: value for key in universe}``, evaluated before anything changes."""

    place: Place
    variable: Name
    value: Expr


class SetChange(enum.Enum):
    """How a collection changes a stored set: its elements are added, discarded, or the only ones kept."""

    ADD = "add"
    DISCARD = "discard"
    KEEP = "keep"


@immutable
class SetUpdate(Statement):
    """Change a stored set by a collection, which is evaluated before anything changes."""

    change: SetChange
    place: Place
    value: Collection


@immutable
class SeqAppend(Statement):
    """Append to a sequence; fails if its bound is exceeded."""

    place: Place
    value: Expr


@immutable
class SeqPop(Statement):
    """Remove the first or last item of a sequence, into a local name if one is given; fails if it is empty."""

    place: Place
    first: bool
    into: Name | None


@immutable
class SeqStore(Statement):
    """Replace an item of a sequence; fails if there is no such item."""

    place: Place
    index: Expr
    value: Expr


@immutable
class BagUpdate(Statement):
    """Add a copy to a bag (fails if its bound is exceeded), or remove one (fails if there is none)."""

    add: bool
    place: Place
    value: Expr


@immutable
class Clear(Statement):
    """Empty a set, sequence or bag."""

    place: Place


@immutable
class If(Statement):
    """``if test: then else: otherwise``."""

    test: Expr
    then: Block
    otherwise: Block


@immutable
class For(Statement):
    """``for variable in domain: body``; over a sort or set, the outcome must not depend on the order."""

    variable: Name
    domain: Collection
    body: Block
