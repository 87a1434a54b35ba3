"""Calls of a model's own functions that may return one of their arguments: the very container, and no copy of it."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from typing import Any

from assay.checker.language.frontend.context.code import Code

__all__ = ["alternatives", "arguments", "may_return_an_argument"]


def may_return_an_argument(code: Code, cls: type, node: ast.Call) -> bool:
    """Return whether a call, in a function of a model's class, may have the value of an argument as its value.

    Whatever a built-in function or a construction returns is new. Of the model's own functions, the expressions
    that they return are looked at, and the functions that these call.
    """
    return _passes_on(code, cls, node, frozenset())


def _passes_on(code: Code, cls: type, node: ast.Call, entered: frozenset[types.FunctionType]) -> bool:
    function = _called(code, cls, node.func)
    if not isinstance(function, types.FunctionType) or function.__module__.startswith("assay.checker."):
        return False
    if function in entered:
        return False  # a recursive call is refused where it is compiled
    called = Code.of(function)
    arguments = called.node.args
    names = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    return any(
        _is_parameter(called, cls, statement.value, names, entered | {function})
        for statement in ast.walk(called.node)
        if isinstance(statement, ast.Return) and statement.value is not None
    )


def _is_parameter(
    code: Code, cls: type, node: ast.expr, names: set[str], entered: frozenset[types.FunctionType]
) -> bool:
    """Return whether an expression may have one of these names' values as its value."""
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.Call():
            given = any(_is_parameter(code, cls, argument, names, entered) for argument in arguments(node))
            return given and _passes_on(code, cls, node, entered)
        case _:
            return any(_is_parameter(code, cls, part, names, entered) for part in alternatives(node))


def alternatives(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of an expression of which one is its value, as they stand."""
    match node:
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.BoolOp():
            yield from node.values
        case ast.NamedExpr():
            yield node.value


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a call, positional ones first."""
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _called(code: Code, cls: type, node: ast.expr) -> Any:
    """Return what is called: a name of the module, or an attribute of it, of the model or of its bases."""
    match node:
        case ast.Name(id=name):
            return code.lookup(name)[1]
        case ast.Attribute(value=owner, attr=attr):
            outside = _called(code, cls, owner)
            return getattr(outside if isinstance(outside, type | types.ModuleType) else cls, attr, None)
    return None
