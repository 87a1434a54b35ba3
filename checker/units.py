"""Limits as people write them: ``10k`` states, ``30s``, ``2GiB``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from assay.checker.errors import UsageError

__all__ = ["count", "duration", "memory"]

_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_DURATIONS: dict[str, int | Fraction] = {"": 1, "ms": Fraction(1, 1000), "s": 1, "m": 60, "min": 60, "h": 3600}
_MEMORY = {"": 1, "b": 1}
_MEMORY |= {f"{prefix}{unit}": 1024**power for power, prefix in enumerate("kmgt", 1) for unit in ("", "ib")}
_MEMORY |= {f"{prefix}b": 1000**power for power, prefix in enumerate("kmgt", 1)}


MOST_COUNTED = 10**15
"""The largest count: more than any machine holds, and small enough for a machine word in compiled code."""

LONGEST = 100 * 365 * 24 * 3600
"""The longest duration, a hundred years in seconds: timers of the operating system still accept it."""


def count(option: str, text: str) -> int:
    """Return a positive whole number: ``1000``, ``1_000``, ``10k``, ``2M``."""
    value = _scaled(option, text, _COUNTS, "a number such as 5000, 10k or 2M")
    if value.denominator != 1:
        raise UsageError(f"{option} {_short(text)}: expected a whole number")
    return int(_no_more(option, text, value, MOST_COUNTED, f"{MOST_COUNTED:,}"))


def duration(option: str, text: str) -> float:
    """Return seconds: ``30``, ``30s``, ``1.5m``, ``2h``, ``500ms``."""
    value = _scaled(option, text, _DURATIONS, "a time such as 30s, 5m or 2h")
    return float(_no_more(option, text, value, LONGEST, f"{LONGEST // 3600}h"))


def memory(option: str, text: str) -> int:
    """Return bytes: ``2GiB``, ``512MiB``, ``2GB``, ``1000000``."""
    value = _scaled(option, text, _MEMORY, "a size such as 512MiB or 2GiB")
    return int(_no_more(option, text, value, 1024 * 1024**4, "1024TiB"))


def _scaled(option: str, text: str, units: Mapping[str, int | Fraction], wanted: str) -> Fraction:
    """Parse an amount exactly: a float would round large counts."""
    found = re.fullmatch(r"([+-]?[0-9][0-9_,]{0,99}(?:\.[0-9]{1,99})?)\s*([A-Za-z]*)", text.strip(), re.ASCII)
    if found is None or found[2].lower() not in units:
        raise UsageError(f"{option} {_short(text)}: expected {wanted}")
    value = Fraction(found[1].replace("_", "").replace(",", "")) * units[found[2].lower()]
    if value <= 0:
        raise UsageError(f"{option} {text}: expected more than zero")
    return value


def _no_more(option: str, text: str, value: Fraction, most: int, shown: str) -> Fraction:
    if value > most:
        raise UsageError(f"{option} {_short(text)}: expected {shown} at most")
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."
