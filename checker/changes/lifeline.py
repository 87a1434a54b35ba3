"""Make a child process end with its parent, however the parent ends."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

__all__ = ["end_with_the_parent", "lifeline"]


@contextlib.contextmanager
def lifeline() -> Iterator[int]:
    """Yield the reading end of a pipe that nobody writes to: a child reads end-of-file when this process is gone."""
    read, write = os.pipe()
    try:
        yield read
    finally:
        os.close(read)
        os.close(write)


def end_with_the_parent(line: int) -> None:
    """Exit when the parent is gone, even if it was killed: nobody waits for the answer then."""

    def wait() -> None:
        os.read(line, 1)
        # Not sys.exit: in a thread that would end only the thread, and the main thread may be deep in a search.
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
