"""Sequences in generated code: their lengths and items, and changes."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.locals import assign_local
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, value_of
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import TRUE, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import (
    add,
    clamped,
    equal,
    less,
    less_or_equal,
    narrowed,
    subtract,
    within,
)
from assay.checker.engine.native.codegen.packing.access import Spot, array_item, read, write
from assay.checker.engine.native.codegen.packing.slots import Seq
from assay.checker.language.ir.nodes import Expr, Place, SeqAppend, SeqItem, SeqLength, SeqPop, SeqStore
from assay.checker.language.types import SeqType

__all__ = ["append", "item_code", "length_at", "length_of", "pop", "put_item", "seq_item", "seq_length"]
__all__ += ["set_length", "store_item", "stored_item"]


def _bound(ctx: Context, place: Place) -> int:
    assert isinstance(place.type, SeqType)
    return ctx.codes.instance.bound(place.type.bound)


def _slot(spot: Spot) -> Seq:
    assert isinstance(spot.slot, Seq)
    return spot.slot


def length_of(ctx: Context, place: Place) -> Word:
    """Return the length of a sequence."""
    return length_at(ctx, spot_at(ctx, place), _bound(ctx, place))


def length_at(ctx: Context, spot: Spot, bound: int) -> Word:
    """Return the length of a sequence of at most `bound` items."""
    return narrowed(read(ctx.b, spot, _slot(spot).length_width), 0, bound) if bound else number(0)


def set_length(ctx: Context, spot: Spot, length: Word) -> None:
    """Write the length of a sequence."""
    write(ctx.b, spot, _slot(spot).length_width, length)


def _item_at(ctx: Context, spot: Spot, index: Word) -> Spot:
    slot = _slot(spot)
    return array_item(ctx.b, spot.moved(number(slot.start)), slot.items, index)


def item_code(ctx: Context, spot: Spot, index: Word) -> Word:
    """Return the code of an item of a sequence."""
    return read(ctx.b, _item_at(ctx, spot, index), _slot(spot).items.item.bits)


def put_item(ctx: Context, spot: Spot, index: Word, code: Word) -> None:
    """Write the code of an item of a sequence."""
    write(ctx.b, _item_at(ctx, spot, index), _slot(spot).items.item.bits, code)


def seq_length(node: SeqLength, ctx: Context) -> Word:
    """Compute the length of a sequence."""
    return length_of(ctx, node.place)


def seq_item(node: SeqItem, ctx: Context) -> Scalar:
    """Compute an item of a sequence, or fail if there is none."""
    return stored_item(ctx, node.place, node.index, safe=False)


def stored_item(ctx: Context, place: Place, at: Expr, *, safe: bool) -> Scalar:
    """Compute an item of a sequence; fail if there is none, unless that is known to be impossible."""
    assert isinstance(place.type, SeqType)
    bound = _bound(ctx, place)
    if safe and bound:
        index = clamped(ctx.b, as_word_of(ctx, ctx.expr(at)), 0, bound - 1)
        return value_of(ctx, place.type.element, item_code(ctx, spot_at(ctx, place), index))
    spot, index = _position(ctx, place, at)
    code = item_code(ctx, spot, index) if bound else number(0)
    return value_of(ctx, place.type.element, code)


def _position(ctx: Context, place: Place, index: Expr) -> tuple[Spot, Word]:
    """Return where a sequence is, and a position inside it; a negative index counts from its end."""
    bound, given = _bound(ctx, place), as_word_of(ctx, ctx.expr(index))
    spot = spot_at(ctx, place)
    if not bound:
        ctx.fail_if(TRUE)
        return spot, number(0)
    length = length_at(ctx, spot, bound)
    ctx.fail_unless(within(ctx.b, given, -bound, bound - 1))
    near = narrowed(given, -bound, bound - 1)
    position = choose(ctx.b, less(ctx.b, near, number(0)), add(ctx.b, near, length), near)
    ctx.fail_unless(less_or_equal(ctx.b, number(0), position))
    ctx.fail_unless(less(ctx.b, position, length))
    return spot, narrowed(position, 0, bound - 1)


def append(node: SeqAppend, ctx: Context) -> None:
    """Append to a sequence, or fail if it is full."""
    assert isinstance(node.place.type, SeqType)
    code = fitted(ctx, node.value, node.place.type.element).demanded(ctx)
    bound, spot = _bound(ctx, node.place), spot_at(ctx, node.place)
    length = length_at(ctx, spot, bound)
    ctx.fail_unless(less(ctx.b, length, number(bound)))
    if bound:
        length = narrowed(length, 0, bound - 1)
        put_item(ctx, spot, length, code)
        set_length(ctx, spot, add(ctx.b, length, number(1)))


def pop(node: SeqPop, ctx: Context) -> None:
    """Remove the first or last item of a sequence, or fail if it is empty."""
    assert isinstance(node.place.type, SeqType)
    bound, spot = _bound(ctx, node.place), spot_at(ctx, node.place)
    length = length_at(ctx, spot, bound)
    ctx.fail_if(equal(ctx.b, length, number(0)))
    last = subtract(ctx.b, narrowed(length, 1, bound), number(1)) if bound else number(0)
    if node.into is not None:
        code = item_code(ctx, spot, number(0) if node.first else last) if bound else number(0)
        assign_local(ctx, node.into, value_of(ctx, node.place.type.element, code))
    if not bound:
        return
    if node.first and bound > 1:  # with a bound of 1, there is nothing to move up
        with counting(ctx.b, number(0), last) as index:
            put_item(ctx, spot, index, item_code(ctx, spot, add(ctx.b, index, number(1))))
    put_item(ctx, spot, last, number(0))
    set_length(ctx, spot, last)


def store_item(node: SeqStore, ctx: Context) -> None:
    """Replace an item of a sequence, or fail if there is none."""
    assert isinstance(node.place.type, SeqType)
    code = fitted(ctx, node.value, node.place.type.element).demanded(ctx)
    spot, index = _position(ctx, node.place, node.index)
    if _bound(ctx, node.place):
        put_item(ctx, spot, index, code)
