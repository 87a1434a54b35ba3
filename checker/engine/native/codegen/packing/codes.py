"""Scalars as numbers: every finite scalar type is numbered from 0, its *codes*.

Records and tuples are numbered in mixed radix. The field that runs fastest is one of a sort that has quorums,
if there is one: then the bits of ``Vote(a, b)`` for all ``a`` lie side by side, and a quantifier over a quorum
becomes mask arithmetic.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.types import (
    IntType,
    OptionalType,
    RecordType,
    SortType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Codes"]

_MOST = 1 << 62
"""The most codes of a type: sums of a few of them, and a bit for the absence of a value, still fit a word."""


class Codes:
    """The numbering of the scalar types of an instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._sizes: dict[Type, int] = {}
        self._encoders: dict[Type, dict[Any, int]] = {}
        self._decoders: dict[Type, list[Any]] = {}
        self._key_codes: dict[Type, tuple[int, ...]] = {}

    def size(self, type_: Type) -> int:
        """Return how many codes a scalar type has.

        Raises
        ------
        Unsupported
            If they are more than a machine word can tell apart.
        """
        if type_ not in self._sizes:
            size = self.instance.size(type_)
            if size > _MOST:
                raise Unsupported(
                    f"{type_} has {size:,} values, more than a machine word can tell apart, so the native explorer "
                    "cannot hold it",
                    help="make its ranges narrower, or use --engine reference",
                )
            self._sizes[type_] = size
        return self._sizes[type_]

    def key_codes(self, type_: Type) -> tuple[int, ...]:
        """Return the codes of a type's values, in the order of its universe: that of the keys of a frozen map."""
        if type_ not in self._key_codes:
            self._key_codes[type_] = tuple(self.encode(type_, value) for value in self.instance.universe(type_))
        return self._key_codes[type_]

    def width(self, type_: Type) -> int:
        """Return how many bits hold a code."""
        return max(1, (self.size(type_) - 1).bit_length())

    def low(self, type_: Type) -> int:
        """Return the number that the code 0 of a range stands for."""
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
        """Return what a step of each field adds to the code."""
        parts = self.parts(type_)
        order = list(range(len(parts)))
        fast = [i for i, part in enumerate(parts) if isinstance(part, SortType) and part.cls in self._grouped]
        if fast:
            order.remove(fast[-1])
            order.append(fast[-1])
        strides, stride = [0] * len(parts), 1
        for index in reversed(order):
            strides[index] = stride
            stride *= self.size(parts[index])
        return tuple(strides)

    def offset(self, union: UnionType, kind: RecordType) -> int:
        """Return the code of the first value of a record within a union."""
        offset = 0
        for alternative in union.alternatives:
            if alternative == kind:
                return offset
            offset += self.size(alternative)
        raise KeyError(kind)

    def encode(self, type_: Type, value: Any) -> int:
        """Return the code of a value. Complexity: O(1) after the first of its type."""
        if isinstance(type_, IntType):
            return int(value) - self.low(type_)
        if type_ not in self._encoders:
            self._encoders[type_] = {v: code for code, v in enumerate(self._values(type_))}
        return self._encoders[type_][value]

    def decode(self, type_: Type, code: int) -> Any:
        """Return the value of a code."""
        if isinstance(type_, IntType):
            return code + self.low(type_)
        return self._values(type_)[code]

    def _values(self, type_: Type) -> list[Any]:
        if type_ not in self._decoders:
            self._decoders[type_] = self._enumerate(type_)
        return self._decoders[type_]

    def _enumerate(self, type_: Type) -> list[Any]:
        match type_:
            case OptionalType(inner):
                return [None, *(self.decode(inner, code) for code in range(self.size(inner)))]
            case UnionType(alternatives):
                return [value for part in alternatives for value in self._values(part)]
            case RecordType(cls, _):
                return [cls(*self._split(type_, code)) for code in range(self.size(type_))]
            case TupleType():
                return [tuple(self._split(type_, code)) for code in range(self.size(type_))]
            case _:
                return list(self.instance.universe(type_))

    def _split(self, type_: RecordType | TupleType, code: int) -> list[Any]:
        parts = zip(self.parts(type_), self.strides(type_), strict=True)
        return [self.decode(part, code // stride % self.size(part)) for part, stride in parts]
