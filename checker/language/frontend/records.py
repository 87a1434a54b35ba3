"""Compiling records: made, taken apart, and told from each other."""

from __future__ import annotations

import ast
import dataclasses
import enum
import types
from typing import Any, NoReturn

from assay.checker.language.annotations import type_of
from assay.checker.language.frontend.generators import Generators
from assay.checker.language.frontend.typing import common_type, known
from assay.checker.language.ir.nodes import (
    Conditional,
    Expr,
    Field,
    IsKind,
    Literal,
    Make,
    Narrow,
)
from assay.checker.language.types import (
    BOOL,
    INT,
    EnumType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SortType,
    Type,
    UnionType,
)
from assay.checker.language.wording import article, listed, nearest, numbered

__all__ = ["Records"]


class Records(Generators):
    """Records, their fields and kinds; and Python values from outside the method, which may be records."""

    # Values from outside

    def literal(self, thing: object, node: ast.AST) -> Expr | None:
        """Return a value from outside as an expression, or None if it is no value of the language."""
        place = self.at(node)
        match thing:
            case bool():
                return Literal(thing, BOOL, location=place)
            case enum.Enum():
                return Literal(thing, EnumType(type(thing)), location=place)
            case int():
                return Literal(thing, INT, location=place)
            case None:
                return Literal(None, NoneOnly(), location=place)
            case _ if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
                return self._record_literal(thing, node)
            case _:
                return None

    def _record_literal(self, thing: Any, node: ast.AST) -> Expr | None:
        type_ = type_of(type(thing), self.at(node))
        assert isinstance(type_, RecordType)
        fields = [(self.literal(getattr(thing, name), node), name, wanted) for name, wanted in type_.fields]
        if any(value is None for value, _, _ in fields):
            return None
        fitted = [self.fit(value, wanted, node, f"{type_}.{name}") for value, name, wanted in fields if value]
        return Make(type_, tuple(fitted), location=self.at(node))

    # Making

    def constructed(self, node: ast.Call, cls: type[Any]) -> Expr:
        """Compile ``Vote(ballot, node)``."""
        if not dataclasses.is_dataclass(cls):
            self.fail(
                node,
                f"{cls.__name__} cannot be made",
                "only records can; the elements of a sort come from the instance",
            )
        type_ = type_of(cls, self.at(node))
        assert isinstance(type_, RecordType)
        defaults = {
            field.name: field.default for field in dataclasses.fields(cls) if field.default is not dataclasses.MISSING
        }
        names = [name for name, _ in type_.fields]
        arguments = self.arranged(node, names, cls.__name__, frozenset(defaults))
        fitted = []
        for (name, wanted), argument in zip(type_.fields, arguments, strict=True):
            value = self.expr(argument, wanted) if argument else self.default(defaults[name], name, node)
            fitted.append(self.fit(value, wanted, argument or node, f"{cls.__name__}.{name}"))
        return Make(type_, tuple(fitted), location=self.at(node))

    def default(self, thing: object, name: str, node: ast.AST) -> Expr:
        """Return the default of a parameter or field as an expression."""
        value = self.literal(thing, node)
        if value is None:
            self.fail(
                node, f"the default of {name} is {thing!r}, which is not a value of the language", "name the value"
            )
        return value

    def arranged(
        self,
        node: ast.Call,
        names: list[str],
        callee: str,
        optional: frozenset[str] = frozenset(),
        free: int | None = None,
    ) -> list[ast.expr | None]:
        """Return the arguments of a call in the order of the parameters; None where a default stands in.

        Only the first ``free`` parameters may be given by position.
        """
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            self.fail(node, "* and ** are not part of the language", "write the arguments out")
        free = len(names) if free is None else free
        given: dict[str, ast.expr] = dict(zip(names[:free], node.args, strict=False))
        for keyword in node.keywords:
            name = str(keyword.arg)
            if name in given:
                self.fail(keyword.value, f"{callee} is given {name} twice", f"it takes {listed(names)}")
            if name not in names:
                self.fail(
                    keyword.value,
                    f"{callee} has no parameter {name!r}{nearest(name, names)}",
                    f"it takes {listed(names)}",
                )
            given[name] = keyword.value
        if len(node.args) > free or not set(names) - optional <= given.keys():
            found = len(node.args) + len(node.keywords)
            self.fail(
                node,
                f"{callee} takes {numbered(len(names), 'argument')}, found {found}",
                f"it takes {listed(names)}" if names else "call it without",
            )
        return [given.get(name) for name in names]

    # Fields

    def field(self, operand: Expr, name: str, node: ast.AST) -> Expr:
        """Compile ``operand.name`` of a record, or of a union in which some records have that field."""
        operand = self._not_none(operand)
        holders = [kind for kind in _records(operand.type) if name in dict(kind.fields)]
        if not holders:
            self._no_field(operand.type, name, node)
        result = self._field_of(operand, holders[-1], name, node)
        for kind in reversed(holders[:-1]):
            test = IsKind(operand, (kind,), location=self.at(node))
            result = self.conditional(test, self._field_of(operand, kind, name, node, safe=True), result, node)
        return result

    def _no_field(self, type_: Type, name: str, node: ast.AST) -> NoReturn:
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
        self.fail(node, f"{article(type_)} has no field {name!r}{nearest(name, fields)}", remedy)

    def _not_none(self, operand: Expr) -> Expr:
        if isinstance(operand.type, OptionalType):
            return Narrow(operand, operand.type.inner, location=operand.location)
        return operand

    def _field_of(self, operand: Expr, kind: RecordType, name: str, node: ast.AST, *, safe: bool = False) -> Expr:
        if operand.type != kind:
            operand = Narrow(operand, kind, safe=safe, location=operand.location)
        return known(Field(operand, name, dict(kind.fields)[name], location=self.at(node)), self.facts)

    def conditional(self, test: Expr, then: Expr, otherwise: Expr, node: ast.AST) -> Expr:
        """Return ``then if test else otherwise``, both as their common type."""
        common = common_type(then.type, otherwise.type)
        if common is None:
            self.fail(
                node,
                f"one branch is {article(then.type)}, the other {article(otherwise.type)}",
                "both must be of one type, or records, or one of them None",
            )
        return Conditional(
            test,
            self.fit(then, common, node, "the branch"),
            self.fit(otherwise, common, node, "the branch"),
            location=self.at(node),
        )

    # Kinds

    def kinds(self, node: ast.expr) -> list[Type]:
        """Compile the second argument of ``isinstance``: a class, a tuple or a union of classes."""
        if isinstance(node, ast.Tuple):
            return [kind for element in node.elts for kind in self.kinds(element)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.kinds(node.left) + self.kinds(node.right)
        found, cls = self.resolve(node)
        if found and isinstance(cls, types.UnionType):
            return [kind for argument in cls.__args__ for kind in self._kind(argument, node)]
        return self._kind(cls, node)

    def _kind(self, cls: object, node: ast.expr) -> list[Type]:
        if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
            self.fail(node, f"{ast.unparse(node)} is no record", "possible are records, and tuples of them")
        return [type_of(cls, self.at(node))]

    def kind_test(self, value: Expr, kinds: list[Type], node: ast.AST) -> Expr:
        """Return the test whether a value is of one of these records."""
        if isinstance(value, Narrow) and value.safe:
            value = value.operand
        wide = value.type.inner if isinstance(value.type, OptionalType) else value.type
        alternatives = wide.alternatives if isinstance(wide, UnionType) else (wide,)
        possible = tuple(kind for kind in kinds if kind in alternatives)
        if not possible:
            self.fail(
                node,
                f"{article(value.type)} is never {article(kinds[0])}",
                f"possible are {listed(map(str, alternatives))}",
            )
        if not isinstance(value.type, OptionalType | UnionType):
            return Literal(True, BOOL, location=self.at(node))
        return IsKind(value, possible, location=self.at(node))

    def none_test(self, value: Expr, node: ast.AST) -> Expr:
        """Return the test whether a value is None."""
        if isinstance(value, Narrow) and value.safe and isinstance(value.operand.type, OptionalType):
            value = value.operand
        if isinstance(value.type, OptionalType):
            return IsKind(value, (NoneOnly(),), location=self.at(node))
        if isinstance(value.type, NoneOnly):
            return Literal(True, BOOL)
        self.fail(
            node, f"{article(value.type)} is never None", f"make it optional where it is declared: {value.type} | None"
        )


def _records(type_: Type) -> tuple[RecordType, ...]:
    if isinstance(type_, UnionType):
        return type_.alternatives
    return (type_,) if isinstance(type_, RecordType) else ()
