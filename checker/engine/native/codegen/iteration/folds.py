"""Folds: counts, sums and extremes of collections, and comparisons of whole collections."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.listed import is_listed, length_in
from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.numbers import plus
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import as_value
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, kind_of
from assay.checker.engine.native.codegen.iteration.comprehensions import each_distinct, each_generated
from assay.checker.engine.native.codegen.iteration.extents import most_choices, most_of
from assay.checker.engine.native.codegen.operations.bitsets import as_word, difference, is_empty, population
from assay.checker.engine.native.codegen.operations.truth import both, either, negation
from assay.checker.engine.native.codegen.operations.values import (
    FALSE,
    TRUE,
    Bool,
    Mask,
    RegisterType,
    Scalar,
    Word,
    fits,
    number,
)
from assay.checker.engine.native.codegen.operations.words import bounded_sum, equal, less, multiply, narrowed, unequal
from assay.checker.engine.native.codegen.packing.access import Spot, read_bits, whole_words
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import (
    Cardinality,
    Collection,
    Comparison,
    Extreme,
    SameContents,
    SetRelation,
    Stored,
    Sum,
)

__all__ = ["cardinality", "extreme", "same_contents", "set_relation", "sum_of"]

_MANY = 1 << 62
"""More iterations than any loop completes in the life of a machine, so a count of them fits a word."""


def cardinality(node: Cardinality, ctx: Context) -> Word:
    """Compute the number of elements of a set."""
    b, collection = ctx.b, node.collection
    if isinstance(collection, Stored) and is_listed(spot := spot_at(ctx, collection.place)):
        return length_in(ctx, spot)
    plan = plan_collection(collection, ctx)
    if plan is not None:
        return narrowed(population(b, plan()), 0, ctx.codes.size(collection.element))
    count, most = b.register("count", RegisterType.WORD), most_of(ctx, collection)
    most = _MANY if most is None or most > _MANY else most
    b.set(count, number(0))
    with each_distinct(ctx, collection, ctx.fresh(collection.element)):
        b.set(count, bounded_sum(b, b.get_word(count, 0, most), number(1), 0, most))
    return b.get_word(count, 0, most)


def sum_of(node: Sum, ctx: Context) -> Word:
    """Compute a sum. Each addition is checked for overflow only if the interval of the sum does not fit a word."""
    b, total, choices = ctx.b, ctx.b.register("sum", RegisterType.WORD), most_choices(ctx, node.generators)
    b.set(total, number(0))
    low = high = 0
    with each_generated(ctx, node.generators, once=True):
        # The interval of an element, and hence of the sum, is known only once its code has been generated.
        element = as_word_of(ctx, ctx.expr(node.element))
        rounds = _MANY if choices is None else choices
        low, high = min(0, rounds * element.low), max(0, rounds * element.high)
        if fits(low, high):
            b.set(total, bounded_sum(b, b.get_word(total, low, high), element, low, high))
        else:
            sum_ = plus(ctx, b.get_word(total), element)
            b.set(total, sum_)
    return b.get_word(total, low, high) if fits(low, high) else b.get_word(total)


def extreme(node: Extreme, ctx: Context) -> Scalar:
    """Compute the largest or smallest element. Python evaluates the default even if there is an element."""
    b, kind = ctx.b, kind_of(ctx, node.type)
    default = None if node.default is None else as_word_of(ctx, as_value(ctx, node.default, node.type))
    best = b.register("best", RegisterType.WORD if kind is RegisterType.BIT else kind)
    found = b.register("found", RegisterType.BIT)
    b.set(found, FALSE)
    b.set(best, number(0) if default is None else default)
    low, high = (0, 0) if default is None else (default.low, default.high)
    with each_generated(ctx, node.generators, once=True):
        value = as_word_of(ctx, ctx.expr(node.element))
        low, high = (value.low, value.high) if default is None else (min(low, value.low), max(high, value.high))
        # The default is not an element: the first element replaces it, however they compare.
        so_far = b.get_word(best)
        better = less(b, so_far, value) if node.largest else less(b, value, so_far)
        with b.when(either(b, negation(b, b.get_bool(found)), better)):
            b.set(best, value)
            b.set(found, TRUE)
    if default is None:
        ctx.fail_unless(b.get_bool(found))
    result = b.get_word(best, low, high)
    return unequal(b, result, number(0)) if kind is RegisterType.BIT else result


def set_relation(node: SetRelation, ctx: Context) -> Bool:
    """Compute whether a set equals another or is a subset of it; Python evaluates both first."""
    left, right = plan_collection(node.left, ctx), plan_collection(node.right, ctx)
    if left is not None and right is not None and node.left.element == node.right.element:
        return _related_words(ctx, node.operator, left(), right())
    ctx.evaluate(node.left)
    ctx.evaluate(node.right)
    forth = _subset(ctx, node.left, node.right)
    if node.operator is Comparison.LE:
        return forth
    back = _subset(ctx, node.right, node.left)
    return both(ctx.b, forth, back if node.operator is Comparison.EQ else negation(ctx.b, back))


def _related_words(ctx: Context, operator: Comparison, left: Mask, right: Mask) -> Bool:
    b = ctx.b
    if operator is Comparison.EQ:
        return equal(b, as_word(left), as_word(right))
    subset = is_empty(b, difference(b, left, right))
    return subset if operator is Comparison.LE else both(b, subset, unequal(b, as_word(left), as_word(right)))


def _subset(ctx: Context, left: Collection, right: Collection) -> Bool:
    b, result, done = ctx.b, ctx.b.register("subset", RegisterType.BIT), ctx.b.label()
    b.set(result, TRUE)
    element = ctx.fresh(left.element)
    with ctx.each(left, element), b.when(negation(b, ctx.contains(right, ctx.expr(element)))):
        b.set(result, FALSE)
        b.jump(done)
    b.place(done)
    return b.get_bool(result)


def same_contents(node: SameContents, ctx: Context) -> Bool:
    """Compute whether two containers of one type are equal: their slots are the same, so their bits must be.

    Raises
    ------
    Unsupported
        If they are packed differently.
    """
    left, right = spot_at(ctx, node.left), spot_at(ctx, node.right)
    if left.slot != right.slot:
        raise Unsupported(
            f"{node.left.variable} and {node.right.variable} are packed differently, so the native explorer cannot "
            "compare them",
            location=node.location,
            help="declare them with the same type, or use --engine reference",
        )
    bits = left.slot.bits
    if bits <= WORD:
        return equal(ctx.b, as_word(read_bits(ctx.b, left, bits)), as_word(read_bits(ctx.b, right, bits)))
    return _same_words(ctx, left, right, whole_words(bits))


def _same_words(ctx: Context, left: Spot, right: Spot, words: int) -> Bool:
    b, same, done = ctx.b, ctx.b.register("same", RegisterType.BIT), ctx.b.label()
    b.set(same, TRUE)
    with counting(b, number(0), number(words)) as index:
        by = multiply(b, index, number(WORD))
        first, second = (as_word(read_bits(b, spot.moved(by), WORD)) for spot in (left, right))
        with b.when(unequal(b, first, second)):
            b.set(same, FALSE)
            b.jump(done)
    b.place(done)
    return b.get_bool(same)
