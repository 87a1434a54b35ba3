"""Values as text, in the form in which settings are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Protocol

from assay.checker.language.frozen import counts_in, entries_in
from assay.checker.language.sorts import Element
from assay.checker.language.types import (
    BagType,
    Bound,
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
from assay.checker.language.values import Bag, Everywhere

__all__ = ["Names", "example", "spelled", "written"]


class Names(Protocol):
    """The part of an instance that reading and writing settings depends on."""

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of a sort, order or quorum system."""

    def members(self, quorum: Any) -> frozenset[Any]:
        """Return the members of a quorum."""

    def name_of(self, element: Element) -> str:
        """Return the short name of an element."""

    def universe(self, type_: Type) -> tuple[Any, ...]:
        """Return every value of a type."""

    def interval(self, type_: IntType) -> tuple[int, int]:
        """Return the bounds of a range."""

    def bound(self, bound: Bound) -> int:
        """Return the value of a bound."""


def spelled(value: object) -> str:
    """Return a Python value from a model's own settings as it would be written on a command line."""
    match value:
        case Enum():
            return value.name
        case str() | bool() | int() | None:
            return str(value)
        case Everywhere(inner):
            return f"everywhere({spelled(inner)})"
        case tuple():
            return f"({', '.join(map(spelled, value))}{',' if len(value) == 1 else ''})"
        case list():
            return f"[{', '.join(map(spelled, value))}]"
        case set() | frozenset():
            return "{" + ", ".join(sorted(map(spelled, value))) + "}"
        case Bag():
            return "{" + ", ".join(f"{spelled(item)} x{count}" for item, count in value.counts.items()) + "}"
        case Mapping():
            return "{" + ", ".join(f"{spelled(k)}: {spelled(v)}" for k, v in value.items()) + "}"
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = [f"{part.name}={spelled(getattr(value, part.name))}" for part in fields(value)]
            return f"{type(value).__name__}({', '.join(parts)})"
        case _:
            return repr(value)


_MOST_KEYS = 4
"""Keys of a map that an example writes out."""


def example(type_: Type, instance: Names) -> str:
    """Return an example of a value of a type, as it is written."""
    match type_:
        case SetType(element) | BagType(element, _):
            return "{" + example(element, instance) + "}"
        case SeqType(element, _, True):
            return "[" + ", ".join(written(element, item, instance) for item in instance.universe(element)) + "]"
        case SeqType(element, _):
            return "[" + example(element, instance) + "]"
        case MapType(key, inner):
            if len(instance.universe(key)) > _MOST_KEYS:
                return f"everywhere({example(inner, instance)})"
            keys = [written(key, k, instance) for k in instance.universe(key)]
            return "{" + ", ".join(f"{k}: {example(inner, instance)}" for k in keys) + "}"
        case IntType():
            # A range may be too long to enumerate, and the end of an unbounded one is no number that anybody writes.
            low, high = instance.interval(type_)
            return str(max(low, 3) if type_.is_unbounded else high)
        case RecordType(cls, parts):
            return f"{cls.__name__}({', '.join(f'{name}={example(part, instance)}' for name, part in parts)})"
        case TupleType(items):
            each = [example(item, instance) for item in items]
            return f"({', '.join(each)}{',' if len(each) == 1 else ''})"
        case OptionalType(inner):
            return example(inner, instance)
        case UnionType(alternatives):
            return example(alternatives[-1], instance)
        case _:
            return written(type_, instance.universe(type_)[-1], instance)


def written(type_: Type, value: Any, instance: Names) -> str:
    """Return a frozen value as text."""
    match type_:
        case SetType(element):
            return "{" + ", ".join(sorted(written(element, item, instance) for item in value)) + "}"
        case MapType(key, inner):
            pairs = entries_in(instance.universe(key), value)
            return (
                "{" + ", ".join(f"{written(key, k, instance)}: {written(inner, v, instance)}" for k, v in pairs) + "}"
            )
        case SeqType(element, _):
            return "[" + ", ".join(written(element, item, instance) for item in value) + "]"
        case BagType(element, _):
            return (
                "{"
                + ", ".join(sorted(f"{written(element, item, instance)} x{n}" for item, n in counts_in(value).items()))
                + "}"
            )
        case TupleType(items):
            parts = [written(item, part, instance) for item, part in zip(items, value, strict=True)]
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        case OptionalType(inner):
            return "None" if value is None else written(inner, value, instance)
        case UnionType(alternatives):
            return written(next(part for part in alternatives if type(value) is part.cls), value, instance)
        case RecordType(cls, parts):
            shown = [f"{name}={written(part, getattr(value, name), instance)}" for name, part in parts]
            return f"{cls.__name__}({', '.join(shown)})"
        case EnumType():
            return str(value.name)
        case SortType() | QuorumType():
            return instance.name_of(value)
        case _:
            return str(value)
