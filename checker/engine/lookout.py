"""What every explorer checks every now and then: clock, memory, progress, and whether to go on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from assay.checker.engine.exploration import Progress, Watcher
from assay.checker.engine.limits import Limits, Stop, memory_reached, time_reached
from assay.checker.engine.memory import default_limit, resident

__all__ = ["Ended", "Lookout", "TooLarge"]


_GLANCE = 64
"""Pieces of work between two checks: a check asks the system how much memory is used, which takes microseconds."""


class TooLarge(Exception):
    """Raised when a state space is larger than the caller wants this explorer to take on."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Ended(Exception):
    """Raised inside an explorer to end it before its frontier is empty."""

    def __init__(self, stop: Stop | None = None) -> None:
        super().__init__(stop)
        self.stop = stop


@dataclass
class Lookout:
    """The limits and observers that an explorer consults between two pieces of work.

    Attributes
    ----------
    limits : Limits
        Where to stop.
    watch : callable, optional
        Called with the progress at each check.
    give_up : callable, optional
        Called with the seconds so far; `TooLarge` is raised once it returns True.
    started : float
        When the run started, by `time.perf_counter`.
    """

    limits: Limits
    watch: Watcher | None = None
    give_up: Callable[[float], bool] | None = None
    started: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        # The default is the free memory, which does not include what the process already holds.
        held = resident()
        self._limit = held + default_limit() if self.limits.memory is None else self.limits.memory
        self.memory = self._limit - int(max(self._limit - held, 0) * self.limits.spare)
        self._asked = 0

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self.started

    @property
    def left(self) -> float:
        """Seconds left until the time limit."""
        return math.inf if self.limits.seconds is None else max(self.limits.seconds - self.seconds, 0.0)

    def glance(self) -> None:
        """Check clock and memory at one in `_GLANCE` calls, where there is no progress to show.

        Raises
        ------
        Ended
            If a limit is reached.
        """
        self._asked += 1
        if self._asked % _GLANCE == 0:
            stop = self._reached(self.seconds, resident())
            if stop is not None:
                raise Ended(stop)

    def look(self, progress: Progress) -> Stop | None:
        """Show the progress, and return the reason to stop if a limit is reached.

        Raises
        ------
        TooLarge
            See `give_up`.
        """
        if self.give_up is not None and self.give_up(progress.seconds):
            raise TooLarge(progress.seconds)
        if self.watch is not None:
            self.watch(progress)
        return self._reached(progress.seconds, progress.memory)

    def _reached(self, seconds: float, held: int) -> Stop | None:
        if self.limits.seconds is not None and seconds >= self.limits.seconds:
            return time_reached()
        return memory_reached(held, self._limit, self.limits.spare) if held > self.memory else None
