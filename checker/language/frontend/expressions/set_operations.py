"""Operations on sets: union, intersection, difference and symmetric difference."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.ownership import is_open
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_set
from assay.checker.language.frontend.expressions.widening import alike
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Expr,
    Place,
    SetOf,
    SetOperation,
    SetOperator,
)
from assay.checker.language.types import MapType, Type
from assay.checker.wording import article

__all__ = ["combined", "compile_set", "compile_set_operation", "demand_set", "differing"]


_OPERATORS: dict[type[ast.operator], SetOperator | None] = {
    ast.BitOr: SetOperator.UNION,
    ast.BitAnd: SetOperator.INTERSECTION,
    ast.Sub: SetOperator.DIFFERENCE,
    ast.BitXor: None,
}
"""What computes each operator of Python; a symmetric difference is put together from the others."""


def compile_set_operation(scope: Scope, node: ast.BinOp, left: Value | None, expected: Type | None) -> Collection:
    """Compile ``a | b`` and the like of sets; ``left`` is None if empty, and then has the type of ``b``."""
    if type(node.op) not in _OPERATORS:
        remedy = "possible are |, &, - and ^ of sets, and + of sequences"
        if isinstance(node.op, ast.Mult) and isinstance(left, Collection):
            remedy = f"write it out: {remedies.repeated(node.left, node.right)}"
        scope.fail(node, "this operator does not apply to collections", remedy)
    operator = _OPERATORS[type(node.op)]
    # An empty set has no type of its own: the other operand is compiled first, and tells its element type.
    if left is None:
        right = compile_set(scope, node.right, None)
        return combined(scope, operator, compile_set(scope, node.left, right.element), right, node)
    first = demand_set(scope, left, node.left)
    right = compile_set(scope, node.right, expected or (first.element if is_open(scope, node.right) else None))
    return combined(scope, operator, first, right, node)


def compile_set(scope: Scope, node: ast.expr, expected: Type | None) -> Collection:
    """Compile an expression that must be a set in Python, too."""
    return demand_set(scope, scope.value(node, expected), node)


def demand_set(scope: Scope, value: Value, node: ast.expr) -> Collection:
    """Return a value as a collection; refuse one that is not a set in Python."""
    if isinstance(value, Collection) and is_set(value):
        return value
    is_map = isinstance(value, Expr | Place) and isinstance(value.type, MapType)
    remedy = "a map is joined entry by entry: {k: ... for k in K}" if is_map else _OF_WHAT_RUNS
    scope.fail(node, f"expected a set, found {article(described(value))}", remedy)


_OF_WHAT_RUNS = "what can be run over becomes one by set(...)"


def combined(
    scope: Scope, operator: SetOperator | None, left: Collection, right: Collection, node: ast.AST
) -> Collection:
    """Return the union, intersection or difference of two collections of the same elements; for None, `differing`."""
    if operator is None:
        return differing(scope, left, right, node)
    # A union is a new set in Python, so it must not become another name for a stored one.
    own = isinstance(right, SetOf | Comprehension | SetOperation)
    if isinstance(left, SetOf) and not left.items and operator is SetOperator.UNION and own and is_set(right):
        return right
    left, right = alike(scope, left, right, node)
    return SetOperation(operator, left, right, location=scope.at(node))


def differing(scope: Scope, left: Collection, right: Collection, node: ast.AST) -> Collection:
    """Return the symmetric difference of two sets: what one of them has, and the other has not."""
    first = combined(scope, SetOperator.DIFFERENCE, left, right, node)
    return combined(scope, SetOperator.UNION, first, combined(scope, SetOperator.DIFFERENCE, right, left, node), node)
