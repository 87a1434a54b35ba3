"""Pure helpers, inlined: the IR has no calls."""

from __future__ import annotations

import ast
import inspect
import types
from dataclasses import replace
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.bindings import Binding, SelfBinding, Value
from assay.checker.language.frontend.context.code import Code
from assay.checker.language.frontend.context.ownership import demand_own, is_open, local_container, returned_by
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_alias
from assay.checker.language.frontend.expressions.bodies import compile_body
from assay.checker.language.frontend.expressions.collections import evaluated
from assay.checker.language.frontend.expressions.hints import element_hint
from assay.checker.language.frontend.expressions.records import arranged, default_value
from assay.checker.language.frontend.expressions.simple import demand_simple
from assay.checker.language.introspection.annotations import hints_of, type_of
from assay.checker.language.introspection.generics import filled_hints
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import Cast, Collection, Expr, Let, Literal, Name, Place, Root, substituted
from assay.checker.language.types import BOOL, INT, Type, is_container

__all__ = ["bind_arguments", "inline"]


def inline(
    scope: Scope, node: ast.Call, function: types.FunctionType, owner: SelfBinding | None, expected: Type | None
) -> Value:
    """Compile a call of a pure helper: its body in place of the call."""
    code = Code.of(function)
    names, lets = bind_arguments(scope, node, code, owner)

    def body() -> Value:
        with scope.inside(code, dict(names), node):
            return compile_body(scope, code.node.body, code.node, expected)

    value = scope.unless_too_much_is_known(body)
    if isinstance(value, Expr):
        for name, argument in reversed(lets):
            value = Let(name, argument, value, location=scope.at(node))
        return value
    simple = {variable: demand_simple(scope, argument, node) for variable, argument in lets}
    return substituted(value, simple)


def bind_arguments(
    scope: Scope, node: ast.Call, code: Code, owner: SelfBinding | None
) -> tuple[dict[str, Binding], list[tuple[Name, Expr]]]:
    """Return the bindings of a helper's parameters, and the ``let``s that evaluate its arguments once, in order."""
    function, arguments = code.function, code.node.args
    if arguments.vararg or arguments.kwarg:
        scope.fail(node, f"{code.node.name} has parameters with * or **", "write its parameters out")
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    bindings: dict[str, Binding] = {}
    if owner is not None:
        if not names:
            name = code.node.name
            scope.fail(node, f"{name} has no parameter for the state", f"def {name}(self), or @staticmethod")
        bindings[names.pop(0)] = owner
    free = len(names)
    names += [argument.arg for argument in arguments.kwonlyargs]
    defaults = _defaults(function)
    given = arranged(scope, node, names, code.node.name, frozenset(defaults), free)
    lets: list[tuple[Name, Expr]] = []
    hints = filled_hints(scope.specification.cls, function, hints_of(function, scope.at(node)))
    for name, argument in zip(names, given, strict=True):
        if argument is None:
            bindings[name] = default_value(scope, defaults[name], name, node)
        else:
            bindings[name] = _bound_argument(scope, name, argument, hints.get(name), lets)
    return bindings, lets


def _bound_argument(scope: Scope, name: str, node: ast.expr, hint: Any, lets: list[tuple[Name, Expr]]) -> Binding:
    if isinstance(node, ast.Name) and isinstance(scope.names.get(node.id), SelfBinding):
        return scope.names[node.id]
    wanted = _element_type(hint) if is_open(scope, node) else _scalar_hint(hint)
    value = scope.value(node, wanted)
    if isinstance(value, Collection):
        if can_fail(value):
            lets.append((scope.fresh("computed", BOOL, node), evaluated(scope, value, node)))
        demand_own(scope, node)
        own = local_container(scope, node)
        snapshot = scope.snapshot(value, alias=own is None and is_alias(node, value))
        return replace(snapshot, borrowed=own or returned_by(scope, node))
    if isinstance(value, Place) and value.root is Root.CHOSEN:
        return value  # it does not change, so it is the same wherever it is read
    if isinstance(value, Place):
        scope.fail(node, "a map cannot be passed to a helper", "let the helper read it from self")
    if wanted is not None:
        value = scope.fit(value, wanted, node, f"the argument {name}")
    if isinstance(value.operand if isinstance(value, Cast) else value, Name | Literal):
        return value
    variable = scope.fresh(name, value.type, node)
    lets.append((variable, value))
    return variable


def _defaults(function: Any) -> dict[str, object]:
    signature = inspect.signature(function)
    return {p.name: p.default for p in signature.parameters.values() if p.default is not p.empty}


def _element_type(hint: Any) -> Type | None:
    element = element_hint(hint)
    return None if element is None else type_of(element)


def _scalar_hint(hint: Any) -> Type | None:
    if hint is int or hint is bool:
        return INT if hint is int else BOOL
    try:
        type_ = type_of(hint)
    except ModelError:
        return None
    return None if is_container(type_) else type_
