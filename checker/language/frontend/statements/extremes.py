"""``if x > best: best = x``: a branch that accumulates the largest or smallest value."""

from __future__ import annotations

from dataclasses import replace

from assay.checker.language.frontend.statements.accumulation import mentions, of_what_may_be_none
from assay.checker.language.ir.definedness import can_fail
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
    Generator,
    If,
    Let,
    Name,
    Node,
    Not,
    Quantifier,
    Read,
    Statement,
    rewritten,
    walk,
)

__all__ = ["as_extreme"]


def as_extreme(statement: If) -> Statement | None:
    """Return ``best = x if x > best else best`` for ``if x > best: best = x``, so that it is seen to accumulate.

    Other conditions, as in ``if x in self.seen and x > best``, stay in a branch around it.

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
    conditions = tuple(_of_one_value(condition, assignment.value) for condition in conditions)
    found = [index for index, condition in enumerate(conditions) if _compares(condition, target, assignment.value)]
    if len(found) != 1:
        return None
    comparison, before, after = conditions[found[0]], conditions[: found[0]], conditions[found[0] + 1 :]
    if any(mentions(condition, target) for condition in (*before, *after)):
        return None
    if after and any(map(can_fail, (comparison, *after))):
        return None  # what would be evaluated first is not what Python evaluates first
    stored = replace(assignment, value=_larger(comparison, assignment.value, target))
    return _where((*before, *after), stored, statement)


def _of_one_value(condition: Expr, value: Expr) -> Expr:
    """Return a comparison with a value, where the source says that value twice, as in ``if last(B) > x: x = last(B)``.

    Each time it was compiled, the variables that it binds got names of their own.
    """
    if isinstance(condition, Not):
        return replace(condition, operand=_of_one_value(condition.operand, value))
    if not isinstance(condition, Compare):
        return condition
    left, right = (value if _unnamed(side) == _unnamed(value) else side for side in (condition.left, condition.right))
    return replace(condition, left=left, right=right)


def _unnamed(value: Expr) -> Node:
    """Return a value with its bound variables numbered in the order in which they occur."""
    bound = {part.variable for part in walk(value) if isinstance(part, Generator | Quantifier | Let)}
    numbers: dict[str, str] = {}

    def numbered(part: Node) -> Node:
        if isinstance(part, Name) and part in bound:
            return replace(part, name=numbers.setdefault(part.name, f"bound {len(numbers)}"))
        return part

    return rewritten(value, numbered)


def _larger(comparison: Expr, value: Expr, target: Name | Read) -> Conditional:
    if isinstance(comparison, Not) and isinstance(comparison.operand, Compare):
        denied = comparison.operand
        opposite = Comparison.LE if denied.operator is Comparison.LT else Comparison.LT
        comparison = Compare(opposite, denied.right, denied.left, location=comparison.location)
    return Conditional(comparison, value, target, location=comparison.location)


def _where(conditions: tuple[Expr, ...], stored: Statement, statement: If) -> Statement:
    """Return a statement that is executed where all conditions are true."""
    if not conditions:
        return stored
    test = conditions[0] if len(conditions) == 1 else And(conditions, location=statement.test.location)
    return replace(statement, test=test, then=Block((stored,), location=statement.then.location))


def _target(assignment: Assign | AssignLocal) -> Name | Read:
    if isinstance(assignment, AssignLocal):
        return assignment.variable
    return Read(assignment.place, location=assignment.place.location)


def _compares(condition: Expr, target: Expr, value: Expr) -> bool:
    """Return whether a condition compares a target with the value that it is given, or asks first if it is None."""
    match condition:
        case Not(Compare(Comparison.LT | Comparison.LE, low, high)) | Compare(Comparison.LT | Comparison.LE, low, high):
            return (low, high) in ((target, value), (value, target))
        case _:
            return isinstance(value, Cast) and of_what_may_be_none(condition, target, value.operand) is not None
