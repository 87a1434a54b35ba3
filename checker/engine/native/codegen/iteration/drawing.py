"""Quantifiers over a great many values of which only those in a set or bag of the state matter.

``m not in self.messages or ...`` is true of every message that is not there, so the loop is over those that are.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from assay.checker.engine.native.codegen.containers.sets import universe_size
from assay.checker.engine.native.codegen.context import Context
from assay.checker.language.ir.core import rewritten
from assay.checker.language.ir.nodes import (
    TRUE,
    And,
    Cast,
    Compare,
    Comparison,
    Expr,
    Generator,
    IsKind,
    Let,
    Literal,
    Member,
    Name,
    Narrow,
    Not,
    Or,
    Quantifier,
    Stored,
    Universe,
)
from assay.checker.language.ir.settling import memberships
from assay.checker.language.types import INTEGER, BoolType, IntType, MapType, Type

__all__ = ["over_stored"]


def over_stored(node: Quantifier, ctx: Context) -> Quantifier | None:
    """Return a quantifier over a set or bag of the state that is equal to one over all values; None if there is none.

    A quantifier over so few values that a word has a bit for each stays as it is.
    """
    type_ = node.variable.type
    is_truth = isinstance(type_, BoolType)
    if not isinstance(node.domain, Universe) or is_truth or universe_size(ctx, type_) is not None:
        return None
    drawing = [
        (member.collection, member)
        for member in memberships(node.body, node.universal)
        if isinstance(member.collection, Stored)
        and member.element in (node.variable, Cast(node.variable, member.collection.element))
    ]
    known = ctx.names.keys() - _bound_in(node.body, ctx)
    for stored, member in drawing:
        if ctx.facts.names(stored) <= known:
            return _over(ctx, stored, node, _granting(member, node.body))
    return _over_all(ctx, drawing[0][0], node, known) if drawing else None


def _bound_in(body: Expr, ctx: Context) -> set[str]:
    """Return the names that a condition gives values to itself."""
    return {part.variable.name for part in ctx.facts.parts(body) if isinstance(part, Generator | Let | Quantifier)}


def _granting(member: Member, body: Expr) -> Expr:
    """Return a condition of the elements of a set in which it need not be asked any more whether they are elements."""
    return rewritten(body, lambda part: TRUE if part == member else part)


def _over_all(ctx: Context, stored: Stored, node: Quantifier, known: Set[str]) -> Quantifier:
    """Return a quantifier over the sets in a map: which of them it is about, only its body knows.

    ``all(m not in self.inbox[n] or ... for n in Node)`` is true of every message that is in none of them.
    """
    place, type_ = stored.place, ctx.layout.types[stored.place.variable]
    keys: list[Expr] = []
    tried: list[Name] = []
    for key in place.keys:
        assert isinstance(type_, MapType)
        if not ctx.facts.names(key) <= known:
            tried.append(ctx.fresh(type_.key))
        keys.append(key if ctx.facts.names(key) <= known else tried[-1])
        type_ = type_.value
    result = _over(ctx, Stored(replace(place, keys=tuple(keys))), node, node.body)
    for name in reversed(tried):
        result = Quantifier(node.universal, name, Universe(name.type), result, location=node.location)
    return result


def _over(ctx: Context, stored: Stored, node: Quantifier, body: Expr) -> Quantifier:
    """Return a quantifier over a set or bag, of whose elements only some may be values of the variable's type."""
    type_ = node.variable.type
    if stored.element == type_:
        return Quantifier(node.universal, node.variable, stored, body, location=node.location)
    element = ctx.fresh(stored.element)
    is_one, value = _seen_as(type_, element, ctx)
    named = Let(node.variable, value, body)
    whole = Or((Not(is_one), named)) if node.universal else And((is_one, named))
    return Quantifier(node.universal, element, stored, whole, location=node.location)


def _seen_as(type_: Type, element: Name, ctx: Context) -> tuple[Expr, Expr]:
    """Return whether an element of a wider type, or of another range, is a value of a type, and the element as one."""
    if not isinstance(type_, IntType):
        return IsKind(element, (type_,)), Narrow(element, type_, safe=True)
    low, high = (Literal(bound, INTEGER) for bound in ctx.codes.instance.interval(type_))
    within = Compare(Comparison.LE, low, element), Compare(Comparison.LE, element, high)
    return And(within), Cast(element, type_)
