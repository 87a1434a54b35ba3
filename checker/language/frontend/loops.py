"""Loops over sets and sorts have no order, so nothing may depend on one."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.errors import ModelError
from assay.checker.language.ir.nodes import (
    Arithmetic,
    Assign,
    AssignLocal,
    Block,
    For,
    If,
    IntRange,
    Member,
    Name,
    Node,
    Place,
    Require,
    SetOf,
    SetUpdate,
    Statement,
    Stored,
    Universe,
    walk,
)
from assay.checker.language.types import SeqType, SortType
from assay.checker.language.wording import listed

__all__ = ["demand_unchanged", "demand_unordered"]


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
    """Refuse to read what the loop changes: in what it does, in its branches, in what inner loops run over."""
    only_itself = _changed_at_itself(loop)
    for outer in _statements_and_tests(loop.body):
        target = getattr(outer, "place", None)
        allowed = {id(place) for part in walk(outer) for place in _own_membership(part, loop.variable, only_itself)}
        for part in walk(outer):
            if not isinstance(part, Place) or part is target or part.variable not in updates or id(part) in allowed:
                continue
            if loop.variable in part.keys:
                continue
            raise ModelError(
                f"the loop reads {part.variable}, which it changes: the outcome would depend on its order",
                location=part.location or outer.location,
                help="read it before the loop, or update it at once",
            )


def _statements_and_tests(statement: Statement) -> Iterator[Node]:
    match statement:
        case Block(parts):
            for part in parts:
                yield from _statements_and_tests(part)
        case If(test, then, otherwise):
            yield test
            yield from _statements_and_tests(then)
            yield from _statements_and_tests(otherwise)
        case For(_, domain, body):
            yield domain
            yield from _statements_and_tests(body)
        case _:
            yield statement


def _changed_at_itself(loop: For) -> frozenset[str]:
    """Return the sets of which each round changes only whether they hold the loop's own element."""
    changed: dict[str, bool] = {}
    for statement in _statements(loop.body):
        if isinstance(statement, SetUpdate):
            value = statement.value
            alone = isinstance(value, SetOf) and value.items == (loop.variable,) and not statement.place.keys
            changed[statement.place.variable] = changed.get(statement.place.variable, True) and alone
    return frozenset(name for name, alone in changed.items() if alone)


def _own_membership(part: Node, variable: Name, only_itself: frozenset[str]) -> Iterator[Place]:
    """Yield the set in ``n in self.nodes``, where each round of a loop over n changes only that."""
    match part:
        case Member(element, Stored(place)) if element == variable and place.variable in only_itself:
            yield place


def demand_unchanged(loop: For) -> None:
    """Refuse a loop that changes what it runs over.

    Raises
    ------
    ModelError
        If it does.
    """
    read = {part.variable for part in walk(loop.domain) if isinstance(part, Place)}
    places = [getattr(part, "place", None) for part in walk(loop.body) if isinstance(part, Statement)]
    written = {place.variable for place in places if isinstance(place, Place)}
    if read & written:
        raise ModelError(
            f"the loop changes {listed(sorted(read & written))} while it runs over it",
            location=loop.location,
            help="loop over the sort and ask for membership, or update the whole set at once",
        )
