"""Restricting a loop over a stored set to the codes that a condition allows.

The elements of ``m for m in messages if isinstance(m, Promise) and m.ballot == b`` have consecutive codes if the ballot
is the field with the largest stride: they are a row of the set's bits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from assay.checker.engine.native.codegen.facts import Facts, conjuncts
from assay.checker.engine.native.codegen.packing.codes import Codes
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import (
    TRUE,
    And,
    Compare,
    Comparison,
    Expr,
    Field,
    IsKind,
    Item,
    Name,
    Narrow,
    Not,
    Or,
)
from assay.checker.language.types import IntType, RecordType, TupleType, Type, UnionType

__all__ = ["Restriction", "demanded", "restriction"]


@immutable
class Restriction:
    """A range of codes: ``count`` of them, from ``base`` plus the weighted fixed parts on.

    Attributes
    ----------
    base : int
        The first code of the record in its union.
    fixed : tuple of (Expr, int)
        What the parts with the largest strides must equal, each with its stride.
    count : int
        How many consecutive codes are left.
    used : tuple of Expr
        The conditions that are true of every element in this range.
    """

    base: int
    fixed: tuple[tuple[Expr, int], ...]
    count: int
    used: tuple[Expr, ...]


def demanded(body: Expr, universal: bool, facts: Facts) -> list[Expr]:
    """Return the conditions that an element must satisfy to affect a quantifier."""
    if not universal:
        return conjuncts(body, facts)
    parts = body.parts if isinstance(body, Or) else (body,)
    # Python evaluates them in order: one that can raise does so for elements that a later one would exclude.
    reached = itertools.takewhile(lambda part: not facts.can_fail(part), parts)
    return [inner for part in reached if isinstance(part, Not) for inner in conjuncts(part.operand, facts)]


def without(body: Expr, used: tuple[Expr, ...], universal: bool, facts: Facts) -> Expr:
    """Return the body of a quantifier, simplified by conditions that are known to be true."""
    if not universal:
        rest = tuple(part for part in conjuncts(body, facts) if part not in used)
        return And(rest, location=body.location) if len(rest) > 1 else rest[0] if rest else TRUE
    parts = body.parts if isinstance(body, Or) else (body,)
    kept: list[Expr] = []
    for part in parts:
        if isinstance(part, Not):
            inner = without(part.operand, used, False, facts)
            if inner != TRUE:
                kept.append(Not(inner, location=part.location))
        else:
            kept.append(part)
    if not kept:
        return Not(TRUE)
    return Or(tuple(kept), location=body.location) if len(kept) > 1 else kept[0]


def restriction(
    variable: Name, conditions: list[Expr], codes: Codes, facts: Facts, bound: frozenset[str]
) -> Restriction | None:
    """Return the range of codes that conditions leave of a variable; None if that is all of them.

    Parameters
    ----------
    variable : Name
        The element.
    conditions : list of Expr
        What must be true of it.
    codes : Codes
        The numbering.
    facts : Facts
        Facts about the conditions.
    bound : frozenset of str
        The names that have a value before the loop.
    """
    if any(facts.can_fail(condition) for condition in conditions):
        return None
    kind, base, used = _kind(variable, conditions, codes)
    if kind is None:
        return None
    equal = _equalities(variable, kind, conditions, lambda value: facts.names(value) <= bound)
    fixed: list[tuple[Expr, int]] = []
    count = codes.size(kind)
    # By descending stride: the codes left are consecutive only as long as every part with a larger stride is fixed.
    for index, stride in sorted(enumerate(codes.strides(kind)), key=lambda pair: -pair[1]):
        if index not in equal or isinstance(codes.parts(kind)[index], IntType):
            break
        value, condition = equal[index]
        fixed.append((value, stride))
        used = (*used, condition)
        count = stride
    return Restriction(base, tuple(fixed), count, used) if used else None


def _kind(
    variable: Name, conditions: list[Expr], codes: Codes
) -> tuple[RecordType | TupleType | None, int, tuple[Expr, ...]]:
    type_: Type = variable.type
    if isinstance(type_, RecordType | TupleType):
        return type_, 0, ()
    if isinstance(type_, UnionType):
        for condition in conditions:
            if isinstance(condition, IsKind) and condition.operand == variable and len(condition.kinds) == 1:
                kind = condition.kinds[0]
                assert isinstance(kind, RecordType)
                return kind, codes.offset(type_, kind), (condition,)
    return None, 0, ()


def _equalities(
    variable: Name, kind: RecordType | TupleType, conditions: list[Expr], known: Callable[[Expr], bool]
) -> dict[int, tuple[Expr, Expr]]:
    """Return, for each part of the variable that a condition fixes, its value and that condition."""
    found: dict[int, tuple[Expr, Expr]] = {}
    for condition in conditions:
        if not isinstance(condition, Compare) or condition.operator is not Comparison.EQ:
            continue
        for part, value in ((condition.left, condition.right), (condition.right, condition.left)):
            index = _part(variable, kind, part)
            if index is not None and index not in found and known(value):
                found[index] = value, condition
    return found


def _part(variable: Name, kind: RecordType | TupleType, expression: Expr) -> int | None:
    """Return which part of the variable an expression is; None if it is not a part."""
    match expression:
        case Field(operand, name, _) if _is(variable, operand) and isinstance(kind, RecordType):
            return [field for field, _ in kind.fields].index(name)
        case Item(operand, index, _) if _is(variable, operand):
            return index
        case _:
            return None


def _is(variable: Name, operand: Expr) -> bool:
    return operand == variable or (isinstance(operand, Narrow) and operand.operand == variable)
