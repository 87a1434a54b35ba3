"""A time limit that holds even while native code runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from assay.checker.errors import AssayError
from assay.checker.verdicts import ExitStatus

__all__ = ["TimeIsUpError", "supervised"]

SPARE = 2.0
"""Seconds beyond the limit, for an analysis that watches the clock itself to end in order."""

LAST = 5.0
"""Further seconds for a solver to return, before the process is ended."""


class TimeIsUpError(AssayError):
    """A computation did not end in time, so its result is unknown."""

    exit_status = ExitStatus.UNKNOWN


class _Alarm(BaseException):
    """Raised wherever the main thread happens to be; a ``BaseException``, so that no *except Exception* catches it."""


LONGEST = 10.0**8
"""Seconds, three years: the system's timers accept no more."""

LastWords = Callable[[str], "int | None"]
"""Reports what is known in a process that is about to end, and returns its exit status; None if nothing is known."""


@contextmanager
def supervised(
    seconds: float, last_words: LastWords | None = None, *, spare: float = SPARE, last: float = LAST
) -> Iterator[None]:
    """Run a block, and interrupt it shortly after `seconds`.

    Works in the main thread; elsewhere the block runs unsupervised.

    Parameters
    ----------
    seconds : float
        The limit.
    last_words : callable, optional
        Called from another thread if the process has to be ended, because the block is deep in foreign code.
    spare, last : float
        Seconds until the block is interrupted, and from then until the process is ended.

    Raises
    ------
    TimeIsUpError
        If the time is up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    words = f"the time limit of {seconds:g} s was hit, and what was under way did not stop by itself"
    claimed = threading.Lock()
    limit = min(seconds, LONGEST) + spare
    before = signal.signal(signal.SIGALRM, _raise)
    watchdog = threading.Timer(limit + last, _end, [words, last_words, claimed])
    watchdog.daemon = True
    watchdog.start()
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    except _Alarm:
        raise TimeIsUpError(words, help="raise --time-limit, or ask for less") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        watchdog.cancel()
        claimed.acquire()  # if the watchdog holds it, the process is about to end: wait here


def _raise(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _Alarm


def _end(words: str, last_words: LastWords | None, claimed: threading.Lock) -> None:
    """End the process, unless the block has ended by itself: whoever acquires the lock first decides."""
    if not claimed.acquire(blocking=False):
        return
    status = None
    try:
        status = None if last_words is None else last_words(words)
        if status is None:
            print(f"error: {words}: unknown", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(ExitStatus.UNKNOWN if status is None else status)
