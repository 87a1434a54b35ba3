"""Membership of Python values in types, in an instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.checker.language.bags import Bag
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import FrozenBag, FrozenList, FrozenMap, FrozenSet
from assay.checker.language.types import (
    BagType,
    BoolType,
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
    subtypes,
)
from assay.checker.wording import article, numbered, spelled

__all__ = ["excess", "membership"]

_FEW = 4096
"""The most values of a type to keep in a set for lookups; a type with more is tested part by part."""

Test = Callable[[Any], bool]


def membership(type_: Type, instance: Instance) -> Test:
    """Return the test whether a value is of a type, in the form that it has inside of another value."""
    if not any(map(is_container, subtypes(type_))) and instance.size(type_) <= _FEW:
        # Each value is paired with its Python type, because True == 1.
        exact = {(type(value), value) for value in instance.universe(type_)}
        return lambda value: (type(value), value) in exact
    match type_:
        case OptionalType(inner):
            present = membership(inner, instance)
            return lambda value: value is None or present(value)
        case RecordType(cls, fields):
            tests = tuple((name, membership(part, instance)) for name, part in fields)
            return lambda value: type(value) is cls and all(test(getattr(value, name)) for name, test in tests)
        case UnionType(alternatives):
            of = {part.cls: membership(part, instance) for part in alternatives}
            return lambda value: type(value) in of and of[type(value)](value)
        case TupleType(items):
            parts = tuple(membership(item, instance) for item in items)
            return lambda value: type(value) is tuple and len(value) == len(parts) and _all(parts, value)
        case SetType() | SeqType() | BagType() | MapType():
            return _contained(type_, instance)
        case _:
            return _atom(type_, instance)


def _all(tests: tuple[Test, ...], values: tuple[Any, ...]) -> bool:
    return all(test(value) for test, value in zip(tests, values, strict=True))


def _atom(type_: Type, instance: Instance) -> Test:
    match type_:
        case IntType():
            low, high = instance.interval(type_)
            return lambda value: type(value) is int and low <= value <= high
        case BoolType():
            return lambda value: type(value) is bool
        case NoneOnly():
            return lambda value: value is None
        case EnumType(cls) | SortType(cls) | QuorumType(cls):
            elements = frozenset(instance.universe(type_))
            return lambda value: type(value) is cls and value in elements
    raise AssertionError(type_)


def _contained(type_: Type, instance: Instance) -> Test:
    """Return the test whether a frozen container is of a type, including its bound."""
    match type_:
        case SetType(element):
            inside = membership(element, instance)
            return lambda value: type(value) is FrozenSet and all(map(inside, value))
        case SeqType(element, _, True):
            every = frozenset(instance.universe(element))
            return lambda value: type(value) is FrozenList and len(value) == len(every) and frozenset(value) == every
        case SeqType(element, bound):
            inside, most = membership(element, instance), instance.bound(bound)
            return lambda value: type(value) is FrozenList and len(value) <= most and all(map(inside, value))
        case BagType(element, bound):
            inside, most = membership(element, instance), instance.bound(bound)
            return lambda value: type(value) is FrozenBag and len(value) <= most and all(map(inside, value.counts))
        case MapType(key, entry):
            inside, keys = membership(entry, instance), frozenset(instance.universe(key))
            return lambda value: type(value) is FrozenMap and value.keys() == keys and all(map(inside, value.values()))
    raise AssertionError(type_)


def excess(type_: Type, value: Any, instance: Instance) -> str | None:
    """Return, in words, which part of a value exceeds its bound; None if none does."""
    match type_:
        case SeqType(_, bound) | BagType(_, bound) if isinstance(value, list | Bag):
            most = instance.bound(bound)
            if len(value) > most:
                return f"{article(type_)} in it holds {numbered(len(value), 'element')}"
            found = (excess(type_.element, item, instance) for item in value)
        case IntType() if type(value) is int and not type_.is_unbounded:
            low, high = instance.interval(type_)
            return None if low <= value <= high else f"{spelled(value)} is outside of Range({low}, {high})"
        case OptionalType(inner) if value is not None:
            return excess(inner, value, instance)
        case UnionType(alternatives):
            return next((excess(part, value, instance) for part in alternatives if type(value) is part.cls), None)
        case RecordType(cls, fields) if type(value) is cls:
            found = (excess(part, getattr(value, name), instance) for name, part in fields)
        case TupleType(items) if isinstance(value, tuple):
            found = (excess(item, part, instance) for item, part in zip(items, value, strict=False))
        case SetType(element) if isinstance(value, frozenset):
            found = (excess(element, item, instance) for item in value)
        case MapType(_, entry) if isinstance(value, dict):
            found = (excess(entry, item, instance) for item in value.values())
        case _:
            return None
    return next((text for text in found if text is not None), None)
