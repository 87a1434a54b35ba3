"""Bit fields: the elements of containers that are parts of values, each in some bits of a number."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.operations.bitsets import bits_of, field, moved_up
from assay.checker.engine.native.codegen.operations.values import (
    Mask,
    RegisterType,
    Word,
    number,
    register_for,
    register_of_bits,
)
from assay.checker.engine.native.codegen.operations.words import multiply
from assay.checker.language.types import Type

__all__ = ["code_of_bits", "field_at", "placed", "register_of"]


def field_at(ctx: Context, code: Word, index: Word, width: int) -> Word:
    """Return a field of a code, by its index and the width of fields."""
    return field(ctx.b, bits_of(ctx.b, code), multiply(ctx.b, index, number(width)), width)


def placed(ctx: Context, value: Word, index: Word, width: int, kind: RegisterType) -> Mask:
    """Return the bits of a field with a value, at an index, in a register of a kind."""
    bits = Mask(ctx.b.in_register(bits_of(ctx.b, value), kind))
    return moved_up(ctx.b, bits, multiply(ctx.b, index, number(width)))


def register_of(ctx: Context, type_: Type) -> RegisterType:
    """Return the kind of register that the elements of a container are gathered in."""
    return register_of_bits((ctx.codes.size(type_) - 1).bit_length())


def code_of_bits(ctx: Context, bits: Mask, type_: Type) -> Word:
    """Return bits as the code of a container."""
    b, most = ctx.b, ctx.codes.size(type_) - 1
    return Word(b.in_register(b.lowest_bits(bits, register_of(ctx, type_)), register_for(0, most)), 0, most)
