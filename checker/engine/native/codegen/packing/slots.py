"""Slots: how the bits of a variable are divided among its values."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WORD", "Array", "Bag", "Bits", "Listed", "Planes", "Seq", "Slot", "Where", "array_of", "padded"]


WORD = 64
"""Bits of a word."""


@dataclass(frozen=True)
class Bits:
    """A scalar's code, or a set's bits: ``bits`` of them; a set of more than 64 spans whole words."""

    bits: int


@dataclass(frozen=True)
class Planes:
    """A map from ``count`` keys to small scalars, as ``width`` planes of one bit a key."""

    count: int
    width: int

    @property
    def bits(self) -> int:
        return self.count * self.width


@dataclass(frozen=True)
class Array:
    """A map from ``count`` keys to slots, ``per_word`` of them in a word, or each in whole words if that is 0."""

    count: int
    item: Slot
    per_word: int

    @property
    def bits(self) -> int:
        if self.per_word >= self.count:
            return self.count * self.item.bits
        if self.per_word:
            return -(-self.count // self.per_word) * WORD
        return self.count * padded(self.item.bits)


@dataclass(frozen=True)
class Seq:
    """A sequence: its length, and from bit ``start`` on its items; unused ones are 0."""

    length_width: int
    start: int
    items: Array

    @property
    def bits(self) -> int:
        return self.start + self.items.bits


@dataclass(frozen=True)
class Bag:
    """A bag: how many copies of each element of the universe."""

    counts: Array

    @property
    def bits(self) -> int:
        return self.counts.bits


@dataclass(frozen=True)
class Listed:
    """A set or bag of few elements among many: their codes in ascending order, as a sequence."""

    items: Seq

    @property
    def bits(self) -> int:
        return self.items.bits


Slot = Bits | Planes | Array | Seq | Bag | Listed


@dataclass(frozen=True)
class Where:
    """A variable's slot, and the bit at which it starts. In one word if ``bits`` is at most 64."""

    start: int
    slot: Slot

    @property
    def in_register(self) -> bool:
        """Whether it lies within one word."""
        return self.slot.bits <= WORD

    @property
    def words(self) -> range:
        """The words it touches."""
        return range(self.start // WORD, (self.start + max(1, self.slot.bits) - 1) // WORD + 1)


def padded(bits: int) -> int:
    """Return bits rounded up to whole words."""
    return -(-bits // WORD) * WORD


def array_of(count: int, item: Slot) -> Array:
    """Return the slot of ``count`` items, packed as densely as words allow."""
    # No item of at most a word straddles two words: it is read and written by one shift and mask.
    if item.bits > WORD:
        return Array(count, item, 0)
    if count * item.bits <= WORD:
        return Array(count, item, count)
    return Array(count, item, WORD // item.bits)
