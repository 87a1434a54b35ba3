"""How many values a type has in an instance, and which."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, Protocol

from assay.checker.errors import ModelError
from assay.checker.language.types import (
    BagType,
    BoolType,
    Bound,
    EnumType,
    IntType,
    MapType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["size_of", "values_of"]


class Sizes(Protocol):
    """What an instance says of its sorts and parameters."""

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of a sort, order or quorum system."""

    def interval(self, type_: IntType) -> tuple[int, int]:
        """Return the bounds of a range."""

    def bound(self, bound: Bound) -> int:
        """Return the number that a bound stands for."""

    def size(self, type_: Type) -> int:
        """Return how many values a type has."""

    def universe(self, type_: Type) -> tuple[Any, ...]:
        """Return every value of a type."""


def size_of(type_: Type, instance: Sizes) -> int:
    """Return how many values a type has, without enumerating them."""
    match type_:
        case BoolType():
            return 2
        case NoneOnly():
            return 1
        case IntType():
            low, high = instance.interval(type_)
            return high - low + 1
        case EnumType(cls):
            return len(cls)
        case SortType(cls) | QuorumType(cls):
            return len(instance.elements(cls))
        case OptionalType(inner):
            return 1 + size_of(inner, instance)
        case RecordType(_, fields):
            return math.prod(size_of(part, instance) for _, part in fields)
        case UnionType(alternatives):
            return sum(size_of(part, instance) for part in alternatives)
        case TupleType(items):
            return math.prod(size_of(part, instance) for part in items)
        case MapType(key, value):
            return _power(size_of(value, instance), size_of(key, instance))
        case SetType(element):
            return _power(2, size_of(element, instance))
        case SeqType(element, _, True):
            return math.factorial(min(size_of(element, instance), 4096))
        case SeqType(element, bound):
            return sum(_power(size_of(element, instance), length) for length in range(instance.bound(bound) + 1))
        case BagType(element, bound):
            return math.comb(size_of(element, instance) + instance.bound(bound), instance.bound(bound))


def values_of(type_: Type, instance: Sizes) -> Iterator[Any]:
    """Yield every value of a type, in the order of their codes; containers as frozen values."""
    match type_:
        case BoolType():
            yield from (False, True)
        case NoneOnly():
            yield None
        case IntType():
            low, high = instance.interval(type_)
            yield from range(low, high + 1)
        case EnumType(cls):
            yield from cls
        case SortType(cls) | QuorumType(cls):
            yield from instance.elements(cls)
        case OptionalType(inner):
            yield None
            yield from instance.universe(inner)
        case RecordType(cls, fields):
            for values in itertools.product(*(instance.universe(part) for _, part in fields)):
                yield cls(*values)
        case UnionType(alternatives):
            for part in alternatives:
                yield from instance.universe(part)
        case TupleType(items):
            yield from itertools.product(*(instance.universe(part) for part in items))
        case MapType(key, value):
            yield from itertools.product(instance.universe(value), repeat=instance.size(key))
        case SetType(element):
            yield from _subsets(instance.universe(element))
        case SeqType(element, _, True):
            yield from itertools.permutations(instance.universe(element))
        case SeqType(element, bound):
            for length in range(instance.bound(bound) + 1):
                yield from itertools.product(instance.universe(element), repeat=length)
        case BagType(element, bound):
            for total in range(instance.bound(bound) + 1):
                for items in itertools.combinations_with_replacement(instance.universe(element), total):
                    yield frozenset((item, items.count(item)) for item in set(items))


def _power(base: int, exponent: int) -> int:
    if exponent > 4096:
        raise ModelError(
            f"a container with {exponent} entries is beyond what a state can hold",
            help="make the instance smaller",
        )
    return int(base**exponent)


def _subsets(values: tuple[Any, ...]) -> Iterator[frozenset[Any]]:
    for mask in range(1 << len(values)):
        yield frozenset(value for index, value in enumerate(values) if mask >> index & 1)
