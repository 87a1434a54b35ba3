"""A process that ends with the one that asked for its work, however that one ends."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

__all__ = ["end_with_the_parent", "lifeline"]


@contextlib.contextmanager
def lifeline() -> Iterator[int]:
    """Yield the end of a pipe to which nothing is ever written: it is read to its end when this process is gone."""
    read, write = os.pipe()
    try:
        yield read
    finally:
        os.close(read)
        os.close(write)


def end_with_the_parent(line: int) -> None:
    """End this process when the one that asks is gone, also if it was killed: nobody waits for the answer then."""

    def wait() -> None:
        os.read(line, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
