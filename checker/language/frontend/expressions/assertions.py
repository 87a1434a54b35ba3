"""``assert``: a claim that is checked wherever an action or property evaluates it."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.facts import learned, together
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_condition
from assay.checker.language.ir.nodes import Assertion
from assay.checker.language.kinds import Kind

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
    condition = compile_condition(scope, node.test)
    scope.facts = together(scope.facts, learned(condition, True))
    return Assertion(condition, location=scope.at(node))
