"""Containers of the state, read as values: their codes are computed from what is stored."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.bags import copies_at
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.sequences import item_code, length_at
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.places import entry_of, load_scalar, read_place, spot_at
from assay.checker.engine.native.codegen.iteration.fields import code_of_bits, placed, register_of
from assay.checker.engine.native.codegen.operations.bitsets import union
from assay.checker.engine.native.codegen.operations.values import NONE, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import add, narrowed
from assay.checker.engine.native.codegen.packing.access import Spot, array_item, row
from assay.checker.engine.native.codegen.packing.access import read as read_bits_of
from assay.checker.engine.native.codegen.packing.slots import WORD, Array, BagCounts
from assay.checker.language.ir.nodes import Read
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type

__all__ = ["read"]


def read(node: Read, ctx: Context) -> Scalar:
    """Read what is at a place of the state: a scalar, or the code of a map."""
    if not isinstance(node.type, MapType):
        return read_place(node, ctx)
    ctx.codes.size(node.type)  # raises if no word holds such a map, before any code is generated
    return _stored_code(ctx, spot_at(ctx, node.place), node.type)


def _stored_code(ctx: Context, spot: Spot, type_: Type) -> Word:
    match type_:
        case MapType(key, value):
            return _stored_entries(ctx, spot, type_, key, value)
        case SetType(element) if ctx.codes.size(element) > WORD:
            return read_bits_of(ctx.b, spot, ctx.codes.size(element))
        case SetType(element):
            return code_of_bits(ctx, row(ctx.b, spot, ctx.codes.size(element)), type_)
        case SeqType() | BagType():
            return _stored_fields(ctx, spot, type_)
        case _:
            raise NotImplementedError(str(type_))


def _stored_entries(ctx: Context, spot: Spot, type_: MapType, key: Type, value: Type) -> Word:
    b, kind, width = ctx.b, register_of(ctx, type_), ctx.codes.width(value)
    result = b.register("made", kind)
    b.set(result, NONE)
    with counting(b, number(0), number(ctx.codes.size(key))) as code:
        if isinstance(value, MapType | SetType | SeqType | BagType):
            assert isinstance(spot.slot, Array)
            field = _stored_code(ctx, array_item(b, spot, spot.slot, code), value)
        else:
            field = load_scalar(ctx, entry_of(ctx, spot, type_, code))
        b.set(result, union(b, b.get_mask(result), placed(ctx, field, code, width, kind)))
    return code_of_bits(ctx, b.get_mask(result), type_)


def _stored_fields(ctx: Context, spot: Spot, type_: SeqType | BagType) -> Word:
    b, kind, bound = ctx.b, register_of(ctx, type_), ctx.codes.bound(type_)
    result = b.register("made", kind)
    b.set(result, NONE)
    if isinstance(type_, BagType):
        assert isinstance(spot.slot, BagCounts)
        width, count = bound.bit_length(), number(spot.slot.counts.count)
    else:
        width, count = ctx.codes.digit(type_), length_at(ctx, spot, bound)
    with counting(b, number(0), count) as position:
        index = narrowed(position, 0, max(0, count.high - 1))
        if isinstance(type_, BagType):
            field = copies_at(ctx, spot, index)
        else:
            # Plus 1, because 0 stands for the end: see `packing/codes.py`.
            field = add(b, item_code(ctx, spot, index), number(1))
        b.set(result, union(b, b.get_mask(result), placed(ctx, field, index, width, kind)))
    return code_of_bits(ctx, b.get_mask(result), type_)
