"""Words that error messages share: articles, plurals, and the nearest name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["article", "listed", "nearest", "numbered"]


def article(thing: object) -> str:
    """Return a thing's name after its indefinite article: ``an int``, ``a Node``, and None as it is."""
    name = str(thing)
    if name == "None":
        return name
    return f"{'an' if name[:1] in 'AEIOaeio' else 'a'} {name}"


def numbered(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 argument``, ``2 arguments``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def listed(names: Iterable[str]) -> str:
    """Return names in a row, or *none*."""
    return ", ".join(names) or "none"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known name closest to ``name``, or nothing if none is close."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    return f"; did you mean {by_folded[near[0]]!r}?" if near else ""
