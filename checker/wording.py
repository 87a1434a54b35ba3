"""Words that error messages share: articles, plurals, and the nearest name."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from enum import Enum

__all__ = ["article", "closest", "listed", "nearest", "numbered", "printable", "spelled"]

_LONGEST = 300
"""Characters of a value that a message shows."""


def article(thing: object) -> str:
    """Return a name with its indefinite article: ``an int``, ``a Node``, and None as it is."""
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
    near = closest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another one, whatever its case; None if none is close."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    return by_folded[near[0]] if near else None


def printable(words: str) -> str:
    """Return words as they are or, unless they are printable, quoted with escapes.

    What a file calls things may hold line ends and control characters, which could forge a line of a report.
    """
    return words if words.isprintable() else repr(words)


def spelled(value: object) -> str:
    """Return a value as a model writes it, shortened if it is long: ``Color.BLACK``, ``Vote(by=n1, ballot=2)``."""
    text = _spelled(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _spelled(value: object) -> str:
    match value:
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case tuple():
            return f"({', '.join(map(_spelled, value))}{',' if len(value) == 1 else ''})"
        case list():
            return f"[{', '.join(map(_spelled, value))}]"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_spelled, value)))}}}" if value else "set()"
        case dict():
            return f"{{{', '.join(f'{_spelled(key)}: {_spelled(item)}' for key, item in value.items())}}}"
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            shown = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            return f"{type(value).__name__}({', '.join(f'{name}={_spelled(item)}' for name, item in shown)})"
    try:
        return repr(value)
    except ValueError:  # more digits than Python writes
        return "a number of thousands of digits"
