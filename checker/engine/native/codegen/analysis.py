"""What the generator asks of the IR: what an action may do, and what may be moved out of a loop."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Block,
    Expr,
    For,
    If,
    Node,
    Or,
    Place,
    Quantifier,
    Require,
    Statement,
    free_names,
    walk,
)

__all__ = ["conjuncts", "has_require", "is_pure", "narrowed_scope", "writes"]


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
