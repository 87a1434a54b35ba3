"""Loops over sets and sorts have no order, so nothing may depend on one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.shapes import has_order
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    AssignLocal,
    Block,
    For,
    If,
    Member,
    Name,
    Node,
    Place,
    Require,
    SeqPop,
    SetChange,
    SetOf,
    SetUpdate,
    Statement,
    Stored,
    free_names,
    walk,
)
from assay.checker.wording import listed

__all__ = ["demand_unchanged", "demand_unordered"]


def demand_unordered(loop: For, outer: Iterable[str]) -> None:
    """Refuse a loop whose outcome depends on the order of a set or sort.

    What a body may do: require; change in any way the entry of a map that the loop's variable selects, always as the
    same one of its keys; add to a set elsewhere, or discard from it, but not both; sum up in a local name. None of
    what it changes may it read, except under that key.

    Parameters
    ----------
    loop : For
        The loop.
    outer : iterable of str
        The local names that have a value before it.

    Raises
    ------
    ModelError
        If it does more.
    """
    if has_order(loop.domain):
        return
    names, changes = frozenset(outer), defaultdict[str, _Changes](_Changes)
    for statement in _statements(loop.body):
        if not _commutes(statement, loop, names, changes):
            raise ModelError(
                "what this does would depend on the order in which the loop runs, and a set or sort has none",
                location=statement.location,
                help="update a whole set or map at once, or loop over an Order or range(...)",
            )
    _demand_unread(loop, changes)
    _demand_one_way_to_stop(loop)


@dataclass
class _Changes:
    """The effect of a loop's rounds on a state variable.

    Attributes
    ----------
    own : set of int
        Which of its keys the loop's variable is.
    elsewhere : bool
        Whether they change what the loop's variable does not select.
    changes : set of SetChange or None
        How sets are changed; None stands for any other change.
    """

    own: set[int] = field(default_factory=set)
    elsewhere: bool = False
    changes: set[SetChange | None] = field(default_factory=set)

    def note(self, place: Place, change: SetChange | None, variable: Name) -> None:
        """Note a change."""
        self.changes.add(change)
        if variable in place.keys:
            self.own.add(place.keys.index(variable))
        else:
            self.elsewhere = True

    @property
    def commute(self) -> bool:
        """Whether their order makes no difference, if none of them reads what another one changes."""
        if self.elsewhere:
            return self.changes in ({SetChange.ADD}, {SetChange.DISCARD})
        return len(self.own) == 1

    def leave(self, place: Place, variable: Name) -> bool:
        """Return whether no round changes a place but the one that it belongs to."""
        if self.elsewhere:
            return False
        return all(key < len(place.keys) and place.keys[key] == variable for key in self.own)


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


def _commutes(statement: Statement, loop: For, outer: frozenset[str], changes: defaultdict[str, _Changes]) -> bool:
    match statement:
        case Require():
            return True
        case AssignLocal(variable, _):
            return _is_of_one_round(variable.name, loop, outer) or _only_sums_up(variable.name, loop)
        case SeqPop(_, _, Name(into, _)) if not _is_of_one_round(into, loop, outer):
            return False
    place = getattr(statement, "place", None)
    if not isinstance(place, Place):
        return False
    change = statement.change if isinstance(statement, SetUpdate) else None
    changes[place.variable].note(place, change, loop.variable)
    return changes[place.variable].commute


def _is_of_one_round(name: str, loop: For, outer: frozenset[str]) -> bool:
    """Return whether a local name carries nothing from one round to the next, or out of the loop."""
    if name in outer:
        return False
    try:
        _follow(loop.body, name, assigned=False)
    except _ReadBeforeAssigned:
        return False
    return True


class _ReadBeforeAssigned(Exception):
    """A local name may be read in a round before that round assigns it."""


def _follow(node: Node, name: str, *, assigned: bool) -> bool:
    """Follow a local name through a round; return whether it is certainly assigned afterwards."""
    match node:
        case Block(parts):
            for part in parts:
                assigned = _follow(part, name, assigned=assigned)
            return assigned
        case If(test, then, otherwise):
            _follow(test, name, assigned=assigned)
            after = [_follow(block, name, assigned=assigned) for block in (then, otherwise)]
            return all(after)
        case For(_, domain, body):
            _follow(domain, name, assigned=assigned)
            _follow(body, name, assigned=assigned)
            return assigned  # the inner loop may have no round, so what it assigns is not certain
        case AssignLocal(Name(target, _), value):
            _follow(value, name, assigned=assigned)
            return assigned or target == name
        case SeqPop(place, _, Name(target, _)):
            _follow(place, name, assigned=assigned)
            return assigned or target == name
    if not assigned and name in free_names(node):
        raise _ReadBeforeAssigned
    return assigned


def _only_sums_up(name: str, loop: For) -> bool:
    """Return whether all that a loop does with a local name is to add to it, and to subtract from it."""
    # `x = x + e` mentions x twice. If that accounts for every mention, nothing else reads a sum that is not complete.
    mentioned = sum(isinstance(part, Name) and part.name == name for part in walk(loop.body))
    return mentioned == 2 * sum(_sums_up(statement, name) for statement in _statements(loop.body))


def _sums_up(statement: Statement, name: str) -> bool:
    match statement:
        case AssignLocal(
            Name(target, _), Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUBTRACT, Name(left, _), right)
        ):
            return target == left == name and name not in free_names(right)
        case _:
            return False


def _demand_unread(loop: For, changes: Mapping[str, _Changes]) -> None:
    """Refuse to read what the loop changes: in what it does, in its branches, in what inner loops run over."""
    only_itself = _changed_at_itself(loop)
    for outer in _statements_and_tests(loop.body):
        target = getattr(outer, "place", None)
        allowed = {id(place) for part in walk(outer) for place in _own_membership(part, loop.variable, only_itself)}
        for part in walk(outer):
            if not isinstance(part, Place) or part is target or part.variable not in changes or id(part) in allowed:
                continue
            if changes[part.variable].leave(part, loop.variable):
                continue
            raise ModelError(
                f"the loop reads {part.variable}, which it changes: the outcome would depend on its order",
                location=part.location or outer.location,
                help="read it before the loop, or update it at once",
            )


def _demand_one_way_to_stop(loop: For) -> None:
    """Refuse a loop in which one round may find the action disabled where another one raises: which comes first?"""
    requirement = next((part for part in walk(loop.body) if isinstance(part, Require)), None)
    if requirement is not None and can_fail(loop.body):
        raise ModelError(
            "another round of this loop may raise where this finds the action disabled, and a set or sort has no order",
            location=requirement.location,
            help="require it before the loop: require(all(... for ...))",
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
