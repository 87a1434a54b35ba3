"""Read files that a user names, of whatever kind, without blocking on a pipe that nobody writes to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from assay.checker.errors import InputError

__all__ = ["read_bytes", "read_text"]


def read_text(path: str | Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises
    ------
    InputError
        If it cannot be read, or is not text in UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"cannot read {path}: it is not text in UTF-8") from None


def read_bytes(path: str | Path) -> bytes:
    """Return the content of a file, or of a pipe that somebody writes.

    Raises
    ------
    InputError
        If it cannot be read: it is not there, or a directory, or a pipe that nobody writes.
    """
    try:
        # Without O_NONBLOCK, to open a pipe would wait for somebody to write it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                return _from_pipe(descriptor, path)
            return file.readall()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {why.lower()}") from None


def _from_pipe(descriptor: int, path: str | Path) -> bytes:
    try:
        first = os.read(descriptor, 65536)
    except BlockingIOError:  # somebody has opened it and will write
        first = None
    if first == b"":
        raise InputError(f"cannot read {path}: it is a pipe that nobody writes")
    os.set_blocking(descriptor, True)
    chunks = [first or b""]
    while chunk := os.read(descriptor, 65536):
        chunks.append(chunk)
    return b"".join(chunks)
