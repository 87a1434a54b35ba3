"""Reading and writing the bits of a packed state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assay.checker.engine.native.codegen.operations.bitsets import (
    bits_of,
    difference,
    intersection,
    moved_down,
    moved_up,
    of_bits,
    union,
)
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Op, Register
from assay.checker.engine.native.codegen.operations.values import (
    Mask,
    RegisterType,
    Word,
    known,
    number,
    register_for,
)
from assay.checker.engine.native.codegen.operations.words import add, less, multiply, quotient, remainder, subtract
from assay.checker.engine.native.codegen.packing.slots import WORD, Array, Bits, Planes, Slot, Where
from assay.checker.engine.native.signatures import Parameter
from assay.checker.immutable import immutable

__all__ = [
    "Spot",
    "StateView",
    "array_item",
    "copy_slot",
    "plane_bit",
    "read",
    "read_bits",
    "row",
    "spot_of",
    "whole_words",
    "write",
    "write_bits",
]

_MOST = 1 << 48
"""More words than any buffer of states has; with this bound, indices into it fit a machine word."""


@immutable
class StateView:
    """A state in generated code.

    Attributes
    ----------
    registers : mapping from int to Register
        The words that are kept in registers, by their index.
    memory : Parameter
        The pointer to its words.
    base : Register
        Holds the index of its first word there.
    offset : int
        How many words after that it starts.
    """

    registers: Mapping[int, Register]
    memory: Parameter
    base: Register
    offset: int = 0

    def cell(self, b: Builder, index: Word) -> Word:
        """Return the index in memory of one of its words."""
        return add(b, b.get_word(self.base, 0, _MOST), add(b, index, number(self.offset)))

    def load(self, b: Builder, index: Word) -> Mask:
        """Read one of its words in memory."""
        return Mask(b.load(self.memory, self.cell(b, index)))

    def store(self, b: Builder, index: Word, value: Mask) -> None:
        """Write one of its words in memory."""
        b.store(self.memory, self.cell(b, index), value)


@immutable
class Spot:
    """Bits of a variable in a view, from bit ``fixed`` plus the sum of ``terms`` on, laid out as ``slot``."""

    view: StateView
    where: Where
    slot: Slot
    fixed: int = 0
    terms: tuple[Word, ...] = ()

    def moved(self, by: Word, slot: Slot | None = None) -> Spot:
        """Return the spot `by` bits further on, with another slot if one is given."""
        fixed = known(by)
        if fixed is not None:
            return replace(self, fixed=self.fixed + fixed, slot=slot or self.slot)
        return replace(self, terms=(*self.terms, by), slot=slot or self.slot)

    def shift(self, b: Builder) -> Word:
        """Return how far its first bit is from bit 0 of the register, or of the variable's first word."""
        total = number(self.fixed + (self.where.start % WORD if self.where.in_register else 0))
        for term in self.terms:
            total = add(b, term, total)
        return b.settled(total)


def spot_of(view: StateView, where: Where) -> Spot:
    """Return a whole variable."""
    return Spot(view, where, where.slot)


def read(b: Builder, spot: Spot, width: int) -> Word:
    """Return the number in ``width`` bits at a spot; they do not straddle words, unless they are whole ones."""
    most = (1 << width) - 1
    if width <= WORD:
        return Word(b.in_register(read_bits(b, spot, width), register_for(0, most)), 0, most)
    index, _ = _cell(b, spot)
    result = of_bits(0, register_for(0, most))
    for word in range(whole_words(width)):
        part = Mask(b.in_register(spot.view.load(b, add(b, index, number(word))), result.kind))
        result = union(b, result, moved_up(b, part, number(word * WORD)))
    return Word(result.ref, 0, most)


def read_bits(b: Builder, spot: Spot, width: int) -> Mask:
    """Return ``width`` bits at a spot; they do not straddle words."""
    if spot.where.in_register:
        word, shift = Mask(b.get(_register(spot))), spot.shift(b)
    else:
        index, shift = _cell(b, spot)
        word = spot.view.load(b, index)
    return intersection(b, moved_down(b, word, shift), of_bits((1 << width) - 1))


def _register(spot: Spot) -> Register:
    return spot.view.registers[spot.where.words[0]]


