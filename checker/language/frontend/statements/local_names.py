"""Assignments to local names: of single values, and of containers, for which a name stands for an expression."""

from __future__ import annotations

import ast
from typing import TypeGuard

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.bindings import SelfBinding, Snapshot
from assay.checker.language.frontend.context.conversions import coerce, fits, widened
from assay.checker.language.frontend.context.facts import Facts
from assay.checker.language.frontend.context.ownership import demand_own, local_container
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_alias, is_bag, is_empty, is_sequence
from assay.checker.language.frontend.expressions.collections import evaluated
from assay.checker.language.frontend.expressions.displays import open_snapshot
from assay.checker.language.frontend.expressions.hints import type_named
from assay.checker.language.frontend.statements.map_names import name_map
from assay.checker.language.frontend.statements.updates import compile_pop
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Collection,
    Elements,
    Expr,
    Name,
    Place,
    Statement,
)
from assay.checker.language.types import (
    BOOL,
    COMPUTED,
    INT,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
    has_unbounded,
)
from assay.checker.wording import article

__all__ = ["assign_local", "assign_name", "demand_assignable", "is_pop", "named_container"]


def assign_name(
    scope: Scope,
    name: str,
    value: ast.expr,
    node: ast.stmt,
    element: Type | None = None,
    annotation: ast.expr | None = None,
) -> list[Statement]:
    """Compile ``name = value``. A name for a container needs no statement: it stands for an expression.

    Parameters
    ----------
    element : Type, optional
        The element type of an empty collection, if an annotation states it.
    annotation : ast.expr, optional
        The annotation of the name.
    """
    demand_assignable(scope, name, node)
    if is_pop(value):
        return compile_pop(scope, value, name)
    if is_empty(value) and (element is None or has_unbounded(element)):
        scope.names[name] = open_snapshot(scope, value, element)
        return []
    compiled = scope.value(value, element)
    if isinstance(compiled, Collection):
        scope.names[name], computed = named_container(scope, compiled, value)
        return computed
    if isinstance(compiled, Place):
        return name_map(scope, name, compiled, value)
    return [assign_local(scope, name, compiled, node, annotation)]


def named_container(scope: Scope, compiled: Collection, value: ast.expr) -> tuple[Snapshot, list[Statement]]:
    """Return the binding of a name for a container, and a statement that evaluates it here if that may raise."""
    demand_own(scope, value)
    shared, copy = local_container(scope, value), "list" if is_sequence(compiled) else "set"
    if shared is not None:
        scope.fail(value, f"this would be another name for the container of {shared}", f"copy it: {copy}({shared})")
    alias = is_alias(value, compiled)
    if alias and not isinstance(compiled, Elements):
        scope.fail(value, "this name would be the container in the state itself, not a copy", _copying(compiled, value))
    snapshot = scope.snapshot(compiled, alias=alias)
    if not can_fail(compiled):
        return snapshot, []
    # Python evaluates the container here, even if no path ever uses the name.
    computed = scope.fresh("computed", BOOL, value)
    return snapshot, [AssignLocal(computed, evaluated(scope, compiled, value), location=scope.at(value))]


def _copying(container: Collection, node: ast.expr) -> str:
    """Return the remedy for a message: how to copy a container in the state."""
    if is_bag(container):
        return "bags have no copies: use it where it is"
    copied = "list" if is_sequence(container) else "set"
    return f"copy it: {copied}({ast.unparse(node)})"


def demand_assignable(scope: Scope, name: str, node: ast.AST) -> None:
    """Refuse to assign to the state itself, a parameter, or the variable of a loop."""
    if isinstance(scope.names.get(name), SelfBinding):
        scope.fail(node, f"{name} is the state", "assign to its variables")
    if name in scope.parameters:
        scope.fail(
            node, f"{name} is a parameter or the variable of a loop, which is not assigned to", "use another name"
        )


def assign_local(
    scope: Scope, name: str, value: Expr, node: ast.AST, annotation: ast.expr | None = None
) -> AssignLocal:
    """Return the assignment of a single value; the name's type is that of its first value, or its annotation's."""
    old, given = scope.names.get(name), value.type
    if isinstance(old, Name) and _keeps(old.type, value.type):
        variable, value = old, widened(value, old.type)
        scope.wrote_local(old)
    elif isinstance(old, Name | Snapshot):
        was = str(old.type) if isinstance(old, Name) else described(old.collection)
        remedy = "use another name"
        if isinstance(old, Name) and isinstance(old.type, NoneOnly):
            remedy = f"say what it may be where it is made: {name}: {value.type} | None = None"
        scope.fail(node, f"{name} is {article(was)} so far, this makes it {article(value.type)}", remedy)
    else:
        value = value if annotation is None else _widened(scope, value, annotation)
        variable = scope.fresh(name, _type_of_local(scope, name, value.type), node)
    scope.names[name] = variable
    if isinstance(variable.type, OptionalType | UnionType):
        scope.facts.update(_told(variable, given))
    return AssignLocal(variable, value, location=scope.at(node))


def _told(variable: Name, given: Type) -> Facts:
    """Return the facts about a name of an optional or union type, after a value of some type was assigned to it."""
    if isinstance(given, NoneOnly | OptionalType):
        return {}
    inner = variable.type.inner if isinstance(variable.type, OptionalType) else variable.type
    return {variable: given if isinstance(given, RecordType | UnionType) else inner}


def _widened(scope: Scope, value: Expr, annotation: ast.expr) -> Expr:
    """Return a value converted to the type in its name's annotation, if that is wider.

    Python does not evaluate annotations of local names, so one that is not a type of the language is ignored, unless
    the value is None: then nothing else says which values the name may have later.
    """
    try:
        wider = _with_computed_numbers(type_named(scope, annotation))
    except ModelError:
        if isinstance(value.type, NoneOnly):
            raise
        return value
    if isinstance(wider, IntType) or not fits(value.type, wider):
        return value
    return coerce(value, wider) or value


def _with_computed_numbers(type_: Type) -> Type:
    """Return a type whose numbers without bounds, as ``int`` in an annotation, are those that are computed."""
    match type_:
        case IntType(is_unbounded=True):
            return COMPUTED
        case OptionalType(inner):
            return OptionalType(_with_computed_numbers(inner))
        case TupleType(items):
            return TupleType(tuple(map(_with_computed_numbers, items)))
        case _:
            return type_


def _type_of_local(scope: Scope, name: str, first: Type) -> Type:
    """Return the type of a local name by its first value; a number that is assigned again has no bounds."""
    if not isinstance(first, IntType):
        return first
    return INT if scope.code.times_stored[name] > 1 else first


def is_pop(node: ast.expr) -> TypeGuard[ast.Call]:
    """Return whether an expression takes an item out of a sequence."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"


def _keeps(old: Type, new: Type) -> bool:
    """Return whether a value of one type can be assigned to a local name of another."""
    if isinstance(old, IntType):
        return old == new or (old == INT and isinstance(new, IntType))
    return fits(new, old)
