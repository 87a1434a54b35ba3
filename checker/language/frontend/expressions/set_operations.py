"""Operations on sets: union, intersection and difference."""

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

__all__ = ["combined", "compile_set", "compile_set_operation", "demand_set"]


_OPERATORS: dict[type[ast.operator], SetOperator] = {
    ast.BitOr: SetOperator.UNION,
    ast.BitAnd: SetOperator.INTERSECTION,
    ast.Sub: SetOperator.DIFFERENCE,
}


def compile_set_operation(scope: Scope, node: ast.BinOp, left: Value | None, expected: Type | None) -> Collection:
    """Compile ``a | b``, ``a & b`` or ``a - b`` of sets; ``left`` is None if empty, and then has the type of ``b``."""
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        remedy = "possible are |, & and - of sets, and + of sequences"
        if isinstance(node.op, ast.BitXor):
            one, other = remedies.operand(node.left), remedies.operand(node.right)
            remedy = f"write it out: ({one} - {other}) | ({other} - {one})"
        if isinstance(node.op, ast.Mult) and isinstance(left, Collection):
            remedy = f"write it out: {remedies.repeated(node.left, node.right)}"
        scope.fail(node, "this operator does not apply to collections", remedy)
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


def combined(scope: Scope, operator: SetOperator, left: Collection, right: Collection, node: ast.AST) -> Collection:
    """Return the union, intersection or difference of two collections of the same elements."""
    # A union is a new set in Python, so it must not become another name for a stored one.
    own = isinstance(right, SetOf | Comprehension | SetOperation)
    if isinstance(left, SetOf) and not left.items and operator is SetOperator.UNION and own and is_set(right):
        return right
    left, right = alike(scope, left, right, node)
    return SetOperation(operator, left, right, location=scope.at(node))
