"""Interrupts, deferred while foreign code would swallow them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["held_back"]


@contextmanager
def held_back() -> Iterator[None]:
    """Defer an interrupt until the end of the block, if possible, so that it is not lost inside."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Blocked, not ignored: the system keeps the signal and delivers it once the mask is restored.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
