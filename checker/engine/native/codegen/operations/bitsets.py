"""Operations on words of truth values, one for each element of a universe of at most 64."""

from __future__ import annotations

from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Op
from assay.checker.engine.native.codegen.operations.values import (
    ALL,
    NONE,
    Bool,
    Constant,
    Mask,
    RegisterType,
    Word,
    known,
    number,
)
from assay.checker.engine.native.codegen.operations.words import equal, unequal

__all__ = [
    "as_word",
    "below",
    "bit",
    "bits_of",
    "complement",
    "difference",
    "intersection",
    "is_empty",
    "is_some",
    "lowest",
    "moved_down",
    "moved_up",
    "of_bits",
    "only",
    "population",
    "same_bits",
    "spread",
    "union",
    "without_lowest",
]


def of_bits(bits: int) -> Mask:
    """Return the set whose elements are the 1 bits of a constant."""
    bits &= (1 << 64) - 1
    # The constants of instructions are signed, as those of LLVM are.
    return Mask(Constant(bits - (1 << 64) if bits >> 63 else bits, RegisterType.WORD))


def only(b: Builder, code: Word) -> Mask:
    """Return the set of one element."""
    assert 0 <= code.low <= code.high < 64, code
    fixed = known(code)
    return Mask(b.compute(Op.SHL, number(1).ref, code.ref)) if fixed is None else of_bits(1 << fixed)


def below(b: Builder, code: Word) -> Mask:
    """Return the set of the elements with smaller codes."""
    fixed = known(code)
    if fixed is not None:
        return of_bits((1 << fixed) - 1)
    # 2^code - 1. A code is below 64; LLVM leaves shifts by 64 or more undefined.
    return Mask(b.compute(Op.SUB, only(b, code).ref, number(1).ref))


def spread(b: Builder, value: Bool) -> Mask:
    """Return all elements or none."""
    fixed = known(value)
    return Mask(b.compute(Op.SPREAD, value.ref)) if fixed is None else (ALL if fixed else NONE)


def complement(b: Builder, mask: Mask) -> Mask:
    """Return all other elements."""
    fixed = known(mask)
    return Mask(b.compute(Op.XOR, mask.ref, ALL.ref)) if fixed is None else of_bits(~fixed)


def intersection(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in both sets."""
    for one, other in ((left, right), (right, left)):
        if one == ALL:
            return other
        if one == NONE:
            return NONE
    return Mask(b.compute(Op.AND, left.ref, right.ref))


def union(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in either set, or both."""
    for one, other in ((left, right), (right, left)):
        if one == ALL:
            return ALL
        if one == NONE:
            return other
    return Mask(b.compute(Op.OR, left.ref, right.ref))


def difference(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements of the first that are not in the second."""
    return intersection(b, left, complement(b, right))


def same_bits(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in both sets or in neither."""
    for one, other in ((left, right), (right, left)):
        if one == ALL:
            return other
        if one == NONE:
            return complement(b, other)
    return complement(b, Mask(b.compute(Op.XOR, left.ref, right.ref)))


def is_empty(b: Builder, mask: Mask) -> Bool:
    """Return whether there is no element."""
    return equal(b, as_word(mask), number(0))


def is_some(b: Builder, mask: Mask) -> Bool:
    """Return whether there is an element."""
    return unequal(b, as_word(mask), number(0))


def lowest(b: Builder, mask: Mask, size: int = 64) -> Word:
    """Return the least code in a nonempty set over a universe of `size` elements."""
    return Word(b.compute(Op.LOWEST, mask.ref), 0, size - 1)


def without_lowest(b: Builder, mask: Mask) -> Mask:
    """Return a nonempty set without the element that has the least code."""
    less = b.compute(Op.SUB, mask.ref, number(1).ref)  # borrows through the zeros below the lowest 1, and clears it
    return Mask(b.compute(Op.AND, mask.ref, less))


def population(b: Builder, mask: Mask) -> Word:
    """Return the number of elements."""
    return Word(b.compute(Op.POPULATION, mask.ref), 0, 64)


def bit(b: Builder, value: Word, position: int) -> Word:
    """Return one bit of a number that is not negative, as 0 or 1."""
    fixed = known(value)
    if fixed is not None:
        return number(fixed >> position & 1)
    if value.low >= 0 and value.high < 1 << position:
        return number(0)
    if position == 0 and value.low >= 0 and value.high <= 1:
        return value
    shifted = b.compute(Op.LSHR, value.ref, number(position).ref) if position else value.ref
    return Word(b.compute(Op.AND, shifted, number(1).ref), 0, 1)


def moved_up(b: Builder, mask: Mask, by: Word) -> Mask:
    """Return a word shifted towards higher bits."""
    assert 0 <= by.low <= by.high < 64, by
    fixed, bits = known(by), known(mask)
    if fixed == 0 or bits == 0:
        return mask
    if fixed is not None and bits is not None:
        return of_bits(bits << fixed)
    return Mask(b.compute(Op.SHL, mask.ref, by.ref))


def moved_down(b: Builder, mask: Mask, by: Word) -> Mask:
    """Return a word shifted towards lower bits, filled with zeros."""
    assert 0 <= by.low <= by.high < 64, by
    return mask if known(by) == 0 else Mask(b.compute(Op.LSHR, mask.ref, by.ref))


def as_word(mask: Mask) -> Word:
    """Return the bits of a set as a number."""
    fixed = known(mask)
    return number(fixed) if fixed is not None else Word(mask.ref, -(1 << 63), (1 << 63) - 1)


def bits_of(value: Word) -> Mask:
    """Return a word as a set of elements."""
    return Mask(value.ref)
