"""How types fit together: what can be used where, and what two values have in common."""

from __future__ import annotations

from assay.checker.language.ir.nodes import (
    And,
    Cast,
    Expr,
    Field,
    IsKind,
    Item,
    Literal,
    Name,
    Narrow,
    Not,
    Or,
    Read,
    walk,
)
from assay.checker.language.types import (
    INT,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Facts", "coerce", "common_type", "fits", "known", "learned", "without"]

Facts = dict[Expr, Type]
"""What is known at a point: an expression of an optional or union type, and the narrower type it has there."""


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
        case TupleType(items), TupleType(wanted_items):
            return len(items) == len(wanted_items) and all(map(fits, items, wanted_items))
        case _:
            return False


def coerce(value: Expr, wanted: Type) -> Expr | None:
    """Return a value as one of the wanted type, failing at run time where a narrower is wanted; None if it never fits."""
    given = value.type
    if given == wanted or (isinstance(given, IntType) and isinstance(wanted, IntType)):
        return value
    if isinstance(given, NoneOnly) and isinstance(wanted, OptionalType):
        return Literal(None, wanted, location=value.location)
    if isinstance(wanted, OptionalType) and not isinstance(given, OptionalType):
        inner = coerce(value, wanted.inner)
        return None if inner is None else Cast(inner, wanted, location=value.location)
    if fits(given, wanted):
        return Cast(value, wanted, location=value.location)
    if isinstance(given, OptionalType):
        return coerce(Narrow(value, given.inner, location=value.location), wanted)
    if isinstance(given, UnionType) and isinstance(wanted, RecordType | UnionType) and fits(wanted, given):
        return Narrow(value, wanted, location=value.location)
    return None


def common_type(left: Type, right: Type) -> Type | None:
    """Return the narrowest type that both fit, or None."""
    if isinstance(left, IntType) and isinstance(right, IntType):
        return INT
    if fits(left, right):
        return right
    if fits(right, left):
        return left
    if isinstance(left, NoneOnly) or isinstance(right, NoneOnly):
        return OptionalType(right if isinstance(left, NoneOnly) else left)
    if isinstance(left, OptionalType) or isinstance(right, OptionalType):
        inner = common_type(*(t.inner if isinstance(t, OptionalType) else t for t in (left, right)))
        return None if inner is None else OptionalType(inner)
    if isinstance(left, RecordType | UnionType) and isinstance(right, RecordType | UnionType):
        parts = [p for t in (left, right) for p in (t.alternatives if isinstance(t, UnionType) else (t,))]
        return UnionType(tuple(dict.fromkeys(parts)))
    return None


def known(value: Expr, facts: Facts) -> Expr:
    """Return a value narrowed to what is known of it."""
    narrower = facts.get(value)
    return value if narrower is None else Narrow(value, narrower, safe=True, location=value.location)


def learned(condition: Expr, truth: bool) -> Facts:
    """Return what is known where a condition is true (or false)."""
    match condition:
        case IsKind(operand, kinds):
            return _learned_kind(operand, kinds, truth)
        case Not(operand):
            return learned(operand, not truth)
        case And(parts) if truth:
            return {subject: type_ for part in parts for subject, type_ in learned(part, True).items()}
        case Or(parts) if not truth:
            return {subject: type_ for part in parts for subject, type_ in learned(part, False).items()}
        case _:
            return {}


def _learned_kind(operand: Expr, kinds: tuple[Type, ...], truth: bool) -> Facts:
    subject = operand.operand if isinstance(operand, Narrow) and operand.safe else operand
    if not _is_path(subject):
        return {}
    wide = subject.type
    if truth and len(kinds) == 1 and not isinstance(kinds[0], NoneOnly):
        return {subject: kinds[0]}
    if not truth and kinds == (NoneOnly(),) and isinstance(wide, OptionalType):
        return {subject: wide.inner}
    if not truth and isinstance(wide, UnionType):
        rest = tuple(part for part in wide.alternatives if part not in kinds)
        return {subject: rest[0] if len(rest) == 1 else UnionType(rest)} if rest else {}
    return {}


def _is_path(subject: Expr) -> bool:
    """Return whether an expression is a name or place, or a part of one, which is the same wherever it is written."""
    match subject:
        case Name() | Read():
            return True
        case Field(operand, _, _) | Item(operand, _, _) | Narrow(operand, _, True):
            return _is_path(operand)
        case _:
            return False


def without(facts: Facts, variable: str) -> Facts:
    """Return the facts that survive a change of a state variable or local name."""
    return {
        subject: type_
        for subject, type_ in facts.items()
        if not any(_mentions(part, variable) for part in walk(subject))
    }


def _mentions(part: object, variable: str) -> bool:
    return (isinstance(part, Read) and part.place.variable == variable) or (
        isinstance(part, Name) and part.name == variable
    )
