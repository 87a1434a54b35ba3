"""Limits as people write them: ``10k`` states, ``30s``, ``2GiB``."""

from __future__ import annotations

import re

from assay.checker.errors import UsageError

__all__ = ["count", "duration", "memory"]

_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_DURATIONS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_MEMORY = {"": 1, "b": 1}
_MEMORY |= {f"{prefix}{unit}": 1024**power for power, prefix in enumerate("kmgt", 1) for unit in ("", "ib")}
_MEMORY |= {f"{prefix}b": 1000**power for power, prefix in enumerate("kmgt", 1)}


def count(option: str, text: str) -> int:
    """Return a positive whole number: ``1000``, ``1_000``, ``10k``, ``2M``."""
    value = _scaled(option, text, _COUNTS, "a number such as 5000, 10k or 2M")
    if value != int(value):
        raise UsageError(f"{option} {text}: expected a whole number")
    return int(value)


def duration(option: str, text: str) -> float:
    """Return seconds: ``30``, ``30s``, ``1.5m``, ``2h``, ``500ms``."""
    return _scaled(option, text, _DURATIONS, "a time such as 30s, 5m or 2h")


def memory(option: str, text: str) -> int:
    """Return bytes: ``2GiB``, ``512MiB``, ``2GB``, ``1000000``."""
    return int(_scaled(option, text, _MEMORY, "a size such as 512MiB or 2GiB"))


def _scaled(option: str, text: str, units: dict[str, int] | dict[str, float], wanted: str) -> float:
    found = re.fullmatch(r"([+-]?[0-9][0-9_,]*(?:\.[0-9]+)?)\s*([A-Za-z]*)", text.strip())
    if found is None or found[2].lower() not in units:
        raise UsageError(f"{option} {text}: expected {wanted}")
    value = float(found[1].replace("_", "").replace(",", "")) * units[found[2].lower()]
    if value <= 0:
        raise UsageError(f"{option} {text}: expected more than zero")
    return value
