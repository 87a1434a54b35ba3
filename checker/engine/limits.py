"""How far a run may go, and why it ended early."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from assay.checker.immutable import immutable
from assay.checker.quantities import size

__all__ = ["Limits", "Stop", "StopReason", "depth_reached", "interrupted", "memory_reached", "states_reached"]
__all__ += ["time_reached"]


class StopReason(Enum):
    """Why a run ended before every reachable state was explored."""

    STATES = "max-states"
    DEPTH = "max-depth"
    TIME = "time-limit"
    MEMORY = "memory-limit"
    INTERRUPT = "interrupt"


@immutable
class Limits:
    """Bounds of a run; None means *no bound*.

    Attributes
    ----------
    states : int, optional
        The most distinct states to store.
    depth : int, optional
        The most levels to explore; the initial states are level 1.
    seconds : float, optional
        Wall time.
    memory : int, optional
        Bytes that the process may hold in all; by default what it holds now and what the machine (or its control group)
        has free.
    spare : float
        The fraction of that memory to leave for what the caller does with the result.
    """

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None
    memory: int | None = None
    spare: float = 0.0

    def after(self, seconds: float) -> Limits:
        """Return the limits that remain after some seconds."""
        return self if self.seconds is None else replace(self, seconds=max(0.0, self.seconds - seconds))


@immutable
class Stop:
    """Why a run ended early, and what it would have needed to go on."""

    reason: StopReason
    detail: str


def states_reached(limit: int) -> Stop:
    """Return the stop at the limit of distinct states."""
    return Stop(StopReason.STATES, f"the limit of {limit:,} states was reached")


def depth_reached(depth: int, frontier: int) -> Stop:
    """Return the stop at the limit of depth, with the number of states that were left to expand."""
    return Stop(StopReason.DEPTH, f"{frontier:,} state{'' if frontier == 1 else 's'} at depth {depth} not expanded")


def time_reached() -> Stop:
    """Return the stop at the time limit.

    It does not say how long that was: an engine may have been given only what another one left.
    """
    return Stop(StopReason.TIME, "the time limit was reached")


def memory_reached(held: int, limit: int, spare: float = 0.0) -> Stop:
    """Return the stop at the memory limit, which counts everything that the process holds."""
    rest = ", and the result takes some, too" if spare else ""
    detail = f"the process holds {size(held)}, the limit is {size(limit)}{rest}"
    return Stop(StopReason.MEMORY, detail)


def interrupted(seconds: float) -> Stop:
    """Return the stop at an interrupt: Ctrl-C, or a signal to terminate."""
    return Stop(StopReason.INTERRUPT, f"interrupted after {seconds:.1f} s")
