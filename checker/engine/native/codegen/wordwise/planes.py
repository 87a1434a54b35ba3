"""Maps to small scalars, compared for all keys at once.

Such a map is stored in bit planes: in plane b, bit i is bit b of the code of the value at key i. So codes are compared
bit by bit, for all keys in one word.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context, MaskPlan, Over
from assay.checker.engine.native.codegen.expressions.places import is_planar, spot_at
from assay.checker.engine.native.codegen.expressions.scalars import code_of
from assay.checker.engine.native.codegen.operations.bitsets import (
    bit,
    complement,
    intersection,
    same_bits,
    spread,
    union,
)
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.values import ALL, NONE, Mask, number
from assay.checker.engine.native.codegen.operations.words import unequal
from assay.checker.engine.native.codegen.packing.access import read_bits
from assay.checker.engine.native.codegen.packing.slots import Bits, Planes
from assay.checker.language.ir.nodes import Comparison, Expr, Read
from assay.checker.language.types import IntType

__all__ = ["plan_code", "plan_comparison"]


def plan_comparison(operator: Comparison, left: Expr, right: Expr, over: Over, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements for which a comparison of two values is true."""
    if isinstance(left.type, IntType) or not (_has_planes(left, over, ctx) and _has_planes(right, over, ctx)):
        return None
    return lambda: _compared(ctx.b, operator, _planes(left, over, ctx), _planes(right, over, ctx))


def _compared(b: Builder, operator: Comparison, first: list[Mask], second: list[Mask]) -> Mask:
    # From the highest bit down: the first bit in which two numbers differ decides which one is less.
    less, equal = NONE, ALL
    for one, other in reversed(list(zip(first, second, strict=True))):
        if operator is not Comparison.EQ:
            smaller = intersection(b, complement(b, one), other)
            less = union(b, less, intersection(b, equal, smaller))
        equal = intersection(b, equal, same_bits(b, one, other))
    if operator is Comparison.EQ:
        return equal
    return less if operator is Comparison.LT else union(b, less, equal)


def plan_code(value: Expr, code: int, over: Over, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements for which a value has a certain code."""
    if not _has_planes(value, over, ctx):
        return None
    return lambda: _with_code(ctx.b, _planes(value, over, ctx), code)


def _with_code(b: Builder, planes: list[Mask], code: int) -> Mask:
    result = ALL
    for position, plane in enumerate(planes):
        result = intersection(b, result, plane if code >> position & 1 else complement(b, plane))
    return result


def _has_planes(value: Expr, over: Over, ctx: Context) -> bool:
    """Return whether a value does not depend on the element, or is the entry of a planar map at the element."""
    name, names = over.variable.name, ctx.facts.names
    if name not in names(value):
        return True
    if not isinstance(value, Read) or not value.place.keys or value.place.keys[-1] != over.variable:
        return False
    return is_planar(ctx, value.place) and not any(name in names(key) for key in value.place.keys[:-1])


def _planes(value: Expr, over: Over, ctx: Context) -> list[Mask]:
    """Return the planes of a value's codes, lowest first."""
    width = ctx.codes.width(value.type)
    if over.variable.name not in ctx.facts.names(value):
        code = code_of(ctx, value.type, ctx.expr(value))
        return [spread(ctx.b, unequal(ctx.b, bit(ctx.b, code, plane), number(0))) for plane in range(width)]
    assert isinstance(value, Read)
    spot = spot_at(ctx, value.place)
    assert isinstance(spot.slot, Planes)
    count = spot.slot.count
    return [read_bits(ctx.b, spot.moved(number(plane * count), Bits(count)), count) for plane in range(width)]
