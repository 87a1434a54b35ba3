"""``del``: what is to be written instead."""

from __future__ import annotations

import ast
from typing import NoReturn

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_sequence
from assay.checker.language.ir.nodes import Collection, Place, Stored

__all__ = ["refuse_delete"]


def refuse_delete(scope: Scope, node: ast.Delete) -> NoReturn:
    """Refuse ``del``."""
    message, _ = remedies.refused(node)
    scope.fail(node, message, _instead(scope, node.targets[0]))


def _instead(scope: Scope, target: ast.expr) -> str | None:
    match target:
        case ast.Name():
            return "leave it out: a name ends with its function"
        case ast.Subscript(value=owner, slice=ast.Slice(lower=lower, upper=upper, step=None)):
            whole = ast.unparse(owner)
            parts = [f"{whole}[:{ast.unparse(lower)}]"] if lower else []
            parts += [f"{whole}[{ast.unparse(upper)}:]"] if upper else []
            return f"assign what is left: {whole} = {' + '.join(parts) or '[]'}"
        case ast.Subscript(value=owner, slice=key):
            return _without(scope, owner, key)
    return remedies.STATEMENTS[ast.Delete][1]


def _without(scope: Scope, owner: ast.expr, key: ast.expr) -> str | None:
    """Return what leaves a container without an item, or a map without an entry."""
    with scope.rehearsing():
        value = scope.value(owner)
    whole, index = ast.unparse(owner), ast.unparse(key)
    if isinstance(value, Place):
        nothing = remedies.nothing(value.type)
        return f"a Map has a value for every key: assign what stands for none, {whole}[{index}] = {nothing}"
    if isinstance(value, Stored) and is_sequence(value) and not isinstance(owner, ast.Name):
        return f"{whole}.pop({index})"
    if isinstance(value, Collection) and is_sequence(value):
        before = [] if index == "0" else [f"{whole}[:{index}]"]
        after = "1" if index == "0" else f"{index} + 1"
        return f"assign what is left: {whole} = {' + '.join([*before, f'{whole}[{after}:]'])}"
    return f"{whole}.discard({index}) takes an element from a set"
