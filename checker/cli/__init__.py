"""The command line: ``assay COMMAND``; one file a command, imported when it is used."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: see `assay.checker.cli.application.main`."""
    try:
        from assay.checker.cli import application

        return application.main(arguments)
    except KeyboardInterrupt:
        print("interrupted: nothing was decided", file=sys.stderr)
        return 3
