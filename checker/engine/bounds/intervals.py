"""Intervals of integers, possibly unbounded."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import ArithmeticOperator

__all__ = ["ANY", "Hull", "Interval", "arithmetic", "join", "joined", "meet"]

_FAR = 1 << 32
"""Numbers beyond this count as infinite: no search over so many ends, and arithmetic on the others cannot overflow."""


@immutable
class Interval:
    """The integers from `low` to `high`, both included; infinite where there is no bound."""

    low: float
    high: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", self.low if self.low > -_FAR else -math.inf)
        object.__setattr__(self, "high", self.high if self.high < _FAR else math.inf)

    @property
    def is_finite(self) -> bool:
        """Whether it has both bounds."""
        return math.isfinite(self.low) and math.isfinite(self.high)


Hull = Interval | None
"""The smallest interval around all numbers in a value; None if it contains none."""

ANY = Interval(-math.inf, math.inf)


def join(left: Hull, right: Hull) -> Hull:
    """Return the smallest hull around two hulls."""
    if left is None or right is None:
        return left or right
    return Interval(min(left.low, right.low), max(left.high, right.high))


def joined(hulls: Iterable[Hull]) -> Hull:
    """Return the smallest hull around any number of hulls."""
    result: Hull = None
    for hull in hulls:
        result = join(result, hull)
    return result


def meet(left: Hull, right: Hull) -> Hull:
    """Return the intersection of two hulls."""
    if left is None or right is None:
        return None
    low, high = max(left.low, right.low), min(left.high, right.high)
    return Interval(low, high) if low <= high else None


def arithmetic(operator: ArithmeticOperator, left: Hull, right: Hull) -> Hull:
    """Return the hull of all results of an operation; a division by zero has none."""
    if left is None or right is None:
        return None
    match operator:
        case ArithmeticOperator.ADD:
            return Interval(left.low + right.low, left.high + right.high)
        case ArithmeticOperator.SUBTRACT:
            return Interval(left.low - right.high, left.high - right.low)
        case ArithmeticOperator.MULTIPLY:
            ends = [_product(a, b) for a, b in itertools.product((left.low, left.high), (right.low, right.high))]
            return Interval(min(ends), max(ends))
        case ArithmeticOperator.DIVIDE:
            return _quotient(left)
        case ArithmeticOperator.REMAINDER:
            return _remainder(right)


def _product(left: float, right: float) -> float:
    return 0 if left == 0 or right == 0 else left * right


def _quotient(left: Interval) -> Interval:
    """Return the hull of a quotient by any integer other than 0; rounding down takes small numbers as far as -1."""
    reach = max(abs(left.low), abs(left.high))
    return Interval(-reach - 1, reach)


def _remainder(right: Interval) -> Interval:
    """Return the hull of a remainder: it has the sign of the divisor, and is smaller."""
    return Interval(min(right.low + 1, 0), max(right.high - 1, 0))
