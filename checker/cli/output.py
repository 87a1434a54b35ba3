"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checker.cli.signals import held_back
from assay.checker.errors import UsageError
from assay.checker.outputs import Reserved

if TYPE_CHECKING:
    from assay.checker.language.loader import NamedModel

__all__ = ["Destination", "destination", "print_result", "source_of"]


_STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""Names of standard output, whose descriptor changes while a command runs (`assay.checker.cli.streams`)."""


class Destination:
    """An output file, reserved before the work begins so that a long run cannot end in a file that cannot be written.

    Parameters
    ----------
    path : Path
        The file. It is replaced only once all of its content is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._reserved = None if _is_special(path) else self._reserve()
        except OSError as error:
            raise self._refused(error) from None

    def _reserve(self) -> Reserved:
        try:
            mode = os.stat(self.path).st_mode  # fails for a name that is too long, which a temporary one would hide
        except FileNotFoundError:
            return Reserved(self.path)
        if stat.S_ISDIR(mode):
            raise UsageError(f"cannot write {self.path}: it is a directory")
        if not os.access(self.path, os.W_OK):
            raise UsageError(f"cannot write {self.path}: permission denied")
        return Reserved(self.path)

    def _refused(self, error: OSError) -> UsageError:
        why = error.strerror or str(error)
        return UsageError(f"cannot write {self.path}: {why[:1].lower()}{why[1:]}")

    def write(self, text: str) -> None:
        """Put the content in place in one step: all of it, or none if the disk is full."""
        try:
            if str(self.path) in _STANDARD_OUTPUT:
                print_result(text)
            elif self._reserved is None:
                self.path.write_text(text, encoding="utf-8", errors="backslashreplace")
            else:
                self._reserved.fill(text)
        except OSError as error:
            raise self._refused(error) from None

    def close(self) -> None:
        """Remove whatever was not written completely."""
        if self._reserved is not None:
            self._reserved.discard()


def _is_special(path: Path) -> bool:
    """Return whether a path is a device or a pipe, which is written to rather than replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextlib.contextmanager
def destination(path: str | Path | None, *others: str | Path | None) -> Iterator[Destination | None]:
    """Reserve a file for the duration of a block; yield None if no file was asked for.

    Parameters
    ----------
    path : str or Path, optional
        The file.
    *others : str or Path, optional
        Other files of the command line, read or written, which must not be this one.

    Raises
    ------
    UsageError
        Before the block begins, if the file cannot be written or is one of the others.
    """
    if path is None:
        yield None
        return
    for other in others:
        if other is not None and _is_same(path, other):
            raise UsageError(f"cannot write {path}: the same command reads or writes {other}, which is the same file")
    with contextlib.ExitStack() as stack:
        with held_back():
            reserved = stack.enter_context(contextlib.closing(_reserved(path)))
        yield reserved


def _reserved(path: str | Path) -> Destination:
    try:
        return Destination(Path(path))
    except ValueError:
        raise UsageError(f"cannot write {str(path)!r}: this is not a valid file name") from None


def _is_same(path: str | Path, other: str | Path) -> bool:
    try:
        if os.path.realpath(path) == os.path.realpath(other):
            return not _is_special(Path(path))
        return os.path.samefile(path, other) and not _is_special(Path(path))
    except (OSError, ValueError):
        return False


def source_of(model: NamedModel) -> str | None:
    """Return the source file of a model, which no output may overwrite."""
    return getattr(sys.modules.get(model.cls.__module__), "__file__", None)


def print_result(text: str) -> None:
    """Write a result to standard output."""
    sys.stdout.write(text)
