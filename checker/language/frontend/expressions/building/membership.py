"""Tests whether an element is in a set that a loop builds: before it is added or discarded, they make no difference."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from assay.checker.language.frontend.expressions.building.steps import How, Shape, step_of

__all__ = ["without_needless_test"]


def without_needless_test(node: ast.stmt, shapes: Mapping[str, Shape]) -> ast.stmt:
    """Return ``if x not in s: s.add(x)`` without its test, and ``if x in s: s.discard(x)``: they change nothing else.

    Of several tests joined by ``and`` only the last may go: those before it are evaluated in any case.
    """
    if not isinstance(node, ast.If):
        return node
    match [part for part in node.body if not isinstance(part, ast.Pass)], node.orelse:
        case [inner], [] if _tells_of(node.test, inner, shapes, wanted=True):
            return inner
        case [], [inner] if _tells_of(node.test, inner, shapes, wanted=False):
            return inner
        case [inner], []:
            match node.test:
                case ast.BoolOp(op=ast.And(), values=[*first, last]) if _tells_of(last, inner, shapes, wanted=True):
                    test = first[0] if len(first) == 1 else ast.copy_location(ast.BoolOp(ast.And(), first), node.test)
                    return ast.copy_location(ast.If(test, [inner], []), node)
    return node


def _tells_of(test: ast.expr, inner: ast.stmt, shapes: Mapping[str, Shape], *, wanted: bool) -> bool:
    """Return whether a step changes a set only if a test says so, or says the opposite."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _tells_of(operand, inner, shapes, wanted=not wanted)
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as operator], comparators=[ast.Name(id=name)]):
            step = step_of(inner, name, Shape.SET) if shapes.get(name) is Shape.SET else None
            if step is None or ast.dump(step.value) != ast.dump(ast.Set([left])):
                return False
            present = isinstance(operator, ast.In) is wanted
            return step.how is (How.TAKEN if present else How.UNITED)
        case _:
            return False
