"""``if x > best: best = x``: a branch that accumulates the largest or smallest value."""

from __future__ import annotations

from dataclasses import replace

from assay.checker.language.frontend.statements.accumulation import mentions
from assay.checker.language.ir.nodes import (
    And,
    Assign,
    AssignLocal,
    Block,
    Cast,
    Compare,
    Comparison,
    Conditional,
    Expr,
    If,
    IsKind,
    Name,
    Narrow,
    Or,
    Read,
    Statement,
)
from assay.checker.language.types import NoneOnly

__all__ = ["as_extreme"]


def as_extreme(statement: If) -> Statement | None:
    """Return ``best = x if x > best else best`` for ``if x > best: best = x``, so that it is seen to accumulate.

    Conditions before the comparison, as in ``if x in self.seen and x > best``, stay in a branch around it.

    Returns
    -------
    Statement or None
        None for a branch that does anything else.
    """
    if statement.otherwise.statements or len(statement.then.statements) != 1:
        return None
    assignment = statement.then.statements[0]
    if not isinstance(assignment, Assign | AssignLocal):
        return None
    target = _target(assignment)
    conditions = statement.test.parts if isinstance(statement.test, And) else (statement.test,)
    *before, last = conditions
    if not _compares(last, target, assignment.value) or any(mentions(condition, target) for condition in before):
        return None
    value = Conditional(last, assignment.value, target, location=last.location)
    stored = replace(assignment, value=value)
    if not before:
        return stored
    test = before[0] if len(before) == 1 else And(tuple(before), location=statement.test.location)
    return replace(statement, test=test, then=Block((stored,), location=statement.then.location))


def _target(assignment: Assign | AssignLocal) -> Name | Read:
    if isinstance(assignment, AssignLocal):
        return assignment.variable
    return Read(assignment.place, location=assignment.place.location)


def _compares(condition: Expr, target: Expr, value: Expr) -> bool:
    """Return whether a condition compares a target with the value that it is given, or asks first if it is None."""
    match condition, value:
        case Compare(Comparison.LT | Comparison.LE, low, high), _:
            return (low, high) in ((target, value), (value, target))
        case Or((IsKind(tested, (NoneOnly(),)), Compare(Comparison.LT | Comparison.LE, low, high))), Cast(given, _):
            there = [part for part in (low, high) if part != given]
            return tested == target and len(there) == 1 and _is_there(there[0], target)
        case _:
            return False


def _is_there(value: Expr, target: Expr) -> bool:
    """Return whether an expression is what a target is where it is not None."""
    return isinstance(value, Narrow) and value.safe and value.operand == target
