"""Advice for calls of `require` and `implies`: Python evaluates all arguments, even where the first decides."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.introspection import source
from assay.checker.language.model import require
from assay.checker.language.values import implies

__all__ = ["EagerCall", "eager_call_at", "lazily", "remedy_at"]

_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def lazily(call: ast.Call, function: object) -> str:
    """Return how to write a call of which a later argument has a value only where an earlier one is true."""
    if function is implies:
        condition, conclusion = call.args
        parts = ast.BoolOp(ast.Or(), [_denied(condition), conclusion])
        return f"implies evaluates both of its arguments; this stops at the first: {ast.unparse(parts)}"
    conditions = ast.BoolOp(ast.And(), list(call.args))
    return f"require evaluates all of its conditions; this stops at the first: require({ast.unparse(conditions)})"


def _denied(condition: ast.expr) -> ast.expr:
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPPOSITES:
            return ast.Compare(left, [_OPPOSITES[type(operator)]()], [right])
        case _:
            return ast.UnaryOp(ast.Not(), condition)


@immutable
class EagerCall:
    """A call of `require` or `implies`, and the index of one of its arguments that is not the first."""

    call: ast.Call
    function: object
    argument: int


def eager_call_at(path: str, line: int, column: int, names: Mapping[str, object]) -> EagerCall | None:
    """Return the call in a later argument of which the code at a place is; columns are counted from 0."""
    try:
        tree = source.parse(path)
    except ModelError:
        return None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        function = names.get(node.func.id)
        for index, part in enumerate(node.args) if function in (require, implies) else ():
            if index and _holds(part, line, column):
                return EagerCall(node, function, index)
    return None


def remedy_at(path: str, line: int, column: int, names: Mapping[str, object]) -> str | None:
    """Return this advice if the code at a place is in a later argument of such a call; columns are counted from 0."""
    found = eager_call_at(path, line, column, names)
    return None if found is None else lazily(found.call, found.function)


def _holds(node: ast.expr, line: int, column: int) -> bool:
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return (node.lineno, node.col_offset) <= (line, column) < end
