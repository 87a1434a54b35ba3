"""Slots: how the bits of a variable are divided among its values."""

from __future__ import annotations

from assay.checker.immutable import immutable

__all__ = ["WORD", "Array", "BagCounts", "Bits", "Listed", "Planes", "Seq", "Slot", "Where", "array_of", "padded"]


WORD = 64
"""Bits of a word."""


@immutable
class Bits:
    """A scalar's code, or the bits of a set; more than 64 bits span whole words."""

    bits: int


@immutable
class Planes:
    """A map from ``count`` keys to small scalars, as ``width`` planes with one bit for each key."""

    count: int
    width: int

    @property
    def bits(self) -> int:
        return self.count * self.width


@immutable
class Array:
    """A map from ``count`` keys to slots, with ``per_word`` of them in a word; 0 if each takes whole words."""

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

    def position(self, index: int) -> int:
        """Return the bit at which an item starts, counted from the start of the array."""
        if self.per_word >= self.count:
            return index * self.item.bits
        if self.per_word:
            return index // self.per_word * WORD + index % self.per_word * self.item.bits
        return index * padded(self.item.bits)

    @property
    def stride(self) -> int:
        """The number of bits from one item to the next, if it is the same for all."""
        return self.item.bits if self.per_word >= self.count else padded(self.item.bits)


@immutable
class Seq:
    """A sequence: its length, and from bit ``start`` on its items; unused ones are 0."""

    length_width: int
    start: int
    items: Array

    @property
    def bits(self) -> int:
        return self.start + self.items.bits


@immutable
class BagCounts:
    """A bag: the multiplicity of each element of the universe."""

    counts: Array

    @property
    def bits(self) -> int:
        return self.counts.bits


@immutable
class Listed:
    """A set or bag with few elements of many possible ones: their codes in ascending order, as a sequence."""

    items: Seq

    @property
    def bits(self) -> int:
        return self.items.bits


Slot = Bits | Planes | Array | Seq | BagCounts | Listed


@immutable
class Where:
    """A variable's slot, and the bit at which it starts. It lies within one word if it has at most 64 bits."""

    start: int
    slot: Slot

    @property
    def in_register(self) -> bool:
        """Whether it lies within one word."""
        return self.slot.bits <= WORD

    @property
    def words(self) -> range:
        """The words that it occupies."""
        return range(self.start // WORD, (self.start + max(1, self.slot.bits) - 1) // WORD + 1)


def padded(bits: int) -> int:
    """Return bits rounded up to whole words."""
    return -(-bits // WORD) * WORD


def array_of(count: int, item: Slot) -> Array:
    """Return the slot of ``count`` items, packed as densely as words allow."""
    # An item that fits a word does not straddle two, so one shift and one mask read or write it.
    if item.bits > WORD:
        return Array(count, item, 0)
    if count * item.bits <= WORD:
        return Array(count, item, count)
    return Array(count, item, WORD // item.bits)
