"""Values that are the same in every instance."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from assay.checker.language.sorts import Least
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.symbols.cases import enum_value, sort_of
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import ABSENT, Atom, Product, Value, cast
from assay.proofs.logic.orders import least_of
from assay.proofs.logic.terms import FALSE, TRUE, number

__all__ = ["literal"]


def literal(value: object, type_: Type, empty: Callable[[Type], Value] | None = None) -> Value:
    """Return, as terms, a Python value that is the same in every instance.

    Parameters
    ----------
    value : object
        The value.
    type_ : Type
        Its type.
    empty : callable, optional
        Returns the empty container of a type, for one that is part of the value.

    Raises
    ------
    Unencodable
        If it differs between instances, such as an element of a sort, or if it has a container as a part that is not
        empty, or any container if `empty` is not given.
    """
    match type_:
        case OptionalType(inner):
            return ABSENT if value is None else cast(literal(value, inner, empty), inner, type_)
        case NoneOnly():
            return ABSENT
        case BoolType():
            return Atom(TRUE if value else FALSE)
        case IntType() if isinstance(value, int):
            return Atom(number(value))
        case EnumType() if isinstance(value, Enum):
            return Atom(enum_value(type_, value))
        case SortType() if isinstance(value, Least) and sort_of(type_) == sort_of(SortType(value.order, ordered=True)):
            return Atom(least_of(sort_of(type_)))
        case TupleType(items) if isinstance(value, tuple):
            return Product(tuple(literal(part, item, empty) for part, item in zip(value, items, strict=True)))
        case RecordType(_, fields):
            return Product(tuple(literal(getattr(value, name), part, empty) for name, part in fields))
        case UnionType(alternatives):
            kind = next(part for part in alternatives if type(value) is part.cls)
            return cast(literal(value, kind, empty), kind, type_)
        case SetType() | SeqType() | BagType() if empty and not value:
            return empty(type_)
    raise Unencodable(f"the value {value!r}")
