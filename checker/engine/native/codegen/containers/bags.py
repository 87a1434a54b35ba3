"""Bags in generated code: multiplicities, and changes."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.listed import (
    copies_in,
    insert,
    is_listed,
    length_in,
    remove,
)
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, bounded_sum, equal, less, narrowed, subtract
from assay.checker.engine.native.codegen.packing.access import Spot, array_item, read, write
from assay.checker.engine.native.codegen.packing.slots import BagCounts
from assay.checker.language.ir.nodes import BagCount, BagTotal, BagUpdate, Place
from assay.checker.language.types import BagType

__all__ = ["bag_count", "bag_total", "copies_at", "put_copy", "update"]


def _slot(spot: Spot) -> BagCounts:
    assert isinstance(spot.slot, BagCounts)
    return spot.slot


def copies_at(ctx: Context, spot: Spot, code: Word) -> Word:
    """Return the multiplicity in a bag of the element with a code."""
    if is_listed(spot):
        return copies_in(ctx, spot, code)
    counts = _slot(spot).counts
    return read(ctx.b, array_item(ctx.b, spot, counts, code), counts.item.bits)


def bag_count(node: BagCount, ctx: Context) -> Word:
    """Compute the multiplicity of an element in a bag; it is 0 for a value outside the bag's type."""
    assert isinstance(node.place.type, BagType)
    bound = _bound(ctx, node.place)
    element = fitted(ctx, node.element, node.place.type.element)
    copies = narrowed(copies_at(ctx, spot_at(ctx, node.place), element.code), 0, bound)
    return choose(ctx.b, element.inside, copies, number(0))


def _bound(ctx: Context, place: Place) -> int:
    assert isinstance(place.type, BagType)
    return ctx.codes.instance.bound(place.type.bound)


def bag_total(node: BagTotal, ctx: Context) -> Word:
    """Compute the number of elements of a bag, with multiplicity."""
    return _total(ctx, node.place, spot_at(ctx, node.place))


def _total(ctx: Context, place: Place, spot: Spot) -> Word:
    if is_listed(spot):
        return length_in(ctx, spot)
    b, total, bound = ctx.b, ctx.b.register("total", RegisterType.WORD), _bound(ctx, place)
    b.set(total, number(0))
    with counting(b, number(0), number(_slot(spot).counts.count)) as code:
        # A stored bag never exceeds its bound, so no partial sum does.
        so_far = b.get_word(total, 0, bound)
        b.set(total, bounded_sum(b, so_far, copies_at(ctx, spot, code), 0, bound))
    return b.get_word(total, 0, bound)


def update(node: BagUpdate, ctx: Context) -> None:
    """Add a copy to a bag, or fail if it is full; remove one, or fail if there is none."""
    assert isinstance(node.place.type, BagType)
    b, bound = ctx.b, _bound(ctx, node.place)
    code = fitted(ctx, node.value, node.place.type.element).demanded(ctx)
    spot = spot_at(ctx, node.place)
    if node.add:
        put_copy(ctx, node.place, spot, code)
        return
    if is_listed(spot):
        ctx.fail_unless(remove(ctx, spot, code))
        return
    counts = _slot(spot).counts
    item = array_item(b, spot, counts, code)
    copies = narrowed(read(b, item, counts.item.bits), 0, bound)
    ctx.fail_if(equal(b, copies, number(0)))
    write(b, item, counts.item.bits, subtract(b, narrowed(copies, 1, max(1, bound)), number(1)))


def put_copy(ctx: Context, place: Place, spot: Spot, code: Word) -> None:
    """Add a copy of the element with a code to a bag, or fail if it is full."""
    b, bound = ctx.b, _bound(ctx, place)
    ctx.fail_unless(less(b, _total(ctx, place, spot), number(bound)))
    if is_listed(spot):
        insert(ctx, spot, code)
        return
    counts = _slot(spot).counts
    item = array_item(b, spot, counts, code)
    copies = narrowed(read(b, item, counts.item.bits), 0, bound)
    more = add(b, narrowed(copies, 0, max(0, bound - 1)), number(1))
    write(b, item, counts.item.bits, narrowed(more, 0, (1 << counts.item.bits) - 1))
