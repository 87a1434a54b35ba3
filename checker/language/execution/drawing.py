"""Arguments that an action draws from a set of the state: ``require(m in self.messages)``.

All others are found disabled by that guard, so nobody has to try them, however many there might be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import in_order
from assay.checker.language.introspection.specification import Method
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
from assay.checker.language.types import IntType, SetType, Type, UnionType

__all__ = ["Draws", "drawn_choices", "drawn_from"]

Draws = Mapping[str, Place]
"""For parameters the set, or one of the sets of a map, that their arguments are drawn from."""


def drawn_from(body: Block, parameters: tuple[Name, ...]) -> Draws:
    """Return which parameters the first guards of an action draw from sets; nothing before those guards may raise."""
    found: dict[str, Place] = {}
    for statement in body.statements:
        # Nobody tries the arguments that the set does not hold, so nothing that raises for them may come before.
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
        case Member(Name() as name, Stored(Place(Root.STATE, _, _, SetType()) as place)):
            return name, place
        case Member(Cast(Name() as name, UnionType()), Stored(Place(Root.STATE, _, _, SetType()) as place)):
            return name, place
    return None, None


def drawn_choices(
    method: Method, draws: Draws, held: Mapping[str, Any], instance: Instance
) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments that are left in a state, given what each variable holds, frozen."""
    choices: list[Sequence[Any]] = []
    for name, type_ in method.parameters:
        if name in draws:
            place = draws[name]
            # In the order of their type, or a hash would decide in which order an exploration meets states.
            choices.append(in_order(type_, set(_of_type(type_, _elements(held[place.variable], len(place.keys))))))
        else:
            choices.append(instance.universe(type_))
    return itertools.product(*choices)


def _elements(value: Any, depth: int) -> Iterator[Any]:
    """Yield the elements of a set, or of all sets in nested maps."""
    if not depth:
        yield from value
        return
    for entry in value:
        yield from _elements(entry, depth - 1)


def _of_type(type_: Type, values: Iterator[Any]) -> Iterator[Any]:
    """Yield those values of a union that are of one of its records."""
    cls = getattr(type_, "cls", None)
    return (value for value in values if cls is None or isinstance(value, cls))
