"""What the generator asks of the IR: whether an expression can fail, and what may be moved out of a loop."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    Block,
    Cast,
    Expr,
    Extreme,
    For,
    If,
    Make,
    MakeTuple,
    Narrow,
    Node,
    Or,
    Place,
    Quantifier,
    Require,
    SeqItem,
    Statement,
    free_names,
    walk,
)
from assay.checker.language.types import IntType, Type, subtypes

__all__ = ["can_fail", "conjuncts", "has_require", "is_pure", "narrowed_scope", "writes"]


def can_fail(node: Node) -> bool:
    """Return whether evaluating a node may raise, in Python."""
    return any(_may_raise(part) for part in walk(node))


def _may_raise(part: Node) -> bool:
    match part:
        case Narrow(_, _, safe):
            return not safe
        case SeqItem():
            return True
        case Extreme(_, _, _, default):
            return default is None
        case Arithmetic(operator, _, _):
            return operator in ("//", "%")
        case Make(type_, _):
            return any(isinstance(field, IntType) for _, field in type_.fields)
        case MakeTuple(type_, _):
            return any(isinstance(item, IntType) for item in type_.items)
        case Cast(operand, type_):
            return _has_number(type_) and type_ != operand.type
        case Place(_, _, keys, _):
            return any(isinstance(key.type, IntType) for key in keys)
        case _:
            return False


def _has_number(type_: Type) -> bool:
    return any(isinstance(part, IntType) for part in subtypes(type_))


def conjuncts(condition: Expr) -> list[Expr]:
    """Return the parts of a conjunction that Python evaluates from left to right."""
    if isinstance(condition, And) and not (condition.eager and can_fail(condition)):
        return [inner for part in condition.parts for inner in conjuncts(part)]
    return [condition]


def is_pure(statement: Statement) -> bool:
    """Return whether a statement changes no place."""
    match statement:
        case Block(parts):
            return all(map(is_pure, parts))
        case If(_, then, otherwise):
            return is_pure(then) and is_pure(otherwise)
        case For(_, _, body):
            return is_pure(body)
        case _:
            return not isinstance(getattr(statement, "place", None), Place)


def writes(statements: Iterable[Statement]) -> bool:
    """Return whether any statement changes a place."""
    return not all(map(is_pure, statements))


def has_require(statement: Node) -> bool:
    """Return whether a statement may find the action disabled."""
    return any(isinstance(part, Require) for part in walk(statement))


def narrowed_scope(quantifier: Quantifier) -> Expr:
    """Return an equivalent expression with what does not depend on the variable moved out of the quantifier."""
    body = quantifier.body
    kind = Or if quantifier.universal else And
    if not isinstance(body, kind) or can_fail(body) or can_fail(quantifier.domain):
        return quantifier
    inside = tuple(part for part in body.parts if quantifier.variable.name in free_names(part))
    outside = tuple(part for part in body.parts if part not in inside)
    if not outside or not inside:
        return quantifier
    rest = inside[0] if len(inside) == 1 else kind(inside)
    narrowed = Quantifier(
        quantifier.universal, quantifier.variable, quantifier.domain, rest, location=quantifier.location
    )
    return kind((*outside, narrowed), location=quantifier.location)
