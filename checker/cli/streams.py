"""Standard output and standard error, whatever has become of them.

A result that cannot be written is an error, unless its reader went away, as `head` does. Messages on standard error
are written if possible, and never change the outcome.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

from assay.checker.errors import UsageError

__all__ = ["guarded"]


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Guard both streams for the duration of a block, unless a test or a caller has replaced them.

    A result that cannot be written raises `UsageError` wherever it is written or flushed. Results get a descriptor of
    their own, and descriptor 1 becomes standard error, so that what native libraries print to it does not end up in
    a report.
    """
    _occupy_closed_descriptors()
    with contextlib.ExitStack() as stack:
        if _is_own(sys.stdout, sys.__stdout__):
            stack.enter_context(_results())
        if _is_own(sys.stderr, sys.__stderr__):
            stack.enter_context(_remarks())
        yield


@contextlib.contextmanager
def _results() -> Iterator[None]:
    before, own = sys.stdout, os.dup(1)
    os.dup2(2, 1)
    raw = _Results(own, "wb", closefd=False)
    sys.stdout = _text(raw, before, line_buffering=raw.isatty())
    try:
        yield
    finally:
        with contextlib.suppress(UsageError):  # of what was left when an error ended the block
            sys.stdout.flush()
        sys.stdout = before
        os.dup2(own, 1)
        os.close(own)


@contextlib.contextmanager
def _remarks() -> Iterator[None]:
    before = sys.stderr
    sys.stderr = _text(_Remarks(2, "wb", closefd=False), before, line_buffering=True)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = before


def _occupy_closed_descriptors() -> None:
    """Open the standard descriptors that were closed, so that no file that assay opens becomes standard output.

    Standard output is opened for reading only: writing to it remains an error.
    """
    for descriptor, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest that is free: this one


def _is_own(stream: Any, original: Any) -> bool:
    """Return whether a stream is still the one that Python opened (None if it was closed)."""
    return stream is original and (stream is None or isinstance(stream, io.TextIOWrapper))


def _text(raw: io.FileIO, like: Any, *, line_buffering: bool) -> io.TextIOWrapper:
    encoding = "utf-8" if like is None else like.encoding
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=line_buffering
    )


class _Results(io.FileIO):
    """Standard output."""

    def write(self, content: Any) -> int:
        """Write, or raise why not; if the reader went away, discard the rest."""
        try:
            return super().write(content) or 0
        except BrokenPipeError:
            return _forget(self, content)
        except OSError as error:
            _forget(self, content)
            why = "it is closed" if error.errno == _CLOSED else (error.strerror or str(error)).lower()
            raise UsageError(f"cannot write to standard output: {why}") from None


class _Remarks(io.FileIO):
    """Standard error."""

    def write(self, content: Any) -> int:
        """Write, if that is possible."""
        try:
            return super().write(content) or 0
        except OSError:
            return _forget(self, content)


_CLOSED = 9
"""EBADF: a write to a descriptor that was never opened."""


def _forget(stream: io.FileIO, content: Any) -> int:
    """Send everything written from now on to the null device."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
    return len(content)
