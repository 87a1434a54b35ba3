"""Assignments of scalars, maps, sets and whole sequences in generated code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from assay.checker.engine.native.codegen.containers.bags import put_copy
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.listed import copies_in, insert, is_listed, remove
from assay.checker.engine.native.codegen.containers.sequences import put_item, set_length
from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.places import address_of, entry_of, spot_at, store_scalar
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import Fitted, value_of
from assay.checker.engine.native.codegen.operations.bitsets import difference, intersection, of_bits, union
from assay.checker.engine.native.codegen.operations.truth import negation
from assay.checker.engine.native.codegen.operations.values import RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, equal, less, narrowed
from assay.checker.engine.native.codegen.packing.access import (
    Spot,
    copy_slot,
    read_bits,
    row,
    whole_words,
    write,
    write_bits,
)
from assay.checker.engine.native.codegen.packing.slots import WORD, Bits
from assay.checker.language.ir.nodes import (
    Assign,
    AssignCollection,
    AssignMap,
    Clear,
    Collection,
    Member,
    Name,
    Node,
    Place,
    Root,
    SetChange,
    SetOf,
    SetUpdate,
    Stored,
)
from assay.checker.language.types import BagType, MapType, SeqType, SetType

__all__ = ["assign", "assign_collection", "assign_map", "clear", "update_set"]


def assign(node: Assign, ctx: Context) -> None:
    """Store a scalar at a place, or fail if it is out of range."""
    code = fitted(ctx, node.value, node.place.type).demanded(ctx)
    store_scalar(ctx, address_of(ctx, node.place), code)


def assign_map(node: AssignMap, ctx: Context) -> None:
    """Give a map a value at every key, all computed from the state before."""
    type_ = node.place.type
    assert isinstance(type_, MapType)
    spot = spot_at(ctx, node.place)
    kept = _reads_elsewhere(ctx, node.value, node.place.variable, node.variable)
    with (
        _snapshot(ctx, node.place.variable) if kept else nullcontext(),
        counting(ctx.b, number(0), number(ctx.codes.size(type_.key))) as key,
        ctx.binding(node.variable, value_of(ctx, type_.key, key)),
    ):
        code = fitted(ctx, node.value, type_.value).demanded(ctx)
        store_scalar(ctx, entry_of(ctx, spot, type_, key), code)


@contextmanager
def _snapshot(ctx: Context, variable: str) -> Iterator[None]:
    """Copy a variable to scratch, so that the block reads it from there."""
    assert ctx.scratch is not None
    where, current = ctx.layout.places[variable], ctx.views[Root.STATE]
    for word in where.words:
        if where.in_register:
            ctx.b.set(ctx.scratch.registers[word], ctx.b.get_mask(current.registers[word]))
        else:
            ctx.scratch.store(ctx.b, number(word), current.load(ctx.b, number(word)))
    ctx.snapshots[variable] = ctx.scratch
    yield
    del ctx.snapshots[variable]


def _mentions(ctx: Context, node: Node, variable: str) -> bool:
    """Return whether some IR reads a variable of the state."""
    return any(isinstance(part, Place) and part.variable == variable for part in ctx.facts.parts(node))


def _reads_elsewhere(ctx: Context, value: Node, variable: str, key: Name) -> bool:
    """Return whether a value reads a map at other keys than its own."""
    return any(
        isinstance(part, Place) and part.variable == variable and part.keys[-1:] != (key,)
        for part in ctx.facts.parts(value)
    )


# Sets


def update_set(node: SetUpdate, ctx: Context) -> None:
    """Add a collection to a stored set, remove it, or keep only what is in it."""
    assert isinstance(node.place.type, SetType)
    if isinstance(node.value, SetOf) and node.change is not SetChange.KEEP:
        _update_items(ctx, node, node.value)
        return
    plan = plan_collection(node.value, ctx)
    if plan is not None and node.value.element == node.place.type.element:
        spot, size = spot_at(ctx, node.place), ctx.codes.size(node.place.type.element)
        combine = {SetChange.ADD: union, SetChange.DISCARD: difference, SetChange.KEEP: intersection}[node.change]
        mask = plan()
        write_bits(ctx.b, spot, size, combine(ctx.b, row(ctx.b, spot, size), mask))
        return
    ctx.evaluate(node.value)
    spot, keeps = spot_at(ctx, node.place), node.change is SetChange.KEEP
    with (
        _snapshot(ctx, node.place.variable)
        if keeps or _mentions(ctx, node.value, node.place.variable)
        else nullcontext()
    ):
        if keeps:
            _keep_only(ctx, spot, node.place, node.value)
        else:
            _write_all(ctx, spot, node.place, node.value, adds=node.change is SetChange.ADD)


def _update_items(ctx: Context, node: SetUpdate, items: SetOf) -> None:
    assert isinstance(node.place.type, SetType)
    element, adds = node.place.type.element, node.change is SetChange.ADD
    codes = [fitted(ctx, item, element) for item in items.items]
    if adds:
        codes = [Fitted(code.demanded(ctx)) for code in codes]
    spot = spot_at(ctx, node.place)
    for code in codes:
        _write_bit(ctx, spot, code, adds)


def _write_bit(ctx: Context, spot: Spot, code: Fitted, value: bool) -> None:
    """Write the bit of an element, unless it is outside the set's range."""
    with ctx.b.when(code.inside):
        if is_listed(spot):
            _change_list(ctx, spot, code.code, value)
            return
        write(ctx.b, spot.moved(code.code, Bits(1)), 1, number(int(value)))


