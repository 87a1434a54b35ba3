"""Writing generated source: lines, indentation, fresh names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Writer", "constant", "number"]


class Writer:
    """Lines of Python under construction."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._indent = 0
        self._count = 0

    def line(self, text: str) -> None:
        """Add a line at the current indentation."""
        self.lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a compound statement; what is written within is its body."""
        self.line(head)
        before = len(self.lines)
        self._indent += 1
        try:
            yield
            if len(self.lines) == before:
                self.line("pass")
        finally:
            self._indent -= 1

    @contextmanager
    def captured(self) -> Iterator[list[str]]:
        """Write into a list instead; `replay` adds it."""
        saved, self.lines = self.lines, []
        try:
            yield self.lines
        finally:
            self.lines = saved

    def replay(self, lines: list[str]) -> None:
        """Add captured lines."""
        self.lines += lines

    def fresh(self, prefix: str) -> str:
        """Return a name that is used nowhere else."""
        self._count += 1
        return f"{prefix}{self._count}"

    def named(self, prefix: str, value: str) -> str:
        """Return a fresh name for a value, unless it is a name or number already."""
        if value.isidentifier() or constant(value) is not None:
            return value
        name = self.fresh(prefix)
        self.line(f"{name} = {value}")
        return name


def number(value: int) -> str:
    """Return a 64-bit word as Numba reads it: a signed number."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    signed = value - (1 << 64) if value >> 63 else value
    return f"({signed})" if signed < 0 else str(signed)


def constant(text: str) -> int | None:
    """Return the number that a piece of source is, or None."""
    text = text.strip("()")
    return int(text) if text.removeprefix("-").isdigit() else None
