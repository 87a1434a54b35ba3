"""The typed values of generated code.

Truth values, numbers and sets of elements are three types, though a machine word could hold each of them. Operations
state which they take, so that none is stored or tested as one of the others by mistake.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = [
    "ALL",
    "FALSE",
    "FIRST",
    "LAST",
    "NONE",
    "TRUE",
    "Bool",
    "Constant",
    "Mask",
    "Ref",
    "RegisterType",
    "Scalar",
    "Temp",
    "Word",
    "fits",
    "known",
    "number",
]

FIRST, LAST = -(1 << 63), (1 << 63) - 1
"""The least and the greatest number of a word."""


class RegisterType(enum.Enum):
    """What a register of the machine holds."""

    BIT = "i1"
    WORD = "i64"


@dataclass(frozen=True, slots=True)
class Temp:
    """The result of an instruction."""

    index: int
    kind: RegisterType


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is known at generation time. It may exceed 64 bits until an instruction needs it."""

    value: int
    kind: RegisterType


Ref = Temp | Constant


def _demand(ref: Ref, kind: RegisterType) -> None:
    if ref.kind is not kind:
        raise TypeError(f"{ref} is no {kind.value}")


@dataclass(frozen=True, slots=True)
class Bool:
    """A truth value."""

    ref: Ref

    def __post_init__(self) -> None:
        _demand(self.ref, RegisterType.BIT)


@dataclass(frozen=True, slots=True)
class Word:
    """A number between ``low`` and ``high``: that of an int itself, or the code of another scalar."""

    ref: Ref
    low: int
    high: int

    def __post_init__(self) -> None:
        _demand(self.ref, RegisterType.WORD)


@dataclass(frozen=True, slots=True)
class Mask:
    """Sixty-four truth values: bit i is about the element with code i."""

    ref: Ref

    def __post_init__(self) -> None:
        _demand(self.ref, RegisterType.WORD)


Scalar = Bool | Word

TRUE, FALSE = Bool(Constant(1, RegisterType.BIT)), Bool(Constant(0, RegisterType.BIT))
NONE, ALL = Mask(Constant(0, RegisterType.WORD)), Mask(Constant(-1, RegisterType.WORD))


def number(value: int) -> Word:
    """Return a constant number."""
    return Word(Constant(value, RegisterType.WORD), value, value)


def known(value: Scalar | Mask) -> int | None:
    """Return the number that a value is, or None if only the running code knows."""
    return value.ref.value if isinstance(value.ref, Constant) else None


def fits(low: int, high: int) -> bool:
    """Return whether a word holds every number of an interval."""
    return low >= FIRST and high <= LAST
