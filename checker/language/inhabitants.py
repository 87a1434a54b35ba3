"""Where values of each type come from: the remedy of messages that say that something is of another type."""

from __future__ import annotations

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
from assay.checker.wording import listed

__all__ = ["origin_of"]

_MOST_MEMBERS = 6
"""Members of an enumeration that a message lists."""


def origin_of(type_: Type) -> str:
    """Return where a value of a type comes from, or how it is written."""
    match type_:
        case BoolType():
            return "compare values, or write True or False"
        case IntType():
            return "numbers are written out, or made by len, sum, min, max and arithmetic"
        case EnumType(cls):
            members = [f"{cls.__name__}.{name}" for name in cls.__members__]
            return f"possible are {listed(members[:_MOST_MEMBERS])}{', ...' * (len(members) > _MOST_MEMBERS)}"
        case SortType(cls, True):
            return f"an element of {cls.__name__} is a parameter, the name of a loop, or first({cls.__name__})"
        case SortType(cls) | QuorumType(cls):
            return f"an element of {cls.__name__} is a parameter, the name of a loop, or part of a value"
        case RecordType(cls, fields):
            return f"make one: {cls.__name__}({', '.join(name for name, _ in fields)})"
        case UnionType(alternatives):
            return f"make one of {listed(map(str, alternatives))}"
        case OptionalType(inner):
            return f"possible is None, too; else {origin_of(inner)}"
        case TupleType(items):
            return f"write one out, with {len(items)} items"
        case _:
            return _of_container(type_)


def _of_container(type_: Type) -> str:
    match type_:
        case SetType():
            return "write a set: {a, b}, {... for ... in ...}, or set(...) of what can be run over"
        case SeqType():
            return "write a list: [a, b], [... for ... in ...], or a slice such as self.queue[1:]"
        case BagType():
            return "a bag is kept in a variable, and changed by add, remove and clear"
        case MapType(key, _):
            return f"write a value for each key: {{k: ... for k in {key}}}"
        case _:
            return "only None is"
