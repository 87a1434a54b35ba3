"""Deadlines of analyses. When one passes, the answer is *unknown*, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from threading import Timer
from time import monotonic

__all__ = ["Deadline", "interrupting"]

A_DAY = 86_400.0
"""Seconds; timers cannot wait for infinity."""


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock."""

    moment: float = inf

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """Return the deadline ``seconds`` from now; None is never."""
        return cls() if seconds is None else cls(monotonic() + seconds)

    @property
    def seconds(self) -> float:
        """The seconds that are left: not negative, and infinite without a limit."""
        return max(0.0, self.moment - monotonic())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.seconds <= 0

    @property
    def share(self) -> float:
        """The seconds that are left, at most a day: finite even without a limit, so that it can be divided."""
        return min(self.seconds, A_DAY)

    def milliseconds(self, most: int = 3_600_000) -> int:
        """Return what is left, for a solver that counts in milliseconds: from 1 to ``most``."""
        return max(1, int(min(self.seconds * 1000, most)))

    def within(self, seconds: float) -> Deadline:
        """Return this deadline, or the one ``seconds`` from now if that is sooner."""
        return Deadline(min(self.moment, monotonic() + seconds))


@contextmanager
def interrupting(deadline: Deadline, interrupt: Callable[[], object]) -> Iterator[None]:
    """Call ``interrupt`` from another thread if the deadline passes before the block ends."""
    timer = Timer(min(deadline.seconds, A_DAY), interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
