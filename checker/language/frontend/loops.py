"""Loops over sets and sorts have no order, so nothing may depend on one."""

from __future__ import annotations

from assay.checker.errors import ModelError
from assay.checker.language.ir.nodes import (
    Arithmetic,
    Assign,
    AssignLocal,
    Block,
    For,
    If,
    IntRange,
    Name,
    Place,
    Require,
    SetUpdate,
    Statement,
    Stored,
    Universe,
    walk,
)
from assay.checker.language.types import SeqType, SortType

__all__ = ["demand_unordered"]


def demand_unordered(loop: For) -> None:
    """Refuse a loop whose outcome depends on the order of a set or sort.

    What a body may do: require; add to a set, or discard from it, but not both; assign to an entry of a map
    that the loop's variable alone selects; sum up in a local name. None of what it changes may it read, except
    under that key.

    Raises
    ------
    ModelError
        If it does more.
    """
    if _has_order(loop):
        return
    updates: dict[str, str] = {}
    for statement in _statements(loop.body):
        _demand(statement, loop, updates)
    _demand_unread(loop, updates)


def _has_order(loop: For) -> bool:
    match loop.domain:
        case IntRange():
            return True
        case Universe(SortType(_, ordered)):
            return ordered
        case Stored(place):
            return isinstance(place.type, SeqType)
        case _:
            return False


def _statements(statement: Statement) -> list[Statement]:
    match statement:
        case Block(parts):
            return [inner for part in parts for inner in _statements(part)]
        case If(_, then, otherwise):
            return [*_statements(then), *_statements(otherwise)]
        case For(_, _, body):
            return _statements(body)
        case _:
            return [statement]


def _demand(statement: Statement, loop: For, updates: dict[str, str]) -> None:
    match statement:
        case Require():
            return
        case SetUpdate(operator, place, _) if operator in ("add", "discard"):
            if updates.setdefault(place.variable, operator) == operator:
                return
        case Assign(place, _) if loop.variable in place.keys:
            updates.setdefault(place.variable, "keyed")
            return
        case AssignLocal(variable, value) if _accumulates(variable, value) or not _outlives(variable, loop):
            return
    raise ModelError(
        "what this does would depend on the order in which the loop runs, and a set or sort has none",
        location=statement.location,
        help="update a whole set or map at once, or loop over an Order or range(...)",
    )


def _accumulates(variable: Name, value: object) -> bool:
    return isinstance(value, Arithmetic) and value.operator in "+-" and value.left == variable


def _outlives(variable: Name, loop: For) -> bool:
    """Return whether a local name may carry something from one round to the next: it is read before it is assigned."""
    for statement in _statements(loop.body):
        parts = list(walk(statement))
        if isinstance(statement, AssignLocal) and statement.variable == variable:
            return variable in parts[2:]
        if variable in parts:
            return True
    return False


def _demand_unread(loop: For, updates: dict[str, str]) -> None:
    for statement in _statements(loop.body):
        target = getattr(statement, "place", None)
        for part in walk(statement):
            if not isinstance(part, Place) or part is target or part.variable not in updates:
                continue
            if loop.variable in part.keys:
                continue
            raise ModelError(
                f"the loop reads {part.variable}, which it changes: the outcome would depend on its order",
                location=part.location or statement.location,
                help="read it before the loop, or update it at once",
            )
