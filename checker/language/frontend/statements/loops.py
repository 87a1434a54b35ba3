"""Loops over sets and sorts: they have no order, so a loop whose outcome depends on one is refused.

Python runs such a loop in some order, machine code in another, and a proof in none at all. Only where every order leads
to the same outcome do the three agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assay.checker.errors import Location, ModelError
from assay.checker.language.frontend.context.shapes import has_order
from assay.checker.language.frontend.statements.accumulation import Accumulation, accumulation
from assay.checker.language.frontend.statements.rounds import (
    accumulation_in,
    is_of_one_round,
    names_of_rounds,
    only_accumulates,
    statements_of,
)
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
    Root,
    SeqPop,
    SetChange,
    SetOf,
    SetUpdate,
    Statement,
    Stored,
    Unchosen,
    walk,
)
from assay.checker.language.types import BagType, MapType, SeqType, SetType
from assay.checker.wording import listed

__all__ = ["demand_unchanged", "demand_unordered"]


def demand_unordered(loop: For, outer: Iterable[str]) -> None:
    """Refuse a loop whose outcome depends on the order of a set or sort.

    A body may require; it may change, as it likes, the entry of a map that the loop's variable selects, if it selects
    by the same key of nested maps throughout; and it may accumulate, by one reduction for each state variable or local
    name. It may read nothing that it changes, except under that key, or in order to accumulate.

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
    for statement in statements_of(loop.body):
        if not _commutes(statement, loop, names, changes):
            raise _depends_on_order(statement, loop)
    _demand_unread(loop, changes)
    _demand_one_way_to_stop(loop)


def _depends_on_order(statement: Statement, loop: For) -> ModelError:
    """Return the error for a statement whose effect depends on the order of the loop's iterations."""
    place = getattr(statement, "place", None)
    target = statement.variable.name if isinstance(statement, AssignLocal) else getattr(place, "variable", "this")
    if isinstance(statement, AssignLocal) and accumulation_in(statement.variable.name, loop) is not None:
        return _reads(target, statement.location)
    if isinstance(place, Place) and isinstance(place.type, SeqType):
        remedy = "make it a set or a bag, or loop over what has an order: an Order, range(...), sorted(...)"
    elif isinstance(place, Place) and isinstance(place.type, SetType | BagType | MapType):
        remedy = "in a loop, only add to it, or only take from it; or compute it at once, without the loop"
    elif isinstance(place, Place) and place.keys and loop.variable not in place.keys:
        remedy = "change the entry that the loop's variable selects, or this one outside of the loop; or accumulate: +="
    else:
        remedy = (
            "accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop"
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
        # Rounds that change only entries of their own never meet. Any others must all do the same, in any order.
        if self.elsewhere:
            return len(self.changes) == 1 and None not in self.changes
        return len(self.own) == 1

    def leave(self, place: Place, variable: Name) -> bool:
        """Return whether no round changes a place but the one that it belongs to."""
        if self.elsewhere:
            return False
        return all(key < len(place.keys) and place.keys[key] == variable for key in self.own)


def _commutes(statement: Statement, loop: For, outer: frozenset[str], changes: defaultdict[str, _Changes]) -> bool:
    match statement:
        case Require() | Unchosen():
            return True
        case AssignLocal(variable, _):
            return is_of_one_round(variable.name, loop, outer) or only_accumulates(variable.name, loop)
        case SeqPop(_, _, Name(into, _)) if not is_of_one_round(into, loop, outer):
            return False
    place = getattr(statement, "place", None)
    if not isinstance(place, Place):
        return False
    changes[place.variable].note(place, accumulation(statement, names_of_rounds(loop)), loop.variable)
    return changes[place.variable].commute


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
            if part.root is Root.BEFORE:
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
    for statement in statements_of(loop.body):
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
    read = [part for part in walk(loop.domain) if isinstance(part, Place) and part.root is not Root.BEFORE]
    places = [getattr(part, "place", None) for part in walk(loop.body) if isinstance(part, Statement)]
    written = {place.variable for place in places if isinstance(place, Place)}
    changed = [place for place in read if place.variable in written]
    if changed:
        is_sequence = any(isinstance(place.type, SeqType) for place in changed)
        raise ModelError(
            f"the loop changes {listed(sorted({place.variable for place in changed}))} while it runs over it",
            location=loop.location,
            # A loop over a sort has no order, so it may not change a sequence.
            help="assign what becomes of the whole sequence: self.queue = [n for n in self.queue if ...]"
            if is_sequence
            else "loop over the sort and ask for membership, or update the whole set at once",
        )
