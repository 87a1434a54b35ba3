"""Steps that ask first whether an element is in what a loop builds: ``if x not in seen: seen.add(x)``.

A set stays the same without the test, so it goes. A list keeps the first of equal items.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from assay.checker.language.frontend.expressions.building.steps import How, Shape, Step, step_of

__all__ = ["asked_last", "unless_decided"]


def unless_decided(node: ast.stmt, shapes: Mapping[str, Shape]) -> Step | None:
    """Return the step of ``if x not in s: s.add(x)``, or of ``if x in s: s.discard(x)``; None for all else."""
    if not isinstance(node, ast.If):
        return None
    match [part for part in node.body if not isinstance(part, ast.Pass)], node.orelse:
        case [inner], []:
            return _decided(node.test, inner, shapes, wanted=True)
        case [], [inner]:
            return _decided(node.test, inner, shapes, wanted=False)
        case _:
            return None


def asked_last(node: ast.stmt, shapes: Mapping[str, Shape]) -> ast.stmt:
    """Return ``if c and x not in s: s.add(x)`` as two branches, one in the other, as ``and`` evaluates it."""
    match node:
        case ast.If(test=ast.BoolOp(op=ast.And(), values=[*first, last]), body=body, orelse=[]):
            inner = ast.copy_location(ast.If(last, body, []), node)
            if unless_decided(inner, shapes) is not None:
                test = first[0] if len(first) == 1 else ast.copy_location(ast.BoolOp(ast.And(), first), node.test)
                return ast.copy_location(ast.If(test, [inner], []), node)
    return node


def _decided(test: ast.expr, inner: ast.stmt, shapes: Mapping[str, Shape], *, wanted: bool) -> Step | None:
    """Return a step that the test before it, or its opposite, limits to where it makes a difference to a set."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _decided(operand, inner, shapes, wanted=not wanted)
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as operator], comparators=[ast.Name(id=name)]):
            step = step_of(inner, name, shapes[name]) if name in shapes else None
            present = isinstance(operator, ast.In) is wanted
            item = None if step is None else _only_item(step.value)
            if step is None or item is None or step.how not in _DECIDED[present] or ast.dump(item) != ast.dump(left):
                return None
            return replace(step, distinct=step.how is How.APPENDED)
        case _:
            return None


_DECIDED = {True: (How.TAKEN,), False: (How.UNITED, How.APPENDED)}
"""What asks first whether an element is there, and what asks whether it is not."""


def _only_item(container: ast.expr) -> ast.expr | None:
    """Return the one item of a display; None for all else: ``log.extend(x)`` and ``seen |= x`` add those of x."""
    match container:
        case ast.Set(elts=[item]) | ast.List(elts=[item]):
            return item
        case _:
            return None
