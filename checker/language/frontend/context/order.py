"""The order in which Python evaluates the parts of a statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["evaluated_before"]


def evaluated_before(node: ast.AST, part: ast.expr) -> list[ast.expr] | None:
    """Return the expressions that are evaluated before a part, in a statement or expression that contains it.

    Returns
    -------
    list of expr, or None
        None unless the part is evaluated exactly once whenever the whole is. It is not after ``and``, in a branch, in a
        comprehension, or in a block inside the statement.
    """
    if node is part:
        return []
    before: list[ast.expr] = []
    for inner in _always_evaluated(node):
        found = evaluated_before(inner, part)
        if found is not None:
            return [*before, *found]
        before.append(inner)
    return None


def _always_evaluated(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions directly inside a node that are evaluated whenever it is, in order."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (value, *targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from (value, target)
        case ast.AugAssign(target=target, value=value):
            yield from (target, value)
        case ast.If(test=first) | ast.Assert(test=first) | ast.IfExp(test=first):
            yield first
        case ast.For(iter=first) | ast.Match(subject=first) | ast.Expr(value=first):
            yield first
        case ast.BoolOp(values=[first, *_]) | ast.UnaryOp(operand=first):
            yield first
        case ast.Compare(left=left, comparators=[right, *_]) | ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            # Evaluating the name of a function, or the state before a method, neither fails nor has an effect.
            if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name):
                yield function.value
            yield from (*arguments, *(keyword.value for keyword in keywords))
        case ast.GeneratorExp(generators=[first, *_]) | ast.SetComp(generators=[first, *_]):
            yield first.iter
        case ast.Subscript(value=value, slice=index):
            yield from (value, index)
        case ast.Attribute(value=value):
            yield value
        case ast.Tuple(elts=items) | ast.Set(elts=items) | ast.List(elts=items):
            yield from items
