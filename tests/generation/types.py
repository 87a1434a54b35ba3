"""The types of invented models, as data: what they are called, how many values they have, what a value looks like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import factorial
from operator import mul

__all__ = [
    "BOOL",
    "INT",
    "BagOf",
    "Bool",
    "EnumClass",
    "Int",
    "MapOf",
    "Optional",
    "PermOf",
    "Quorums",
    "Range",
    "Record",
    "SeqOf",
    "SetOf",
    "SortClass",
    "Tuple",
    "Type",
    "Union",
    "choices_of",
    "has_constant",
    "is_container",
    "size",
]


@dataclass(frozen=True)
class Bool:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True)
class Int:
    """A computed number, without bounds."""

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True)
class Range:
    low: int
    high: int

    def __str__(self) -> str:
        return f"Range[{self.low}, {self.high}]"


@dataclass(frozen=True)
class SortClass:
    name: str
    elements: int
    ordered: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Quorums:
    name: str
    member: SortClass

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class EnumClass:
    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Record:
    name: str
    fields: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Union:
    alternatives: tuple[Record, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.alternatives))


@dataclass(frozen=True)
class Tuple:
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class Optional:
    inner: Type

    def __str__(self) -> str:
        return f"{self.inner} | None"


@dataclass(frozen=True)
class SetOf:
    element: Type

    def __str__(self) -> str:
        return f"Set[{self.element}]"


@dataclass(frozen=True)
class MapOf:
    key: Type
    value: Type

    def __str__(self) -> str:
        return f"Map[{self.key}, {self.value}]"


@dataclass(frozen=True)
class SeqOf:
    element: Type
    capacity: int

    def __str__(self) -> str:
        return f"Seq[{self.element}, {self.capacity}]"


@dataclass(frozen=True)
class PermOf:
    element: SortClass

    def __str__(self) -> str:
        return f"Perm[{self.element}]"


@dataclass(frozen=True)
class BagOf:
    element: Type
    capacity: int

    def __str__(self) -> str:
        return f"Bag[{self.element}, {self.capacity}]"


Type = (
    Bool
    | Int
    | Range
    | SortClass
    | Quorums
    | EnumClass
    | Record
    | Union
    | Tuple
    | Optional
    | SetOf
    | MapOf
    | SeqOf
    | PermOf
    | BagOf
)
BOOL, INT = Bool(), Int()


def is_container(type_: Type) -> bool:
    """Return whether values of the type are mutable, and kept in variables and maps only."""
    return isinstance(type_, SetOf | MapOf | SeqOf | PermOf | BagOf)


def size(type_: Type) -> int:
    """Return how many values a scalar type has; of computed numbers, and quorums, more than is handled."""
    match type_:
        case Bool():
            return 2
        case Range(low, high):
            return high - low + 1
        case SortClass(_, elements):
            return elements
        case EnumClass(_, members):
            return len(members)
        case Record(_, fields):
            return reduce(mul, (size(field) for _, field in fields), 1)
        case Tuple(items):
            return reduce(mul, map(size, items), 1)
        case Union(alternatives):
            return sum(map(size, alternatives))
        case Optional(inner):
            return size(inner) + 1
        case Quorums(_, member):
            return max(1, member.elements)
    return 1 << 70


def choices_of(type_: Type) -> int:
    """Return how many values a type has that an action, or an instance, chooses: a scalar or a container of those."""
    match type_:
        case SetOf(element):
            return 2 ** min(size(element), 64)
        case MapOf(key, value):
            return choices_of(value) ** min(size(key), 64)
        case SeqOf(element, capacity) | BagOf(element, capacity):
            return (size(element) + 1) ** capacity
        case PermOf(sort):
            return factorial(sort.elements)
    return size(type_)


def has_constant(type_: Type) -> bool:
    """Return whether a value of the type can be written without a state: none whose parts are elements of a sort."""
    match type_:
        case SortClass() | Quorums():
            return False
        case Record(_, fields):
            return all(has_constant(field) for _, field in fields)
        case Tuple(items):
            return all(map(has_constant, items))
        case Union(alternatives):
            return any(map(has_constant, alternatives))
        case MapOf(_, value):
            return has_constant(value)
    return True
