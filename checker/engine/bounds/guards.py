"""What is known after a condition turned out true, or false."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.engine.bounds.intervals import Hull, Interval, arithmetic, meet
from assay.checker.engine.bounds.knowledge import AbstractState, either
from assay.checker.engine.bounds.values import IntervalDomain
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Cast,
    Compare,
    Comparison,
    Expr,
    Field,
    Implies,
    Item,
    Let,
    Literal,
    Member,
    Name,
    Narrow,
    Not,
    Or,
    Quantifier,
    Read,
    Root,
    Universe,
)
from assay.checker.language.types import IntType

__all__ = ["assume"]


def assume(
    values: IntervalDomain, condition: Expr, known: AbstractState | None, truth: bool = True
) -> AbstractState | None:
    """Return what is known if a condition has a truth value; None if it cannot have it."""
    if known is None:
        return None
    match condition:
        case Literal(value):
            return known if value is truth else None
        case Not(operand):
            return assume(values, operand, known, not truth)
        case And(parts):
            return _all(values, parts, known, truth) if truth else _some(values, parts, known, truth)
        case Or(parts):
            return _some(values, parts, known, truth) if truth else _all(values, parts, known, truth)
        case Implies(left, right):
            unless = assume(values, left, known, False)
            return either(unless, assume(values, right, known)) if truth else assume(values, right, known, False)
        case Let(variable, value, body):
            return assume(values, body, known.named(variable, values.of(value, known)), truth)
        case Compare(operator, left, right):
            return _compared(values, operator, left, right, known, truth)
        case Member(element, collection) if truth:
            return _narrowed(values, element, values.elements(collection, known), known)
        case Quantifier(True, variable, Universe(), body) if truth:
            return _everywhere(values, variable, body, known)
    return known


def _all(values: IntervalDomain, parts: Iterable[Expr], known: AbstractState, truth: bool) -> AbstractState | None:
    """Return what is known if every part has the truth value."""
    result: AbstractState | None = known
    for part in parts:
        result = assume(values, part, result, truth)
    return result


def _some(values: IntervalDomain, parts: Iterable[Expr], known: AbstractState, truth: bool) -> AbstractState | None:
    """Return what is known if some part has the truth value."""
    result: AbstractState | None = None
    for part in parts:
        result = either(result, assume(values, part, known, truth))
    return result


def _compared(
    values: IntervalDomain, operator: Comparison, left: Expr, right: Expr, known: AbstractState, truth: bool
) -> AbstractState | None:
    if operator is Comparison.EQ and truth:
        return _equal(values, left, right, known)
    if not (isinstance(left.type, IntType) and isinstance(right.type, IntType)):
        return known
    if operator is Comparison.EQ:
        return _different(values, left, right, known)
    if not truth:  # not a < b is b <= a, and not a <= b is b < a
        left, right = right, left
    strictly = (operator is Comparison.LT) is truth
    return _ordered(values, left, right, known, 1 if strictly else 0)


def _ordered(values: IntervalDomain, left: Expr, right: Expr, known: AbstractState, by: int) -> AbstractState | None:
    """Return what is known if ``left + by <= right``."""
    low, high = values.of(left, known), values.of(right, known)
    if low is None or high is None:
        return None
    below = _narrowed(values, left, Interval(-float("inf"), high.high - by), known)
    return None if below is None else _narrowed(values, right, Interval(low.low + by, float("inf")), below)


def _equal(values: IntervalDomain, left: Expr, right: Expr, known: AbstractState) -> AbstractState | None:
    """Return what is known if two values are equal, and so hold the same numbers."""
    both = meet(values.of(left, known), values.of(right, known))
    narrowed = _narrowed(values, left, both, known)
    return None if narrowed is None else _narrowed(values, right, both, narrowed)


def _different(values: IntervalDomain, left: Expr, right: Expr, known: AbstractState) -> AbstractState | None:
    """Return what is known if two numbers differ.

    An interval loses an end if the other number can only be that end.
    """
    for one, other in ((left, right), (right, left)):
        hull, not_this = values.of(one, known), values.of(other, known)
        if hull is None or not_this is None:
            return None
        if not_this.low == not_this.high in (hull.low, hull.high):
            low, high = hull.low + (hull.low == not_this.low), hull.high - (hull.high == not_this.high)
            if low > high:
                return None
            known = _narrowed(values, one, Interval(low, high), known) or known
    return known


def _narrowed(values: IntervalDomain, expr: Expr, hull: Hull, known: AbstractState) -> AbstractState | None:
    """Return what is known if the numbers of an expression are in a hull; None if they cannot be."""
    inside = meet(values.of(expr, known), hull)
    if inside is None and isinstance(expr.type, IntType):
        return None
    match expr:
        case Name() | Read() | Field() | Item():
            return known.knowing(expr, inside)
        case Cast(operand) | Narrow(operand):
            return _narrowed(values, operand, hull, known.knowing(expr, inside))  # both are the same value
        case Arithmetic(operator, left, right) if inside is not None:
            return _of_operands(values, operator, left, right, inside, known.knowing(expr, inside))
    return known


def _of_operands(
    values: IntervalDomain, operator: ArithmeticOperator, left: Expr, right: Expr, total: Interval, known: AbstractState
) -> AbstractState | None:
    """Return what is known of the operands of a sum or difference if that is in an interval."""
    first, second = values.of(left, known), values.of(right, known)
    match operator:
        case ArithmeticOperator.ADD:
            wanted = (
                arithmetic(ArithmeticOperator.SUBTRACT, total, second),
                arithmetic(ArithmeticOperator.SUBTRACT, total, first),
            )
        case ArithmeticOperator.SUBTRACT:
            wanted = (
                arithmetic(ArithmeticOperator.ADD, total, second),
                arithmetic(ArithmeticOperator.SUBTRACT, first, total),
            )
        case _:
            return known
    narrowed = _narrowed(values, left, wanted[0], known)
    return None if narrowed is None else _narrowed(values, right, wanted[1], narrowed)


def _everywhere(values: IntervalDomain, variable: Name, body: Expr, known: AbstractState) -> AbstractState:
    """Return what is known if a condition is true of every entry of a map."""
    inside = assume(values, body, known.named(variable, values.of_type(variable.type)))
    if inside is None:
        return known
    for expr, hull in inside.facts.items():
        if isinstance(expr, Read) and expr.place.root is Root.STATE and expr.place.keys == (variable,):
            name = expr.place.variable
            if name not in known.entries:
                known = AbstractState(
                    {**known.held, name: meet(known.held.get(name), hull)}, known.entries, known.facts
                )
    return known
