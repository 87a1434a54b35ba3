"""What processes can do here, and what is known of them: forking, processor time, ending oneself."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from contextlib import AbstractContextManager

from assay.proofs.logic.lateness import when_late

__all__ = ["SLOWEST", "become_replaceable", "can_fork", "ending_if_late", "is_replaceable", "processor_time"]

SLOWEST = 20.0
"""The most time by the clock that a task may take, as a multiple of its limit: waiting uses no processor time."""


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


def ending_if_late(seconds: float) -> AbstractContextManager[None]:
    """Run a block, and end this process if that takes more than some seconds of processor time."""
    return when_late(seconds, lambda: os._exit(1))
