"""Expressions: scalars, without effect."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from assay.checker.language.ir.collections import Collection, Generator, Universe
from assay.checker.language.ir.core import Expr, Name, Place
from assay.checker.language.types import BOOL, INT, RecordType, SeqType, SortType, TupleType, Type, either

__all__ = [
    "And", "Arithmetic", "ArithmeticOperator", "BagCount", "BagTotal", "Cardinality", "Cast", "Compare", "Comparison",
    "Conditional", "ConstantRef", "Extreme", "Field", "Implies", "IsKind", "Item", "LeastOf", "Let", "Make",
    "MakeTuple", "Member", "Narrow", "Not", "Or", "Quantifier", "Read", "SameContents", "SeqItem", "SeqLength",
    "SetRelation", "SizeOf", "Sum",
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
    """A value seen as one of a wider type: a record as one of a union, a T as a ``T | None``."""

    operand: Expr
    type: Type


@dataclass(frozen=True)
class Narrow(Expr):
    """A value of a wider type used as one of a narrower; fails where it is not, which ``safe`` rules out."""

    operand: Expr
    type: Type
    safe: bool = False


@dataclass(frozen=True)
class IsKind(Expr):
    """Whether a value of a union (or optional) is of one of these types; NoneOnly for None."""

    operand: Expr
    kinds: tuple[Type, ...]

    @property
    def type(self) -> Type:
        return BOOL


class Comparison(enum.Enum):
    """How two values of one type are compared."""

    EQ = "=="
    LT = "<"
    LE = "<="


@dataclass(frozen=True)
class Compare(Expr):
    """A comparison of two scalars of one type."""

    operator: Comparison
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SetRelation(Expr):
    """Whether a set equals another (EQ), is a proper subset (LT) or a subset (LE)."""

    operator: Comparison
    left: Collection
    right: Collection

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SameContents(Expr):
    """Whether two maps, sequences or bags are equal."""

    left: Place
    right: Place

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Not(Expr):
    """Negation."""

    operand: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class And(Expr):
    """Conjunction, from left to right, up to the first false part; all parts are evaluated if ``eager``."""

    parts: tuple[Expr, ...]
    eager: bool = False

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Or(Expr):
    """Disjunction, from left to right, up to the first true part."""

    parts: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Implies(Expr):
    """Implication; both sides are evaluated."""

    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


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
    """What is computed of two integers; its text is Python's."""

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
class Quantifier(Expr):
    """``all(body for variable in domain)`` if universal, else ``any(...)``."""

    universal: bool
    variable: Name
    domain: Collection
    body: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Extreme(Expr):
    """The largest or smallest ``element`` that the generators give; ``default`` if there is none, else it fails."""

    largest: bool
    element: Expr
    generators: tuple[Generator, ...]
    default: Expr | None

    @property
    def type(self) -> Type:
        return self.element.type


@dataclass(frozen=True)
class Sum(Expr):
    """The sum of ``element`` over all that the generators give, repeats included."""

    element: Expr
    generators: tuple[Generator, ...]

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class Cardinality(Expr):
    """The number of elements of a set or quorum."""

    collection: Collection

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class SizeOf(Expr):
    """The number of elements of a sort, order, enum or quorum system."""

    universe: Universe

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class LeastOf(Expr):
    """The least element of an order."""

    type: SortType


@dataclass(frozen=True)
class Member(Expr):
    """Whether an element is in a collection."""

    element: Expr
    collection: Collection

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SeqLength(Expr):
    """The length of a sequence."""

    place: Place

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class SeqItem(Expr):
    """An item of a sequence; negative indices count from its end; fails outside."""

    place: Place
    index: Expr

    @property
    def type(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element


@dataclass(frozen=True)
class BagCount(Expr):
    """How many copies of an element a bag holds."""

    place: Place
    element: Expr

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class BagTotal(Expr):
    """How many elements a bag holds in all."""

    place: Place

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class Let(Expr):
    """``body`` with a name for the value of an expression, evaluated once, first."""

    variable: Name
    value: Expr
    body: Expr

    @property
    def type(self) -> Type:
        return self.body.type
