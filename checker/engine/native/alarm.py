"""The alarm that brings native code back to Python, where limits, progress and Ctrl-C are looked at.

Machine code cannot tell how long its next piece of work takes: a state may have no successor or ten million. So it
does not count its work, but looks at a word that a thread sets from time to time.
"""

from __future__ import annotations

import threading
from types import TracebackType

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi

__all__ = ["Alarm"]

_PERIOD = 0.05
"""Seconds between two alarms: what a person does not notice, and native code hardly loses anything by."""

_LONGEST = 3600.0


class Alarm:
    """A thread that sets a word every so often, for as long as the context lasts.

    Parameters
    ----------
    status : int64 array
        The status that compiled functions report in; the alarm goes off in ``status[abi.ALARM]``.
    period : float
        Seconds between two alarms.
    """

    def __init__(self, status: npt.NDArray[np.int64], period: float = _PERIOD) -> None:
        self._status = status
        self._shortest = self._period = period
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ring, name="assay-alarm", daemon=True)

    def __enter__(self) -> Alarm:
        try:
            self._thread.start()
        except RuntimeError as error:  # no memory for its stack
            raise MemoryError(str(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _ring(self) -> None:
        while not self._over.wait(self._period):
            self._status[abi.ALARM] = 1

    def reset(self, *, advanced: bool) -> None:
        """Get ready for the next alarm; later than the last one, if nothing was done until then.

        A single state may take longer than a period. Its work is lost at an alarm, so it must be given more time.
        """
        self._period = self._shortest if advanced else min(2 * self._period, _LONGEST)
        self._status[abi.ALARM] = 0