def _cell(b: Builder, spot: Spot) -> tuple[Word, Word]:
    """Return the index of the word in which a spot begins, and the shift within."""
    first, place = spot.where.words[0], spot.shift(b)
    fixed = known(place)
    if fixed is not None:
        return number(first + fixed // WORD), number(fixed % WORD)
    assert place.low >= 0
    word = Word(b.compute(Op.LSHR, place.ref, number(6).ref), place.low >> 6, place.high >> 6)
    return add(b, word, number(first)), Word(b.compute(Op.AND, place.ref, number(63).ref), 0, 63)


def write(b: Builder, spot: Spot, width: int, value: Word) -> None:
    """Write a number of at most ``width`` bits at a spot; they do not straddle words, unless they are whole ones."""
    assert 0 <= value.low <= value.high < 1 << width, (value, width)
    if width <= WORD:
        write_bits(b, spot, width, bits_of(b, value))
        return
    index, _ = _cell(b, spot)
    bits = Mask(b.in_register(value, register_for(0, (1 << width) - 1)))
    for word in range(whole_words(width)):
        part = b.lowest_bits(moved_down(b, bits, number(word * WORD)), RegisterType.WORD)
        spot.view.store(b, add(b, index, number(word)), part)


def write_bits(b: Builder, spot: Spot, width: int, value: Mask) -> None:
    """Write a value of at most ``width`` bits at a spot; they do not straddle words."""
    if spot.where.in_register:
        variable = _register(spot)
        b.set(variable, _inserted(b, Mask(b.get(variable)), spot.shift(b), width, value))
        return
    index, shift = _cell(b, spot)
    old = spot.view.load(b, index)
    spot.view.store(b, index, _inserted(b, old, shift, width, value))


def _inserted(b: Builder, word: Mask, shift: Word, width: int, value: Mask) -> Mask:
    if width == WORD:
        return value
    ones = of_bits((1 << width) - 1)
    room = moved_up(b, ones, shift)
    if value == ones:
        return union(b, word, room)
    return union(b, difference(b, word, room), moved_up(b, value, shift))


def row(b: Builder, spot: Spot, width: int) -> Mask:
    """Return ``width`` bits (at most 64) at a spot that may straddle two words."""
    if spot.where.in_register or width == 1:
        return read_bits(b, spot, width)
    fixed = known(spot.shift(b))
    if fixed is not None and fixed % WORD + width <= WORD:
        return read_bits(b, spot, width)
    index, shift = _cell(b, spot)
    bits = b.register("row", RegisterType.WORD)
    b.set(bits, moved_down(b, spot.view.load(b, index), shift))
    with b.when(less(b, number(WORD - width), shift)):
        # The shift is not 0 here, so the one below is by less than 64, as LLVM requires.
        rest = subtract(b, number(WORD), Word(shift.ref, max(1, shift.low), max(1, shift.high)))
        above = moved_up(b, spot.view.load(b, add(b, index, number(1))), rest)
        b.set(bits, union(b, b.get_mask(bits), above))
    return intersection(b, b.get_mask(bits), of_bits((1 << width) - 1))


def array_item(b: Builder, spot: Spot, array: Array, index: Word) -> Spot:
    """Return an item of an array.

    Raises
    ------
    IndexError
        If the interval of the index is beyond the array: a bug in the generator.
    """
    if not 0 <= index.low <= index.high < array.count:
        raise IndexError(f"{index} is beyond the {array.count} items")
    if array.per_word and array.per_word < array.count:
        per, bits = number(array.per_word), number(array.item.bits)
        words = multiply(b, quotient(b, index, per), number(WORD))
        return spot.moved(add(b, words, multiply(b, remainder(b, index, per), bits)), array.item)
    return spot.moved(multiply(b, index, number(array.stride)), array.item)


def plane_bit(spot: Spot, planes: Planes, plane: int, index: Word) -> Spot:
    """Return one bit of one entry of a map stored as planes.

    Raises
    ------
    IndexError
        If the interval of the index is beyond the map: a bug in the generator.
    """
    if not 0 <= index.low <= index.high < planes.count:
        raise IndexError(f"{index} is beyond the {planes.count} entries")
    return spot.moved(number(plane * planes.count)).moved(index, Bits(1))


def whole_words(bits: int) -> int:
    """Return how many words it takes to hold `bits` bits."""
    return -(-bits // WORD)


def copy_slot(b: Builder, target: Spot, source: Spot | None, index: Word) -> None:
    """Write one word of a slot of several words: the one from another slot of the same form, or zeros."""
    by = multiply(b, index, number(WORD))
    value = of_bits(0) if source is None else read_bits(b, source.moved(by), WORD)
    write_bits(b, target.moved(by), WORD, value)
