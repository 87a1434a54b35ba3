"""Assignments to tuples of targets: Python evaluates all values before it assigns the first."""

from __future__ import annotations

import ast

from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_empty
from assay.checker.language.frontend.expressions.displays import open_snapshot
from assay.checker.language.frontend.expressions.iterables.generators import items_of
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.frontend.statements.containers import assign_container
from assay.checker.language.frontend.statements.local_names import (
    assign_local,
    demand_assignable,
    is_pop,
    named_container,
)
from assay.checker.language.frontend.statements.places import store, written_place
from assay.checker.language.frontend.statements.updates import compile_taken
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Collection,
    Elements,
    Expr,
    Name,
    Place,
    Statement,
)
from assay.checker.language.types import is_container
from assay.checker.language.values import frozen
from assay.checker.wording import numbered

__all__ = ["assign_tuple"]


def assign_tuple(scope: Scope, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``a, self.x = ...``."""
    for target in targets:
        if isinstance(target, ast.Starred):
            scope.fail(target, "* is not part of the language", "name each item")
        if isinstance(target, ast.Name):
            demand_assignable(scope, target.id, target)
    if is_pop(value):
        taken, item = compile_taken(scope, value)
        return [*taken, *_given(scope, ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node), item, node)]
    if not isinstance(value, ast.Tuple):
        return _unpack(scope, targets, compile_scalar(scope, value), node)
    if len(value.elts) != len(targets):
        found = numbered(len(value.elts), "value")
        scope.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
    statements: list[Statement] = []
    read: list[Name | Snapshot | ast.expr] = []
    for target, element in zip(targets, value.elts, strict=True):
        read.append(_read_now(scope, target, element, statements))
    for target, one in zip(targets, read, strict=True):
        if isinstance(one, ast.expr):
            place = written_place(scope, target)
            assert isinstance(place, Place)
            statements.append(assign_container(scope, place, one, node))
        elif isinstance(one, Snapshot):
            assert isinstance(target, ast.Name)
            scope.names[target.id] = one
        else:
            statements += _given(scope, target, one, node)
    return statements


def _read_now(
    scope: Scope, target: ast.expr, element: ast.expr, statements: list[Statement]
) -> Name | Snapshot | ast.expr:
    """Evaluate an item of a tuple into a name: Python evaluates every item before it assigns any.

    What is empty reads nothing, and the variable that it is for says of what it is empty.
    """
    if is_empty(element) and _is_container_place(scope, target):
        return element
    if isinstance(target, ast.Name) and is_empty(element):
        return open_snapshot(scope, element)
    if isinstance(target, ast.Name) and _is_container(scope, element):
        compiled = scope.value(element)
        assert isinstance(compiled, Collection)
        snapshot, computed = named_container(scope, compiled, element)
        statements += computed
        return snapshot
    part = compile_part(scope, element)
    name = scope.fresh("value", part.type, element)
    statements.append(AssignLocal(name, part, location=scope.at(element)))
    return name


def _is_container_place(scope: Scope, target: ast.expr) -> bool:
    """Return whether a target is a container of the state, and not a part of one."""
    if not isinstance(target, ast.Attribute | ast.Subscript):
        return False
    place = written_place(scope, target)
    return isinstance(place, Place) and is_container(place.type)


def _is_container(scope: Scope, element: ast.expr) -> bool:
    """Return whether an expression is a container, and not part of a value."""
    calls = [part.func for part in ast.walk(element) if isinstance(part, ast.Call)]
    if any(resolve(scope, function)[1] in (frozen, choose) for function in calls):
        return False  # frozen containers are parts of values; a choice compiled twice would be two choices
    return isinstance(scope.value(element), Collection) and not isinstance(scope.value(element), Elements)


def _given(scope: Scope, target: ast.expr, value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign a computed value to a target, or its items to the parts of a tuple target."""
    if isinstance(target, ast.Name):
        return [assign_local(scope, target.id, value, node)]
    if not isinstance(target, ast.Tuple):
        return [store(scope, written_place(scope, target), value, node)]
    items = zip(target.elts, items_of(scope, target, value), strict=True)
    return [statement for part, item in items for statement in _given(scope, part, item, node)]


def _unpack(scope: Scope, targets: list[ast.expr], value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign the items of a value to a tuple target; the value is evaluated once, before the first assignment."""
    variable = scope.fresh("value", value.type, node)
    pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
    return [AssignLocal(variable, value, location=scope.at(node)), *_given(scope, pattern, variable, node)]
