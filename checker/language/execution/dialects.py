"""Reading written values as frozen values: one walk over the types, for all ways of writing.

A dialect takes a written value apart, one layer at a time: the items of a set, the fields of a record, the record of a
union that is meant. All else is the same for every dialect, and is here: whether a value fits its type in an instance,
and its form inside another value. A new type is a case here; the dialects need a method only if its values are written
in a way of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import part_of
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
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

__all__ = ["Dialect", "read", "read_part"]


class Dialect(Protocol):
    """A way to write values. Each method refuses a value that is not written in it."""

    @property
    def instance(self) -> Instance:
        """The instance whose values are meant; it need not be active."""

    def truth(self, type_: BoolType, value: Any) -> bool:
        """Return a written truth value."""

    def number(self, type_: IntType, value: Any) -> int:
        """Return a written number, whatever its range."""

    def member(self, type_: EnumType, value: Any) -> Any:
        """Return a written member of an enumeration."""

    def element(self, type_: SortType, value: Any) -> Any:
        """Return a written element of a sort."""

    def optional(self, type_: OptionalType, value: Any) -> tuple[Any, ...]:
        """Return a tuple of the written inner value, or an empty one for None."""

    def items(self, type_: SetType | SeqType | TupleType | QuorumType, value: Any) -> Sequence[Any]:
        """Return the written items of a set, sequence, tuple or quorum."""

    def pairs(self, type_: MapType, value: Any) -> Iterable[tuple[Any, Any]]:
        """Return the written keys and values of a map."""

    def counts(self, type_: BagType, value: Any) -> Iterable[tuple[Any, int]]:
        """Return the written elements of a bag, each with its multiplicity."""

    def alternative(self, type_: UnionType, value: Any) -> tuple[RecordType, Any]:
        """Return the record of a union that is meant, and its content."""

    def content(self, type_: RecordType, value: Any) -> Mapping[str, Any]:
        """Return the written fields of a record."""

    def refuse(self, type_: Type, value: Any, why: str | None = None) -> NoReturn:
        """Raise an error: the value is not one of the type in this instance."""


def read(dialect: Dialect, type_: Type, value: Any) -> Any:
    """Return the frozen value of a type that is written."""
    match type_:
        case BoolType():
            return dialect.truth(type_, value)
        case IntType():
            low, high = dialect.instance.interval(type_)
            number = dialect.number(type_, value)
            return number if low <= number <= high else dialect.refuse(type_, value)
        case EnumType():
            return dialect.member(type_, value)
        case SortType():
            return dialect.element(type_, value)
        case QuorumType():
            return _quorum(dialect, type_, value)
        case OptionalType(inner):
            return next((read_part(dialect, inner, there) for there in dialect.optional(type_, value)), None)
        case RecordType():
            return _record(dialect, type_, value)
        case UnionType():
            return _record(dialect, *dialect.alternative(type_, value))
        case TupleType(types):
            items = dialect.items(type_, value)
            if len(items) != len(types):
                dialect.refuse(type_, value)
            return tuple(read_part(dialect, item, written) for item, written in zip(types, items, strict=True))
    return _container(dialect, type_, value)


def read_part(dialect: Dialect, type_: Type, value: Any) -> Any:
    """Return a written value in the form that it has inside another one, where containers are immutable."""
    return part_of(type_, read(dialect, type_, value), dialect.instance.universe)


def _quorum(dialect: Dialect, type_: QuorumType, value: Any) -> Any:
    instance = dialect.instance
    members = frozenset(read(dialect, type_.member, item) for item in dialect.items(type_, value))
    quorums = {instance.members(quorum): quorum for quorum in instance.elements(type_.cls)}
    return quorums[members] if members in quorums else dialect.refuse(type_, value)


def _record(dialect: Dialect, type_: RecordType, value: Any) -> Any:
    content = dialect.content(type_, value)
    return type_.cls(*(read_part(dialect, field, content[name]) for name, field in type_.fields))


def _container(dialect: Dialect, type_: Type, value: Any) -> Any:
    match type_:
        case MapType():
            return _map(dialect, type_, value)
        case SetType(element):
            return frozenset(read_part(dialect, element, item) for item in dialect.items(type_, value))
        case SeqType(element, bound, distinct):
            items = dialect.items(type_, value)
            _demand_room(dialect, type_, bound, len(items), value)
            sequence = tuple(read_part(dialect, element, item) for item in items)
            if distinct and (len(sequence) < dialect.instance.bound(bound) or len({*sequence}) < len(sequence)):
                dialect.refuse(type_, value, f"a {type_} holds every {element} once")
            return sequence
        case BagType(element, bound):
            counts: Counter[Any] = Counter()
            for item, count in dialect.counts(type_, value):
                counts[read_part(dialect, element, item)] += count
            _demand_room(dialect, type_, bound, counts.total(), value)
            return frozenset((item, count) for item, count in counts.items() if count)
    raise AssertionError(type_)


def _map(dialect: Dialect, type_: MapType, value: Any) -> Any:
    """Return the values of a map in the order of its keys. A map is total: it has one value for each key."""
    pairs = [(read_part(dialect, type_.key, k), read(dialect, type_.value, v)) for k, v in dialect.pairs(type_, value)]
    found, keys = dict(pairs), dialect.instance.universe(type_.key)
    if found.keys() != set(keys) or len(found) != len(pairs):
        dialect.refuse(type_, value, "a map is total: it has one value for each key, and for nothing else")
    return tuple(found[key] for key in keys)


def _demand_room(dialect: Dialect, type_: Type, bound: Any, size: int, value: Any) -> None:
    room = dialect.instance.bound(bound)
    if size > room:
        dialect.refuse(type_, value, f"{size} elements are more than {type_} holds in this instance: {room}")
