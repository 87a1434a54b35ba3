"""Where styled lines go: terminals of any width, files, and pipes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.text import Text

__all__ = ["console_on", "width", "write"]

_NARROWEST, _WIDEST = 20, 500
"""Columns that Rich can lay out: in fewer it never ends, and a number of any size may stand in COLUMNS."""


def width() -> int:
    """Return the columns of the terminal, as far as they make sense."""
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def console_on(stream: IO[str] | None = None, *, soft_wrap: bool = True) -> Console:
    """Return a console that neither wraps, if not told to, nor guesses what to highlight.

    Parameters
    ----------
    stream : file, optional
        Standard output by default.
    soft_wrap : bool
        Whether the terminal is to wrap what is too long.
    """
    return Console(file=stream, highlight=False, soft_wrap=soft_wrap, markup=False, emoji=False, width=width())


def write(lines: Iterable[Text], console: Console) -> None:
    """Write lines to a console."""
    for line in lines:
        line.rstrip()
        console.print(line)
