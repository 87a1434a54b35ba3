"""Operators: arithmetic, signs, negation, and conditional expressions."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.facts import learned
from assay.checker.language.frontend.context.ownership import is_open
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence
from assay.checker.language.frontend.expressions.collections import chosen
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar, compile_truth
from assay.checker.language.frontend.expressions.powers import power
from assay.checker.language.frontend.expressions.records import conditional
from assay.checker.language.frontend.expressions.set_operations import compile_set_operation
from assay.checker.language.frontend.expressions.widening import alike
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Collection,
    Compare,
    Comparison,
    Concatenation,
    Elements,
    Expr,
    Implies,
    Literal,
    Not,
    Or,
    Place,
)
from assay.checker.language.types import INT, BoolType, Type
from assay.checker.wording import article

__all__ = ["ARITHMETIC", "BITWISE", "compile_binary", "compile_if_expression", "compile_unary", "joined"]

BITWISE = (ast.BitOr, ast.BitAnd, ast.BitXor)
"""The operators that sets have, and truth values."""

ARITHMETIC: dict[type[ast.operator], ArithmeticOperator] = {
    ast.Add: ArithmeticOperator.ADD,
    ast.Sub: ArithmeticOperator.SUBTRACT,
    ast.Mult: ArithmeticOperator.MULTIPLY,
    ast.FloorDiv: ArithmeticOperator.DIVIDE,
    ast.Mod: ArithmeticOperator.REMAINDER,
}


def compile_unary(scope: Scope, node: ast.UnaryOp, _: Type | None) -> Expr:
    match node.op:
        case ast.Not():
            return Not(compile_condition(scope, node.operand), location=scope.at(node))
        case ast.USub():
            operand = scope.fit(
                compile_scalar(scope, node.operand), INT, node.operand, "the operand of -", raising=True
            )
            if isinstance(operand, Literal):
                return Literal(-operand.value, INT, location=scope.at(node))
            return Arithmetic(ArithmeticOperator.SUBTRACT, Literal(0, INT), operand, location=scope.at(node))
        case ast.UAdd():
            scope.fail(node, "unary + is not part of the language", "leave it out")
        case _:
            scope.fail(node, f"{remedies.operator(node.op)} is not part of the language", "possible are not and -")


def compile_binary(scope: Scope, node: ast.BinOp, expected: Type | None) -> Value:
    if is_open(scope, node.left) and expected is None:
        return compile_set_operation(scope, node, None, None)
    left = scope.value(node.left, expected)
    operator = ARITHMETIC.get(type(node.op))
    if isinstance(left, Collection) and isinstance(node.op, ast.Add):
        return _concatenated(scope, node, left, expected)
    if isinstance(left, Expr) and isinstance(left.type, BoolType) and isinstance(node.op, BITWISE):
        return joined(scope, node.op, left, node.right, node)
    if not isinstance(left, Expr) or isinstance(node.op, BITWISE):
        return compile_set_operation(scope, node, left, expected)
    if isinstance(node.op, ast.Pow):
        return power(scope, left, node.right, node)
    if operator is None:
        scope.fail(node, f"{remedies.operator(node.op)} is not part of the language", f"possible are {_POSSIBLE}")
    first = scope.fit(left, INT, node.left, f"the operand of {operator}", raising=True)
    second = scope.fit(compile_scalar(scope, node.right), INT, node.right, f"the operand of {operator}", raising=True)
    return Arithmetic(operator, first, second, location=scope.at(node))


def joined(scope: Scope, operator: ast.operator, left: Expr, right: ast.expr, node: ast.AST) -> Expr:
    """Compile ``|``, ``&`` or ``^`` of truth values, of which Python evaluates both."""
    other = compile_truth(scope, right)
    match operator:
        case ast.BitAnd():
            return And((left, other), eager=can_fail(other), location=scope.at(node))
        case ast.BitXor():
            return Not(Compare(Comparison.EQ, left, other, location=scope.at(node)), location=scope.at(node))
        case _ if can_fail(other):
            return Implies(Not(left), other, location=scope.at(node))  # which evaluates both
        case _:
            return Or((left, other), location=scope.at(node))


def _concatenated(scope: Scope, node: ast.BinOp, left: Collection, expected: Type | None) -> Concatenation:
    """Compile ``a + b`` of sequences."""
    right = scope.value(node.right, expected or left.element)
    for value, operand in ((left, node.left), (right, node.right)):
        if not isinstance(value, Collection) or not is_sequence(value):
            scope.fail(
                operand,
                f"+ joins sequences and adds numbers, found {article(described(value))}",
                "sets are joined by |",
            )
    assert isinstance(right, Collection)
    return Concatenation(*alike(scope, left, right, node), location=scope.at(node))


def compile_if_expression(scope: Scope, node: ast.IfExp, expected: Type | None) -> Value:
    test = compile_condition(scope, node.test)
    # An empty set has no type of its own, so the other branch is compiled first, and tells its element type.
    if is_open(scope, node.body) and expected is None:
        otherwise, then = _branches(scope, test, (node.orelse, False), (node.body, True), None)
    else:
        then, otherwise = _branches(scope, test, (node.body, True), (node.orelse, False), expected)
    if isinstance(then, Elements) and isinstance(otherwise, Expr):
        then = then.value
    if isinstance(otherwise, Elements) and isinstance(then, Expr):
        otherwise = otherwise.value
    if isinstance(then, Collection) and isinstance(otherwise, Collection):
        return chosen(scope, test, then, otherwise, node)
    if isinstance(then, Place) and isinstance(otherwise, Place):
        scope.fail(node, "one of two maps has no place here", "choose between their entries: a[k] if ... else b[k]")
    if not isinstance(then, Expr) or not isinstance(otherwise, Expr):
        scope.fail(
            node,
            f"one branch is {article(described(then))}, the other {article(described(otherwise))}",
            "both must be sets, or both single values",
        )
    return conditional(scope, test, then, otherwise, node)


def _branches(
    scope: Scope, test: Expr, first: tuple[ast.expr, bool], second: tuple[ast.expr, bool], expected: Type | None
) -> tuple[Value, Value]:
    """Compile two branches; the second may take the type of its elements from the first."""
    with scope.knowing(learned(test, first[1])):
        one = scope.value(first[0], expected)
    element = one.element if isinstance(one, Collection) else None
    with scope.knowing(learned(test, second[1])):
        other = scope.value(second[0], expected or element)
    return one, other


_POSSIBLE = ", ".join([*map(str, ARITHMETIC.values()), "**"])
