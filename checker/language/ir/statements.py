"""Statements: they change places and local names, or find the action disabled."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from assay.checker.language.ir.collections import Collection
from assay.checker.language.ir.core import Expr, Name, Node, Place

__all__ = [
    "Assign", "AssignCollection", "AssignLocal", "AssignMap", "BagUpdate", "Block", "Clear", "For", "If",
    "Require", "SeqAppend", "SeqPop", "SeqStore", "SetChange", "SetUpdate", "Statement", "Unchosen",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Statement(Node):
    """What an action does, one after the other."""


@dataclass(frozen=True)
class Block(Statement):
    """Statements in sequence."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Require(Statement):
    """The action is not enabled unless the condition is true here."""

    condition: Expr


@dataclass(frozen=True)
class Unchosen(Statement):
    """A choice that is not made here: of all the values that it could have, one stands for that.

    For whoever counts the ways to choose; what happens is the same for each of them.
    """

    choice: Name | Place


@dataclass(frozen=True)
class Assign(Statement):
    """Store a scalar at a place; fails if it is out of range."""

    place: Place
    value: Expr


@dataclass(frozen=True)
class AssignLocal(Statement):
    """Give a local name a value, for the first time or again."""

    variable: Name
    value: Expr


@dataclass(frozen=True)
class AssignCollection(Statement):
    """Make a stored set or sequence equal to a collection, evaluated before anything changes."""

    place: Place
    value: Collection


@dataclass(frozen=True)
class AssignMap(Statement):
    """Give a map a value at every key: ``{key: value for key in universe}``, evaluated before anything changes."""

    place: Place
    variable: Name
    value: Expr


class SetChange(enum.Enum):
    """How a collection changes a stored set: it is added, it is removed, or everything else is."""

    ADD = "add"
    DISCARD = "discard"
    KEEP = "keep"


@dataclass(frozen=True)
class SetUpdate(Statement):
    """Change a stored set by a whole collection, evaluated before all changes."""

    change: SetChange
    place: Place
    value: Collection


@dataclass(frozen=True)
class SeqAppend(Statement):
    """Append to a sequence; fails if its bound is exceeded."""

    place: Place
    value: Expr


@dataclass(frozen=True)
class SeqPop(Statement):
    """Remove the first or last item of a sequence, into a local name if there is one; fails if it is empty."""

    place: Place
    first: bool
    into: Name | None


@dataclass(frozen=True)
class SeqStore(Statement):
    """Replace an item of a sequence; fails outside."""

    place: Place
    index: Expr
    value: Expr


@dataclass(frozen=True)
class BagUpdate(Statement):
    """Add a copy to a bag (fails if its bound is exceeded), or remove one (fails if there is none)."""

    add: bool
    place: Place
    value: Expr


@dataclass(frozen=True)
class Clear(Statement):
    """Empty a set, sequence or bag."""

    place: Place


@dataclass(frozen=True)
class If(Statement):
    """``if test: then else: otherwise``."""

    test: Expr
    then: Block
    otherwise: Block


@dataclass(frozen=True)
class For(Statement):
    """``for variable in domain: body``; over a sort or set the order has no influence."""

    variable: Name
    domain: Collection
    body: Block
