"""Powers whose exponent is written out: products, to all that reads the IR."""

from __future__ import annotations

import ast
import functools

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import evaluated_first
from assay.checker.language.ir.nodes import Arithmetic, ArithmeticOperator, Expr, Let, Literal, Name
from assay.checker.language.types import INT

__all__ = ["power"]

_MOST_FACTORS = 64
"""The largest exponent of what is not written out."""

_MOST_BITS = 1024
"""The most bits of a power of two numbers that are written out: far more than a state holds."""


def power(scope: Scope, base: Expr, exponent: ast.expr, node: ast.AST) -> Expr:
    """Compile ``base ** exponent``, where the exponent is a number that is written out, or a constant."""
    base = scope.fit(base, INT, node, "the base of **", raising=True)
    count = scope.fit(compile_scalar(scope, exponent), INT, exponent, "the exponent of **", raising=True)
    if not isinstance(count, Literal):
        scope.fail(
            exponent,
            "an exponent is a number that is written out, or a constant of the class or module",
            "choose among powers: 1 if k == 0 else 2 if k == 1 else 4; or make the power itself a parameter",
        )
    if count.value < 0:
        scope.fail(exponent, "a power with a negative exponent is a fraction", "divide: 1 // 2 ** 3")
    if isinstance(base, Literal):
        return _computed(scope, base.value, count.value, node)
    if count.value > _MOST_FACTORS:
        scope.fail(
            exponent,
            f"the exponent of what varies is at most {_MOST_FACTORS}",
            "write smaller powers, and their product",
        )
    if not count.value:
        return evaluated_first(scope, base, Literal(1, INT, location=scope.at(node)), node)
    if isinstance(base, Name) or count.value == 1:
        return _product(scope, base, count.value, node)
    name = scope.fresh("base", base.type, node)
    return Let(name, base, _product(scope, name, count.value, node), location=scope.at(node))


def _computed(scope: Scope, base: int, exponent: int, node: ast.AST) -> Literal:
    # Decided without computing the power, which may have more digits than fit into memory.
    if abs(base) > 1 and abs(base).bit_length() * exponent > _MOST_BITS:
        scope.fail(
            node, f"the power has more than {_MOST_BITS:,} bits", "no state holds such numbers: write a smaller one"
        )
    return Literal(base**exponent, INT, location=scope.at(node))


def _product(scope: Scope, base: Expr, count: int, node: ast.AST) -> Expr:
    def times(product: Expr, factor: Expr) -> Expr:
        return Arithmetic(ArithmeticOperator.MULTIPLY, product, factor, location=scope.at(node))

    return functools.reduce(times, [base] * count)
