"""Remarks on arguments of `require` and `implies` that earlier ones seem to guard: Python evaluates them all."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from assay.checker.language.frontend.context.facts import learned
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.introspection.eagerness import lazily
from assay.checker.language.ir.definedness import is_partial
from assay.checker.language.ir.nodes import Arithmetic, Expr, Literal, Narrow, Node, SeqItem, SeqLength, walk

__all__ = ["remark_on_guards"]


def remark_on_guards(scope: Scope, node: ast.Call, function: object, arguments: Sequence[Expr]) -> None:
    """Remark on an argument that may raise where an earlier one tests just what it needs."""
    for index, argument in enumerate(arguments[1:], start=1):
        for part in walk(argument):
            if is_partial(part) and any(_asks_for(earlier, part) for earlier in arguments[:index]):
                scope.remark(node.args[index], lazily(node, function))
                break


def _asks_for(condition: Expr, part: Node) -> bool:
    """Return whether a condition tests something that an expression needs to have a value."""
    match part:
        case Narrow(operand, _, _):
            return operand in learned(condition, True)
        case SeqItem(place):
            return any(inner == SeqLength(place) for inner in walk(condition))
        case Arithmetic(_, _, right):
            return not isinstance(right, Literal) and any(inner == right for inner in walk(condition))
        case _:
            return False
