"""Fold long values into several lines that remain easy to read.

This lays out text and reads nothing out of it: where parentheses in a value are unbalanced, as in the text of a node's
own `repr`, a line is only longer than it should be.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["folded"]


def folded(line: str, *, indent: int, width: int) -> Iterator[str]:
    """Yield a line in pieces, broken between elements but never inside a record or tuple.

    Parameters
    ----------
    line : str
        The text to be shown.
    indent : int
        The number of blanks before each piece after the first.
    width : int
        The number of characters of a piece, unless a single element takes more.
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
