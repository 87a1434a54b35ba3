"""Folds: ``sum``, ``min`` and ``max`` of a comprehension, of a collection, or of several arguments."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.conversions import common_type, widened
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.iterables.copies import only_argument
from assay.checker.language.frontend.expressions.iterables.generators import elements_of
from assay.checker.language.frontend.expressions.iterables.lexicographic import demand_order, extreme, ordered
from assay.checker.language.frontend.expressions.iterables.ordered import (
    extreme_by_key,
    or_default,
    type_with_default,
)
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Comparison,
    Conditional,
    Expr,
    Extreme,
    Generator,
    Let,
    Literal,
    Name,
    Sum,
)
from assay.checker.language.types import INT, BoolType, TupleType, Type
from assay.checker.wording import article

__all__ = ["compile_extreme", "compile_sum"]


def compile_sum(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    """Compile ``sum(...)``."""
    if len(node.args) == 2 and not node.keywords:
        start = remedies.operand(node.args[1])
        scope.fail(node, "sum takes one argument here", f"add what it starts with: {start} + sum(...)")
    argument = only_argument(scope, node)
    if isinstance(argument, ast.List | ast.Tuple) and not any(isinstance(e, ast.Starred) for e in argument.elts):
        return _added_up(scope, argument.elts, node)
    element, generators = _folded(scope, argument)
    return Sum(_summand(scope, element, argument), generators, location=scope.at(node))


def _added_up(scope: Scope, terms: list[ast.expr], node: ast.AST) -> Expr:
    """Return the sum of what is written out, in which the same number may occur again."""
    total: Expr = Literal(0, INT, location=scope.at(node))
    for place, term in enumerate(terms):
        number = _summand(scope, compile_scalar(scope, term), term)
        total = Arithmetic(ArithmeticOperator.ADD, total, number, location=scope.at(node)) if place else number
    return total


def _summand(scope: Scope, value: Expr, node: ast.expr) -> Expr:
    """Return a value as a number: True counts as 1."""
    if isinstance(value.type, BoolType):
        value = Conditional(value, Literal(1, INT), Literal(0, INT), location=value.location)
    return scope.fit(value, INT, node, "what is summed", raising=True)


def _folded(scope: Scope, argument: ast.expr, *, once: bool = True) -> tuple[Expr, tuple[Generator, ...]]:
    element, generators = elements_of(scope, argument, once=once)
    if not isinstance(element, Expr):
        scope.fail(argument, "a collection cannot be summed or compared", "take its len(...)")
    return element, generators


def compile_extreme(scope: Scope, node: ast.Call, expected: Type | None) -> Expr:
    """Compile ``max(...)`` or ``min(...)``."""
    largest = resolve(scope, node.func)[1] is max
    key, default = _key_of(node), _default(scope, node, expected)
    if key is not None and len(node.args) == 1:
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp):
            argument = ast.copy_location(ast.ListComp(elt=argument.elt, generators=argument.generators), argument)
        return extreme_by_key(scope, node, argument, key, largest=largest, default=default)
    if len(node.args) > 1:
        return _extreme_of(scope, node, largest)
    if len(node.args) != 1:
        scope.fail(node, "min and max take a comprehension, a collection, or several values", "max(... for x in ...)")
    element, generators = _folded(scope, node.args[0], once=False)
    demand_order(scope, element.type, node)
    if default is not None:
        common = type_with_default(scope, element, default, node)
        if isinstance(element.type, TupleType):
            found = widened(extreme(scope, largest, element, generators, node), common)
            return or_default(scope, found, widened(default, common), generators, node)
        return Extreme(largest, widened(element, common), generators, widened(default, common), location=scope.at(node))
    return extreme(scope, largest, element, generators, node)


def _key_of(node: ast.Call) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == "key"), None)


def _default(scope: Scope, node: ast.Call, expected: Type | None) -> Expr | None:
    default = None
    for keyword in node.keywords:
        if keyword.arg == "default":
            default = compile_scalar(scope, keyword.value, expected)
        elif keyword.arg != "key":
            scope.fail(keyword.value, f"{keyword.arg}= is not part of the language", "only default= and key= are")
    return default


def _extreme_of(scope: Scope, node: ast.Call, largest: bool) -> Expr:
    for keyword in node.keywords:
        listed = f"{ast.unparse(node.func)}([{', '.join(map(ast.unparse, node.args))}], key=...)"
        remedy = "leave it out" if keyword.arg == "default" else f"write a list: {listed}"
        scope.fail(node, f"{keyword.arg}= goes with a comprehension or collection, not with several values", remedy)
    lets: list[tuple[Name, Expr]] = []
    values = [_named(scope, compile_scalar(scope, argument), argument, lets) for argument in node.args]
    result = values[0]
    for argument, other in zip(node.args[1:], values[1:], strict=True):
        common = common_type(result.type, other.type)
        if common is None:
            scope.fail(
                argument,
                f"{article(other.type)} cannot be compared with {article(result.type)}",
                "both must be numbers, or of one Order",
            )
        demand_order(scope, common, argument)
        first = widened(result, common)
        second = widened(other, common)
        behind = ordered(scope, Comparison.LT, *((first, second) if largest else (second, first)), argument)
        result = _named(scope, Conditional(behind, second, first, location=scope.at(node)), argument, lets)
    for name, value in reversed(lets):
        result = Let(name, value, result, location=scope.at(node))
    return result


def _named(scope: Scope, value: Expr, node: ast.AST, lets: list[tuple[Name, Expr]]) -> Expr:
    """Return a name for a value that is used twice: without one, each step would double the expression."""
    if isinstance(value, Name | Literal):
        return value
    variable = scope.fresh("value", value.type, node)
    lets.append((variable, value))
    return variable
