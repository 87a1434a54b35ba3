"""What is done when this process has used more processor time than it was allowed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["when_late"]


@contextmanager
def when_late(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    """Run a block, and act every hundredth of a second once this process has used some seconds of processor time.

    The block must release the interpreter lock, as solvers do, so that another thread can act.
    """
    until, done = time.process_time() + seconds, threading.Event()

    def watch() -> None:
        while not done.wait(max(until - time.process_time(), 0.01)):
            if time.process_time() >= until:
                act()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
