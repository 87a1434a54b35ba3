"""The types of the modelling language, independent of any finite size.

A type says what a value *is*. How many values there are depends on the instance
(`assay.checker.language.execution.instance`), and how they are packed on the engine.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

from assay.checker.immutable import immutable

__all__ = [
    "BOOL",
    "INT",
    "INTEGER",
    "NATURAL",
    "BagType",
    "BoolType",
    "Bound",
    "EnumType",
    "IntType",
    "MapType",
    "NoneOnly",
    "OptionalType",
    "QuorumType",
    "RecordType",
    "SeqType",
    "SetType",
    "SortType",
    "TupleType",
    "Type",
    "UnionType",
    "either",
    "has_numbers",
    "has_unbounded",
    "is_container",
    "own_bounds",
    "parts_of",
    "subtypes",
]

Bound = int | str
"""A number, or an expression of instance parameters and sorts, which stand for their values and sizes."""


@immutable
class BoolType:
    """Truth values."""

    def __str__(self) -> str:
        return "bool"


@immutable
class IntType:
    """Integers from ``low`` to ``high`` inclusive; None for both is the type of intermediate results.

    Attributes
    ----------
    low, high : int or str, optional
        The bounds.
    declared : bool
        Whether the bounds are those of the model. A range of the model is none of the types below, though it may have
        the same bounds.
    """

    low: Bound | None = None
    high: Bound | None = None
    declared: bool = True

    def __str__(self) -> str:
        if self.is_unbounded:
            return "int" if self == INTEGER else "Nat"
        return "int" if self.is_computed else f"Range[{self.low}, {self.high}]"

    @property
    def is_unbounded(self) -> bool:
        """Whether it is ``int`` or ``Nat``: proofs cover all such numbers, explorers those that fit a packed state."""
        return self in (INTEGER, NATURAL)

    @property
    def is_computed(self) -> bool:
        """Whether nothing declares its bounds."""
        return self.low is None or self == COMPUTED


@immutable
class EnumType:
    """The members of a Python enumeration, in the order of their definition."""

    cls: type[enum.Enum]

    def __str__(self) -> str:
        return self.cls.__name__


@immutable
class SortType:
    """The elements of a `Sort`, or of an `Order` when ``ordered``."""

    cls: type[Any]
    ordered: bool = False

    def __str__(self) -> str:
        return self.cls.__name__


@immutable
class QuorumType:
    """The quorums of a `QuorumSystem`: each is a set of ``member``."""

    cls: type[Any]
    member: SortType

    def __str__(self) -> str:
        return self.cls.__name__


@immutable
class OptionalType:
    """``inner | None``."""

    inner: Type

    def __str__(self) -> str:
        return f"{self.inner} | None"


@immutable
class NoneOnly:
    """The type of a bare ``None``; it fits every optional."""

    def __str__(self) -> str:
        return "None"


@immutable
class RecordType:
    """A frozen dataclass; ``fields`` pairs each field's name with its type."""

    cls: type[Any]
    fields: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return self.cls.__name__


@immutable
class UnionType:
    """One of several records."""

    alternatives: tuple[RecordType, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.alternatives))


@immutable
class TupleType:
    """Fixed-length tuples; a set of them is a relation."""

    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@immutable
class MapType:
    """Total functions from ``key`` to ``value``."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"Map[{self.key}, {self.value}]"


@immutable
class SetType:
    """Finite sets of ``element``."""

    element: Type

    def __str__(self) -> str:
        return f"Set[{self.element}]"


@immutable
class SeqType:
    """Sequences of at most ``bound`` elements; if ``distinct``, permutations: each contains every element once."""

    element: Type
    bound: Bound
    distinct: bool = False

    def __str__(self) -> str:
        if self.distinct:
            return f"Perm[{self.element}]"
        return f"Seq[{self.element}, {self.bound}]"


@immutable
class BagType:
    """Multisets of at most ``bound`` elements, with multiplicity."""

    element: Type
    bound: Bound

    def __str__(self) -> str:
        return f"Bag[{self.element}, {self.bound}]"


Type = (
    BoolType
    | IntType
    | EnumType
    | SortType
    | QuorumType
    | OptionalType
    | NoneOnly
    | RecordType
    | UnionType
    | TupleType
    | MapType
    | SetType
    | SeqType
    | BagType
)

BOOL = BoolType()
INT = IntType()
COMPUTED = IntType(-(2**19), 2**19 - 1, declared=False)
"""The type of a computed number inside a tuple or an optional: 20 bits, so that three of them fit a 64-bit word."""


INTEGER = IntType(-(2**60), 2**60 - 1, declared=False)
NATURAL = IntType(0, 2**60 - 1, declared=False)
"""``int`` and ``Nat``, with bounds for packed states, which no search reaches; a number beyond them is an error."""


def is_container(type_: Type) -> bool:
    """Return whether values of this type are containers rather than scalars."""
    return isinstance(type_, MapType | SetType | SeqType | BagType)


def subtypes(type_: Type) -> Iterator[Type]:
    """Yield the type and every type inside it, outermost first."""
    yield type_
    for part in parts_of(type_):
        yield from subtypes(part)


def own_bounds(type_: Type) -> Iterator[Bound]:
    """Yield the bounds of a type of numbers, sequences or bags, without those of its parts."""
    match type_:
        case IntType(low, high) if low is not None and high is not None:
            yield from (low, high)
        case SeqType(_, bound) | BagType(_, bound):
            yield bound


def has_unbounded(type_: Type) -> bool:
    """Return whether a type contains numbers without bounds, so that its values cannot be enumerated."""
    return any(isinstance(part, IntType) and part.is_unbounded for part in subtypes(type_))


def has_numbers(type_: Type) -> bool:
    """Return whether a type contains numbers, so that a computed value may be out of its range."""
    return any(isinstance(part, IntType) for part in subtypes(type_))


def parts_of(type_: Type) -> tuple[Type, ...]:
    """Return the types that a type is directly made of."""
    match type_:
        case OptionalType(inner):
            return (inner,)
        case RecordType(_, fields):
            return tuple(part for _, part in fields)
        case UnionType(alternatives):
            return alternatives
        case TupleType(items):
            return items
        case MapType(key, value):
            return (key, value)
        case SetType(element) | SeqType(element, _) | BagType(element, _):
            return (element,)
        case QuorumType(_, member):
            return (member,)
        case _:
            return ()


def either(left: Type, right: Type) -> Type:
    """Return the union of two types that differ in the ranges of numbers only; such numbers lose their bounds."""
    return left if left == right or not isinstance(left, IntType) else INT
