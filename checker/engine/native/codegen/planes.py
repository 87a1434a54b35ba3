"""Maps to small scalars, compared for all keys at once.

Such a map is stored in bit planes: plane b has bit i of the code of the value at key i. A comparison of codes then is
one of words, bit by bit.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.access import read
from assay.checker.engine.native.codegen.emitter import Emitter
from assay.checker.engine.native.codegen.layout import Bits, Planes
from assay.checker.engine.native.codegen.writer import constant
from assay.checker.language.ir.nodes import Comparison, Expr, Name, Read, free_names
from assay.checker.language.types import IntType

__all__ = ["PlaneWords"]


class PlaneWords(Emitter):
    """What is said of the values of a map, as words with a bit for each key."""

    def compared_by_planes(self, operator: Comparison, left: Expr, right: Expr, variable: Name) -> str | None:
        """Compare numbers bit by bit, for all elements at once: plane b has bit i of the number of element i."""
        if isinstance(left.type, IntType):
            return None
        width = self.codes.width(left.type)
        first, second = self._planes(left, variable, width), self._planes(right, variable, width)
        if first is None or second is None:
            return None
        less, equal = "0", "-1"
        for a, b in reversed(list(zip(first, second, strict=True))):
            same = _same(a, b)
            less = _joined_bits("|", less, _joined_bits("&", equal, _joined_bits("&", _flipped(a), b)))
            equal = _joined_bits("&", equal, same)
        if operator is Comparison.EQ:
            return equal
        return less if operator is Comparison.LT else _joined_bits("|", less, equal)

    def _planes(self, value: Expr, variable: Name, width: int) -> list[str] | None:
        """Return the planes of a value's codes, lowest first."""
        if variable.name not in free_names(value):
            code = self.out.named("code", self.code_of(value.type, self.expr(value)))
            fixed = constant(code)
            if fixed is not None:
                return ["-1" if fixed >> plane & 1 else "0" for plane in range(width)]
            return [f"-(({code} >> {plane}) & 1)" for plane in range(width)]
        if not isinstance(value, Read) or not value.place.keys or value.place.keys[-1] != variable:
            return None
        if any(variable.name in free_names(key) for key in value.place.keys[:-1]):
            return None
        if not self._ends_in_planes(value.place):
            return None
        spot = self.spot(value.place)
        if not isinstance(spot.slot, Planes):
            return None
        count = spot.slot.count
        return [read(spot.moved(plane * count, Bits(count)), count, self.out) for plane in range(width)]

    def has_code(self, value: Expr, code: int, variable: Name) -> str | None:
        """Return the word of the elements for which a value has a code."""
        planes = self._planes(value, variable, self.codes.width(value.type))
        if planes is None:
            return None
        parts = [plane if code >> bit & 1 else _flipped(plane) for bit, plane in enumerate(planes)]
        return f"({' & '.join(parts)})"


def _flipped(bits: str) -> str:
    return {"0": "-1", "-1": "0"}.get(bits, f"~{bits}")


def _same(left: str, right: str) -> str:
    """Return the word of the bits in which two words are the same."""
    for one, other in ((left, right), (right, left)):
        if one in ("0", "-1"):
            return other if one == "-1" else _flipped(other)
    return f"~({left} ^ {right})"


def _joined_bits(operator: str, left: str, right: str) -> str:
    """Return the conjunction or disjunction of words, without those that make no difference."""
    neutral, absorbing = ("-1", "0") if operator == "&" else ("0", "-1")
    if absorbing in (left, right):
        return absorbing
    if neutral in (left, right):
        return right if left == neutral else left
    return f"({left} {operator} {right})"
