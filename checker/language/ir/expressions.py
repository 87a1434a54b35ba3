"""Expressions with single values and no effects: reading, records and tuples, arithmetic, names."""

from __future__ import annotations

import enum

from assay.checker.immutable import immutable
from assay.checker.language.ir.core import Expr, Name, Place
from assay.checker.language.types import INT, RecordType, SeqType, SortType, TupleType, Type, either

__all__ = [
    "Arithmetic", "ArithmeticOperator", "Cast", "Conditional", "ConstantRef", "Field", "Item", "LeastOf", "Let", "Make",
    "MakeTuple", "Narrow", "Read", "SeqItem",
]  # fmt: skip


@immutable
class ConstantRef(Expr):
    """An instance parameter."""

    name: str
    type: Type


@immutable
class Read(Expr):
    """The scalar at a place."""

    place: Place

    @property
    def type(self) -> Type:
        return self.place.type


@immutable
class Field(Expr):
    """A field of a record; the operand is of exactly that record's type."""

    operand: Expr
    name: str
    type: Type


@immutable
class Item(Expr):
    """An item of a tuple, by its position."""

    operand: Expr
    index: int
    type: Type


@immutable
class Make(Expr):
    """A record made from its fields, in order."""

    type: RecordType
    arguments: tuple[Expr, ...]


@immutable
class MakeTuple(Expr):
    """A tuple."""

    type: TupleType
    arguments: tuple[Expr, ...]


@immutable
class Cast(Expr):
    """A value seen as one of a wider type: a record as one of a union, a ``T`` as a ``T | None``."""

    operand: Expr
    type: Type


@immutable
class Narrow(Expr):
    """A value of a wider type used as one of a narrower type; fails if it is not one, unless ``safe``."""

    operand: Expr
    type: Type
    safe: bool = False


@immutable
class Conditional(Expr):
    """``then if test else otherwise``."""

    test: Expr
    then: Expr
    otherwise: Expr

    @property
    def type(self) -> Type:
        return either(self.then.type, self.otherwise.type)


class ArithmeticOperator(enum.Enum):
    """An operation on two integers; its text is Python's."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "//"
    REMAINDER = "%"

    def __str__(self) -> str:
        return self.value


@immutable
class Arithmetic(Expr):
    """A sum, difference, product, quotient or remainder of two integers, with Python's rounding."""

    operator: ArithmeticOperator
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return INT


@immutable
class LeastOf(Expr):
    """The least element of an order."""

    type: SortType


@immutable
class SeqItem(Expr):
    """An item of a sequence; negative indices count from its end; fails if there is no such item."""

    place: Place
    index: Expr

    @property
    def type(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element


@immutable
class Let(Expr):
    """``body`` with a name for the value of an expression, which is evaluated once, first."""

    variable: Name
    value: Expr
    body: Expr

    @property
    def type(self) -> Type:
        return self.body.type
