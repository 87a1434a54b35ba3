"""``assert``: a claim that is checked wherever an action or property evaluates it."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.facts import learned, together
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_condition
from assay.checker.language.frontend.expressions.records import kinds_named
from assay.checker.language.ir.nodes import TRUE, Assertion, Expr
from assay.checker.language.kinds import Kind
from assay.checker.language.types import NoneOnly, OptionalType, UnionType

__all__ = ["compile_asserted"]

_STATELESS = (Kind.INITIAL, Kind.AXIOM)


def compile_asserted(scope: Scope, node: ast.Assert) -> Assertion:
    """Compile ``assert condition``; after it, the condition is known."""
    kind = getattr(scope.stack[0], "__assay_kind__", None)
    if kind in _STATELESS:
        scope.fail(node, "an assertion is about states that are reached, and here is none yet", "make it an invariant")
    if not __debug__:
        scope.fail(node, "Python skips assertions where it is started with -O", "start it without")
    if node.msg is not None and not (isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str)):
        scope.fail(node.msg, "what an assertion says is a text between quotes", 'assert x <= y, "x is beyond y"')
    condition = TRUE if _is_for_type_checkers(scope, node.test) else compile_condition(scope, node.test)
    scope.facts = together(scope.facts, learned(condition, True))
    return Assertion(condition, location=scope.at(node))


def _is_for_type_checkers(scope: Scope, test: ast.expr) -> bool:
    """Return whether a condition says of a local name only what is known already, though not to a type checker.

    That is ``x is not None`` after ``require(self.x is not None)`` and ``x = self.x``.
    """
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_is_for_type_checkers(scope, part) for part in parts)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            value = scope.names.get(name)
            return isinstance(value, Expr) and not isinstance(value.type, OptionalType | NoneOnly)
        case ast.UnaryOp(
            op=ast.Not(), operand=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), classes])
        ):
            value = scope.names.get(name)
            return isinstance(value, Expr) and _is_none_of(scope, value, classes)
        case _:
            return False


def _is_none_of(scope: Scope, value: Expr, classes: ast.expr) -> bool:
    inner = value.type.inner if isinstance(value.type, OptionalType) else value.type
    kinds = inner.alternatives if isinstance(inner, UnionType) else (inner,)
    return not any(kind in kinds for kind in kinds_named(scope, classes))
