"""Loops over sets and sorts have no order, so nothing may depend on one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assay.checker.errors import Location, ModelError
from assay.checker.language.frontend.context.shapes import has_order
from assay.checker.language.frontend.statements.accumulation import Accumulation, accumulation
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Assign,
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
from assay.checker.language.types import BagType, MapType, SeqType, SetType
from assay.checker.wording import listed

__all__ = ["demand_unchanged", "demand_unordered"]


def demand_unordered(loop: For, outer: Iterable[str]) -> None:
    """Refuse a loop whose outcome depends on the order of a set or sort.

    What a body may do: require; change in any way the entry of a map that the loop's variable selects, always as the
    same one of its keys; accumulate elsewhere, in one way for each variable or local name. None of what it changes may
    it read, except under that key, or to accumulate.

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
            raise _depends_on_order(statement, loop)
    _demand_unread(loop, changes)
    _demand_one_way_to_stop(loop)


def _depends_on_order(statement: Statement, loop: For) -> ModelError:
    """Return the error for a statement whose effect depends on the order of the loop's iterations."""
    place = getattr(statement, "place", None)
    target = statement.variable.name if isinstance(statement, AssignLocal) else getattr(place, "variable", "this")
    if isinstance(statement, AssignLocal) and _way(statement.variable.name, loop) is not None:
        return _reads(target, statement.location)
    if isinstance(place, Place) and isinstance(place.type, SeqType):
        remedy = "make it a set or a bag, or loop over what has an order: an Order, range(...), sorted(...)"
    elif isinstance(place, Place) and isinstance(place.type, SetType | BagType | MapType):
        remedy = "in a loop, only add to it, or only take from it; or compute it at once, without the loop"
    else:
        remedy = (
            "accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(... for ... in ...)"
        )
    return ModelError(
        f"{target} would depend on the order in which the loop runs, and a set or sort has none",
        location=statement.location,
        help=remedy,
    )


def _reads(name: str, location: Location | None) -> ModelError:
    return ModelError(
        f"the loop reads {name}, which it changes: the outcome would depend on its order",
        location=location,
        help="read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)",
    )


@dataclass
class _Changes:
    """The effect of a loop's rounds on a state variable.

    Attributes
    ----------
    own : set of int
        Which of its keys the loop's variable is.
    elsewhere : bool
        Whether they change what the loop's variable does not select.
    changes : set of Accumulation or None
        How they change it; None stands for what is no accumulation.
    """

    own: set[int] = field(default_factory=set)
    elsewhere: bool = False
    changes: set[Accumulation | None] = field(default_factory=set)

    def note(self, place: Place, change: Accumulation | None, variable: Name) -> None:
        """Note a change."""
        self.changes.add(change)
        if variable in place.keys:
            self.own.add(place.keys.index(variable))
        else:
            self.elsewhere = True

    @property
    def commute(self) -> bool:
        """Whether the order of iterations makes no difference, if none reads what another changes."""
        if self.elsewhere:
            return len(self.changes) == 1 and None not in self.changes
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
            return _is_of_one_round(variable.name, loop, outer) or _only_accumulates(variable.name, loop)
        case SeqPop(_, _, Name(into, _)) if not _is_of_one_round(into, loop, outer):
            return False
    place = getattr(statement, "place", None)
    if not isinstance(place, Place):
        return False
    changes[place.variable].note(place, accumulation(statement, _own_names(loop)), loop.variable)
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
    """A local name may be read in an iteration before that iteration assigns it."""


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


def _own_names(loop: For) -> frozenset[str]:
    """Return the names that may stand for something else in each round."""
    parts = list(walk(loop))
    loops = {part.variable.name for part in parts if isinstance(part, For)}
    assigned = {part.variable.name for part in parts if isinstance(part, AssignLocal)}
    popped = {part.into.name for part in parts if isinstance(part, SeqPop) and part.into is not None}
    return frozenset(loops | assigned | popped)


def _only_accumulates(name: str, loop: For) -> bool:
    """Return whether a loop only accumulates in a local name, always by the same operator."""
    # Where its steps account for every mention, nothing else reads a sum that is not complete.
    mentioned = sum(_times_mentioned(name, step) for step in _steps(name, loop))
    return _way(name, loop) is not None and _times_mentioned(name, loop.body) == mentioned


def _way(name: str, loop: For) -> Accumulation | None:
    """Return how a loop accumulates in a local name; None if it does not, or in several ways."""
    own = _own_names(loop)
    ways = {accumulation(step, own) for step in _steps(name, loop)}
    return ways.pop() if len(ways) == 1 else None


def _steps(name: str, loop: For) -> list[AssignLocal]:
    statements = _statements(loop.body)
    return [part for part in statements if isinstance(part, AssignLocal) and part.variable.name == name]


def _times_mentioned(name: str, node: Node) -> int:
    return sum(isinstance(part, Name) and part.name == name for part in walk(node))


def _demand_unread(loop: For, changes: Mapping[str, _Changes]) -> None:
    """Refuse to read what the loop changes: in its statements, its conditions, and the collections of inner loops."""
    only_itself = _changed_at_itself(loop)
    for outer in _statements_and_tests(loop.body):
        target = getattr(outer, "place", None)
        allowed = {id(place) for part in walk(outer) for place in _own_membership(part, loop.variable, only_itself)}
        allowed |= {id(place) for place in _accumulated(outer)}
        for part in walk(outer):
            if not isinstance(part, Place) or part is target or part.variable not in changes or id(part) in allowed:
                continue
            if changes[part.variable].leave(part, loop.variable):
                continue
            raise _reads(part.variable, part.location or outer.location)


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
            alone = alone and statement.change is not SetChange.KEEP
            changed[statement.place.variable] = changed.get(statement.place.variable, True) and alone
    return frozenset(name for name, alone in changed.items() if alone)


def _accumulated(node: Node) -> Iterator[Place]:
    """Yield the expressions by which an accumulation reads the value to which it adds."""
    if isinstance(node, Assign):
        yield from (part for part in walk(node.value) if part == node.place and isinstance(part, Place))


def _own_membership(part: Node, variable: Name, only_itself: frozenset[str]) -> Iterator[Place]:
    """Yield the set in ``n in self.nodes``, where each round of a loop over n changes only that."""
    match part:
        case Member(element, Stored(place)) if element == variable and place.variable in only_itself:
            yield place


def demand_unchanged(loop: For) -> None:
    """Refuse a loop that changes the collection that it iterates over.

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
