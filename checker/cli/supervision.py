"""A time limit that holds, whatever is being computed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from assay.checker.errors import AssayError
from assay.checker.verdicts import ExitStatus

__all__ = ["TimeIsUpError", "supervised"]

SPARE = 2.0
"""Seconds beyond the limit in which an analysis that watches the clock itself may end in order."""

LAST = 5.0
"""Seconds after that, for a solver to return; then the process ends where it is."""


class TimeIsUpError(AssayError):
    """A computation did not end in its time: what it was to decide is unknown."""

    exit_status = ExitStatus.UNKNOWN


class _Alarm(BaseException):
    """Raised wherever the main thread happens to be; no *except Exception* may swallow it."""


@contextmanager
def supervised(seconds: float, *, spare: float = SPARE, last: float = LAST) -> Iterator[None]:
    """Run a block, and end it a little after so many seconds if it did not end by itself.

    Works in the main thread; elsewhere the block runs unsupervised.

    Raises
    ------
    TimeIsUpError
        If the time is up. Should the block be deep in foreign code even then, the process ends with the same words
        and the same exit status.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    words = f"the time limit of {seconds:g} s was hit, and what was under way did not stop by itself: unknown"
    before = signal.signal(signal.SIGALRM, _raise)
    watchdog = threading.Timer(seconds + spare + last, _end, [words])
    watchdog.daemon = True
    watchdog.start()
    signal.setitimer(signal.ITIMER_REAL, seconds + spare)
    try:
        yield
    except _Alarm:
        raise TimeIsUpError(words, help="raise --time-limit, or ask for less") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        watchdog.cancel()


def _raise(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _Alarm


def _end(words: str) -> None:
    print(f"error: {words}", file=sys.stderr, flush=True)
    os._exit(ExitStatus.UNKNOWN)
