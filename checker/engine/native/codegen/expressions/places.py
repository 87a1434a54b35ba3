"""Places of the state in generated code: where they are, and how scalars are read and written there."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.operations.bitsets import bit
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Op
from assay.checker.engine.native.codegen.operations.values import Constant, RegisterType, Scalar, Word
from assay.checker.engine.native.codegen.operations.words import narrowed
from assay.checker.engine.native.codegen.packing.access import (
    Spot,
    StateView,
    array_item,
    plane_bit,
    read,
    spot_of,
    write,
)
from assay.checker.engine.native.codegen.packing.slots import Array, Planes
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import Expr, Place, Read, Root
from assay.checker.language.types import MapType, Type

__all__ = [
    "ScalarAddress",
    "address_of",
    "entry_of",
    "is_planar",
    "load_scalar",
    "read_place",
    "spot_at",
    "store_scalar",
]


@immutable
class ScalarAddress:
    """Where a scalar is stored.

    Attributes
    ----------
    spot : Spot
        Its bits, or the planes of its map.
    size : int
        The number of codes of its type.
    key : Word, optional
        For a map that is stored as planes, the code of the entry's key.
    """

    spot: Spot
    size: int
    key: Word | None = None


def read_place(node: Read, ctx: Context) -> Scalar:
    """Read a scalar of the state."""
    return value_of(ctx, node.type, load_scalar(ctx, address_of(ctx, node.place)))


def _view(ctx: Context, place: Place) -> StateView:
    # In a loop whose iterations happen all at once, a variable is read as it was before the loop, even if it changed.
    kept = ctx.snapshots.get(place.variable) if place.root is Root.STATE else None
    return kept or ctx.views[place.root]


def _variable_type(ctx: Context, name: str) -> Type:
    return ctx.layout.types[name]


def is_planar(ctx: Context, place: Place) -> bool:
    """Return whether a place is an entry of a map that is stored as planes."""
    slot = ctx.layout.places[place.variable].slot
    for _ in place.keys:
        if isinstance(slot, Planes):
            return True
        assert isinstance(slot, Array)
        slot = slot.item
    return False


def spot_at(ctx: Context, place: Place) -> Spot:
    """Return the spot of a place, or of its map if that is stored as planes; fail if a key is out of range."""
    keys = place.keys[:-1] if is_planar(ctx, place) else place.keys
    spot = spot_of(_view(ctx, place), ctx.layout.places[place.variable])
    type_ = _variable_type(ctx, place.variable)
    for key in keys:
        assert isinstance(type_, MapType)
        assert isinstance(spot.slot, Array)
        spot = array_item(ctx.b, spot, spot.slot, _key(ctx, type_, key))
        type_ = type_.value
    return spot


def _key(ctx: Context, type_: MapType, key: Expr) -> Word:
    """Return the code of a key, or fail if the map has no such key."""
    return fitted(ctx, key, type_.key).demanded(ctx)


def address_of(ctx: Context, place: Place) -> ScalarAddress:
    """Return where the scalar at a place is."""
    spot, size = spot_at(ctx, place), ctx.codes.size(place.type)
    if not is_planar(ctx, place):
        return ScalarAddress(spot, size)
    type_ = _variable_type(ctx, place.variable)
    for _ in place.keys[:-1]:
        assert isinstance(type_, MapType)
        type_ = type_.value
    assert isinstance(type_, MapType)
    return ScalarAddress(spot, size, _key(ctx, type_, place.keys[-1]))


def entry_of(ctx: Context, spot: Spot, type_: MapType, key: Word) -> ScalarAddress:
    """Return the address of the entry of a map of scalars, by the code of its key."""
    size = ctx.codes.size(type_.value)
    if isinstance(spot.slot, Planes):
        return ScalarAddress(spot, size, key)
    assert isinstance(spot.slot, Array)
    return ScalarAddress(array_item(ctx.b, spot, spot.slot, key), size)


def load_scalar(ctx: Context, address: ScalarAddress) -> Word:
    """Return the code of the scalar at an address."""
    if address.key is None:
        return narrowed(read(ctx.b, address.spot, address.spot.slot.bits), 0, address.size - 1)
    planes = address.spot.slot
    assert isinstance(planes, Planes)
    bits = [read(ctx.b, plane_bit(address.spot, planes, plane, address.key), 1) for plane in range(planes.width)]
    return narrowed(_joined(ctx.b, bits), 0, address.size - 1)


def _joined(b: Builder, bits: list[Word]) -> Word:
    """Return the number that bits stand for, the lowest first."""
    total = bits[0]
    for position, one in enumerate(bits[1:], 1):
        moved = b.compute(Op.SHL, one.ref, Constant(position, RegisterType.WORD))
        total = Word(b.compute(Op.OR, total.ref, moved), 0, (2 << position) - 1)
    return total


def store_scalar(ctx: Context, address: ScalarAddress, code: Word) -> None:
    """Write the code of a scalar to an address."""
    if address.key is None:
        write(ctx.b, address.spot, address.spot.slot.bits, code)
        return
    planes = address.spot.slot
    assert isinstance(planes, Planes)
    for plane in range(planes.width):
        write(ctx.b, plane_bit(address.spot, planes, plane, address.key), 1, bit(ctx.b, code, plane))
