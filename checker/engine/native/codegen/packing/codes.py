"""The *codes* of scalars: the values of every finite scalar type are numbered from 0.

Records and tuples are numbered in mixed radix. If a field is of a sort that has quorums, it gets the stride 1: then the
bits of ``Vote(a, b)`` for all ``a`` are adjacent, and a quantifier over a quorum becomes mask arithmetic.

A container that is part of a value has a code too: a set is the number whose bits are its elements; a sequence has a
bit field for each item, where 0 means that there is none; a map and a bag have a bit field for each key or element.

Where a record's code is larger than a word, as that of a message with a log in it may be, its parts have bit fields,
too: machines divide such numbers by powers of 2 only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import FrozenBag, FrozenList, FrozenMap, FrozenSet, counts_in, entries_in
from assay.checker.language.types import (
    BagType,
    IntType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
    is_container,
    subtypes,
)

__all__ = ["Codes"]

WORD_BITS = 62
"""The most bits of a code in a word: the sum of a few such codes, or one more code for None, still fits a word."""


MOST_BITS = 510
"""The most bits of a code. A few of them added up still fit a register of eight words."""


_MOST_LISTED = 1 << 16
"""The most codes to keep in a table of machine code: half a megabyte."""


_DRAWN = (
    "draw from what a set holds: require(m in self.messages) first, in a property m not in self.messages or ...; "
    "or use --engine reference"
)


class Codes:
    """The numbering of the types of an instance.

    Attributes
    ----------
    spread : int
        How many bits to leave free behind each field of a record with containers in it. Tests set it, so that messages
        of small models take several words.
    """

    spread = 0

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._sizes: dict[Type, int] = {}
        self._rooms: dict[Type, tuple[int, ...]] = {}
        self._encoders: dict[Type, dict[Any, int]] = {}
        self._decoders: dict[Type, dict[int, Any]] = {}
        self._listed: dict[Type, tuple[tuple[Any, ...], dict[Any, int]]] = {}
        self._used: dict[Type, tuple[int, ...]] = {}
        self._key_codes: dict[Type, tuple[int, ...]] = {}

    def size(self, type_: Type) -> int:
        """Return the number of codes of a type as part of a value; every code is less than this.

        Raises
        ------
        Unsupported
            If they do not fit a register, or have no bounds.
        """
        if type_ not in self._sizes:
            size, most = self._size(type_), WORD_BITS if isinstance(type_, IntType) else MOST_BITS
            if size > 1 << most:
                raise Unsupported(
                    f"a value of {type_} takes more than {most} bits, so the native explorer cannot hold it",
                    help="make its ranges narrower or its bounds smaller, or use --engine reference",
                )
            self._sizes[type_] = size
        return self._sizes[type_]

    def key_codes(self, type_: Type) -> tuple[int, ...]:
        """Return the codes of a type's values, in the order of its universe: that of the keys of a frozen map."""
        if type_ not in self._key_codes:
            self._key_codes[type_] = tuple(self.encode(type_, value) for value in self.instance.universe(type_))
        return self._key_codes[type_]

    def width(self, type_: Type) -> int:
        """Return the number of bits that hold a code."""
        return max(1, (self.size(type_) - 1).bit_length())

    def low(self, type_: Type) -> int:
        """Return the number whose code is 0 in a range."""
        assert isinstance(type_, IntType)
        return self.instance.interval(type_)[0]

    @cached_property
    def _grouped(self) -> frozenset[type[Any]]:
        """The sorts that have quorums."""
        return frozenset(quorum.member.cls for quorum in self.instance.specification.quorums)

    def parts(self, type_: RecordType | TupleType) -> tuple[Type, ...]:
        """Return the types of a record's fields or a tuple's items."""
        return type_.items if isinstance(type_, TupleType) else tuple(part for _, part in type_.fields)

    def strides(self, type_: RecordType | TupleType) -> tuple[int, ...]:
        """Return by how much the code grows from one value of each field to the next."""
        parts = self.parts(type_)
        order = list(range(len(parts)))
        fast = [i for i, part in enumerate(parts) if isinstance(part, SortType) and part.cls in self._grouped]
        if fast:
            order.remove(fast[-1])
            order.append(fast[-1])
        strides, stride, rooms = [0] * len(parts), 1, self.rooms(type_)
        for index in reversed(order):
            strides[index] = stride
            stride *= rooms[index]
        return tuple(strides)

    def rooms(self, type_: RecordType | TupleType) -> tuple[int, ...]:
        """Return how many codes each part of a record or tuple has room for in the code of the whole."""
        if type_ not in self._rooms:
            sizes, spread = tuple(map(self.size, self.parts(type_))), self._spread(type_)
            is_large = spread or math.prod(sizes) > 1 << WORD_BITS
            self._rooms[type_] = tuple(_power_of_2(size) << spread for size in sizes) if is_large else sizes
        return self._rooms[type_]

    def _spread(self, type_: Type) -> int:
        has_fields = isinstance(type_, RecordType) and len(type_.fields) > 1
        return self.spread if self.spread and has_fields and any(map(is_container, subtypes(type_))) else 0

    def is_large(self, type_: Type) -> bool:
        """Return whether the codes of a type need more than a word."""
        return self.size(type_) > 1 << WORD_BITS

    def offset(self, union: UnionType, kind: RecordType) -> int:
        """Return the code of the first value of a record within a union."""
        offset = 0
        for alternative in union.alternatives:
            if alternative == kind:
                return offset
            offset += self.size(alternative)
        raise KeyError(kind)

    # Containers that are parts of values

    def digit(self, type_: SeqType) -> int:
        """Return the number of bits of a sequence's item in its code: the item's own code plus 1, or 0 for no item."""
        return self.digit_of(type_.element)

    def digit_of(self, element: Type) -> int:
        """Return the number of bits of an item in the code of a sequence, by the type of its items."""
        return self.size(element).bit_length()

    def bound(self, type_: SeqType | BagType) -> int:
        """Return the most elements that a sequence or bag holds."""
        return self.instance.bound(type_.bound)

    def holes(self, type_: Type) -> bool:
        """Return whether some number below a type's size is not the code of any value."""
        for part in subtypes(type_):
            if isinstance(part, SeqType | BagType):
                return True
            # A single value takes a bit too, which is never 1.
            if isinstance(part, MapType) and self.size(part.value) != 1 << self.width(part.value):
                return True
            if isinstance(part, RecordType | TupleType) and math.prod(map(self.size, self.parts(part))) < self.size(
                part
            ):
                return True
        return False

    def used(self, type_: Type) -> Sequence[int]:
        """Return the codes of all values of a type, in ascending order.

        Raises
        ------
        Unsupported
            If the type has holes, and too many or too large values for a table in machine code.
        """
        if self.is_large(type_):
            raise Unsupported(
                f"a value of {type_} takes more than {WORD_BITS} bits, so the native explorer cannot run over them all",
                help=_DRAWN,
            )
        if not self.holes(type_):
            return range(self.size(type_))
        if type_ not in self._used:
            if self.instance.size(type_) > _MOST_LISTED:
                raise Unsupported(
                    f"{type_} has more than {_MOST_LISTED:,} values, so the native explorer cannot run over them all",
                    help=_DRAWN,
                )
            self._used[type_] = tuple(sorted(self.encode(type_, v) for v in self.instance.universe(type_)))
        return self._used[type_]

    def _container_bits(self, type_: Type) -> int | None:
        """Return the number of bits in the code of a container; None if the type is not a container."""
        match type_:
            case SetType(element):
                return self.size(element)
            case SeqType(_, _):
                return self.digit(type_) * self.bound(type_)
            case MapType(key, value):
                return self.size(key) * self.width(value)
            case BagType(element, _):
                return self.size(element) * self.bound(type_).bit_length()
            case _:
                return None

    def _size(self, type_: Type) -> int:
        bits = self._container_bits(type_)
        if bits is not None:
            return 1 << min(bits, MOST_BITS + 1)
        match type_:
            case OptionalType(inner):
                return 1 + self.size(inner)
            case UnionType(alternatives):
                return sum(map(self.size, alternatives))
            case RecordType() | TupleType():
                return math.prod(self.rooms(type_))
            case IntType(None, _):
                raise Unsupported(
                    "numbers without bounds are part of a value here, so the native explorer cannot hold it",
                    help="take them from a variable or a parameter, which has a range, or use --engine reference",
                )
            case _:
                return self.instance.size(type_)

    # Values

    def encode(self, type_: Type, value: Any) -> int:
        """Return the code of a value. O(1) after the first time."""
        if isinstance(type_, IntType):
            return int(value) - self.low(type_)
        known = self._encoders.setdefault(type_, {})
        code = known.get(value)
        if code is None:
            code = known[value] = self._encoded(type_, value)
        return code

    def _encoded(self, type_: Type, value: Any) -> int:
        match type_:
            case OptionalType(inner):
                return 0 if value is None else 1 + self.encode(inner, value)
            case UnionType(alternatives):
                kind = next(part for part in alternatives if type(value) is part.cls)
                return self.offset(type_, kind) + self.encode(kind, value)
            case RecordType(_, fields):
                return self._joined(type_, [getattr(value, name) for name, _ in fields])
            case TupleType():
                return self._joined(type_, value)
            case SetType(element):
                return sum(1 << self.encode(element, item) for item in value)
            case SeqType(element, _):
                width = self.digit(type_)
                return sum(1 + self.encode(element, item) << width * index for index, item in enumerate(value))
            case MapType(key, inner):
                width = self.width(inner)
                entries = entries_in(self.instance.universe(key), value)
                return sum(self.encode(inner, v) << width * self.encode(key, k) for k, v in entries)
            case BagType(element, _):
                width = self.bound(type_).bit_length()
                return sum(n << width * self.encode(element, item) for item, n in counts_in(value).items())
            case _:
                return self._atoms(type_)[1][value]

    def decode(self, type_: Type, code: int) -> Any:
        """Return the value of a code."""
        if isinstance(type_, IntType):
            return code + self.low(type_)
        known = self._decoders.setdefault(type_, {})
        if code not in known:
            known[code] = self._decoded(type_, code)
        return known[code]

    def _decoded(self, type_: Type, code: int) -> Any:
        match type_:
            case OptionalType(inner):
                return self.decode(inner, code - 1) if code else None
            case UnionType(alternatives):
                for kind in alternatives:
                    if code < self.size(kind):
                        return self.decode(kind, code)
                    code -= self.size(kind)
                raise KeyError(code)
            case RecordType(cls, _):
                return cls(*self._split(type_, code))
            case TupleType():
                return tuple(self._split(type_, code))
            case SetType(element):
                return FrozenSet(self.decode(element, item) for item in range(code.bit_length()) if code >> item & 1)
            case SeqType(element, _):
                return FrozenList(self.decode(element, digit - 1) for digit in _digits(code, self.digit(type_)))
            case MapType(key, inner):
                width = self.width(inner)
                keys = [(k, width * self.encode(key, k)) for k in self.instance.universe(key)]
                mask = (1 << width) - 1
                return FrozenMap((k, self.decode(inner, code >> place & mask)) for k, place in keys)
            case BagType(element, _):
                counts = enumerate(_digits(code, self.bound(type_).bit_length()))
                return FrozenBag({self.decode(element, item): count for item, count in counts if count})
            case _:
                return self._atoms(type_)[0][code]

    def _atoms(self, type_: Type) -> tuple[tuple[Any, ...], dict[Any, int]]:
        """Return the values of a type without parts, in the order of their codes, and the codes by value."""
        if type_ not in self._listed:
            values = self.instance.universe(type_)
            self._listed[type_] = values, {value: code for code, value in enumerate(values)}
        return self._listed[type_]

    def _joined(self, type_: RecordType | TupleType, values: Iterable[Any]) -> int:
        three = zip(self.parts(type_), values, self.strides(type_), strict=True)
        return sum(self.encode(part, value) * stride for part, value, stride in three)

    def _split(self, type_: RecordType | TupleType, code: int) -> list[Any]:
        parts = zip(self.parts(type_), self.strides(type_), self.rooms(type_), strict=True)
        return [self.decode(part, code // stride % room) for part, stride, room in parts]


def _power_of_2(size: int) -> int:
    """Return the least power of 2 that is at least a size."""
    return 1 << (size - 1).bit_length()


def _digits(code: int, width: int) -> Iterator[int]:
    """Yield the fields of a number, the lowest first, up to the last one that is not 0."""
    while code:
        yield code & (1 << width) - 1
        code >>= width
