"""The typed values of generated code.

Truth values, numbers and sets of elements are three types, though a machine word could hold each of them. Operations
state which they take, so that none is stored or tested as one of the others by mistake.

The code of a value with containers in it may need more bits than a word has. A register then holds several words, as
one integer of LLVM's: operations choose the register by the interval of their result, so they are always exact.
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
    "bits_in",
    "fits",
    "known",
    "number",
    "register_for",
    "register_of_bits",
    "signed",
    "widest",
]

FIRST, LAST = -(1 << 63), (1 << 63) - 1
"""The least and the greatest number of a word."""


class RegisterType(enum.Enum):
    """What a register of the machine holds."""

    BIT = "i1"
    WORD = "i64"
    TWO_WORDS = "i128"
    FOUR_WORDS = "i256"
    EIGHT_WORDS = "i512"

    @property
    def bits(self) -> int:
        """The number of bits."""
        return int(self.value[1:])


_NUMBERS = (RegisterType.WORD, RegisterType.TWO_WORDS, RegisterType.FOUR_WORDS, RegisterType.EIGHT_WORDS)
"""The registers that hold numbers, from the narrowest on."""


def register_for(low: int, high: int) -> RegisterType:
    """Return the narrowest kind of register that holds every number of an interval.

    Raises
    ------
    OverflowError
        If none does: a bug in the generator, which must ask `checked` for what may be so large.
    """
    for kind in _NUMBERS:
        most = 1 << kind.bits - 1
        if -most <= low and high < most:
            return kind
    raise OverflowError(f"no register holds the numbers from {low} to {high}")


def register_of_bits(bits: int) -> RegisterType:
    """Return the narrowest kind of register that holds a set of so many elements."""
    return next(kind for kind in _NUMBERS if bits <= kind.bits)


def widest(*kinds: RegisterType) -> RegisterType:
    """Return the widest of some kinds of registers for numbers."""
    return max(kinds, key=_NUMBERS.index)


@dataclass(frozen=True, slots=True)
class Temp:
    """The result of an instruction."""

    index: int
    kind: RegisterType


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is known at generation time. It may exceed its register until an instruction needs it."""

    value: int
    kind: RegisterType


Ref = Temp | Constant


def _demand_number(ref: Ref) -> None:
    if ref.kind is RegisterType.BIT:
        raise TypeError(f"{ref} is no number")


@dataclass(frozen=True, slots=True)
class Bool:
    """A truth value."""

    ref: Ref

    def __post_init__(self) -> None:
        if self.ref.kind is not RegisterType.BIT:
            raise TypeError(f"{self.ref} is no truth value")


@dataclass(frozen=True, slots=True)
class Word:
    """A number between ``low`` and ``high``: that of an int itself, or the code of another value.

    Raises
    ------
    OverflowError
        If its register is too narrow for the interval: a bug in the generator.
    """

    ref: Ref
    low: int
    high: int

    def __post_init__(self) -> None:
        _demand_number(self.ref)
        if isinstance(self.ref, Temp) and widest(self.ref.kind, register_for(self.low, self.high)) != self.ref.kind:
            raise OverflowError(f"{self.ref} does not hold the numbers from {self.low} to {self.high}")

    @property
    def kind(self) -> RegisterType:
        """The kind of its register; of a constant, the narrowest that holds it."""
        return self.ref.kind if isinstance(self.ref, Temp) else register_for(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Mask:
    """As many truth values as its register has bits: bit i is about the element with code i."""

    ref: Ref

    def __post_init__(self) -> None:
        _demand_number(self.ref)

    @property
    def kind(self) -> RegisterType:
        """The kind of its register."""
        return self.ref.kind


Scalar = Bool | Word

TRUE, FALSE = Bool(Constant(1, RegisterType.BIT)), Bool(Constant(0, RegisterType.BIT))
NONE, ALL = Mask(Constant(0, RegisterType.WORD)), Mask(Constant(-1, RegisterType.WORD))


def number(value: int) -> Word:
    """Return a constant number."""
    return Word(Constant(value, RegisterType.WORD), value, value)


def known(value: Scalar | Mask) -> int | None:
    """Return the number that a value is, or None if only the running code knows."""
    return value.ref.value if isinstance(value.ref, Constant) else None


def bits_in(mask: Mask) -> int | None:
    """Return the bits of a constant set as a number that is not negative; None if only the running code knows it."""
    fixed = known(mask)
    return None if fixed is None else fixed & (1 << mask.kind.bits) - 1


def signed(bits: int, size: int) -> int:
    """Return some lowest bits of a number as a signed number, since the constants of instructions are signed."""
    bits &= (1 << size) - 1
    return bits - (1 << size) if bits >> (size - 1) else bits


def fits(low: int, high: int) -> bool:
    """Return whether a word holds every number of an interval."""
    return low >= FIRST and high <= LAST
