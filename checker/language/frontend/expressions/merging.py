"""Branches that only assign one name, merged into a conditional expression."""

from __future__ import annotations

import ast
import functools

__all__ = ["leaves", "merged_assignment"]


@functools.cache
def merged_assignment(node: ast.If) -> tuple[str, ast.expr] | None:
    """Return the name that a branch assigns, and the value as a conditional expression; None if it does anything else.

    What follows the branch is then compiled once instead of once on every path: after twelve such branches in a row,
    there are four thousand paths.
    """
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    if len(names) != 1:
        return None
    name = names.pop()
    value = _value_after([node], name)
    return None if value is None else (name, value)


def _value_after(statements: list[ast.stmt], name: str) -> ast.expr | None:
    match statements:
        case []:  # nothing is assigned on this path, so the name keeps its value
            return ast.Name(id=name, ctx=ast.Load())
        case [ast.Assign(targets=[ast.Name(id=target)], value=value)] if target == name:
            return value
        case [ast.If(test=test, body=body, orelse=orelse) as node]:
            then, otherwise = _value_after(body, name), _value_after(orelse, name)
            if then is None or otherwise is None:
                return None
            branch = ast.copy_location(ast.IfExp(test=test, body=then, orelse=otherwise), node)
            return ast.fix_missing_locations(branch)
        case _:
            return None


def leaves(node: ast.If, name: str) -> bool:
    """Return whether some path through a branch does not assign a name."""
    ends = [[*node.body], [*node.orelse]]
    return any(not end or (isinstance(end[0], ast.If) and leaves(end[0], name)) for end in ends)
