"""Containers that are made as parts of values: the code of what a collection yields, and of a map."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.iteration.extents import most_of
from assay.checker.engine.native.codegen.iteration.fields import code_of_bits, placed, register_of
from assay.checker.engine.native.codegen.operations.bitsets import (
    bits_of,
    moved_up,
    only,
    union,
)
from assay.checker.engine.native.codegen.operations.instructions import Op
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import NONE, Mask, RegisterType, Word, number, widest
from assay.checker.engine.native.codegen.operations.words import (
    add,
    as_number,
    less,
    less_or_equal,
    narrowed,
)
from assay.checker.engine.native.codegen.packing.codes import MOST_BITS
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import (
    Collected,
    Collection,
    Concatenation,
    Elements,
    MakeMap,
)
from assay.checker.language.types import BagType, SeqType, SetType, Type

__all__ = ["collected", "digits_in", "make_map", "natural_sequence"]


def collected(node: Collected, ctx: Context) -> Word:
    """Compute the code of a container from a collection, or fail if its bound is exceeded."""
    match node.type:
        case SetType():
            return _set_of(ctx, node.collection, node.type)
        case SeqType():
            return _sequence_of(ctx, node.collection, node.type)
        case BagType():
            return _bag_of(ctx, node.collection, node.type)


def _set_of(ctx: Context, collection: Collection, type_: SetType) -> Word:
    ctx.codes.size(type_)
    plan = plan_collection(collection, ctx)
    if plan is not None and collection.element == type_.element:
        return code_of_bits(ctx, plan(), type_)
    b, kind, variable = ctx.b, register_of(ctx, type_), ctx.fresh(collection.element)
    result = b.register("made", kind)
    b.set(result, NONE)
    with ctx.each(collection, variable):
        code = fitted(ctx, variable, type_.element).demanded(ctx)
        b.set(result, union(b, b.get_mask(result), only(b, code, kind)))
    return code_of_bits(ctx, b.get_mask(result), type_)


def _sequence_of(ctx: Context, collection: Collection, type_: SeqType) -> Word:
    """Return the code of a sequence, or fail if it is longer than its bound."""
    width, bound = ctx.codes.digit(type_), ctx.codes.bound(type_)
    size = ctx.codes.size(type_)
    if isinstance(collection, Concatenation):
        return _joined(ctx, collection, type_)
    if isinstance(collection, Elements) and collection.element == type_.element:
        code = ctx.word(collection.value)
        ctx.fail_unless(less(ctx.b, code, number(size)))
        return narrowed(code, 0, size - 1)
    b, kind, variable = ctx.b, register_of(ctx, type_), ctx.fresh(collection.element)
    result, shift = b.register("made", kind), b.register("shift", RegisterType.WORD)
    b.set(result, NONE)
    b.set(shift, number(0))
    with ctx.each(collection, variable):
        at = b.get_word(shift, 0, width * bound)
        ctx.fail_unless(less(b, at, number(width * bound)))
        code = narrowed(fitted(ctx, variable, type_.element).demanded(ctx), 0, ctx.codes.size(type_.element) - 1)
        at = narrowed(at, 0, width * (bound - 1))
        digit = Mask(b.in_register(bits_of(b, add(b, code, number(1))), kind))
        b.set(result, union(b, b.get_mask(result), moved_up(b, digit, at)))
        b.set(shift, add(b, at, number(width)))
    return code_of_bits(ctx, b.get_mask(result), type_)


def _joined(ctx: Context, collection: Concatenation, type_: SeqType) -> Word:
    width, bound = ctx.codes.digit(type_), ctx.codes.bound(type_)
    left, right = (natural_sequence(ctx, part, type_.element) for part in (collection.left, collection.right))
    before, after = (digits_in(ctx, code, width, most) for code, most in (left, right))
    ctx.fail_unless(less_or_equal(ctx.b, add(ctx.b, before, after), number(bound)))
    # If the left is as long as the bound, the right is empty and need not be shifted, so no shift exceeds the register.
    at = choose(ctx.b, less(ctx.b, before, number(bound)), before, number(0))
    kind = widest(register_of(ctx, type_), bits_of(ctx.b, right[0]).kind)
    moved = placed(ctx, right[0], narrowed(at, 0, max(0, bound - 1)), width, kind)
    return code_of_bits(ctx, union(ctx.b, bits_of(ctx.b, left[0]), moved), type_)


def natural_sequence(ctx: Context, collection: Collection, element: Type) -> tuple[Word, int]:
    """Return the code of a sequence with room for everything it may hold, and how many items that is.

    Raises
    ------
    Unsupported
        If that does not fit a register, or is not known.
    """
    most = most_of(ctx, collection)
    width = ctx.codes.digit_of(element)
    if most is None or most * width > MOST_BITS:
        raise Unsupported(
            f"a sequence that is computed here may take more than {MOST_BITS} bits, so the native explorer cannot "
            "compute with it",
            location=collection.location,
            help="make its bound or its elements smaller, or use --engine reference",
        )
    type_ = SeqType(element, max(1, most))
    return _sequence_of(ctx, collection, type_), max(1, most)


def _bag_of(ctx: Context, collection: Collection, type_: BagType) -> Word:
    ctx.codes.size(type_)
    b, bound, variable = ctx.b, ctx.codes.bound(type_), ctx.fresh(collection.element)
    width, kind = bound.bit_length(), register_of(ctx, type_)
    result, total = b.register("made", kind), b.register("total", RegisterType.WORD)
    b.set(result, number(0))
    b.set(total, number(0))
    with ctx.each(collection, variable):
        so_far = b.get_word(total, 0, bound)
        ctx.fail_unless(less(b, so_far, number(bound)))
        code = narrowed(fitted(ctx, variable, type_.element).demanded(ctx), 0, ctx.codes.size(type_.element) - 1)
        one, held = placed(ctx, number(1), code, width, kind), b.get_mask(result)
        # No field overflows into the next: there are at most as many copies of an element as elements.
        b.set(result, Mask(b.compute(Op.ADD, held.ref, one.ref)))
        b.set(total, add(b, narrowed(so_far, 0, bound - 1), number(1)))
    return code_of_bits(ctx, b.get_mask(result), type_)


def digits_in(ctx: Context, code: Word, width: int, most: int) -> Word:
    """Return the number of items in a sequence's code: that of its fields up to the last that is not 0."""
    total = number(0)
    for index in range(most):
        reached = less_or_equal(ctx.b, number(1 << width * index), code)
        total = add(ctx.b, total, as_number(ctx.b, reached))
    return total


def make_map(node: MakeMap, ctx: Context) -> Word:
    """Compute the code of a map with a value at every key."""
    type_ = node.type
    ctx.codes.size(type_)
    b, kind, width = ctx.b, register_of(ctx, type_), ctx.codes.width(type_.value)
    result = b.register("made", kind)
    b.set(result, NONE)
    with (
        counting(b, number(0), number(ctx.codes.size(type_.key))) as key,
        ctx.binding(node.variable, value_of(ctx, type_.key, key)),
    ):
        value = fitted(ctx, node.value, type_.value).demanded(ctx)
        b.set(result, union(b, b.get_mask(result), placed(ctx, value, key, width, kind)))
    return code_of_bits(ctx, b.get_mask(result), type_)
