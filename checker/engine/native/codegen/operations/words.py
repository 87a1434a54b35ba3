"""Arithmetic on numbers with known intervals. Each operation chooses a register that holds its result.

What a model computes, it computes in words: `checked` finds out whether a result fits one. Only codes are larger.
"""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Checked, Op
from assay.checker.engine.native.codegen.operations.truth import both, choose
from assay.checker.engine.native.codegen.operations.values import (
    FALSE,
    FIRST,
    LAST,
    TRUE,
    Bool,
    Mask,
    RegisterType,
    Temp,
    Word,
    fits,
    known,
    number,
    register_for,
    widest,
)

__all__ = [
    "add",
    "as_number",
    "bounded_sum",
    "checked",
    "clamped",
    "equal",
    "less",
    "less_or_equal",
    "multiply",
    "narrowed",
    "product_interval",
    "quotient",
    "quotient_interval",
    "remainder",
    "subtract",
    "unequal",
    "within",
]


def _result(b: Builder, op: Op, left: Word, right: Word, low: int, high: int) -> Word:
    if low == high:
        return number(low)
    kind = widest(left.kind, right.kind, register_for(low, high))
    result = b.compute(op, b.in_register(left, kind), b.in_register(right, kind))
    if kind is register_for(low, high):
        return Word(result, low, high)
    return Word(b.lowest_bits(Mask(result), register_for(low, high)).ref, low, high)


def _compared(b: Builder, op: Op, left: Word, right: Word) -> Bool:
    kind = widest(left.kind, right.kind)
    return Bool(b.compute(op, b.in_register(left, kind), b.in_register(right, kind)))


def _in_word(b: Builder, op: Op, left: Word, right: Word) -> Temp:
    return b.compute(op, b.in_register(left, RegisterType.WORD), b.in_register(right, RegisterType.WORD))


def add(b: Builder, left: Word, right: Word) -> Word:
    """Return a sum.

    Raises
    ------
    OverflowError
        If no register holds its interval: a bug in the generator.
    """
    for one, other in ((left, right), (right, left)):
        if known(one) == 0:
            return other
    return _result(b, Op.ADD, left, right, left.low + right.low, left.high + right.high)


def subtract(b: Builder, left: Word, right: Word) -> Word:
    """Return a difference; raise OverflowError as `add` does."""
    if known(right) == 0:
        return left
    return _result(b, Op.SUB, left, right, left.low - right.high, left.high - right.low)


def multiply(b: Builder, left: Word, right: Word) -> Word:
    """Return a product; raise OverflowError as `add` does, or if it is beyond a word and not by a power of 2."""
    for one, other in ((left, right), (right, left)):
        if known(one) == 1:
            return other
    low, high = product_interval(left, right)
    if fits(low, high) or low == high:
        return _result(b, Op.MUL, b.settled(left), b.settled(right), low, high)
    for value, other in ((left, right), (right, left)):
        by = known(other)
        # The fields of large codes begin at certain bits, so products beyond a word are shifts.
        if by is not None and _is_power_of_2(by):
            return _result(b, Op.SHL, value, number(by.bit_length() - 1), low, high)
    raise OverflowError(f"the product of {left} and {right} may be beyond a word")


def product_interval(left: Word, right: Word) -> tuple[int, int]:
    """Return the interval of a product."""
    corners = [x * y for x in (left.low, left.high) for y in (right.low, right.high)]
    return min(corners), max(corners)


def checked(b: Builder, op: Op, left: Word, right: Word, low: int, high: int, fail: Callable[[Bool], None]) -> Word:
    """Return a sum, difference or product in an interval; the running code fails if it does not fit a word."""
    if low == high:
        return number(low)
    if fits(low, high):
        return Word(_in_word(b, op, left, right), low, high)
    if low > LAST or high < FIRST:
        fail(TRUE)
        return number(0)  # never reached: the check before has failed
    for word in (left, right):
        b.demand_held(word)
    result, overflow = b.temp(RegisterType.WORD), b.temp(RegisterType.BIT)
    operands = b.in_register(left, RegisterType.WORD), b.in_register(right, RegisterType.WORD)
    b.emit(Checked(result, overflow, op, operands))
    fail(Bool(overflow))
    return Word(result, max(low, FIRST), min(high, LAST))


def bounded_sum(b: Builder, left: Word, right: Word, low: int, high: int) -> Word:
    """Return a sum that is known to be in a tighter interval than those of its operands give."""
    # Sums wrap around in machines, so it makes no difference whether higher bits are left out before or after.
    kind = register_for(low, high)
    left, right = (value if widest(value.kind, kind) is kind else _cut(b, value, kind) for value in (left, right))
    return Word(b.compute(Op.ADD, b.in_register(left, kind), b.in_register(right, kind)), low, high)


def _cut(b: Builder, value: Word, kind: RegisterType) -> Word:
    most = 1 << kind.bits - 1
    return Word(b.lowest_bits(value, kind).ref, -most, most - 1)


