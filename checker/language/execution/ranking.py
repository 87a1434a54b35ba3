"""An order of the values of a type, so that neither searches nor reports depend on hashes."""

from __future__ import annotations

from typing import Any

from assay.checker.language.frozen import counts_in
from assay.checker.language.types import (
    BagType,
    EnumType,
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

__all__ = ["alternative", "in_order"]


def in_order(type_: Type, values: Any) -> list[Any]:
    """Sort values in the order of their type."""
    return sorted(values, key=lambda value: _rank(type_, value))


def alternative(type_: Type, value: Any) -> RecordType:
    """Return the type of a record in a record, union or optional type."""
    match type_:
        case RecordType():
            return type_
        case OptionalType(inner):
            return alternative(inner, value)
        case UnionType(alternatives):
            return next(part for part in alternatives if type(value) is part.cls)
    raise AssertionError(type_)


def _rank(type_: Type, value: Any) -> tuple[Any, ...]:
    match type_:
        case EnumType(cls):
            return (list(cls).index(value),)
        case SortType() | QuorumType():
            return (value.index,)
        case OptionalType(inner):
            return (0,) if value is None else (1, *_rank(inner, value))
        case RecordType(_, parts):
            return tuple(_rank(part, getattr(value, name)) for name, part in parts)
        case UnionType(alternatives):
            chosen = alternative(type_, value)
            return (alternatives.index(chosen), _rank(chosen, value))
        case TupleType(items):
            return tuple(_rank(item, part) for item, part in zip(items, value, strict=True))
        case SeqType(element, _):
            return (len(value), *(_rank(element, item) for item in value))
        case SetType(element):
            return (len(value), *sorted(_rank(element, item) for item in value))
        case BagType(element, _):
            return (len(value), *sorted((_rank(element, item), count) for item, count in counts_in(value).items()))
        case MapType(key, entry):
            return tuple(sorted((_rank(key, k), _rank(entry, v)) for k, v in value.items()))
        case _:
            return (value,)
