"""Parameters that the guards of an action draw from sets and bags of the state: ``require(m in self.messages)``.

This guard disables the action for all other arguments, so they need not be tried, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    AssignLocal,
    Block,
    Cast,
    Expr,
    Member,
    Name,
    Place,
    Require,
    Root,
    Stored,
)
from assay.checker.language.types import BagType, IntType, SetType, UnionType

__all__ = ["Draws", "drawn_from"]

Draws = Mapping[str, Place]
"""For each parameter, the place of the set or bag, or map of these, from which its arguments are drawn."""


def drawn_from(body: Block, parameters: tuple[Name, ...]) -> Draws:
    """Return the parameters that the first guards of an action draw from sets and bags."""
    found: dict[str, Place] = {}
    for statement in body.statements:
        # Arguments outside of it are never tried. So nothing before the guard may raise, or an error would be missed.
        if not isinstance(statement, Require | AssignLocal) or can_fail(statement):
            break
        for part in _conjuncts(statement.condition) if isinstance(statement, Require) else ():
            name, place = _drawing(part)
            if place is not None and name in parameters and not isinstance(name.type, IntType):
                found.setdefault(name.name, place)
    return found


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def _drawing(part: Expr) -> tuple[Name | None, Place | None]:
    match part:
        case Member(Name() as name, Stored(Place(Root.STATE, _, _, SetType() | BagType()) as place)):
            return name, place
        case Member(Cast(Name() as name, UnionType()), Stored(Place(Root.STATE, _, _, SetType() | BagType()) as place)):
            return name, place
    return None, None
