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
        scope.fail(node, f"a local container is not changed by {method}", _instead(name, binding, node, method))


_BECOMING = {
    (Shape.LIST, "sort"): "sorted({0})",
    (Shape.LIST, "reverse"): "list(reversed({0}))",
    (Shape.LIST, "clear"): "list[{2}]()",
    (Shape.LIST, "remove"): "{0}[:{0}.index({1})] + {0}[{0}.index({1}) + 1:]",
    (Shape.SET, "clear"): "set[{2}]()",
    (Shape.SET, "intersection_update"): "{0} & {1}",
    (Shape.SET, "symmetric_difference_update"): "{0} ^ {1}",
}
"""What a local container becomes by a method that does not change it here, given arguments and the elements' type."""


def _instead(name: str, binding: Snapshot, node: ast.Call, method: str) -> str:
    shape, given = shape_of(binding), " & ".join(map(ast.unparse, node.args))
    if shape is not None and (shape, method) in _BECOMING:
        becomes = _BECOMING[shape, method].format(name, given, binding.collection.element)
        return f"assign what it becomes: {name} = {becomes}"
    match shape, method:
        case Shape.LIST, "pop":
            taken, left = (0, "1:") if given == "0" else (-1, ":-1")
            return f"take the item, {name}[{taken}], and assign what is left: {name} = {name}[{left}]"
        case Shape.LIST, _:
            return f"append and extend change it; or assign what it becomes: {name} = [...]"
        case Shape.SET, "remove":
            return f"discard changes it: {name}.discard({given})"
        case Shape.SET, "pop":
            return f"a set has no first element; choose one: n = choose({name}), then {name} = {name} - {{n}}"
        case Shape.SET, _:
            return f"add, update, discard and difference_update change it; or assign what it becomes: {name} = ..."
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
