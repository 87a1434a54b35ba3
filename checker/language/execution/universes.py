"""The number of values of a type in an instance, and the values themselves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, Protocol

from assay.checker.language.frozen import FrozenBag, FrozenList, FrozenMap, FrozenSet, part_of
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
    is_container,
)

__all__ = ["ENDLESS", "first_of", "size_of", "values_of"]


class Sizes(Protocol):
    """The part of an instance that sizes and universes depend on."""

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of a sort, order or quorum system."""

    def interval(self, type_: IntType) -> tuple[int, int]:
        """Return the bounds of a range."""

    def bound(self, bound: Bound) -> int:
        """Return the value of a bound."""

    def size(self, type_: Type) -> int:
        """Return how many values a type has."""

    def universe(self, type_: Type) -> tuple[Any, ...]:
        """Return every value of a type."""


def size_of(type_: Type, instance: Sizes) -> int:
    """Return the number of values of a type, or `ENDLESS` if there are more, without enumerating them."""
    return min(ENDLESS, _size_of(type_, instance))


def _size_of(type_: Type, instance: Sizes) -> int:
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
            # The factorial of 4096 is far beyond `ENDLESS`, and that of a million would take minutes.
            return math.factorial(min(size_of(element, instance), 4096))
        case SeqType(element, bound):
            return sum(_power(size_of(element, instance), length) for length in range(instance.bound(bound) + 1))
        case BagType(element, bound):
            return math.comb(size_of(element, instance) + instance.bound(bound), instance.bound(bound))


def values_of(type_: Type, instance: Sizes) -> Iterator[Any]:
    """Yield every value of a type, in a fixed order; containers are frozen as variables hold them."""
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
            yield from _parts(inner, instance)
        case RecordType(cls, fields):
            for values in itertools.product(*(_parts(part, instance) for _, part in fields)):
                yield cls(*values)
        case UnionType(alternatives):
            for part in alternatives:
                yield from instance.universe(part)
        case TupleType(items):
            yield from itertools.product(*(_parts(part, instance) for part in items))
        case MapType(key, value):
            yield from itertools.product(instance.universe(value), repeat=instance.size(key))
        case SetType(element):
            yield from _subsets(_parts(element, instance))
        case SeqType(element, _, True):
            yield from itertools.permutations(instance.universe(element))
        case SeqType(element, bound):
            for length in range(instance.bound(bound) + 1):
                yield from itertools.product(_parts(element, instance), repeat=length)
        case BagType(element, bound):
            for total in range(instance.bound(bound) + 1):
                for items in itertools.combinations_with_replacement(_parts(element, instance), total):
                    yield frozenset((item, items.count(item)) for item in set(items))


def _parts(type_: Type, instance: Sizes) -> tuple[Any, ...]:
    """Return every value of a type in the form that it has inside another value."""
    values = instance.universe(type_)
    return tuple(part_of(type_, value, instance.universe) for value in values) if is_container(type_) else values


def first_of(type_: Type, instance: Sizes) -> Any:
    """Return the first value of a type that has one, in the form that it has inside another value."""
    match type_:
        case IntType():
            return instance.interval(type_)[0]
        case RecordType(cls, fields):
            return cls(*(first_of(part, instance) for _, part in fields))
        case UnionType(alternatives):
            return next(first_of(part, instance) for part in alternatives if instance.size(part))
        case TupleType(items):
            return tuple(first_of(item, instance) for item in items)
        case MapType(key, value):
            return FrozenMap((k, first_of(value, instance)) for k in instance.universe(key))
        case SeqType(element, _, distinct):
            return FrozenList(instance.universe(element) if distinct else ())
        case SetType():
            return FrozenSet()
        case BagType():
            return FrozenBag({})
        case _:
            return next(values_of(type_, instance))


ENDLESS = 1 << 128
"""Stands for this many values or more: nothing enumerates or numbers so many."""


def _power(base: int, exponent: int) -> int:
    # Decided without computing the power, which for maps of maps may have more digits than fit into memory.
    if base > 1 and exponent * (base.bit_length() - 1) >= 128:
        return ENDLESS
    return min(ENDLESS, int(base**exponent))


def _subsets(values: tuple[Any, ...]) -> Iterator[frozenset[Any]]:
    for mask in range(1 << len(values)):
        yield frozenset(value for index, value in enumerate(values) if mask >> index & 1)
