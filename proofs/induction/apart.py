"""Run a task in a process of its own: a solver may ignore that its time is up, but a process can be ended."""

from __future__ import annotations

import os
import pickle
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from assay.proofs.induction.processes import SLOWEST, processor_time
from assay.proofs.logic.answers import SolverFailure

__all__ = ["LATENESS", "done_apart"]

R = TypeVar("R")

LATENESS = 0.5
"""Seconds of processor time beyond its limit after which a question is given up."""

LENGTH = 8
"""The bytes in front of a result that give its length."""


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