def quotient(b: Builder, left: Word, right: Word) -> Word:
    """Return the quotient, rounded down. The divisor must not be 0, nor the operands the least word and -1."""
    low, high = quotient_interval(left, right)
    if known(right) == 1:
        return left
    if not fits(left.low, left.high):
        return _result(b, Op.LSHR, left, number(_exponent(left, right)), low, high)
    low, high = max(low, FIRST), min(high, LAST)
    if low == high:
        return number(low)
    if left.low >= 0 and right.low >= 0:
        return Word(_in_word(b, Op.UDIV, left, right), low, high)
    left, right = b.settled(left), b.settled(right)
    rounded, below = Word(b.compute(Op.SDIV, left.ref, right.ref), FIRST, LAST), _rounded_up(b, left, right)
    lower = Word(b.compute(Op.SUB, rounded.ref, number(1).ref), FIRST, LAST)
    return narrowed(choose(b, below, lower, rounded), low, high)


def _exponent(left: Word, right: Word) -> int:
    """Return the exponent of a divisor that is a power of 2, as those of codes beyond a word are."""
    by = known(right)
    if left.low < 0 or by is None or not _is_power_of_2(by):
        raise OverflowError(f"the quotient of {left} by {right} is not one of a word")
    return by.bit_length() - 1


def _is_power_of_2(value: int) -> bool:
    return value > 0 and value.bit_count() == 1


def quotient_interval(left: Word, right: Word) -> tuple[int, int]:
    """Return the interval of a quotient whose divisor is not 0."""
    divisors = {d for d in (right.low, right.high, -1, 1) if d and right.low <= d <= right.high}
    corners = [x // d for x in (left.low, left.high) for d in divisors] or [0]
    return min(corners), max(corners)


def remainder(b: Builder, left: Word, right: Word) -> Word:
    """Return the remainder of `quotient`; it has the sign of the divisor."""
    low, high = min(right.low + 1, 0), max(right.high - 1, 0)
    if left.low >= 0 and right.low >= 0:
        if left.high < right.low:
            return left
        if not fits(left.low, left.high):
            return _result(b, Op.AND, left, number((1 << _exponent(left, right)) - 1), 0, high)
        return Word(_in_word(b, Op.UREM, left, right), 0, min(high, left.high))
    left, right = b.settled(left), b.settled(right)
    rest, below = Word(b.compute(Op.SREM, left.ref, right.ref), FIRST, LAST), _rounded_up(b, left, right)
    positive = Word(b.compute(Op.ADD, rest.ref, right.ref), FIRST, LAST)
    return narrowed(choose(b, below, positive, rest), low, high)


def _rounded_up(b: Builder, left: Word, right: Word) -> Bool:
    """Return whether machine division, which rounds towards 0, rounds up."""
    rest = b.compute(Op.SREM, left.ref, right.ref)
    inexact = Bool(b.compute(Op.NE, rest, number(0).ref))
    opposite = Bool(b.compute(Op.LT, b.compute(Op.XOR, rest, right.ref), number(0).ref))
    return both(b, inexact, opposite)


def narrowed(value: Word, low: int, high: int) -> Word:
    """Return a number that is known to lie in a second interval as well.

    If the two intervals are disjoint, the running code never gets here, or does not use the number.
    """
    if low > value.high or high < value.low:
        return number(low)
    return Word(value.ref, max(low, value.low), min(high, value.high))


def clamped(b: Builder, value: Word, low: int, high: int) -> Word:
    """Return a number if it lies in an interval, and the interval's lower end otherwise.

    What is known to be true where Python evaluates an expression need not be true where generated code computes it: a
    word is computed for all elements at once, and a set before the guard that it is a part of. The result is not used
    then, but on the way it may select from memory, so it must not point outside.
    """
    return narrowed(choose(b, within(b, value, low, high), value, number(low)), low, high)


def as_number(b: Builder, value: Bool) -> Word:
    """Return 1 for true and 0 for false."""
    fixed = known(value)
    return Word(b.compute(Op.NUMBER, value.ref), 0, 1) if fixed is None else number(fixed)


def equal(b: Builder, left: Word, right: Word) -> Bool:
    """Return whether two numbers are the same."""
    if left.high < right.low or right.high < left.low:
        return FALSE
    if left.ref == right.ref:
        return TRUE
    return _compared(b, Op.EQ, left, right)


def unequal(b: Builder, left: Word, right: Word) -> Bool:
    """Return whether two numbers differ."""
    if left.high < right.low or right.high < left.low:
        return TRUE
    if left.ref == right.ref:
        return FALSE
    return _compared(b, Op.NE, left, right)


def less(b: Builder, left: Word, right: Word) -> Bool:
    """Return whether one number is less than another."""
    if left.high < right.low:
        return TRUE
    if left.low >= right.high:
        return FALSE
    return _compared(b, Op.LT, left, right)


def less_or_equal(b: Builder, left: Word, right: Word) -> Bool:
    """Return whether one number is at most another."""
    if left.high <= right.low:
        return TRUE
    if left.low > right.high:
        return FALSE
    return _compared(b, Op.LE, left, right)


def within(b: Builder, value: Word, low: int, high: int) -> Bool:
    """Return whether a number is in an interval."""
    return both(b, less_or_equal(b, number(low), value), less_or_equal(b, value, number(high)))
