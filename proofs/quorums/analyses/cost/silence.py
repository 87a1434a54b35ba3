"""Keep native code from printing: some releases of HiGHS print debugging output."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["silenced"]


@contextmanager
def silenced() -> Iterator[None]:
    """Discard what is written to file descriptor 1 within the block."""
    try:
        own = os.dup(1)
    except OSError:  # standard output is closed, so nothing is printed anyway
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    try:
        yield
    finally:
        # The C library has a buffer of its own, which would otherwise be written after the descriptor is restored.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).fflush(None)
        os.dup2(own, 1)
        os.close(own)
