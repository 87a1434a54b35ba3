"""Operations on sets of truth values, one for each element of a universe of at most 64: the bits of a word.

Sets that are parts of values may be larger, and are then held in registers of several words, as are the codes of other
containers. Where two sets are combined, the smaller one is taken for a subset of the larger one's universe.
"""

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
    register_for,
    register_of_bits,
    signed,
    widest,
)
from assay.checker.engine.native.codegen.operations.words import equal, unequal

__all__ = [
    "as_word",
    "below",
    "bit",
    "bits_of",
    "complement",
    "difference",
    "field",
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


def of_bits(bits: int, kind: RegisterType = RegisterType.WORD) -> Mask:
    """Return the set whose elements are the 1 bits of a constant."""
    return Mask(Constant(signed(bits, kind.bits), kind))


def only(b: Builder, code: Word, kind: RegisterType = RegisterType.WORD) -> Mask:
    """Return the set of one element."""
    assert 0 <= code.low <= code.high < kind.bits, code
    return moved_up(b, of_bits(1, kind), code)


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
    fixed, every = known(mask), of_bits(-1, mask.kind)
    return Mask(b.compute(Op.XOR, mask.ref, every.ref)) if fixed is None else of_bits(~fixed, mask.kind)


def intersection(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in both sets."""
    for one, other in ((left, right), (right, left)):
        if one == of_bits(-1, other.kind):
            return other
        if known(one) == 0:
            return NONE
    return _joined(b, Op.AND, left, right)


def _joined(b: Builder, op: Op, left: Mask, right: Mask) -> Mask:
    kind = widest(left.kind, right.kind)
    return Mask(b.compute(op, b.in_register(left, kind), b.in_register(right, kind)))


def union(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in either set, or both."""
    for one, other in ((left, right), (right, left)):
        if one == of_bits(-1, widest(one.kind, other.kind)):
            return one
        if known(one) == 0 and widest(one.kind, other.kind) is other.kind:
            return other
    return _joined(b, Op.OR, left, right)


def difference(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements of the first that are not in the second."""
    return intersection(b, left, complement(b, Mask(b.in_register(right, widest(left.kind, right.kind)))))


def same_bits(b: Builder, left: Mask, right: Mask) -> Mask:
    """Return the elements that are in both sets or in neither."""
    for one, other in ((left, right), (right, left)):
        if one == of_bits(-1, other.kind):
            return other
        if one == of_bits(0, other.kind):
            return complement(b, other)
    return complement(b, _joined(b, Op.XOR, left, right))


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
    value = b.settled(value)
    return field(b, Mask(value.ref), number(position), 1)


def moved_up(b: Builder, mask: Mask, by: Word) -> Mask:
    """Return a set shifted towards higher bits."""
    assert 0 <= by.low <= by.high < mask.kind.bits, by
    fixed, bits = known(by), known(mask)
    if fixed == 0 or bits == 0:
        return mask
    if fixed is not None and bits is not None:
        return of_bits(bits << fixed, mask.kind)
    return Mask(b.compute(Op.SHL, mask.ref, b.in_register(by, mask.kind)))


def moved_down(b: Builder, mask: Mask, by: Word) -> Mask:
    """Return a set shifted towards lower bits, filled with zeros."""
    assert 0 <= by.low <= by.high < mask.kind.bits, by
    return mask if known(by) == 0 else Mask(b.compute(Op.LSHR, mask.ref, b.in_register(by, mask.kind)))


def field(b: Builder, mask: Mask, by: Word, width: int) -> Word:
    """Return the number in ``width`` bits of a set, after those below a position."""
    kind, most = register_of_bits(width), (1 << width) - 1
    if by.high >= mask.kind.bits:
        mask = Mask(b.in_register(mask, register_of_bits(by.high + 1)))
    bits = b.lowest_bits(moved_down(b, mask, by), kind)
    if width < kind.bits:
        bits = intersection(b, bits, of_bits(most, kind))
    return Word(b.in_register(bits, register_for(0, most)), 0, most)


def as_word(mask: Mask) -> Word:
    """Return the bits of a set as a number."""
    fixed, most = known(mask), 1 << mask.kind.bits - 1
    return number(fixed) if fixed is not None else Word(mask.ref, -most, most - 1)


def bits_of(b: Builder, value: Word) -> Mask:
    """Return a number that is not negative as a set of elements, in the narrowest register."""
    return b.lowest_bits(value, register_of_bits(value.high.bit_length()))
