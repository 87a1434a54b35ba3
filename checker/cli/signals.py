"""Signals that ask a process to end: it ends in order, as after Ctrl-C, and its exit status names the signal."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["Ending", "ending_in_order", "held_back"]

_PATIENCE = 2
"""Signals that interrupt in an orderly way; a second one kills the process."""

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ending:
    """The signal, if any, that has asked this process to end."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._heard = 0

    def status(self, status: int) -> int:
        """Return the exit status: that of the run or, by the shell's convention, 128 plus the signal's number."""
        return status if self.signal is None else 128 + self.signal

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the work in progress: the first signal ends the exploration, the second the report on it."""
        del frame
        self.signal = number
        self._heard += 1
        if self._heard == _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt


@contextlib.contextmanager
def ending_in_order() -> Iterator[Ending]:
    """Handle the signals that ask a process to end, during the block; ignored signals stay ignored.

    Explorers and provers stop early in only one way, at an interrupt, and keep what they have found. Processes
    forked from this one are ended by the signals as usual.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    heard = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in heard:
        signal.signal(number, ending.hear)
    os.register_at_fork(after_in_child=lambda: _give_back(heard, ending))
    try:
        yield ending
    finally:
        _give_back(heard, ending)


def _give_back(heard: list[int], ending: Ending) -> None:
    """Restore the default action of the signals that we still handle."""
    for number in heard:
        if signal.getsignal(number) == ending.hear:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Block the signals that would interrupt the block, and deliver them after it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDING})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
