"""Operands: expressions that must be a single value, a condition, or True or False."""

from __future__ import annotations

import ast
from collections.abc import Callable

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described
from assay.checker.language.frontend.context.typing import learned, together
from assay.checker.language.ir.nodes import (
    And,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Expr,
    Literal,
    Or,
    SeqLength,
    Stored,
)
from assay.checker.language.types import INT, BagType, BoolType, SeqType, Type
from assay.checker.language.wording import article

__all__ = ["bool_op", "compile_bool_op", "compile_condition", "compile_scalar", "compile_truth"]


def compile_scalar(scope: Scope, node: ast.expr, expected: Type | None = None) -> Expr:
    """Compile an expression that must be a scalar."""
    value = scope.value(node, expected)
    if isinstance(value, Expr):
        return value
    scope.fail(
        node, f"expected a single value, found {article(described(value))}", "index it, or choose an element of it"
    )


def compile_condition(scope: Scope, node: ast.expr) -> Expr:
    """Compile an expression that is taken for true or false; a collection is true if it is not empty."""
    if isinstance(node, ast.BoolOp):
        return bool_op(scope, node, compile_condition)
    value = scope.value(node)
    match value:
        case Stored(place) if isinstance(place.type, SeqType):
            return Compare(Comparison.LT, Literal(0, INT), SeqLength(place), location=scope.at(node))
        case Stored(place) if isinstance(place.type, BagType):
            return Compare(Comparison.LT, Literal(0, INT), BagTotal(place), location=scope.at(node))
        case Collection():
            return Compare(Comparison.LT, Literal(0, INT), Cardinality(value), location=scope.at(node))
        case Expr() if isinstance(value.type, BoolType):
            return value
        case _:
            scope.fail(node, f"expected true or false, found {article(described(value))}", "compare it with something")


def compile_truth(scope: Scope, node: ast.expr) -> Expr:
    """Compile an expression whose value is True or False, not only taken for it."""
    value = scope.value(node)
    if isinstance(value, Expr) and isinstance(value.type, BoolType):
        return value
    scope.fail(node, f"expected True or False, found {article(described(value))}", "compare it, or say bool(...)")


def bool_op(scope: Scope, node: ast.BoolOp, compiled: Callable[[Scope, ast.expr], Expr]) -> Expr:
    conjunction = isinstance(node.op, ast.And)
    parts: list[Expr] = []
    saved = scope.facts
    for operand in node.values:
        parts.append(compiled(scope, operand))
        scope.facts = together(scope.facts, learned(parts[-1], conjunction))
    scope.facts = saved
    return (And if conjunction else Or)(tuple(parts), location=scope.at(node))


def compile_bool_op(scope: Scope, node: ast.BoolOp, _: Type | None) -> Expr:
    """Compile ``a and b`` or ``a or b`` for its value: in Python that is one of the operands."""
    return bool_op(scope, node, compile_truth)
