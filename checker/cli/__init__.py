"""The command line: ``assay COMMAND``; one file a command, imported when it is used."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from functools import cache

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: see `assay.checker.cli.application.main`."""
    _leave_garbage_at_the_end()
    # What a start makes is modules and classes, which stay: to look for garbage among them takes a tenth of the time.
    # The application enables the collector again before the command begins.
    gc.disable()
    try:
        from assay.checker.cli import application

        return application.main(arguments)
    except KeyboardInterrupt:
        print("interrupted: nothing was decided", file=sys.stderr)
        return 3
    finally:
        gc.enable()


@cache
def _leave_garbage_at_the_end() -> None:
    """Have the interpreter end without looking through all objects once more, which takes up to 0.1 s."""
    atexit.register(gc.freeze)
