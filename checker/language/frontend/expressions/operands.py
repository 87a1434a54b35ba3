"""Operands: expressions that must be a single value, a condition, or True or False."""

from __future__ import annotations

import ast
from collections.abc import Callable

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.facts import learned, together
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_bag, is_sequence
from assay.checker.language.frontend.expressions.widening import contained, container_in
from assay.checker.language.ir.nodes import (
    And,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Conditional,
    Elements,
    Expr,
    Length,
    Literal,
    Or,
    SeqLength,
    Stored,
)
from assay.checker.language.types import INT, BagType, BoolType, OptionalType, SeqType, SetType, Type
from assay.checker.language.values import frozen
from assay.checker.wording import article

__all__ = ["bool_op", "compile_bool_op", "compile_condition", "compile_part", "compile_scalar", "compile_truth"]


_Compile = Callable[[Scope, ast.expr, Type | None], Expr]


def compile_scalar(scope: Scope, node: ast.expr, expected: Type | None = None) -> Expr:
    """Compile an expression that must be a single value; a container is one where one is expected."""
    if isinstance(node, ast.IfExp) and container_in(expected) is not None:
        return _chosen(scope, node, expected, compile_scalar)
    value = scope.value(node, _suitable(expected))
    if expected is None and not isinstance(value, Elements):
        return _demand_single(scope, value, node)
    made = contained(scope, value, expected, node)
    return made if made is not None else _demand_single(scope, value, node)


def compile_part(scope: Scope, node: ast.expr, expected: Type | None = None) -> Expr:
    """Compile an expression whose value becomes part of a tuple or another container, and so must not change any more.

    In Python, a container that could be changed later has no hash, unless it is frozen; so it is refused here.
    """
    if isinstance(node, ast.IfExp) and container_in(expected) is not None:
        return _chosen(scope, node, expected, compile_part)
    if isinstance(node, ast.Call) and _is_frozen(scope, node.func):
        value = scope.value(node, _suitable(expected))
        made = contained(scope, value, expected, node)
        if made is None:
            scope.fail(node, f"the bound of this {described(value)} is not known here", "make it part of a record")
        return made
    value = scope.value(node, _suitable(expected))
    if isinstance(value, Expr | Elements):
        return value if isinstance(value, Expr) else value.value
    if container_in(expected) is not None or (expected is None and isinstance(value, Stored)):
        scope.fail(
            node,
            f"{article(described(value))} that could be changed later cannot be part of a value",
            f"frozen({ast.unparse(node)}), unless one of its items is meant",
        )
    if not isinstance(value, Expr) and isinstance(node, ast.Set | ast.List | ast.SetComp | ast.ListComp):
        scope.fail(
            node,
            f"expected a single value, found {article(described(value))}",
            f"frozen({ast.unparse(node)}), where that is to be a part of the value",
        )
    return _demand_single(scope, value, node)


def _is_frozen(scope: Scope, function: ast.expr) -> bool:
    """Return whether a function makes hashable containers: ``frozen``, ``frozenset`` or ``frozenset[Node]``."""
    called = function.value if isinstance(function, ast.Subscript) else function
    return resolve(scope, called)[1] in (frozen, frozenset)


def _chosen(scope: Scope, node: ast.IfExp, wanted: Type | None, compiled: _Compile) -> Expr:
    """Compile ``a if test else b`` of containers that become parts of a value."""
    assert wanted is not None
    test = compile_condition(scope, node.test)
    branches = []
    for branch, holds in ((node.body, True), (node.orelse, False)):
        with scope.knowing(learned(test, holds)):
            branches.append(scope.fit(compiled(scope, branch, wanted), wanted, branch, "the branch"))
    return Conditional(test, branches[0], branches[1], location=scope.at(node))


def _suitable(expected: Type | None) -> Type | None:
    """Return the expected type; the element type if a set, sequence or bag is expected."""
    inner = container_in(expected)
    return inner.element if isinstance(inner, SetType | SeqType | BagType) else inner or expected


def _demand_single(scope: Scope, value: Value, node: ast.expr) -> Expr:
    if isinstance(value, Expr):
        return value
    scope.fail(
        node, f"expected a single value, found {article(described(value))}", "index it, or choose an element of it"
    )


def compile_condition(scope: Scope, node: ast.expr) -> Expr:
    """Compile an expression whose truth value is used; a collection is true if it is not empty."""
    if isinstance(node, ast.BoolOp):
        return bool_op(scope, node, compile_condition)
    value = scope.value(node)
    match value:
        case Stored(place) if isinstance(place.type, SeqType):
            return Compare(Comparison.LT, Literal(0, INT), SeqLength(place), location=scope.at(node))
        case Stored(place) if isinstance(place.type, BagType):
            return Compare(Comparison.LT, Literal(0, INT), BagTotal(place), location=scope.at(node))
        case Collection() if is_sequence(value) or is_bag(value):
            return Compare(Comparison.LT, Literal(0, INT), Length(value), location=scope.at(node))
        case Collection():
            return Compare(Comparison.LT, Literal(0, INT), Cardinality(value), location=scope.at(node))
        case Expr() if isinstance(value.type, BoolType):
            return value
        case _:
            scope.fail(node, f"expected true or false, found {article(described(value))}", "compare it with something")


def compile_truth(scope: Scope, node: ast.expr, *, default: bool = False) -> Expr:
    """Compile an expression whose value is True or False, not merely truthy or falsy.

    With ``default``, it is followed by ``or``, which in Python gives another value where it is falsy.
    """
    value = scope.value(node)
    if isinstance(value, Expr) and isinstance(value.type, BoolType):
        return value
    remedy = "compare it, or say bool(...)"
    if isinstance(value, Expr) and isinstance(value.type, OptionalType):
        remedy = "compare it; for a default, write x if x is not None else ..."
    elif default and isinstance(value, Collection):
        remedy = f"say bool(...); for a default, write {ast.unparse(node)} if {ast.unparse(node)} else ..."
    scope.fail(node, f"expected True or False, found {article(described(value))}", remedy)


def bool_op(scope: Scope, node: ast.BoolOp, compiled: Callable[[Scope, ast.expr], Expr]) -> Expr:
    conjunction = isinstance(node.op, ast.And)
    parts: list[Expr] = []
    saved = scope.facts
    for operand in node.values:
        # Python comes to an operand of `and` only if all before it were true, of `or` only if they were false.
        parts.append(compiled(scope, operand))
        scope.facts = together(scope.facts, learned(parts[-1], conjunction))
    scope.facts = saved
    return (And if conjunction else Or)(tuple(parts), location=scope.at(node))


def compile_bool_op(scope: Scope, node: ast.BoolOp, _: Type | None) -> Expr:
    """Compile ``a and b`` or ``a or b`` for its value: in Python that is one of the operands."""
    first = node.values[0] if isinstance(node.op, ast.Or) else None
    return bool_op(scope, node, lambda scope, operand: compile_truth(scope, operand, default=operand is first))
