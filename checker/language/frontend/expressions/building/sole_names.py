"""Whether a local name is the only one for its container, so that changing the container in place changes nothing else.

In Python, ``log.append(x)`` changes a list that may have other names, or be part of a value by then. Here a name stands
for an expression, and gets another one. The two agree where nothing else can hold the list.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

__all__ = ["is_only_name"]


@functools.cache
def is_only_name(function: ast.FunctionDef, name: str, changed: ast.stmt) -> bool:
    """Return whether nothing but a name can hold its container where a statement changes it."""
    end = _end(_outermost_loop(function, changed))
    made = all(_is_new(value) for value in _values(function, name))
    return made and not any(_place(use) < end for use in _handed_on(function, name))


def _values(function: ast.FunctionDef, name: str) -> Iterator[ast.expr | None]:
    """Yield each value that a name is given; None for one that syntax does not tell."""
    plain: set[int] = set()
    for part in ast.walk(function):
        match part:
            case ast.Assign(targets=[ast.Name(id=target) as node], value=value) if target == name:
                plain.add(id(node))
                yield value
            case ast.AnnAssign(target=ast.Name(id=target) as node, value=value) if target == name:
                plain.add(id(node))
                yield value
            case ast.AugAssign(target=ast.Name(id=target) as node) if target == name:
                plain.add(id(node))
    stored = (part for part in ast.walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
    yield from (None for part in stored if part.id == name and id(part) not in plain)


_COPYING = frozenset({"set", "list", "sorted"})


def _is_new(value: ast.expr | None) -> bool:
    """Return whether an expression makes a container that nothing else holds."""
    match value:
        case ast.List() | ast.Set() | ast.ListComp() | ast.SetComp() | ast.BinOp():
            return True
        case ast.Subscript(slice=ast.Slice()):
            return True
        case ast.Call(func=ast.Name(id=function) | ast.Subscript(value=ast.Name(id=function))):
            return function in _COPYING
        case _:
            return False


_READING = frozenset({"len", "set", "list", "sorted", "sum", "any", "all", "min", "max", "frozenset", "frozen"})
"""Functions that do not keep their argument."""


def _handed_on(function: ast.FunctionDef, name: str) -> Iterator[ast.Name]:
    """Yield each use of a name that may give its container another one."""
    for parent in ast.walk(function):
        for child in ast.iter_child_nodes(parent):
            used = isinstance(child, ast.Name) and child.id == name and isinstance(child.ctx, ast.Load)
            if isinstance(child, ast.Name) and used and not _only_reads(parent, child):
                yield child


def _only_reads(parent: ast.AST, use: ast.Name) -> bool:
    match parent:
        case ast.Attribute() | ast.Compare() | ast.BinOp() | ast.UnaryOp() | ast.Starred() | ast.For():
            return True
        case ast.comprehension(iter=iterated):
            return iterated is use
        case ast.Subscript(value=value):
            return value is use
        case ast.If(test=test) | ast.IfExp(test=test):
            return test is use
        case ast.Call(func=ast.Name(id=called)):
            return called in _READING
        case _:
            return False


def _outermost_loop(function: ast.FunctionDef, changed: ast.stmt) -> ast.stmt:
    loops = (part for part in ast.walk(function) if isinstance(part, ast.For))
    around = [loop for loop in loops if _place(loop) < _place(changed) < _end(loop)]
    return min(around, key=_place, default=changed)


def _place(node: ast.stmt | ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.stmt) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
