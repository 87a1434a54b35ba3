"""Expressions with single values and no effects: reading, records and tuples, arithmetic, names."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from assay.checker.language.ir.core import Expr, Name, Place
from assay.checker.language.types import INT, RecordType, SeqType, SortType, TupleType, Type, either

__all__ = [
    "Arithmetic", "ArithmeticOperator", "Cast", "Conditional", "ConstantRef", "Field", "Item", "LeastOf", "Let", "Make",
    "MakeTuple", "Narrow", "Read", "SeqItem",
]  # fmt: skip


@dataclass(frozen=True)
class ConstantRef(Expr):
    """An instance parameter."""

    name: str
    type: Type


@dataclass(frozen=True)
class Read(Expr):
    """The scalar at a place."""

    place: Place

    @property
    def type(self) -> Type:
        return self.place.type


@dataclass(frozen=True)
class Field(Expr):
    """A field of a record; the operand is of exactly that record's type."""

    operand: Expr
    name: str
    type: Type


@dataclass(frozen=True)
class Item(Expr):
    """An item of a tuple, by its position."""

    operand: Expr
    index: int
    type: Type


@dataclass(frozen=True)
class Make(Expr):
    """A record made from its fields, in order."""

    type: RecordType
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class MakeTuple(Expr):
    """A tuple."""

    type: TupleType
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class Cast(Expr):
    """A value seen as one of a wider type: a record as one of a union, a ``T`` as a ``T | None``."""

    operand: Expr
    type: Type


@dataclass(frozen=True)
class Narrow(Expr):
    """A value of a wider type used as one of a narrower type; fails if it is not one, unless ``safe``."""

    operand: Expr
    type: Type
    safe: bool = False


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Arithmetic(Expr):
    """A sum, difference, product, quotient or remainder of two integers, with Python's rounding."""

    operator: ArithmeticOperator
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class LeastOf(Expr):
    """The least element of an order."""

    type: SortType


@dataclass(frozen=True)
class SeqItem(Expr):
    """An item of a sequence; negative indices count from its end; fails if there is no such item."""

    place: Place
    index: Expr

    @property
    def type(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element


@dataclass(frozen=True)
class Let(Expr):
    """``body`` with a name for the value of an expression, which is evaluated once, first."""

    variable: Name
    value: Expr
    body: Expr

    @property
    def type(self) -> Type:
        return self.body.type
