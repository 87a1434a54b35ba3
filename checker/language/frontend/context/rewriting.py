"""Rewriting of chained assignments as several simple ones."""

from __future__ import annotations

import ast

__all__ = ["kept_name", "one_by_one"]


def kept_name(node: ast.Assign) -> str:
    """Return the name that keeps the value of ``a = b = value``; it has blanks, so no model can use it."""
    return f"the value in line {node.lineno}, column {node.col_offset + 1}"


def one_by_one(node: ast.Assign) -> list[ast.stmt]:
    """Return ``a = b = value`` as assignments of one target: the value is kept, then assigned from left to right."""
    # The value is evaluated once, before any target: Python does so, and a target may change what it reads.
    kept, name = kept_name(node), node.value
    stored = ast.copy_location(ast.Name(kept, ast.Store()), name)
    loaded = ast.copy_location(ast.Name(kept, ast.Load()), name)
    pairs: list[tuple[ast.expr, ast.expr]] = [(stored, node.value), *((target, loaded) for target in node.targets)]
    return [ast.copy_location(ast.Assign([target], value), node) for target, value in pairs]
