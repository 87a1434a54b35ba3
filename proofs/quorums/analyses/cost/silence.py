"""Keep native code from printing: HiGHS leaves debugging output in its release."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["silenced"]


@contextmanager
def silenced() -> Iterator[None]:
    """Discard what is written to file descriptor 1 within the block.

    C buffers its output, so it is flushed before the descriptor is given back.
    """
    try:
        own = os.dup(1)
    except OSError:  # standard output is closed: nothing is printed anyway
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    try:
        yield
    finally:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).fflush(None)
        os.dup2(own, 1)
        os.close(own)
