"""Where each variable lies in a packed state.

A state is a row of 64-bit words; bit 0 of word 0 is always 1. A variable of at most 64 bits lies within one word, which
generated code keeps in a register; a larger one has words of its own, in memory. No scalar straddles two words, but the
code of a value with containers in it may take several whole words. A map to small scalars is stored as bit planes (all
lowest bits, then all second bits, ...), so that "every p with state[p] == PREPARED" takes a few operations on whole
words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from assay.checker.engine.native.codegen.packing.codes import Codes
from assay.checker.engine.native.codegen.packing.slots import (
    WORD,
    Array,
    BagCounts,
    Bits,
    Listed,
    Planes,
    Seq,
    Slot,
    Where,
    array_of,
    padded,
)
from assay.checker.errors import Unsupported
from assay.checker.language.introspection.specification import Variable
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type, is_container

__all__ = ["Layout", "NoRoom"]


_MOST_WORDS = 512
"""The most words of a state, 4 KiB: every word is hashed and compared for each successor."""


_MANY = 1024
"""A set with more possible elements, or a bag that would take more bits, is stored as a list of its elements."""


_MOST_PLANES = 4
"""The most bits of a value in a map that is stored as planes.

With planes, two- and three-phase commit are explored 1.2 to 1.8 times as fast as with arrays. Comparing them takes
operations for each bit, though: where values take 5 to 7 bits, a search was 1.1 to 1.3 times as slow with planes.
"""


FIRST_ROOM = 16
"""How many elements a listed set has room for until it turns out to need more: too little room costs a new search, too
much makes every state larger."""


def _sequence(most: int, width: int) -> Seq:
    """Return the slot of a sequence of at most `most` items of `width` bits."""
    length, items = most.bit_length(), array_of(most, Bits(width))
    return Seq(length, length if length + items.bits <= WORD else WORD, items)


class NoRoom(Unsupported):
    """Raised when a set outgrows the list that it is stored in; with more room the search may succeed."""

    def __init__(self, type_: SetType, held: int) -> None:
        super().__init__(
            f"a {type_} holds {held} elements, more than a packed state has room for",
            help="make the instance smaller, or use --engine reference",
        )
        self.type = type_
        self.held = held


class Layout:
    """The packing of an instance's states.

    Parameters
    ----------
    codes : Codes
        The numbering of values.
    variables : iterable of Variable
        The variables of a state.
    rooms : mapping from SetType to int, optional
        How many elements each listed set has room for, if not `FIRST_ROOM`.

    Raises
    ------
    Unsupported
        If a value does not fit a register, or a state needs more than some hundred words: the message says which
        variable, and how many bits.
    """

    def __init__(self, codes: Codes, variables: Iterable[Variable], rooms: Mapping[SetType, int] | None = None) -> None:
        self.codes = codes
        self.rooms = rooms or {}
        self.variables = tuple(variables)
        self.types = {variable.name: variable.type for variable in self.variables}
        slots = {variable.name: self._slot_of(variable) for variable in self.variables}
        self._demand_sane(slots)
        self.places, self.words = _placed(slots)
        self.registers = sorted({0, *(where.words[0] for where in self.places.values() if where.in_register)})
        self.memory = sorted(word for where in self.places.values() if not where.in_register for word in where.words)

    def beside(self, other: Layout, names: Mapping[str, str]) -> Layout:
        """Return the layout of states that are followed by those of another layout, whose variables are renamed.

        Parameters
        ----------
        other : Layout
            The other layout, with the same numbering of values.
        names : mapping from str to str
            From its variables to their names here.
        """
        whole, shift = copy(self), WORD * self.words
        places = {names[name]: Where(shift + where.start, where.slot) for name, where in other.places.items()}
        whole.places = {**self.places, **places}
        whole.types = {**self.types, **{names[name]: type_ for name, type_ in other.types.items()}}
        whole.words = self.words + other.words
        whole.registers = [*self.registers, *(self.words + word for word in other.registers)]
        whole.memory = [*self.memory, *(self.words + word for word in other.memory)]
        return whole

    def _slot_of(self, variable: Variable) -> Slot:
        try:
            return self.slot(variable.type)
        except Unsupported as error:
            raise Unsupported(error.message, location=variable.location, help=error.help) from None

    def slot(self, type_: Type) -> Slot:
        """Return the slot of a type."""
        codes = self.codes
        match type_:
            case SetType(element):
                return self._set_slot(type_, codes.size(element))
            case MapType(key, value) if is_container(value):
                return array_of(codes.size(key), self.slot(value))
            case MapType(key, value):
                count, width = codes.size(key), codes.width(value)
                if count * width <= WORD and width <= _MOST_PLANES:
                    return Planes(count, width)
                return array_of(count, Bits(width))
            case SeqType(element, bound):
                return _sequence(codes.instance.bound(bound), codes.width(element))
            case BagType(element, bound):
                most = codes.instance.bound(bound)
                counts = BagCounts(array_of(codes.size(element), Bits(most.bit_length())))
                listed = Listed(_sequence(most, codes.width(element)))
                return listed if counts.bits > _MANY and listed.bits < counts.bits else counts
            case _:
                return Bits(codes.width(type_))

    def _set_slot(self, type_: SetType, size: int) -> Slot:
        """Return the slot of a set: a bit for each possible element, or the list of its elements."""
        listed = Listed(_sequence(self.rooms.get(type_, FIRST_ROOM), self.codes.width(type_.element)))
        return listed if size > _MANY and listed.bits < size else Bits(size)

    def _demand_sane(self, slots: dict[str, Slot]) -> None:
        total = sum(slot.bits for slot in slots.values())
        if total <= _MOST_WORDS * WORD:
            return
        worst = max(self.variables, key=lambda variable: slots[variable.name].bits)
        raise Unsupported(
            f"a state would take {total:,} bits, {slots[worst.name].bits:,} of them for {worst.name}: {worst.type}",
            location=worst.location,
            help="make the instance smaller, or the type narrower; or use --engine reference",
        )

    def pack(self, frozen: tuple[Any, ...]) -> list[int]:
        """Return the words of a frozen state."""
        total = 1  # bit 0, which `_placed` keeps free
        for variable, value in zip(self.variables, frozen, strict=True):
            where = self.places[variable.name]
            total |= self._pack(variable.type, where.slot, value) << where.start
        return [total >> (WORD * word) & 0xFFFF_FFFF_FFFF_FFFF for word in range(self.words)]

    def unpack(self, words: Iterable[int]) -> tuple[Any, ...]:
        """Return the frozen state of packed words."""
        total = _number_of(words)
        return tuple(self._value(variable, total) for variable in self.variables)

    def unpack_variable(self, variable: Variable, words: Iterable[int]) -> Any:
        """Return the frozen value of one variable of packed words; the other variables need not be packed."""
        return self._value(variable, _number_of(words))

    def _value(self, variable: Variable, total: int) -> Any:
        where = self.places[variable.name]
        return self._unpack(variable.type, where.slot, total >> where.start & ((1 << where.slot.bits) - 1))

    def _pack(self, type_: Type, slot: Slot, value: Any) -> int:
        match type_, slot:
            case SetType(element), Listed(items):
                if len(value) > items.items.count:
                    raise NoRoom(type_, len(value))
                return self._pack_codes(items, sorted(self.codes.encode(element, item) for item in value))
            case SetType(element), _:
                return sum(1 << self.codes.encode(element, item) for item in value)
            case BagType(element, _), Listed(items):
                codes = [code for item, n in value for code in (self.codes.encode(element, item),) * n]
                return self._pack_codes(items, sorted(codes))
            case MapType(key_type, item_type), Planes(count, width):
                codes = [(k, self.codes.encode(item_type, item)) for k, item in self._entries(key_type, value)]
                return sum((code >> b & 1) << (b * count + k) for k, code in codes for b in range(width))
            case MapType(key_type, item_type), Array():
                return self._pack_items(item_type, slot, self._entries(key_type, value))
            case SeqType(element, _), Seq():
                return self._pack_codes(slot, [self.codes.encode(element, item) for item in value])
            case BagType(element, _), BagCounts(counts):
                return sum(n << counts.position(self.codes.encode(element, item)) for item, n in value)
            case _:
                return self.codes.encode(type_, value)

    @staticmethod
    def _pack_codes(items: Seq, codes: Sequence[int]) -> int:
        """Return the bits of a list of codes."""
        return len(codes) | sum(code << items.items.position(k) for k, code in enumerate(codes)) << items.start

    @staticmethod
    def _unpack_codes(items: Seq, bits: int) -> Iterator[int]:
        """Yield the codes in a list."""
        mask = (1 << items.items.item.bits) - 1
        for index in range(bits & ((1 << items.length_width) - 1)):
            yield bits >> items.start >> items.items.position(index) & mask

    def _entries(self, key: Type, values: Iterable[Any]) -> Iterable[tuple[int, Any]]:
        """Pair the values of a frozen map, in the order of its keys, with the codes of the keys.

        Generated code finds an entry by its key's code, and the universe may be ordered differently.
        """
        return zip(self.codes.key_codes(key), values, strict=True)

    def _pack_items(self, type_: Type, array: Array, items: Iterable[tuple[int, Any]]) -> int:
        return sum(self._pack(type_, array.item, value) << array.position(k) for k, value in items)

    def _unpack(self, type_: Type, slot: Slot, bits: int) -> Any:
        match type_, slot:
            case SetType(element), Listed(items):
                return frozenset(self.codes.decode(element, code) for code in self._unpack_codes(items, bits))
            case BagType(element, _), Listed(items):
                found = Counter(self.codes.decode(element, code) for code in self._unpack_codes(items, bits))
                return frozenset(found.items())
            case SetType(element), _:
                return frozenset(self.codes.decode(element, code) for code in _ones(bits))
            case MapType(key_type, item_type), Planes(count, width):
                keys = self.codes.key_codes(key_type)
                codes = [sum((bits >> (b * count + k) & 1) << b for b in range(width)) for k in keys]
                return tuple(self.codes.decode(item_type, code) for code in codes)
            case MapType(key_type, item_type), Array():
                return tuple(self._unpack_item(item_type, slot, k, bits) for k in self.codes.key_codes(key_type))
            case SeqType(element, _), Seq():
                return tuple(self.codes.decode(element, code) for code in self._unpack_codes(slot, bits))
            case BagType(element, _), BagCounts(counts):
                mask = (1 << counts.item.bits) - 1
                copies = ((code, bits >> counts.position(code) & mask) for code in range(counts.count))
                return frozenset((self.codes.decode(element, code), n) for code, n in copies if n)
            case _:
                return self.codes.decode(type_, bits)

    def _unpack_item(self, type_: Type, array: Array, index: int, bits: int) -> Any:
        return self._unpack(type_, array.item, bits >> array.position(index) & ((1 << array.item.bits) - 1))


def _number_of(words: Iterable[int]) -> int:
    """Return words as one number, the first word lowest, so that a slot of several words is easily cut out of it."""
    total = 0
    for index, word in enumerate(words):
        total |= int(word) << (WORD * index)
    return total


def _ones(bits: int) -> Iterable[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _placed(slots: dict[str, Slot]) -> tuple[dict[str, Where], int]:
    """Assign places: small variables first, the largest of them first, each in the first word with room for it.

    First fit decreasing takes at most 11/9 times the fewest bins possible, plus 6/9 of a bin (Dósa, Li, Han, Tuza
    2013); the first word lacks a bit, which the theorem does not allow for. Few words matter because every word is
    hashed and compared for each successor.
    """
    room = [WORD - 1]  # without bit 0, which is always 1
    places: dict[str, Where] = {}
    small = sorted((name for name, slot in slots.items() if slot.bits <= WORD), key=lambda name: -slots[name].bits)
    for name in small:
        bits = slots[name].bits
        word = next((index for index, free in enumerate(room) if free >= bits), len(room))
        if word == len(room):
            room.append(WORD)
        places[name] = Where(word * WORD + WORD - room[word], slots[name])
        room[word] -= bits
    words = len(room)
    for name, slot in slots.items():
        if slot.bits > WORD:
            places[name] = Where(words * WORD, slot)
            words += padded(slot.bits) // WORD
    return places, words
