"""The time spent on one obligation, by this process and by those that it starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from assay.proofs.induction.apart import LATENESS, done_apart
from assay.proofs.induction.processes import can_fork, ending_if_late, is_replaceable

__all__ = ["SEARCH_LATENESS", "Clock", "undecided"]

R = TypeVar("R")

SEARCH_LATENESS = 5.0
"""Seconds that a search may take beyond its limit: it makes what it has found smaller to the end."""


class Clock:
    """The time limit of one obligation, in processor time, so that other load does not matter."""

    def __init__(self, seconds: float) -> None:
        self.limit = seconds
        self.is_fresh = True  # nothing has been asked yet
        self._started = time.process_time()
        self._elsewhere = 0.0

    @property
    def spent(self) -> float:
        """Seconds of processor time so far."""
        return time.process_time() - self._started + self._elsewhere

    @property
    def left(self) -> float:
        """Seconds that are left; negative if it took longer."""
        return self.limit - self.spent

    @property
    def can_retry(self) -> bool:
        """Whether this obligation is decided once more, in another process, if this process ends."""
        return is_replaceable()

    def here(self, task: Callable[[float], R], seconds: float) -> R:
        """Run a task in this process, which ends if it hears too late that its time is up, and can be replaced."""
        if not self.can_retry:
            return task(seconds)
        with ending_if_late(seconds + LATENESS):
            return task(seconds)

    def apart(self, task: Callable[[float], R], seconds: float, lateness: float = LATENESS) -> R | None:
        """Run a task in a process that can be ended, and return its result; None if it had to be ended."""
        if not can_fork():
            return task(seconds)
        result, spent = done_apart(task, seconds, lateness)
        self._elsewhere += spent
        return result


def undecided(spent: float, limit: float) -> str:
    """Return why something is not known: time ran out, or the solver gave up before."""
    if spent < 0.9 * limit:
        return f"not decided: the solver gave up after {spent:.1f} of {limit:g} s"
    return f"not decided in {limit:g} s"
