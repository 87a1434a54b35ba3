"""Simple expressions: those that may be evaluated more often than in Python, where they are substituted for a name."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.nodes import (
    Cast,
    ConstantRef,
    Expr,
    Field,
    Item,
    Literal,
    Name,
    Narrow,
    Read,
)

__all__ = ["demand_simple", "is_simple"]


def demand_simple(scope: Scope, value: Expr, node: ast.AST) -> Expr:
    """Return an expression that costs little and cannot fail, and so may be evaluated more often than in Python."""
    if not is_simple(value):
        scope.fail(node, "a helper that gives a set takes and names simple values only", "name this before the call")
    return value


def is_simple(value: Expr) -> bool:
    """Return whether an expression costs little and cannot fail: a literal, a name or a place, or a part of one."""
    match value:
        case Name() | Literal() | ConstantRef():
            return True
        case Read(place):
            return all(map(is_simple, place.keys))
        case Field(operand, _, _) | Item(operand, _, _) | Narrow(operand, _, True) | Cast(operand, _):
            return is_simple(operand)
        case _:
            return False
