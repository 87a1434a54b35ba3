"""``some(x)``: the value of ``x``, which the action requires not to be None."""

from __future__ import annotations

import ast
from typing import NoReturn

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.facts import is_path, known, learned, together
from assay.checker.language.frontend.context.order import evaluated_before
from assay.checker.language.frontend.context.scope import Hoisted, Scope
from assay.checker.language.frontend.expressions.collections import evaluated
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import none_test
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import AssignLocal, Collection, Expr, Narrow, Not, Require
from assay.checker.language.types import OptionalType, Type, is_container

__all__ = ["compile_some", "demand_place"]


def compile_some(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    """Compile ``some(x)``: a `require` before the statement, and the value in its place."""
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        scope.fail(node, "some takes the value that may be None", "some(self.lease)")
    hoisted = demand_place(scope, node, "some")
    value = compile_scalar(scope, node.args[0])
    if isinstance(value, Narrow) and value.safe and isinstance(value.operand.type, OptionalType):
        value = value.operand
    absent = none_test(scope, value, node)
    if not isinstance(value.type, OptionalType):
        scope.fail(node, "this is None", "some takes a value that may be None, or not")
    if not is_path(value):
        variable = scope.fresh("value", value.type, node)
        hoisted.before.append(AssignLocal(variable, value, location=scope.at(node)))
        value, absent = variable, none_test(scope, variable, node)
    present = Not(absent, location=scope.at(node))
    hoisted.before.append(Require(present, location=scope.at(node)))
    scope.facts = together(scope.facts, learned(present, True))
    return known(value, scope.facts)


def demand_place(scope: Scope, node: ast.expr, what: str) -> Hoisted:
    """Refuse a call of ``some`` or ``choose`` that cannot be hoisted before its statement, or outside of actions.

    Hoisting changes nothing if the call is evaluated whenever the statement is, and nothing that is evaluated before it
    may raise. What may raise, such as an entry whose key is a number, is evaluated before the call as well; but not
    what calls anything, which might choose or change something twice.
    """
    hoisted = scope.hoisted
    if hoisted is None:
        scope.fail(
            node,
            f"{what} has no place where a value is computed: only actions are enabled or not",
            _INSTEAD[what],
        )
    before = evaluated_before(hoisted.node, node)
    if before is None:
        _no_place(scope, node, f"{what} has no place where it is not always evaluated, and once")
    for expression in before:
        if not _is_certain(scope, expression) and not _evaluated_first(scope, expression, hoisted):
            why = "which of the two comes first would matter"
            _no_place(scope, node, f"{what} has no place behind what may raise: {why}")
    return hoisted


def _evaluated_first(scope: Scope, node: ast.expr, hoisted: Hoisted) -> bool:
    """Evaluate an expression before the statement, and return whether that is possible."""
    if any(isinstance(part, ast.Call) for part in ast.walk(node)):
        return False
    try:
        value = scope.value(node)
    except ModelError:
        return False
    if isinstance(value, Collection):
        hoisted.before.append(Require(evaluated(scope, value, node), location=scope.at(node)))
    elif isinstance(value, Expr) and not is_container(value.type):
        hoisted.before.append(AssignLocal(scope.fresh("earlier", value.type, node), value, location=scope.at(node)))
    else:
        return False
    return True


_INSTEAD = {
    "some": "ask `is not None` first: x is None or ..., or x is not None and ...",
    "choose": "quantify instead: any(... for q in Quorum), or all(...)",
}


def _no_place(scope: Scope, node: ast.expr, message: str) -> NoReturn:
    named = f"value = {ast.unparse(node)}"
    if scope.in_comprehension:
        scope.fail(node, message, f"write a loop instead of the comprehension, with a line for it: {named}")
    scope.fail(node, message, f"name it in a line of its own: {named}")


def _is_certain(scope: Scope, node: ast.expr) -> bool:
    """Return whether the form of an expression alone shows that it is not None."""
    try:
        with scope.rehearsing():
            return not can_fail(scope.value(node))
    except ModelError:
        return False
