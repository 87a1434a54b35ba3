"""Displays of sets and lists, and empty collections, whose element type comes from elsewhere."""

from __future__ import annotations

import ast
import itertools

from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.conversions import common_type, fits, widened
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_call_of, is_sequence
from assay.checker.language.frontend.expressions.hints import element_named
from assay.checker.language.frontend.expressions.operands import compile_part
from assay.checker.language.frontend.expressions.set_operations import combined, demand_set
from assay.checker.language.frontend.expressions.widening import alike
from assay.checker.language.ir.nodes import Collection, Concatenation, SetOf, SetOperator
from assay.checker.language.types import BOOL, Type
from assay.checker.wording import article

__all__ = ["compile_display", "displayed", "empty_collection", "empty_of", "open_snapshot"]


def compile_display(scope: Scope, node: ast.Set | ast.List, expected: Type | None) -> Collection:
    """Compile ``{a, b}`` or ``[a, b]``; ``[*a, b]`` is a concatenation, ``{*a, b}`` a union."""
    if isinstance(node, ast.List) and any(isinstance(item, ast.Starred) for item in node.elts):
        return _unpacked(scope, node, expected)
    if isinstance(node, ast.Set) and any(isinstance(item, ast.Starred) for item in node.elts):
        return _united(scope, node, expected)
    return displayed(scope, node.elts, node, expected)


def _unpacked(scope: Scope, node: ast.List, expected: Type | None) -> Collection:
    parts: list[Collection] = []
    for starred, group in itertools.groupby(node.elts, lambda item: isinstance(item, ast.Starred)):
        items = list(group)
        if not starred:
            parts.append(displayed(scope, items, node, expected))
        for item in items if starred else ():
            assert isinstance(item, ast.Starred)
            part = scope.value(item.value, expected)
            if not isinstance(part, Collection) or not is_sequence(part):
                scope.fail(item, f"* takes a sequence here, found {article(described(part))}", "sets have no order")
            parts.append(part)
    whole = parts[0]
    for part in parts[1:]:
        whole = Concatenation(*alike(scope, whole, part, node), location=scope.at(node))
    return whole


def _united(scope: Scope, node: ast.Set, expected: Type | None) -> Collection:
    """Compile ``{*a, b}``: a union of what each part holds."""
    whole: Collection | None = None
    for starred, group in itertools.groupby(node.elts, lambda item: isinstance(item, ast.Starred)):
        items = list(group)
        parts = [_distinct(item) for item in items] if starred else [ast.copy_location(ast.Set(items), node)]
        for part in parts:
            found = demand_set(scope, scope.value(part, expected), part)
            whole = found if whole is None else combined(scope, SetOperator.UNION, whole, found, node)
    assert whole is not None
    return whole


def _distinct(item: ast.expr) -> ast.expr:
    """Return the set of what ``*a`` holds."""
    assert isinstance(item, ast.Starred)
    target, element = ast.Name("item", ast.Store()), ast.Name("item", ast.Load())
    made = ast.SetComp(element, [ast.comprehension(target, item.value, [], 0)])
    return ast.fix_missing_locations(ast.copy_location(made, item))


def displayed(scope: Scope, items: list[ast.expr], node: ast.expr, expected: Type | None) -> SetOf:
    """Compile ``{a, b}``, ``[a, b]`` or ``(a, b)`` as a collection."""
    values = [compile_part(scope, item, expected) for item in items]
    suits = expected is not None and all(fits(value.type, expected) for value in values)
    element = expected if suits else None
    for value, item in zip(values, items, strict=True):
        if suits:
            break
        element = value.type if element is None else common_type(element, value.type)
        if element is None:
            scope.fail(
                item,
                f"{article(value.type)} does not go with the other elements",
                "the elements of a collection are of one type, or records of a union",
            )
    if element is None:
        return empty_collection(scope, node, expected)
    fitted = [widened(value, element) for value in values]
    return SetOf(tuple(fitted), element, ordered=not isinstance(node, ast.Set), location=scope.at(node))


def empty_collection(scope: Scope, node: ast.expr, expected: Type | None) -> SetOf:
    """Compile ``set()`` or ``[]``."""
    if expected is None:
        scope.fail(
            node,
            "nothing says of what this is empty",
            f"say it: {'list' if _is_list(node) else 'set'}[T](), for elements of type T",
        )
    return SetOf((), expected, ordered=_is_list(node), location=scope.at(node))


def open_snapshot(scope: Scope, node: ast.expr, said: Type | None = None) -> Snapshot:
    """Return the binding of a name for ``set()`` or ``[]``, which takes its element type where it is used.

    The type that its annotation says, if any, is that of its elements where nothing else tells.
    """
    return Snapshot(SetOf((), BOOL, ordered=_is_list(node), location=scope.at(node)), 0, open=True, said=said)


def _is_list(node: ast.expr) -> bool:
    return not is_call_of(node, "set", "frozenset")


def empty_of(scope: Scope, node: ast.Call, made: object, function: ast.Subscript) -> SetOf:
    """Compile ``set[Node]()``, ``frozenset[Node]()`` or ``list[Node]()``, which state their element type."""
    if node.args or node.keywords:
        called = ast.unparse(function.value)
        scope.fail(node, f"{ast.unparse(function)}(...) says its type twice", f"{called}(...), without the brackets")
    return SetOf((), element_named(scope, function), ordered=made is list, location=scope.at(node))
