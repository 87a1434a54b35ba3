"""Containers that are parts of values, and sequences that are computed.

A container inside a record, tuple, optional or another container is a value: an expression whose type is a container's.
`Elements` looks into such a value, `Collected` makes one from a collection.
"""

from __future__ import annotations

from assay.checker.immutable import immutable
from assay.checker.language.ir.collections import Collection, Generator
from assay.checker.language.ir.core import Expr, Name
from assay.checker.language.types import BOOL, INT, BagType, MapType, SeqType, SetType, Type

__all__ = [
    "Collected", "Concatenation", "Elements", "Entry", "ItemAt", "Length", "Listing", "MakeMap", "SameItems",
]  # fmt: skip


@immutable
class Elements(Collection):
    """The elements of a value that is a set, sequence or bag."""

    value: Expr

    @property
    def element(self) -> Type:
        assert isinstance(self.value.type, SetType | SeqType | BagType)
        return self.value.type.element


@immutable
class Collected(Expr):
    """The set, sequence or bag of a collection's elements; fails if its bound is exceeded."""

    collection: Collection
    type: SetType | SeqType | BagType


@immutable
class Listing(Collection):
    """``[item for ... in ... if ...]`` over ordered domains: a sequence."""

    item: Expr
    generators: tuple[Generator, ...]

    @property
    def element(self) -> Type:
        return self.item.type


@immutable
class Concatenation(Collection):
    """One sequence after another."""

    left: Collection
    right: Collection

    @property
    def element(self) -> Type:
        return self.left.element


@immutable
class Length(Expr):
    """The number of items of a sequence or bag, repeats included."""

    collection: Collection

    @property
    def type(self) -> Type:
        return INT


@immutable
class ItemAt(Expr):
    """An item of a sequence; negative indices count from its end; fails if there is no such item, unless ``safe``."""

    sequence: Collection
    index: Expr
    safe: bool = False

    @property
    def type(self) -> Type:
        return self.sequence.element


@immutable
class SameItems(Expr):
    """Whether two sequences have the same items, in the same order."""

    left: Collection
    right: Collection

    @property
    def type(self) -> Type:
        return BOOL


@immutable
class Entry(Expr):
    """The value of a map, which is itself a value, at a key."""

    map: Expr
    key: Expr

    @property
    def type(self) -> Type:
        assert isinstance(self.map.type, MapType)
        return self.map.type.value


@immutable
class MakeMap(Expr):
    """The map with a value at every key: ``{variable: value for variable in key}``."""

    type: MapType
    variable: Name
    value: Expr
