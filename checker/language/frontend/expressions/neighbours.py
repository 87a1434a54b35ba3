"""``last(Ballot)``, ``succ(b)`` and ``pred(b)``: the ends of an order, and what comes next in it.

Each is compiled to the largest or smallest of some elements, which every backend has anyway: ``succ(b)`` is the
smallest of those greater than ``b``. An element without a successor fails as the smallest of nothing does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from assay.checker.language.frontend.context.conversions import remedy
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.ir.nodes import (
    TRUE,
    Compare,
    Comparison,
    Expr,
    Extreme,
    Generator,
    Let,
    Literal,
    Name,
    Universe,
)
from assay.checker.language.types import OptionalType, SortType, Type
from assay.checker.wording import article

__all__ = ["compile_last", "compile_neighbour"]


def compile_last(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    """Compile ``last(Ballot)``."""
    universe = compile_collection(scope, _argument(scope, node, "last", "last(Ballot)"))
    if isinstance(universe, Universe) and isinstance(universe.of, SortType) and universe.of.ordered:
        return _extreme(scope, universe.of, node, True, lambda _: TRUE)
    scope.fail(node, "last takes an Order", "an element of a Sort or set is chosen by a parameter of the action")


def compile_neighbour(name: str, *, next_: bool) -> Callable[[Scope, ast.Call, Type | None], Expr]:
    """Return the function that compiles ``succ(b)``, the least element above ``b``, or ``pred(b)``."""

    def compile_call(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
        argument = _argument(scope, node, name, f"{name}(self.ballot)")
        value = compile_scalar(scope, argument)
        if not isinstance(value.type, SortType) or not value.type.ordered:
            scope.fail(argument, f"{article(value.type)} has no {name}", _remedy(value.type, next_=next_))
        known = value if isinstance(value, Name | Literal) else scope.fresh("value", value.type, node)

        def beyond(other: Expr) -> Expr:
            lesser, greater = (known, other) if next_ else (other, known)
            return Compare(Comparison.LT, lesser, greater, location=scope.at(node))

        found = _extreme(scope, value.type, node, not next_, beyond)
        return (
            found
            if not isinstance(known, Name) or known is value
            else Let(known, value, found, location=scope.at(node))
        )

    return compile_call


def _remedy(type_: Type, *, next_: bool) -> str:
    if isinstance(type_, OptionalType) and isinstance(type_.inner, SortType) and type_.inner.ordered:
        return remedy(type_, type_.inner)
    return f"the elements of an Order have; a number has n {'+' if next_ else '-'} 1"


def _argument(scope: Scope, node: ast.Call, name: str, example: str) -> ast.expr:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        scope.fail(node, f"{name} takes one argument", example)
    return node.args[0]


def _extreme(scope: Scope, order: SortType, node: ast.AST, largest: bool, among: Callable[[Expr], Expr]) -> Extreme:
    """Return the largest or smallest element of an order that satisfies a condition."""
    element, place = scope.fresh("element", order, node), scope.at(node)
    condition = among(element)
    domain = Universe(order, location=place)
    generator = Generator(element, domain, None if condition == TRUE else condition, location=place)
    return Extreme(largest, element, (generator,), None, location=place)
