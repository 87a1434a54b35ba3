"""Records: construction, fields and tests of their kind; and values from outside a method, which may be records."""

from __future__ import annotations

import ast
import dataclasses
import enum
import types
from typing import Any, NoReturn

from assay.checker.language.bags import Bag
from assay.checker.language.frontend.context.conversions import common_type, widened
from assay.checker.language.frontend.context.facts import known
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Collected,
    Conditional,
    Expr,
    Field,
    IsKind,
    Let,
    Literal,
    Make,
    Narrow,
    SetOf,
)
from assay.checker.language.sorts import Least
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    EnumType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
)
from assay.checker.wording import article, listed, nearest, numbered

__all__ = [
    "arranged",
    "compile_construction",
    "compile_field",
    "conditional",
    "default_value",
    "evaluated_first",
    "kind_test",
    "kinds_named",
    "literal_of",
    "none_test",
]


def literal_of(scope: Scope, thing: object, node: ast.AST) -> Expr | None:
    """Return a Python object from outside the method as a literal, or None if it is not a value of the language."""
    place = scope.at(node)
    match thing:
        case bool():
            return Literal(thing, BOOL, location=place)
        case enum.Enum():
            return Literal(thing, EnumType(type(thing)), location=place)
        case int():
            return Literal(thing, INT, location=place)
        case None:
            return Literal(None, NoneOnly(), location=place)
        case Least():
            scope.fail(
                node, f"{thing} is another element in each instance, so it is no constant", f"write {thing} here"
            )
        case _ if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            return _record_literal(scope, thing, node)
        case _:
            return None


def _record_literal(scope: Scope, thing: Any, node: ast.AST) -> Expr | None:
    type_ = type_of(type(thing), scope.at(node))
    assert isinstance(type_, RecordType)
    fields = [(literal_of(scope, getattr(thing, name), node), name, wanted) for name, wanted in type_.fields]
    if any(value is None for value, _, _ in fields):
        return None
    fitted = [scope.fit(value, wanted, node, f"{type_}.{name}") for value, name, wanted in fields if value]
    return Make(type_, tuple(fitted), location=scope.at(node))


def compile_construction(scope: Scope, node: ast.Call, cls: type[Any]) -> Expr:
    """Compile ``Vote(ballot, node)``."""
    if cls is Bag:
        scope.fail(node, "a bag is made where it is assigned to a variable of the state", "self.bag = Bag(other)")
    if not dataclasses.is_dataclass(cls):
        scope.fail(
            node,
            f"{cls.__name__} cannot be made",
            "only records can; the elements of a sort come from the instance",
        )
    type_ = type_of(cls, scope.at(node))
    assert isinstance(type_, RecordType)
    defaults = {
        field.name: field.default for field in dataclasses.fields(cls) if field.default is not dataclasses.MISSING
    }
    names = [name for name, _ in type_.fields]
    empty = _empty_by_default(cls, type_)
    arguments = arranged(scope, node, names, cls.__name__, frozenset(defaults) | empty.keys())
    fitted = []
    for (name, wanted), argument in zip(type_.fields, arguments, strict=True):
        if argument is None and name in empty:
            fitted.append(empty[name])
            continue
        value = (
            compile_scalar(scope, argument, wanted) if argument else default_value(scope, defaults[name], name, node)
        )
        fitted.append(scope.fit(value, wanted, argument or node, f"{cls.__name__}.{name}"))
    return Make(type_, tuple(fitted), location=scope.at(node))


def _empty_by_default(cls: type[Any], type_: RecordType) -> dict[str, Expr]:
    """Return the fields that default to an empty container: ``field(default_factory=list)``."""
    found: dict[str, Expr] = {}
    for field, (name, wanted) in zip(dataclasses.fields(cls), type_.fields, strict=True):
        factory: Any = field.default_factory
        if isinstance(wanted, SetType | SeqType | BagType) and factory in (list, set, frozenset, Bag):
            nothing = SetOf((), wanted.element, ordered=not isinstance(wanted, SetType))
            found[name] = Collected(nothing, wanted)
    return found


def default_value(scope: Scope, thing: object, name: str, node: ast.AST) -> Expr:
    """Return the default of a parameter or field as an expression."""
    value = literal_of(scope, thing, node)
    if value is None:
        scope.fail(
            node, f"the default of {name} is {thing!r}, which is not a value of the language", "leave the default out"
        )
    return value


def arranged(
    scope: Scope,
    node: ast.Call,
    names: list[str],
    callee: str,
    optional: frozenset[str] = frozenset(),
    free: int | None = None,
) -> list[ast.expr | None]:
    """Return the arguments of a call in the order of the parameters; None where the default is used.

    Only the first ``free`` parameters may be given by position.
    """
    if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        scope.fail(node, "* and ** are not part of the language", "write the arguments out")
    free = len(names) if free is None else free
    given: dict[str, ast.expr] = dict(zip(names[:free], node.args, strict=False))
    for keyword in node.keywords:
        name = str(keyword.arg)
        if name in given:
            scope.fail(keyword.value, f"{callee} is given {name} twice", f"it takes {listed(names)}")
        if name not in names:
            scope.fail(
                keyword.value,
                f"{callee} has no parameter {name!r}{nearest(name, names)}",
                f"it takes {listed(names)}",
            )
        given[name] = keyword.value
    if len(node.args) > free or not set(names) - optional <= given.keys():
        found = len(node.args) + len(node.keywords)
        scope.fail(
            node,
            f"{callee} takes {numbered(len(names), 'argument')}, found {found}",
            f"it takes {listed(names)}" if names else "call it without",
        )
    return [given.get(name) for name in names]


