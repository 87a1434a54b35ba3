"""The effect of statements on what is known."""

from __future__ import annotations

import math

from assay.checker.engine.bounds.guards import assume
from assay.checker.engine.bounds.intervals import ANY, Hull, Interval, join, meet
from assay.checker.engine.bounds.knowledge import AbstractState, either
from assay.checker.engine.bounds.values import IntervalDomain
from assay.checker.language.ir.nodes import (
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    BagUpdate,
    Block,
    For,
    If,
    Place,
    Require,
    Root,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetChange,
    SetUpdate,
    Statement,
)

__all__ = ["after"]

_ROUNDS = 64
"""Rounds of a loop that are followed one by one; bounds that still grow after these are widened to infinity."""


def after(values: IntervalDomain, statement: Statement, known: AbstractState | None) -> AbstractState | None:
    """Return what is known after a statement; None if no execution gets past it."""
    if known is None:
        return None
    match statement:
        case Block(statements):
            for inner in statements:
                known = after(values, inner, known)
            return known
        case Require(condition):
            return assume(values, condition, known)
        case If(test, then, otherwise):
            first = after(values, then, assume(values, test, known))
            return either(first, after(values, otherwise, assume(values, test, known, False)))
        case For():
            return _loop(values, statement, known)
        case AssignLocal(variable, value):
            return known.named(variable, values.of(value, known))
        case SeqPop(place, _, into):
            popped = known if into is None else known.named(into, values.at(place, known))
            return popped.added(place, None) if place.root is Root.STATE else popped
    return _changed(values, statement, known)


def _changed(values: IntervalDomain, statement: Statement, known: AbstractState) -> AbstractState:
    """Return what is known after a change of the state."""
    match statement:
        case Assign(place, value):
            return known.stored(place, _declared(values, place, values.of(value, known)))
        case AssignCollection(place, collection):
            return known.stored(place, _declared(values, place, values.elements(collection, known)))
        case AssignMap(place, variable, value):
            inside = known.named(variable, values.of_type(variable.type))
            hull = join(values.of(value, inside), values.of_type(variable.type))
            return known.stored(place, _declared(values, place, hull))
        case SeqAppend(place, value) | SeqStore(place, _, value) | BagUpdate(True, place, value):
            return known.added(place, _declared(values, place, values.of(value, known)))
        case SetUpdate(SetChange.ADD, place, collection):
            return known.added(place, _declared(values, place, values.elements(collection, known)))
        case SetUpdate(_, place, _):
            return known.added(place, None)
    return known


def _declared(values: IntervalDomain, place: Place, hull: Hull) -> Hull:
    """Return the part of a hull that the type of a place admits: a value beyond it is an error, not a state."""
    of_type = values.of_type(place.type)
    return meet(hull, of_type)


def _loop(values: IntervalDomain, loop: For, known: AbstractState) -> AbstractState | None:
    """Return what is known after any number of rounds, up to the most elements that the domain may have."""
    most = values.most(loop.domain, known)
    reached, count = known, 0
    while count < most:
        inside = reached.named(loop.variable, values.elements(loop.domain, reached))
        following = either(reached, after(values, loop.body, inside))
        assert following is not None
        if following == reached:
            return reached
        reached, count = following, count + 1
        if count >= _ROUNDS:
            reached = _opened(known, reached)
    return reached


def _opened(before: AbstractState, reached: AbstractState) -> AbstractState:
    """Return what was reached with each bound that has grown widened to infinity, so that the rounds end."""
    return AbstractState({name: _further(before.of(name), reached.of(name)) for name in reached.held})


def _further(hull: Hull, grown: Hull) -> Hull:
    if hull is None or grown is None:
        return ANY if grown is not None else None
    return Interval(
        hull.low if grown.low >= hull.low else -math.inf, hull.high if grown.high <= hull.high else math.inf
    )
