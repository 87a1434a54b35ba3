"""Calls in expressions: of functions, records, methods of the model and of collections."""

from __future__ import annotations

import ast
import types
from typing import Any, NoReturn

from assay.checker.language import formulas, values
from assay.checker.language import model as decorators
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import SelfBinding, Value
from assay.checker.language.frontend.context.lookup import attribute, no_name
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_bag, is_sequence, is_set
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.displays import empty_of
from assay.checker.language.frontend.expressions.functions import FUNCTIONS, built_in_form
from assay.checker.language.frontend.expressions.helpers import inline
from assay.checker.language.frontend.expressions.iterables.copies import only_argument, some_arguments
from assay.checker.language.frontend.expressions.methods import inherited_method, is_super, own_method
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.frontend.expressions.records import compile_construction
from assay.checker.language.frontend.expressions.set_operations import combined, compile_set, differing
from assay.checker.language.frontend.expressions.widening import alike
from assay.checker.language.ir.nodes import (
    BagCount,
    Collection,
    Compare,
    Comparison,
    Elements,
    Expr,
    Extreme,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Let,
    Literal,
    MakeTuple,
    Member,
    Place,
    SetOf,
    SetOperation,
    SetOperator,
    SetRelation,
    Stored,
    Sum,
)
from assay.checker.language.types import INT, BagType, MapType, SeqType, SetType, TupleType, Type
from assay.checker.wording import article, listed, nearest, numbered

__all__ = ["compile_call", "no_function", "no_method"]

_LIBRARY_ONLY = (decorators.require, values.everywhere, values.anything)
_TEMPORAL = (
    *(formulas.always, formulas.until, formulas.leads_to, formulas.happens),
    *(decorators.eventually, decorators.always_eventually),
)


_SET_OPERATORS = {
    "union": SetOperator.UNION,
    "intersection": SetOperator.INTERSECTION,
    "difference": SetOperator.DIFFERENCE,
}


_SET_METHODS = sorted({*_SET_OPERATORS, "symmetric_difference", "issubset", "issuperset", "isdisjoint"})


_MUTATORS = {"add", "discard", "remove", "append", "pop", "clear", "update", "insert", "extend"}


def compile_call(scope: Scope, node: ast.Call, expected: Type | None) -> Value:
    """Compile a call whose value is used."""
    if isinstance(node.func, ast.Lambda):
        scope.fail(node.func, "a lambda is not part of the language", "define a function")
    if isinstance(node.func, ast.Attribute):
        bound = _method_call(scope, node, node.func, expected)
        if bound is not None:
            return bound
    if isinstance(node.func, ast.Subscript):
        made = resolve(scope, node.func.value)[1]
        if made in (set, frozenset, list):
            return empty_of(scope, node, made, node.func)
        if made is dict:
            scope.fail(node, *remedies.unknown(ast.Dict([], [])))
    found, target = resolve(scope, node.func)
    if not found:
        no_function(scope, node.func)
    return _called(scope, node, target, expected)


def no_function(scope: Scope, node: ast.expr) -> NoReturn:
    """Refuse a call of something that does not exist or is not a function."""
    if isinstance(node, ast.Name) and node.id not in scope.names:
        no_name(scope, node.id, node)
    scope.fail(node, f"{ast.unparse(node)} is no function", f"possible are {listed(FUNCTIONS)} and your own functions")


def _called(scope: Scope, node: ast.Call, target: Any, expected: Type | None) -> Value:
    built_in = built_in_form(target)
    if built_in is not None:
        return built_in(scope, node, expected)
    if target in _LIBRARY_ONLY:
        scope.fail(
            node,
            f"{target.__name__} has no place inside an expression",
            "require is a statement of an action; everywhere and anything are values of whole variables",
        )
    if target in _TEMPORAL:
        scope.fail(
            node,
            f"{target.__name__} makes a temporal formula, which has no place inside a state predicate",
            "formulas are made in methods decorated with @temporal, and combined with &, | and ~",
        )
    # Compared one by one, not looked up: the object that is called may have no hash.
    for function, elsewhere in remedies.ELSEWHERE.items():
        if function is target:
            scope.fail(
                node, f"{ast.unparse(node.func)}(...) has no place here", elsewhere.replace("{0}", ast.unparse(node))
            )
    if isinstance(target, types.FunctionType):
        return inline(scope, node, target, None, expected)
    if isinstance(target, type) and target.__module__ != "builtins":
        return compile_construction(scope, node, target)
    scope.fail(
        node,
        f"{ast.unparse(node.func)}() is not part of the language",
        f"possible are {listed(FUNCTIONS)} and your own functions",
    )


def _method_call(scope: Scope, node: ast.Call, function: ast.Attribute, expected: Type | None) -> Value | None:
    if is_super(function.value):
        return inline(scope, node, *inherited_method(scope, function), expected)
    if isinstance(function.value, ast.Name):
        owner = scope.names.get(function.value.id)
        if isinstance(owner, SelfBinding):
            stored = attribute(scope, owner.root, function.attr, function)
            if isinstance(stored, Stored) and isinstance(stored.element, TupleType):
                return _related(scope, node, stored)
            return inline(scope, node, *own_method(scope, function, owner), expected)
    if resolve(scope, function)[0]:
        return None
    return _collection_method(scope, node, function)


