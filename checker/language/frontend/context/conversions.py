"""Conversions of values between types: which types fit, the common type of two, and values as ones of another type."""

from __future__ import annotations

from assay.checker.language.inhabitants import origin_of
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Cast,
    Collected,
    Elements,
    Expr,
    Literal,
    MakeTuple,
    Narrow,
)
from assay.checker.language.types import (
    COMPUTED,
    INT,
    BagType,
    BoolType,
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

__all__ = ["coerce", "common_type", "fits", "held", "is_narrowed", "remedy", "widened"]


def fits(given: Type, wanted: Type) -> bool:
    """Return whether every value of one type is a value of another."""
    if given == wanted:
        return True
    match given, wanted:
        case IntType(), IntType():
            return True
        case _, OptionalType(inner):
            given = given.inner if isinstance(given, OptionalType) else given
            return isinstance(given, NoneOnly) or fits(given, inner)
        case RecordType(), UnionType(alternatives):
            return given in alternatives
        case UnionType(given_alternatives), UnionType(alternatives):
            return set(given_alternatives) <= set(alternatives)
        case (SeqType(_, int(bound)), SeqType(_, int(wanted_bound))) | (
            BagType(_, int(bound)),
            BagType(_, int(wanted_bound)),
        ):
            return bound <= wanted_bound and _is_recollected(given, wanted)
        case SetType(), SetType():
            return _is_recollected(given, wanted)
        case TupleType(items), TupleType(wanted_items):
            return len(items) == len(wanted_items) and all(map(fits, items, wanted_items))
        case _:
            return False


def _is_recollected(given: Type, wanted: Type) -> bool:
    """Return whether a container can be collected anew as another type, which may differ in bounds."""
    if type(given) is not type(wanted) or not isinstance(given, SetType | SeqType | BagType):
        return False
    assert isinstance(wanted, SetType | SeqType | BagType)
    both = (given.element, wanted.element)
    return given.element == wanted.element or all(isinstance(element, IntType) for element in both)


def coerce(value: Expr, wanted: Type) -> Expr | None:
    """Return a value converted to the wanted type, failing at run time if that is narrower; None if it never fits."""
    given = value.type
    if given == wanted or (isinstance(given, IntType) and isinstance(wanted, IntType)):
        return value
    if isinstance(given, NoneOnly) and isinstance(wanted, OptionalType):
        if can_fail(value):  # its value can only be None, but Python evaluates it, and that may raise
            return Cast(value, wanted, location=value.location)
        return Literal(None, wanted, location=value.location)
    if isinstance(wanted, OptionalType) and not isinstance(given, OptionalType):
        inner = coerce(value, wanted.inner)
        return None if inner is None else Cast(inner, wanted, location=value.location)
    if isinstance(value, MakeTuple) and isinstance(wanted, TupleType):
        return _coerced_tuple(value, wanted)
    if isinstance(wanted, SetType | SeqType | BagType) and _is_recollected(given, wanted):
        return Collected(Elements(value, location=value.location), wanted, location=value.location)
    if fits(given, wanted):
        return Cast(value, wanted, location=value.location)
    if isinstance(given, OptionalType):
        return coerce(Narrow(value, given.inner, location=value.location), wanted)
    if isinstance(given, UnionType) and isinstance(wanted, RecordType | UnionType) and fits(wanted, given):
        return Narrow(value, wanted, location=value.location)
    return None


def _coerced_tuple(value: MakeTuple, wanted: TupleType) -> Expr | None:
    if len(value.arguments) != len(wanted.items):
        return None
    items = [coerce(item, type_) for item, type_ in zip(value.arguments, wanted.items, strict=True)]
    made = tuple(item for item in items if item is not None)
    return MakeTuple(wanted, made, location=value.location) if len(made) == len(items) else None


def common_type(left: Type, right: Type) -> Type | None:
    """Return the narrowest type that both fit, or None."""
    if left == right:
        return left
    if isinstance(left, IntType) and isinstance(right, IntType):
        return INT
    if isinstance(left, NoneOnly) or isinstance(right, NoneOnly):
        other = right if isinstance(left, NoneOnly) else left
        return other if isinstance(other, OptionalType) else OptionalType(held(other))
    if isinstance(left, OptionalType) or isinstance(right, OptionalType):
        inner = common_type(*(t.inner if isinstance(t, OptionalType) else t for t in (left, right)))
        return None if inner is None else OptionalType(held(inner))
    if isinstance(left, TupleType) and isinstance(right, TupleType):
        return _common_tuple(left, right)
    if fits(left, right):
        return right
    if fits(right, left):
        return left
    if isinstance(left, RecordType | UnionType) and isinstance(right, RecordType | UnionType):
        parts = [p for t in (left, right) for p in (t.alternatives if isinstance(t, UnionType) else (t,))]
        return UnionType(tuple(dict.fromkeys(parts)))
    return None


def _common_tuple(left: TupleType, right: TupleType) -> TupleType | None:
    if len(left.items) != len(right.items):
        return None
    items = [common_type(*pair) for pair in zip(left.items, right.items, strict=True)]
    return None if None in items else TupleType(tuple(held(item) for item in items if item is not None))


def held(type_: Type) -> Type:
    """Return the type of a value inside a tuple or an optional, where a number needs bounds."""
    return COMPUTED if type_ == INT else type_


def is_narrowed(fitted: Expr, value: Expr) -> bool:
    """Return whether fitting narrowed a value, or an item of a tuple display, so that it may fail."""
    if fitted is value:
        return False
    match fitted:
        case Narrow(_, _, safe):
            return not safe
        case Cast(operand, _):
            return is_narrowed(operand, value)
        case MakeTuple(_, items) if isinstance(value, MakeTuple):
            return any(is_narrowed(item, old) for item, old in zip(items, value.arguments, strict=True))
        case _:
            return False


def remedy(found: Type, wanted: Type) -> str:
    """Return the remedy for a message that one type was found where another is expected."""
    match found, wanted:
        case OptionalType(inner), _ if fits(inner, wanted):
            return "it may be None: ask `is not None` first; in an action, some(...) does"
        case OptionalType() | UnionType(), _ if fits(wanted, found):
            return "it may be something else: ask isinstance first"
        case NoneOnly(), _:
            return f"make it optional where it is declared: {wanted} | None"
        case BoolType(), IntType():
            return "1 if ... else 0"
        case SortType(_, True), IntType():
            return "the elements of an Order have no arithmetic: succ(b) is the next, pred(b) the one before"
        case _:
            return origin_of(wanted)


def widened(value: Expr, wanted: Type) -> Expr:
    """Return a value as one of a type that it is known to fit, such as the common type of it and another."""
    fitted = coerce(value, wanted)
    assert fitted is not None, f"{value.type} is no {wanted}"
    return fitted
