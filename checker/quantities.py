"""Counts, times and sizes as reports write them."""

from __future__ import annotations

__all__ = ["number", "ordinal", "plural", "rate", "seconds", "size"]


def number(value: int) -> str:
    """Return a count with thousands separators."""
    return f"{value:,}"


def plural(count: int, noun: str) -> str:
    """Return ``1 state``, ``2 states``."""
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")


def ordinal(place: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``, ``21st``."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{number(place)}{ending}"


def rate(value: float) -> str:
    """Return a rate rounded to three significant digits."""
    digits = max(0, len(str(int(value))) - 3)
    return number(round(int(value), -digits))


def seconds(value: float) -> str:
    """Return a duration."""
    if value < 60:
        return f"{value:.2f} s" if value >= 0.1 else f"{value:.3f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def size(value: int) -> str:
    """Return a number of bytes in the largest unit that leaves it readable."""
    scaled, unit = float(value), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if scaled < 1024:
            break
        scaled, unit = scaled / 1024, larger
    return f"{scaled:.4g} {unit}"
