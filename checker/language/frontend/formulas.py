"""Temporal formulas: the operators are evaluated here, and their operands are compiled as state predicates."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

from assay.checker.language import formulas, values
from assay.checker.language import model as decorators
from assay.checker.language.formulas import And, Formula, Happens, Not, Now, Or
from assay.checker.language.frontend.context.bindings import SelfBinding
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar
from assay.checker.language.ir.nodes import Expr, Literal, Name
from assay.checker.language.kinds import Kind
from assay.checker.wording import listed, numbered

__all__ = ["compile_formula"]

_OPERATORS: dict[Any, tuple[Callable[..., Formula], int]] = {
    formulas.always: (formulas.always, 1),
    formulas.until: (formulas.until, 2),
    formulas.leads_to: (formulas.leads_to, 2),
    decorators.eventually: (decorators.eventually, 1),
    decorators.always_eventually: (decorators.always_eventually, 1),
    values.implies: (values.implies, 2),
}
"""Each operator, the function that builds its formula when the method is run, and its number of operands."""

_ONE_RETURN = "a @temporal method is a single return: what its state predicates compute goes into helpers"


def compile_formula(scope: Scope) -> Formula:
    """Compile the body of a ``@temporal`` method, which states a formula; the scope is that of the method.

    Raises
    ------
    ModelError
        If the body is more than one return, or combines formulas by what asks for their truth value, such as ``and``.
    """
    function, body = scope.code.node, scope.code.statements
    match body:
        case [ast.Return(value=ast.expr() as value)]:
            return _formula(scope, value)
        case [ast.Return(), *_] | [] | [ast.Pass()]:
            scope.fail(function, f"{function.name} returns no formula", "return leads_to(..., ...)")
        case _:
            scope.fail(body[0], _ONE_RETURN, "return leads_to(..., ...)")


def _formula(scope: Scope, node: ast.expr) -> Formula:
    """Compile a formula; an expression without a temporal operator is a state predicate."""
    if not _is_temporal(scope, node):
        return Now(compile_condition(scope, node))
    match node:
        case ast.Call():
            return _operator(scope, node)
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            return And(_formula(scope, left), _formula(scope, right))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Or(_formula(scope, left), _formula(scope, right))
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return Not(_formula(scope, operand))
        case _:
            scope.fail(
                node,
                "a temporal formula has no truth value in a state, so this cannot take it",
                "combine formulas with &, | and ~; what shall hold of all elements takes a parameter",
            )


def _is_temporal(scope: Scope, node: ast.expr) -> bool:
    called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    targets = [target for found, target in (resolve(scope, func) for func in called) if found]
    return any(target is formulas.happens or _is_operator(target) for target in targets)


def _is_operator(target: Any) -> bool:
    return any(target is known for known in _OPERATORS if known is not values.implies)


def _operator(scope: Scope, node: ast.Call) -> Formula:
    _, target = resolve(scope, node.func)
    if target is formulas.happens:
        return _occurrence(scope, node)
    known = next((made for operator, made in _OPERATORS.items() if operator is target), None)
    if known is None:
        scope.fail(node, f"{ast.unparse(node.func)} cannot take a temporal formula", "combine formulas with &, | and ~")
    make, count = known
    if len(node.args) != count or node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        taken = "one operand" if count == 1 else "two operands"
        scope.fail(node, f"{ast.unparse(node.func)} takes {taken}", f"{ast.unparse(node.func)}(...)")
    operands = [_formula(scope, argument) for argument in node.args]
    # The very function that the method calls when it is run, so the compiled formula cannot differ from that one.
    return make(*operands)


def _occurrence(scope: Scope, node: ast.Call) -> Formula:
    """Compile ``happens(self.action, ...)``; its arguments must be the same in every state."""
    action = _action(scope, node)
    names = list(inspect.signature(action).parameters)[1:]
    given = dict(zip(names, node.args[1:], strict=False)) | {key.arg: key.value for key in node.keywords if key.arg}
    if len(node.args) - 1 > len(names) or any(name not in names for name in given):
        remedy = f"happens({', '.join([f'self.{action.__name__}', *names])}), or with fewer"
        scope.fail(node, f"{action.__name__} has {numbered(len(names), 'parameter')}: {listed(names)}", remedy)
    types = {method.name: dict(method.parameters) for method in scope.specification.actions}[action.__name__]
    arguments = tuple((name, _argument(scope, given[name], types[name])) for name in names if name in given)
    return Happens(action.__name__, arguments)


def _action(scope: Scope, node: ast.Call) -> Callable[..., Any]:
    match node.args:
        case [ast.Attribute(value=ast.Name(id=owner), attr=attr), *_] if isinstance(
            scope.names.get(owner), SelfBinding
        ):
            found = inspect.getattr_static(scope.specification.cls, attr, None)
            if inspect.isfunction(found) and getattr(found, "__assay_kind__", None) is Kind.ACTION:
                return found
    scope.fail(node, "happens takes an action of the model, and values of its parameters", "happens(self.acquire, c)")


def _argument(scope: Scope, node: ast.expr, type_: Any) -> Expr:
    value = scope.fit(compile_scalar(scope, node, type_), type_, node, "the argument")
    if not isinstance(value, Name | Literal):
        scope.fail(node, "an argument of happens is a parameter, or a value written out", "compare it in a predicate")
    return value
