"""Expressions that are true or false: comparisons, connectives, quantifiers and membership."""

from __future__ import annotations

import enum

from assay.checker.immutable import immutable
from assay.checker.language.ir.collections import Collection
from assay.checker.language.ir.core import Expr, Name, Place
from assay.checker.language.types import BOOL, Type

__all__ = [
    "And",
    "Assertion",
    "Compare",
    "Comparison",
    "Implies",
    "IsKind",
    "Member",
    "Not",
    "Or",
    "Quantifier",
    "SameContents",
    "SetRelation",
]


@immutable
class Assertion(Expr):
    """A condition of an ``assert``, or of code that raises unless it is true; if it is false, the code fails."""

    condition: Expr

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class IsKind(Expr):
    """Whether a value of a union or optional type is of one of these types; NoneOnly stands for None."""

    operand: Expr
    kinds: tuple[Type, ...]

    @property
    def type(self) -> Type:
        return BOOL


class Comparison(enum.Enum):
    """A comparison of two values of one type."""

    EQ = "=="
    LT = "<"
    LE = "<="


@immutable
class Compare(Expr):
    """A comparison of two scalars of one type."""

    operator: Comparison
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class SetRelation(Expr):
    """Whether a set equals another (EQ), is a proper subset (LT) or a subset (LE)."""

    operator: Comparison
    left: Collection
    right: Collection

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class SameContents(Expr):
    """Whether two maps, sequences or bags are equal."""

    left: Place
    right: Place

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Not(Expr):
    """Negation."""

    operand: Expr

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class And(Expr):
    """Conjunction, from left to right, up to the first false part; all parts are evaluated if ``eager``."""

    parts: tuple[Expr, ...]
    eager: bool = False

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Or(Expr):
    """Disjunction, from left to right, up to the first true part."""

    parts: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Implies(Expr):
    """Implication; both sides are evaluated."""

    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Quantifier(Expr):
    """``all(body for variable in domain)`` if universal, else ``any(...)``."""

    universal: bool
    variable: Name
    domain: Collection
    body: Expr

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Member(Expr):
    """Whether an element is in a collection."""

    element: Expr
    collection: Collection

    @property
    def type(self) -> Type:
        return BOOL