def compile_field(scope: Scope, operand: Expr, name: str, node: ast.AST) -> Expr:
    """Compile ``operand.name`` of a record, or of a union in which some records have that field."""
    operand = _not_none(operand)
    holders = [kind for kind in _records(operand.type) if name in dict(kind.fields)]
    if not holders:
        _no_field(scope, operand.type, name, node)
    result = _field_of(scope, operand, holders[-1], name, node)
    for kind in reversed(holders[:-1]):
        test = IsKind(operand, (kind,), location=scope.at(node))
        result = conditional(scope, test, _field_of(scope, operand, kind, name, node, safe=True), result, node)
    return result


def _no_field(scope: Scope, type_: Type, name: str, node: ast.AST) -> NoReturn:
    fields = list(dict.fromkeys(field for kind in _records(type_) for field, _ in kind.fields))
    match type_:
        case RecordType() | UnionType():
            remedy = f"it has {listed(fields)}"
        case SortType() | QuorumType():
            remedy = "an element of a sort is an identity: compare it, or use it as a key"
        case EnumType(cls):
            remedy = f"compare it with a member: {cls.__name__}.{next(iter(cls)).name}"
        case _:
            remedy = "records have fields"
    scope.fail(node, f"{article(type_)} has no field {name!r}{nearest(name, fields)}", remedy)


def _not_none(operand: Expr) -> Expr:
    if isinstance(operand.type, OptionalType):
        return Narrow(operand, operand.type.inner, location=operand.location)
    return operand


def _field_of(scope: Scope, operand: Expr, kind: RecordType, name: str, node: ast.AST, *, safe: bool = False) -> Expr:
    if operand.type != kind:
        operand = Narrow(operand, kind, safe=safe, location=operand.location)
    return known(Field(operand, name, dict(kind.fields)[name], location=scope.at(node)), scope.facts)


def conditional(scope: Scope, test: Expr, then: Expr, otherwise: Expr, node: ast.AST) -> Expr:
    """Return ``then if test else otherwise``, both as their common type."""
    common = common_type(then.type, otherwise.type)
    if common is None:
        scope.fail(
            node,
            f"one branch is {article(then.type)}, the other {article(otherwise.type)}",
            "both must be of one type, or records, or one of them None",
        )
    return Conditional(
        test,
        widened(then, common),
        widened(otherwise, common),
        location=scope.at(node),
    )


def kinds_named(scope: Scope, node: ast.expr) -> list[Type]:
    """Compile the second argument of ``isinstance``: a class, a tuple or a union of classes."""
    if isinstance(node, ast.Tuple):
        return [kind for element in node.elts for kind in kinds_named(scope, element)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return kinds_named(scope, node.left) + kinds_named(scope, node.right)
    found, cls = resolve(scope, node)
    if found and isinstance(cls, types.UnionType):
        return [kind for argument in cls.__args__ for kind in _kind(scope, argument, node)]
    return _kind(scope, cls, node)


def _kind(scope: Scope, cls: object, node: ast.expr) -> list[Type]:
    if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
        scope.fail(
            node,
            f"{ast.unparse(node)} is no record",
            "possible are records, and tuples of them; of what may be None, ask x is not None",
        )
    return [type_of(cls, scope.at(node))]


def kind_test(scope: Scope, value: Expr, kinds: list[Type], node: ast.AST) -> Expr:
    """Return the test whether a value is of one of these records."""
    if isinstance(value, Narrow) and value.safe:
        value = value.operand
    wide = value.type.inner if isinstance(value.type, OptionalType) else value.type
    alternatives = wide.alternatives if isinstance(wide, UnionType) else (wide,)
    possible = tuple(kind for kind in kinds if kind in alternatives)
    if not possible:
        scope.fail(
            node,
            f"{article(value.type)} is never {article(kinds[0])}",
            f"possible are {listed(map(str, alternatives))}",
        )
    if not isinstance(value.type, OptionalType | UnionType):
        return _certainly(scope, value, node)
    return IsKind(value, possible, location=scope.at(node))


def _certainly(scope: Scope, value: Expr, node: ast.AST) -> Expr:
    """Return a test that is true for every value, but evaluates the value, as Python does, since that may raise."""
    return evaluated_first(scope, value, Literal(True, BOOL, location=scope.at(node)), node)


def evaluated_first(scope: Scope, value: Expr, result: Expr, node: ast.AST) -> Expr:
    """Return a result that does not depend on a value, but evaluates the value first if that may raise."""
    if not can_fail(value):
        return result
    return Let(scope.fresh("value", value.type, node), value, result, location=scope.at(node))


def none_test(scope: Scope, value: Expr, node: ast.AST) -> Expr:
    """Return the test whether a value is None."""
    if isinstance(value, Narrow) and value.safe and isinstance(value.operand.type, OptionalType):
        value = value.operand
    if isinstance(value.type, OptionalType):
        return IsKind(value, (NoneOnly(),), location=scope.at(node))
    if isinstance(value.type, NoneOnly):
        return _certainly(scope, value, node)
    scope.fail(
        node, f"{article(value.type)} is never None", f"make it optional where it is declared: {value.type} | None"
    )


def _records(type_: Type) -> tuple[RecordType, ...]:
    if isinstance(type_, UnionType):
        return type_.alternatives
    return (type_,) if isinstance(type_, RecordType) else ()
