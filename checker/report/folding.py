"""Long values over several lines, broken where they can be read on."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["folded"]


def folded(line: str, *, indent: int, width: int) -> Iterator[str]:
    """Yield a line in pieces, broken between elements but not inside of a record or tuple.

    Parameters
    ----------
    line : str
        What is to be shown.
    indent : int
        Blanks before each piece after the first.
    width : int
        Characters of a piece, unless one element takes more.
    """
    begun = ""
    for element in _elements(line):
        if begun and len(begun) + len(element) + len(", ,") > width:
            yield f"{begun},"
            begun = " " * indent + element
        else:
            begun = f"{begun}, {element}" if begun else element
    yield begun


def _elements(line: str) -> Iterator[str]:
    """Split a line at its commas, except for those inside parentheses."""
    begun, depth = "", 0
    for part in line.split(", "):
        begun = f"{begun}, {part}" if depth else part
        depth = begun.count("(") - begun.count(")")
        if depth <= 0:
            yield begun
            depth = 0
    if depth:
        yield begun
