"""Where styled lines go: terminals of any width, files, and pipes."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.text import Text

__all__ = ["console_on", "width", "write"]

_NARROWEST, _WIDEST = 20, 500
"""The widths that Rich can lay out: with fewer columns it never ends, and COLUMNS may hold a number of any size."""

_USUAL = 80


def width() -> int:
    """Return the width of the terminal, within sensible bounds."""
    return min(max(_columns(), _NARROWEST), _WIDEST)


def _columns() -> int:
    text = os.environ.get("COLUMNS", "")
    if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        return int(text)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError, ValueError):  # not a terminal, or no descriptor
            return os.get_terminal_size(stream.fileno()).columns or _USUAL
    return _USUAL


def console_on(stream: IO[str] | None = None, *, soft_wrap: bool = True) -> Console:
    """Return a console without markup, emoji or automatic highlighting.

    Parameters
    ----------
    stream : file, optional
        Standard output by default.
    soft_wrap : bool
        Whether to leave the wrapping of long lines to the terminal.
    """
    return Console(file=stream, highlight=False, soft_wrap=soft_wrap, markup=False, emoji=False, width=width())


def write(lines: Iterable[Text], console: Console) -> None:
    """Write lines to a console."""
    for line in lines:
        line.rstrip()
        console.print(line)
