"""How far frozen values are apart: explanations show what is nearest."""

from __future__ import annotations

__all__ = ["distance"]


def distance(one: object, other: object) -> int:
    """Return the number of places in which two frozen values differ."""
    if one == other:
        return 0
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return sum(distance(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return len(one ^ other)
    return 1
