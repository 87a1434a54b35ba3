"""Expressions that count: sizes of collections, sums, and the largest or smallest of many."""

from __future__ import annotations

from assay.checker.immutable import immutable
from assay.checker.language.ir.collections import Collection, Generator, Universe
from assay.checker.language.ir.core import Expr, Place
from assay.checker.language.types import INT, Type, either

__all__ = ["BagCount", "BagTotal", "Cardinality", "Extreme", "SeqLength", "SizeOf", "Sum"]


@immutable
class Extreme(Expr):
    """The largest or smallest ``element``; if there is none, ``default``, or a failure if that is None."""

    largest: bool
    element: Expr
    generators: tuple[Generator, ...]
    default: Expr | None

    @property
    def type(self) -> Type:
        return self.element.type if self.default is None else either(self.element.type, self.default.type)


@immutable
class Sum(Expr):
    """The sum of ``element`` over the generators, repeats included."""

    element: Expr
    generators: tuple[Generator, ...]

    @property
    def type(self) -> Type:
        return INT


@immutable
class Cardinality(Expr):
    """The number of elements of a set or quorum."""

    collection: Collection

    @property
    def type(self) -> Type:
        return INT


@immutable
class SizeOf(Expr):
    """The number of elements of a sort, order, enum or quorum system."""

    universe: Universe

    @property
    def type(self) -> Type:
        return INT


@immutable
class SeqLength(Expr):
    """The length of a sequence."""

    place: Place

    @property
    def type(self) -> Type:
        return INT


@immutable
class BagCount(Expr):
    """The multiplicity of an element in a bag."""

    place: Place
    element: Expr

    @property
    def type(self) -> Type:
        return INT


@immutable
class BagTotal(Expr):
    """The number of elements of a bag, with multiplicity."""

    place: Place

    @property
    def type(self) -> Type:
        return INT
