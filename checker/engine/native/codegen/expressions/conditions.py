"""Comparisons and connectives in generated code."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of
from assay.checker.engine.native.codegen.operations.truth import both, either, negation, same_truth, truth
from assay.checker.engine.native.codegen.operations.values import Bool, RegisterType, Scalar, known
from assay.checker.engine.native.codegen.operations.words import equal, less, less_or_equal
from assay.checker.language.ir.nodes import And, Assertion, Compare, Comparison, Expr, Implies, Not, Or
from assay.checker.language.types import OptionalType, RecordType, TupleType, UnionType

__all__ = ["assertion", "compare", "compared", "conjunction", "disjunction", "implication", "not_"]


def not_(node: Not, ctx: Context) -> Bool:
    """Compute a negation."""
    return negation(ctx.b, ctx.truth(node.operand))


def assertion(node: Assertion, ctx: Context) -> Bool:
    """Compute an assertion's value, which is true, or fail if its condition is false."""
    ctx.fail_unless(ctx.truth(node.condition))
    return truth(True)


def conjunction(node: And, ctx: Context) -> Bool:
    """Compute a conjunction, up to the first part that is false, or in full if it is eager and can fail."""
    if node.eager and any(ctx.facts.can_fail(part) for part in node.parts):
        result = truth(True)
        for part in node.parts:
            result = both(ctx.b, result, ctx.truth(part))
        return result
    return _until(ctx, node.parts, False)


def disjunction(node: Or, ctx: Context) -> Bool:
    """Compute a disjunction, up to the first part that is true."""
    return _until(ctx, node.parts, True)


def _until(ctx: Context, parts: Sequence[Expr], decides: bool) -> Bool:
    """Compute parts up to the first one that decides.

    The code is not nested, however many parts there are.
    """
    first = ctx.truth(parts[0])
    if len(parts) == 1 or known(first) == int(decides):
        return first
    result, done = ctx.b.register("decided", RegisterType.BIT), ctx.b.label()
    for position, part in enumerate(parts):
        value = ctx.truth(part) if position else first
        ctx.b.set(result, value)
        if position < len(parts) - 1:
            on = ctx.b.label()
            ctx.b.branch(value, *((done, on) if decides else (on, done)))
            ctx.b.place(on)
    ctx.b.place(done)
    return ctx.b.get_bool(result)


def implication(node: Implies, ctx: Context) -> Bool:
    """Compute an implication.

    Python evaluates both sides of ``implies``; if the second cannot fail, skipping it makes no difference.
    """
    if ctx.facts.can_fail(node.right):
        return either(ctx.b, negation(ctx.b, ctx.truth(node.left)), ctx.truth(node.right))
    return _until(ctx, (Not(node.left), node.right), True)


def compare(node: Compare, ctx: Context) -> Bool:
    """Compute a comparison of two scalars of one type."""
    if isinstance(node.left.type, RecordType | UnionType | TupleType | OptionalType) and ctx.facts.can_fail(node):
        return _compared_fitted(node, ctx)
    return compared(ctx, node.operator, ctx.expr(node.left), ctx.expr(node.right))


def _compared_fitted(node: Compare, ctx: Context) -> Bool:
    """Compare records in which a number may be out of range: such a record differs from every one in range."""
    left, right = fitted(ctx, node.left, node.left.type), fitted(ctx, node.right, node.right.type)
    # The codes of two records that are both out of range do not say whether they are equal: the interpreter must.
    ctx.fail_if(negation(ctx.b, either(ctx.b, left.inside, right.inside)))
    inside = both(ctx.b, left.inside, right.inside)
    if node.operator is not Comparison.EQ:
        ctx.fail_unless(inside)
    return both(ctx.b, inside, compared(ctx, node.operator, left.code, right.code))


def compared(ctx: Context, operator: Comparison, left: Scalar, right: Scalar) -> Bool:
    """Compute a comparison of two values."""
    if operator is Comparison.EQ and isinstance(left, Bool) and isinstance(right, Bool):
        return same_truth(ctx.b, left, right)
    first, second = as_word_of(ctx, left), as_word_of(ctx, right)
    match operator:
        case Comparison.EQ:
            return equal(ctx.b, first, second)
        case Comparison.LT:
            return less(ctx.b, first, second)
        case Comparison.LE:
            return less_or_equal(ctx.b, first, second)
