"""The alarm that calls native code back to Python, which attends to limits, progress and Ctrl-C.

Machine code cannot tell how long its next piece of work takes: a state may have no successors or ten million. So,
rather than count its work, it checks a word that a thread sets periodically, and as soon as a signal arrives.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from types import TracebackType

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi

__all__ = ["Alarm"]

_PERIOD = 0.05
"""Seconds between two alarms: too short for a person to notice, and long enough to cost native code nothing."""

_LONGEST = 3600.0
"""The most seconds between two alarms, however often the period has doubled."""


class Alarm:
    """A thread that sets a word periodically while the context is open.

    Parameters
    ----------
    status : int64 array
        The status that compiled functions report in; the alarm sets ``status[abi.ALARM]``.
    period : float
        Seconds between two alarms.
    """

    def __init__(self, status: npt.NDArray[np.int64], period: float = _PERIOD) -> None:
        self._status = status
        self._shortest = self._period = period
        self._over = False
        self._thread = threading.Thread(target=self._ring, name="assay-alarm", daemon=True)

    def __enter__(self) -> Alarm:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._listen()
        try:
            self._thread.start()
        except RuntimeError as error:  # no memory for its stack
            self._close()
            raise MemoryError(str(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        os.write(self._writer, b"\0")
        self._thread.join()
        self._close()

    def _listen(self) -> None:
        """Have signals write to our pipe, since Python's own handlers run only once native code has returned."""
        self._former: int | None = None
        if threading.current_thread() is threading.main_thread():
            self._former = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def _close(self) -> None:
        if self._former is not None:
            signal.set_wakeup_fd(self._former)
        os.close(self._reader)
        os.close(self._writer)

    def _ring(self) -> None:
        while True:
            heard, _, _ = select.select([self._reader], [], [], self._period)
            if heard:
                os.read(self._reader, 512)
            if self._over:
                return
            self._status[abi.ALARM] = 1

    def reset(self, *, advanced: bool, at_most: float = _LONGEST) -> None:
        """Reset the alarm, and double the time to the next one if no work was completed since the last.

        Expanding a single state may take longer than a period. An alarm discards what has been done for it, so without
        more time it would never be completed.
        """
        self._period = self._shortest if advanced else max(min(2 * self._period, at_most, _LONGEST), self._shortest)
        self._status[abi.ALARM] = 0
