"""Bit fields: the elements of containers that are parts of values, each in some bits of a number."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.operations.bitsets import (
    as_word,
    bits_of,
    intersection,
    moved_down,
    moved_up,
    of_bits,
)
from assay.checker.engine.native.codegen.operations.values import Mask, Word, number
from assay.checker.engine.native.codegen.operations.words import multiply
from assay.checker.language.types import Type

__all__ = ["code_of_bits", "field_at", "placed"]


def field_at(ctx: Context, code: Word, index: Word, width: int) -> Word:
    """Return a field of a code, by its index and the width of fields."""
    shift = multiply(ctx.b, index, number(width))
    assert 0 <= shift.low <= shift.high < 64, shift
    bits = intersection(ctx.b, moved_down(ctx.b, bits_of(code), shift), of_bits((1 << width) - 1))
    return Word(bits.ref, 0, (1 << width) - 1)


def placed(ctx: Context, value: Word, index: Word, width: int) -> Mask:
    """Return the bits of a field with a value, at an index."""
    return moved_up(ctx.b, bits_of(value), multiply(ctx.b, index, number(width)))


def code_of_bits(ctx: Context, bits: Mask, type_: Type) -> Word:
    """Return bits as the code of a container."""
    word = as_word(bits)
    return Word(word.ref, max(0, word.low), min(ctx.codes.size(type_) - 1, max(0, word.high)))
