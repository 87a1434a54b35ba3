"""Atoms: constants, names, and attributes of the state, of classes and of modules."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import types
import typing

from assay.checker.language.frontend.context.bindings import SelfBinding, Value
from assay.checker.language.frontend.context.lookup import attribute, look_up, no_name, no_variable
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.collections import class_universe
from assay.checker.language.frontend.expressions.helpers import inline
from assay.checker.language.frontend.expressions.iterables.spans import every_number
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import compile_field, literal_of
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.ir.nodes import Collection, Expr, SetOf
from assay.checker.language.types import IntType, Type, has_unbounded
from assay.checker.language.values import Range
from assay.checker.wording import article, listed, nearest

__all__ = ["compile_attribute", "compile_constant", "compile_name"]


def compile_constant(scope: Scope, node: ast.Constant, _: Type | None) -> Expr:
    if node.value is None or isinstance(node.value, bool | int):
        literal = literal_of(scope, node.value, node)
        assert literal is not None
        return literal
    remedy = "numbers are whole" if isinstance(node.value, float | complex) else "use an Enum for names"
    scope.fail(node, f"{node.value!r} is not a value of the language", remedy)


def compile_name(scope: Scope, node: ast.Name, expected: Type | None) -> Value:
    if node.id in scope.names:
        value = look_up(scope, node, expected)
        if isinstance(value, SelfBinding):
            scope.fail(node, f"{node.id} is the whole state, not a value", "use one of its variables")
        assert value is not None
        return value
    found, thing = scope.code.lookup(node.id)
    if not found:
        no_name(scope, node.id, node)
    return _outside(scope, thing, node)


def _outside(scope: Scope, thing: object, node: ast.expr) -> Value:
    literal = literal_of(scope, thing, node)
    if literal is not None:
        return literal
    universe = class_universe(scope, thing, node)
    if universe is not None:
        return universe
    if isinstance(thing, tuple | frozenset) and thing:
        return _constant_collection(scope, thing, node)
    _no_type(scope, thing, node)
    name = ast.unparse(node)
    if isinstance(thing, type) and dataclasses.is_dataclass(thing):
        scope.fail(node, f"{name} is a record, not a collection of its values", f"run over values_of({name})")
    if isinstance(thing, set | list | dict):
        scope.fail(node, f"{name} can be changed by others", "make it a frozenset or a tuple")
    scope.fail(
        node,
        f"{name} is {article(type(thing).__name__)}, which is not a value of the language",
        "possible are bool, int, None, members of an Enum, records and collections of these",
    )


def _no_type(scope: Scope, thing: object, node: ast.expr) -> None:
    """Refuse a type that is neither a sort nor an Enum, and that Python itself cannot run over."""
    if thing is Range:
        scope.fail(node, "Range is a type of numbers, not a collection of them", "those of Range[0, 3] are range(4)")
    if typing.get_origin(thing) not in (typing.Annotated, types.UnionType, typing.Union, set, frozenset, dict, tuple):
        return
    type_ = type_of(thing, scope.at(node))
    remedy = f"run over values_of({ast.unparse(node)})"
    if has_unbounded(type_):
        remedy = "run over a Sort, an Order or an Enum, or over what a variable holds"
    elif isinstance(type_, IntType):
        remedy = f"its numbers are {every_number(scope, type_)}"
    scope.fail(node, f"{ast.unparse(node)} is the type {type_}, not a collection of its values", remedy)


def _constant_collection(scope: Scope, things: tuple[object, ...] | frozenset[object], node: ast.expr) -> Collection:
    literals = [literal for thing in things if (literal := literal_of(scope, thing, node)) is not None]
    if len(literals) != len(things) or len({literal.type for literal in literals}) != 1:
        scope.fail(
            node,
            f"{ast.unparse(node)} is a collection of other things than values of one type",
            "its elements may be numbers, members of one Enum, or records of one class",
        )
    return SetOf(tuple(literals), literals[0].type, ordered=isinstance(things, tuple), location=scope.at(node))


def compile_attribute(scope: Scope, node: ast.Attribute, _: Type | None) -> Value:
    if isinstance(node.value, ast.Name):
        owner = scope.names.get(node.value.id)
        if isinstance(owner, SelfBinding):
            return _state_attribute(scope, owner, node)
    found, thing = resolve(scope, node)
    if found:
        return _outside(scope, thing, node)
    owner_class = resolve(scope, node.value)[1]
    if isinstance(owner_class, type | types.ModuleType):
        enumeration = owner_class if isinstance(owner_class, enum.EnumMeta) else None
        members = [name for name in vars(owner_class) if not name.startswith("_")]
        scope.fail(
            node,
            f"{ast.unparse(node.value)} has no member {node.attr!r}{nearest(node.attr, members)}",
            f"possible are constants that {owner_class.__name__} defines"
            if enumeration is None
            else f"it has {listed(enumeration.__members__)}",
        )
    return compile_field(scope, compile_scalar(scope, node.value), node.attr, node)


def _state_attribute(scope: Scope, owner: SelfBinding, node: ast.Attribute) -> Value:
    value = attribute(scope, owner.root, node.attr, node)
    if value is not None:
        return value
    missing = object()
    thing = inspect.getattr_static(scope.specification.cls, node.attr, missing)
    if isinstance(thing, property) and isinstance(thing.fget, types.FunctionType):
        call = ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node)
        return inline(scope, call, thing.fget, owner, None)
    if isinstance(thing, types.FunctionType | staticmethod):
        scope.fail(node, f"{node.attr} is a method, it must be called", f"{ast.unparse(node)}(...)")
    if thing is missing:
        no_variable(scope, node.attr, node)
    return _outside(scope, thing, node)
