"""Read files that a user names, of whatever kind, without blocking on a pipe that nobody writes to; and their JSON."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assay.checker.errors import InputError

__all__ = ["AmbiguousJson", "parse_json", "read_bytes", "read_text"]


class AmbiguousJson(ValueError):
    """JSON that is well-formed, but ambiguous or without a meaning: a key twice, NaN, a number beyond all floats."""


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    AmbiguousJson
        If readers of JSON disagree on what it says.
    ValueError
        If it is none, or has a number of more digits than Python reads.
    RecursionError
        If it is nested too deep.
    """
    return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=_finite)


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AmbiguousJson(f"the line has the key {twice!r} twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise AmbiguousJson(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):  # two such numbers would be the same
        raise AmbiguousJson(f"{text} is more than a floating-point number can be")
    return value


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
