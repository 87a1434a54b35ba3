"""Collections: what can be iterated over, or tested for membership."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from assay.checker.immutable import immutable
from assay.checker.language.ir.core import Expr, Name, Node, Place
from assay.checker.language.types import INT, BagType, SeqType, SetType, Type, either

__all__ = [
    "Collection", "Comprehension", "Generator", "IntRange", "Members", "SetChoice", "SetOf", "SetOperation",
    "SetOperator", "Slice", "Stored", "Universe",
]  # fmt: skip


@immutable(kw_only=True)
class Collection(Node):
    """A finite collection of scalars; every subclass has an ``element`` type."""

    if TYPE_CHECKING:

        @property
        def element(self) -> Type:
            """The type of its elements."""


@immutable
class Universe(Collection):
    """All values of a sort, order, enum or quorum system."""

    of: Type

    @property
    def element(self) -> Type:
        return self.of


@immutable
class Stored(Collection):
    """The set, sequence or bag at a place; of a bag, each element once."""

    place: Place

    @property
    def element(self) -> Type:
        assert isinstance(self.place.type, SetType | SeqType | BagType)
        return self.place.type.element


@immutable
class Members(Collection):
    """The members of a quorum."""

    quorum: Expr
    member: Type

    @property
    def element(self) -> Type:
        return self.member


@immutable
class IntRange(Collection):
    """``range(start, stop)``."""

    start: Expr
    stop: Expr

    @property
    def element(self) -> Type:
        return INT


@immutable
class Generator(Node):
    """``for variable in domain if condition``."""

    variable: Name
    domain: Collection
    condition: Expr | None = None


@immutable
class Comprehension(Collection):
    """``{item for ... in ... if ...}``."""

    item: Expr
    generators: tuple[Generator, ...]

    @property
    def element(self) -> Type:
        return self.item.type


@immutable
class SetOf(Collection):
    """A set display, or a sequence if ``ordered``."""

    items: tuple[Expr, ...]
    of: Type
    ordered: bool = False

    @property
    def element(self) -> Type:
        return self.of


class SetOperator(enum.Enum):
    """An operation on two sets; its text is Python's."""

    UNION = "|"
    INTERSECTION = "&"
    DIFFERENCE = "-"

    def __str__(self) -> str:
        return self.value


@immutable
class SetOperation(Collection):
    """The union, intersection or difference of two sets."""

    operator: SetOperator
    left: Collection
    right: Collection

    @property
    def element(self) -> Type:
        return (
            either(self.left.element, self.right.element) if self.operator is SetOperator.UNION else self.left.element
        )


@immutable
class SetChoice(Collection):
    """One of two sets, by a test."""

    test: Expr
    then: Collection
    otherwise: Collection

    @property
    def element(self) -> Type:
        return either(self.then.element, self.otherwise.element)


@immutable
class Slice(Collection):
    """The items of a sequence from index ``start`` up to, but not including, ``stop``. Neither is negative."""

    place: Place
    start: int
    stop: int | None

    @property
    def element(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element
