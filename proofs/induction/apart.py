"""A question in a process of its own: a solver does not always hear that its time is up, but a process can be ended."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from assay.proofs.induction.pool import SLOWEST, processor_time
from assay.proofs.logic.answers import Answer, SolverFailure

__all__ = ["asked_apart"]

LATENESS = 0.5
"""Seconds of processor time beyond its limit after which a question is given up."""

FAILED = "failed: "


def asked_apart(check: Callable[[float], Answer], seconds: float) -> tuple[Answer, float]:
    """Return the answer to a question that a forked process asks, and the processor time that it took.

    Parameters
    ----------
    check : callable
        Asks the question for at most so many seconds; what it is about must have been made before.
    seconds : float
        The processor time for it. A process that does not keep to it is ended, and the answer is *unknown*.

    Raises
    ------
    SolverFailure
        If the solver gave up.
    """
    answers, answering = os.pipe()
    end, life = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(life)
        _ask(check, seconds, answering, end)
    os.close(answering)
    os.close(end)
    text, spent = "", 0.0
    try:
        text = _heard(answers, child, seconds)
    finally:
        os.close(life)
        os.close(answers)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        usage = os.wait4(child, 0)[2]
        spent = usage.ru_utime + usage.ru_stime
    if text.startswith(FAILED):
        raise SolverFailure(text.removeprefix(FAILED))
    return text or "unknown", spent


def _ask(check: Callable[[float], Answer], seconds: float, answering: int, end: int) -> None:
    """Ask, in the forked process, which ends with it: nothing of the other process is run or flushed here."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_the_other, args=(end,), daemon=True).start()
        os.write(answering, _answer(check, seconds).encode())
    finally:
        os._exit(0)


def _answer(check: Callable[[float], Answer], seconds: float) -> str:
    try:
        return check(seconds)
    except SolverFailure as failure:
        return f"{FAILED}{failure}"
    except MemoryError:
        return f"{FAILED}out of memory"


def _end_with_the_other(end: int) -> None:
    """Wait until the process that wants to know closes its end, however it ends, and end this one."""
    os.read(end, 1)
    os._exit(1)


def _heard(answers: int, child: int, seconds: float) -> str:
    """Return what is answered, or nothing if the process ends without a word or uses more than its time."""
    limit, begun, used = seconds + LATENESS, time.monotonic(), processor_time(child)
    while True:
        left = min(limit - (processor_time(child) - used), SLOWEST * limit - (time.monotonic() - begun))
        ready, _, _ = select.select([answers], [], [], max(left, 0.0))
        if ready:
            return os.read(answers, 1 << 16).decode(errors="replace")
        if left <= 0:
            return ""