def _related(scope: Scope, node: ast.Call, relation: Stored) -> Expr:
    """Compile ``self.between(a, b, c)``: whether a relation holds of its arguments."""
    name, items = relation.place.variable, relation.element.items if isinstance(relation.element, TupleType) else ()
    if not any(variable.name == name for variable in scope.specification.structure):
        scope.fail(node, f"{name} is a set of the state, it is not called", f"ask whether (...) in self.{name}")
    if node.keywords or len(node.args) != len(items) or any(isinstance(part, ast.Starred) for part in node.args):
        scope.fail(
            node, f"{name} is a relation of {numbered(len(items), 'value')}", f"it is of {listed(map(str, items))}"
        )
    values = [
        scope.fit(compile_part(scope, argument, item), item, argument, "the argument")
        for argument, item in zip(node.args, items, strict=True)
    ]
    element = MakeTuple(TupleType(items), tuple(values), location=scope.at(node))
    return Member(element, relation, location=scope.at(node))


def _collection_method(scope: Scope, node: ast.Call, function: ast.Attribute) -> Value:
    name, owner = function.attr, scope.value(function.value)
    if isinstance(owner, Stored) and isinstance(owner.place.type, BagType) and name == "count":
        element = scope.fit(
            compile_part(scope, only_argument(scope, node), owner.element), owner.element, node, "what is counted"
        )
        return BagCount(owner.place, element, location=scope.at(node))
    if isinstance(owner, Collection) and name in ("count", "index") and (is_sequence(owner) or is_bag(owner)):
        if name == "index" and len(node.args) > 1:
            remedy = f"look in a slice, and add what it leaves out: 1 + {ast.unparse(function.value)}[1:].index(...)"
            scope.fail(node, "index takes what is looked for, and nothing else, here", remedy)
        element = scope.fit(
            compile_scalar(scope, only_argument(scope, node), owner.element), owner.element, node, "what is looked for"
        )
        return _found(scope, name, owner, element, node)
    if isinstance(owner, Collection) and name in _SET_OPERATORS and is_set(owner):
        return _combination(scope, _SET_OPERATORS[name], owner, node)
    if isinstance(owner, Collection) and name == "symmetric_difference" and is_set(owner):
        return differing(scope, owner, compile_set(scope, only_argument(scope, node), owner.element), node)
    if isinstance(owner, Collection) and name in _SET_METHODS and is_set(owner):
        return _compared(scope, name, owner, compile_collection(scope, only_argument(scope, node), owner.element), node)
    if name in _MUTATORS and isinstance(owner, Stored):
        remedy = (
            f"name it in a line of its own: x = {ast.unparse(node)}" if name == "pop" else "write it as a statement"
        )
        scope.fail(node, f".{name}() changes the state; its value cannot be used", remedy)
    no_method(scope, owner, name, node)


def _found(scope: Scope, name: str, owner: Collection, element: Expr, node: ast.Call) -> Expr:
    """Compile ``count`` of a sequence or bag, or ``index`` of a sequence, which fails where it has none."""
    place = scope.at(node)
    sought = scope.fresh("sought", element.type, node)
    if name == "count":
        item = scope.fresh("item", owner.element, node)
        is_it = Compare(Comparison.EQ, item, sought, location=place)
        found: Expr = Sum(Literal(1, INT), (Generator(item, owner, is_it),), location=place)
    elif is_sequence(owner):
        # The least position with an equal item. Without one, the least of nothing fails, as `index` does in Python.
        index = scope.fresh("index", INT, node)
        at = ItemAt(owner, index, safe=True, location=place)
        indices = IntRange(Literal(0, INT), Length(owner, location=place), location=place)
        is_it = Compare(Comparison.EQ, at, sought, location=place)
        found = Extreme(False, index, (Generator(index, indices, is_it),), None, location=place)
    else:
        no_method(scope, owner, name, node)
    return Let(sought, element, found, location=place)


def no_method(scope: Scope, owner: Value, name: str, node: ast.AST) -> NoReturn:
    """Refuse a method that a value does not have in the language."""
    type_ = _container_type(owner)
    methods = _METHODS.get(type(type_), _SET_METHODS)
    remedy = f"it has {listed(methods)}" if methods else "index it, loop over it, or ask for its len(...)"
    # What is computed or part of a value is not changed, so what would change it has no other spelling.
    replaced = type_ if isinstance(owner, Stored | Place) or name == "copy" else None
    instead = remedies.method(node.func, replaced) if isinstance(node, ast.Call) else None
    scope.fail(
        node,
        f"{article(described(owner))} has no method {name!r} whose value could be used{nearest(name, methods)}",
        "it has none" if isinstance(owner, Expr) else instead or remedy,
    )


def _container_type(value: Value) -> Type | None:
    """Return the type of a container in the state, in a value, or computed, or of another value."""
    match value:
        case Stored(place):
            return place.type
        case Elements(held):
            return held.type
        case Expr() | Place():
            return value.type
        case _ if is_sequence(value):
            return SeqType(value.element, 0)
        case _ if is_set(value):
            return SetType(value.element)
        case _:
            return None


_METHODS: dict[type[Any], list[str]] = {BagType: ["count"], SeqType: ["count", "index"], MapType: []}


def _combination(scope: Scope, operator: SetOperator, owner: Collection, node: ast.Call) -> Collection:
    """Compile ``a.union(b, c)`` and the like."""
    for argument in some_arguments(scope, node):
        owner = combined(scope, operator, owner, compile_collection(scope, argument, owner.element), node)
    return owner


def _compared(scope: Scope, name: str, left: Collection, right: Collection, node: ast.expr) -> Expr:
    left, right = alike(scope, left, right, node)
    if name == "isdisjoint":
        both = SetOperation(SetOperator.INTERSECTION, left, right, location=scope.at(node))
        return SetRelation(Comparison.EQ, both, SetOf((), left.element), location=scope.at(node))
    if name == "issuperset":
        left, right = right, left
    return SetRelation(Comparison.LE, left, right, location=scope.at(node))