def _change_list(ctx: Context, spot: Spot, code: Word, adds: bool) -> None:
    if not adds:
        remove(ctx, spot, code)
        return
    with ctx.b.when(equal(ctx.b, copies_in(ctx, spot, code), number(0))):
        insert(ctx, spot, code)


def _write_all(ctx: Context, spot: Spot, place: Place, value: Collection, *, adds: bool) -> None:
    """Write a bit of a stored set for every element of a collection."""
    assert isinstance(place.type, SetType)
    variable = ctx.fresh(value.element)
    with ctx.each(value, variable):
        code = fitted(ctx, variable, place.type.element)
        _write_bit(ctx, spot, Fitted(code.demanded(ctx)) if adds else code, adds)


def _keep_only(ctx: Context, spot: Spot, place: Place, value: Collection) -> None:
    """Remove from a stored set, which is read from scratch, whatever a collection does not contain."""
    assert isinstance(place.type, SetType)
    variable = ctx.fresh(place.type.element)
    with ctx.each(Stored(place), variable):
        holds = ctx.truth(Member(variable, value))
        with ctx.b.when(negation(ctx.b, holds)):
            _write_bit(ctx, spot, fitted(ctx, variable, place.type.element), False)


def assign_collection(node: AssignCollection, ctx: Context) -> None:
    """Make a stored set, sequence or bag equal to a collection, which is evaluated before anything changes."""
    place, value = node.place, node.value
    if isinstance(value, Stored) and value.place.type == place.type:
        _fill(ctx, spot_at(ctx, place), spot_at(ctx, value.place))
    elif isinstance(place.type, SeqType):
        _assign_sequence(ctx, place, value)
    elif isinstance(place.type, BagType):
        _assign_bag(ctx, place, value)
    else:
        _assign_set(ctx, place, value)


def _assign_set(ctx: Context, place: Place, value: Collection) -> None:
    assert isinstance(place.type, SetType)
    plan = plan_collection(value, ctx)
    if plan is not None and value.element == place.type.element:
        mask = plan()
        write_bits(ctx.b, spot_at(ctx, place), ctx.codes.size(place.type.element), mask)
        return
    ctx.evaluate(value)
    spot = spot_at(ctx, place)
    with _snapshot(ctx, place.variable) if _mentions(ctx, value, place.variable) else nullcontext():
        _fill(ctx, spot, None)
        _write_all(ctx, spot, place, value, adds=True)


def _assign_bag(ctx: Context, place: Place, value: Collection) -> None:
    """Make a bag equal to one that is part of a value, copy by copy."""
    assert isinstance(place.type, BagType)
    ctx.evaluate(value)
    spot, variable = spot_at(ctx, place), ctx.fresh(value.element)
    with _snapshot(ctx, place.variable) if _mentions(ctx, value, place.variable) else nullcontext():
        _fill(ctx, spot, None)
        with ctx.each(value, variable):
            put_copy(ctx, place, spot, fitted(ctx, variable, place.type.element).demanded(ctx))


def clear(node: Clear, ctx: Context) -> None:
    """Empty a container."""
    _fill(ctx, spot_at(ctx, node.place), None)


def _fill(ctx: Context, target: Spot, source: Spot | None) -> None:
    """Overwrite a whole slot, by another one of the same form or by zeros."""
    bits = target.slot.bits
    if bits <= WORD:
        write_bits(ctx.b, target, bits, of_bits(0) if source is None else read_bits(ctx.b, source, bits))
        return
    with counting(ctx.b, number(0), number(whole_words(bits))) as index:
        copy_slot(ctx.b, target, source, index)


# Sequences


def _assign_sequence(ctx: Context, place: Place, value: Collection) -> None:
    assert isinstance(place.type, SeqType)
    ctx.evaluate(value)
    spot = spot_at(ctx, place)
    with _snapshot(ctx, place.variable) if _mentions(ctx, value, place.variable) else nullcontext():
        _refill(ctx, spot, place.type, value)


def _refill(ctx: Context, spot: Spot, type_: SeqType, value: Collection) -> None:
    b, bound, variable = ctx.b, ctx.codes.instance.bound(type_.bound), ctx.fresh(value.element)
    length = b.register("length", RegisterType.WORD)
    b.set(length, number(0))
    _fill(ctx, spot, None)
    with ctx.each(value, variable):
        so_far = b.get_word(length, 0, bound)
        ctx.fail_unless(less(b, so_far, number(bound)))
        if bound:
            at = narrowed(so_far, 0, bound - 1)
            put_item(ctx, spot, at, fitted(ctx, variable, type_.element).demanded(ctx))
            b.set(length, add(b, at, number(1)))
    set_length(ctx, spot, b.get_word(length, 0, bound))
