"""Tasks in processes that can be ended, since a solver may ignore that its time is up, and the time they take."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from assay.proofs.logic.answers import SolverFailure
from assay.proofs.logic.lateness import when_late

__all__ = ["SEARCH_LATENESS", "SLOWEST", "Clock", "become_replaceable", "can_fork", "done_apart", "is_replaceable"]
__all__ += ["processor_time"]

R = TypeVar("R")

SLOWEST = 20.0
"""The most time by the clock that a task may take, as a multiple of its limit: waiting uses no processor time."""

LATENESS = 0.5
"""Seconds of processor time beyond its limit after which a question is given up."""

SEARCH_LATENESS = 5.0
"""Seconds that a search may take beyond its limit: it makes what it has found smaller to the end."""

LENGTH = 8
"""The bytes in front of a result that give its length."""


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
        with when_late(seconds + LATENESS, lambda: os._exit(1)):
            return task(seconds)

    def apart(self, task: Callable[[float], R], seconds: float, lateness: float = LATENESS) -> R | None:
        """Run a task in a process that can be ended, and return its result; None if it had to be ended."""
        if not can_fork():
            return task(seconds)
        result, spent = done_apart(task, seconds, lateness)
        self._elsewhere += spent
        return result


# What processes can do here


def can_fork() -> bool:
    """Return whether processes can be forked. They inherit the tasks, which cannot be sent to other processes."""
    return "fork" in multiprocessing.get_all_start_methods()


def processor_time(process: int) -> float:
    """Return how many seconds of processor time another process has used, or of real time if that is unknown."""
    if sys.platform != "linux":
        return time.monotonic()
    try:
        return time.clock_gettime((~process << 3) | 2)  # the id that the kernel gives to the clock of a process
    except OSError:  # the process has ended, as its connection will show
        return 0.0


_replaceable = set[int]()
"""This process, if it is one of a pool. By its number, so that what it forks is not taken for one."""


def become_replaceable() -> None:
    """Record that a pool has started this process, and does its task once more in another one if it ends."""
    _replaceable.add(os.getpid())


def is_replaceable() -> bool:
    """Return whether this process may end itself: see `become_replaceable`."""
    return os.getpid() in _replaceable


# A task in a process of its own


def done_apart(task: Callable[[float], R], seconds: float, lateness: float = LATENESS) -> tuple[R | None, float]:
    """Run a task in a forked process, and return its result and the processor time that it took.

    Parameters
    ----------
    task : callable
        Gets the seconds that it may take. What it works on must have been made before, and its result be picklable.
    seconds : float
        The processor time for it.
    lateness : float
        Further seconds. A process that takes more is ended, and there is no result, as if it had died.

    Raises
    ------
    Exception
        What the task raises, such as `SolverFailure` where the solver gives up.
    """
    results, telling = os.pipe()
    end, life = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(results)
        os.close(life)
        _do(task, seconds, telling, end)
    os.close(telling)
    os.close(end)
    told, spent = b"", 0.0
    try:
        told = _heard(results, child, seconds + lateness)
    finally:
        os.close(life)
        os.close(results)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        usage = os.wait4(child, 0)[2]
        spent = usage.ru_utime + usage.ru_stime
    if not told:
        return None, spent
    result: R | Exception = pickle.loads(told)
    if isinstance(result, Exception):
        raise result
    return result, spent


def _do(task: Callable[[float], object], seconds: float, telling: int, end: int) -> None:
    """Do the task in the forked process, then end it: nothing of the parent is run or flushed here."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_the_other, args=(end,), daemon=True).start()
        told = pickle.dumps(_result(task, seconds))
        with os.fdopen(telling, "wb") as file:
            file.write(len(told).to_bytes(LENGTH, "big") + told)
    finally:
        os._exit(0)


def _result(task: Callable[[float], object], seconds: float) -> object:
    try:
        return task(seconds)
    except MemoryError:
        return SolverFailure("out of memory")
    except Exception as error:
        return error


def _end_with_the_other(end: int) -> None:
    """Wait until the parent process closes its end of the pipe, however it ends, and end this one."""
    os.read(end, 1)
    os._exit(1)


def _heard(results: int, child: int, limit: float) -> bytes:
    """Return the result that the child writes; empty if it is incomplete, or the child exceeds its time."""
    begun, used, received = time.monotonic(), processor_time(child), b""
    while True:
        left = min(limit - (processor_time(child) - used), SLOWEST * limit - (time.monotonic() - begun))
        ready, _, _ = select.select([results], [], [], max(left, 0.0))
        if ready:
            part = os.read(results, 1 << 16)
            received += part
            if not part:  # a child that is ended while it writes leaves a part of its result, which is discarded
                length, rest = received[:LENGTH], received[LENGTH:]
                return rest if len(rest) == int.from_bytes(length, "big") else b""
        elif left <= 0:
            return b""
