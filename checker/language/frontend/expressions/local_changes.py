"""Changes of local containers for which there is no expression: they are refused with what to assign instead."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import GivenAway, Snapshot
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.building.accumulated import shape_of
from assay.checker.language.frontend.expressions.building.steps import Shape

__all__ = ["demand_no_local", "demand_no_local_change", "demand_no_local_item"]


def demand_no_local_change(scope: Scope, node: ast.stmt) -> None:
    """Refuse a statement that changes a local container."""
    match node:
        case ast.Expr(value=ast.Call() as call):
            demand_no_local(scope, call)
        case ast.Assign(targets=[ast.Subscript() as target]) | ast.AugAssign(target=ast.Subscript() as target):
            demand_no_local_item(scope, target)


def demand_no_local(scope: Scope, node: ast.Call) -> None:
    """Refuse to change a local container in a way for which there is no expression, or one that is the state's."""
    match node.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method):
            binding = scope.names.get(name)
        case _:
            return
    if isinstance(binding, GivenAway):
        changed = f"{binding.place}.{method}({', '.join(map(ast.unparse, node.args))})"
        scope.fail(
            node, f"{name} is the container in {binding.place} since it was assigned to it", f"change that: {changed}"
        )
    if isinstance(binding, Snapshot) and not binding.alias:
        scope.fail(node, f"a local container is not changed by {method}", _instead(name, shape_of(binding), method))


_BECOMING = {"sort": "sorted({0})", "reverse": "list(reversed({0}))"}
"""What a local list becomes by a method that does not change it here."""


def _instead(name: str, shape: Shape | None, method: str) -> str:
    if shape is Shape.LIST and method in _BECOMING:
        return f"assign what it becomes: {name} = {_BECOMING[method].format(name)}"
    if shape is Shape.LIST:
        return f"append and extend change it; or assign what it becomes: {name} = {name}[1:]"
    if shape is Shape.SET:
        becomes = f"{name} = {name} - {{...}}"
        return f"add, update, discard and difference_update change it; or assign what it becomes: {becomes}"
    return "compute it at once"


def demand_no_local_item(scope: Scope, node: ast.Subscript) -> None:
    """Refuse to assign an item of a local list: its name stands for the expression that it was given."""
    name, position = ast.unparse(node.value), ast.unparse(node.slice)
    binding = scope.names.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if isinstance(binding, GivenAway):
        scope.fail(
            node,
            f"{name} is the container in {binding.place} since it was assigned to it",
            f"change that: {binding.place}[{position}] = ...",
        )
    if isinstance(binding, Snapshot) and not binding.alias:
        scope.fail(
            node,
            f"an item of the local list {name} is not assigned to",
            f"assign what it becomes: {name} = [... if k == {position} else x for k, x in enumerate({name})]",
        )
