"""Quantifiers over a great many values of which only those in a set or bag of the state matter.

``m not in self.messages or ...`` is true of every message that is not there, so the loop is over those that are.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.sets import universe_size
from assay.checker.engine.native.codegen.context import Context
from assay.checker.language.ir.core import rewritten
from assay.checker.language.ir.nodes import (
    TRUE,
    And,
    Cast,
    Expr,
    IsKind,
    Let,
    Member,
    Narrow,
    Not,
    Or,
    Quantifier,
    Stored,
    Universe,
)
from assay.checker.language.ir.settling import memberships
from assay.checker.language.types import BoolType, IntType

__all__ = ["over_stored"]


def over_stored(node: Quantifier, ctx: Context) -> Quantifier | None:
    """Return a quantifier over a set or bag of the state that is equal to one over all values; None if there is none.

    A quantifier over so few values that a word has a bit for each stays as it is.
    """
    type_ = node.variable.type
    is_numeric = isinstance(type_, IntType | BoolType)
    if not isinstance(node.domain, Universe) or is_numeric or universe_size(ctx, type_) is not None:
        return None
    for member in memberships(node.body, node.universal):
        stored = member.collection
        is_about = member.element in (node.variable, Cast(node.variable, stored.element))
        if is_about and isinstance(stored, Stored) and ctx.facts.names(stored) <= ctx.names.keys():
            return _over(ctx, stored, node, _granting(member, node.body))
    return None


def _granting(member: Member, body: Expr) -> Expr:
    """Return a condition of the elements of a set in which it need not be asked any more whether they are elements."""
    return rewritten(body, lambda part: TRUE if part == member else part)


def _over(ctx: Context, stored: Stored, node: Quantifier, body: Expr) -> Quantifier:
    """Return a quantifier over a set or bag, whose elements may be those of a union that the variable is one of."""
    type_ = node.variable.type
    if stored.element == type_:
        return Quantifier(node.universal, node.variable, stored, body, location=node.location)
    element = ctx.fresh(stored.element)
    is_one = IsKind(element, (type_,))
    named = Let(node.variable, Narrow(element, type_, safe=True), body)
    whole = Or((Not(is_one), named)) if node.universal else And((is_one, named))
    return Quantifier(node.universal, element, stored, whole, location=node.location)
