"""What the user's code raised: nodes, predicates, and the function that describes a cluster."""

from __future__ import annotations

import traceback
from pathlib import Path

from assay.impl import node

__all__ = ["told"]

_OURS = (Path(__file__).parent.parent, Path(node.__file__).parent)
"""The folders whose frames are skipped: an error is placed in the user's code, whatever that called."""


def told(error: BaseException) -> str:
    """Return the type of an exception, its first line, and the last line of the user's code on the way to it."""
    first_line = str(error).partition("\n")[0]
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not any(folder in Path(frame.filename).parents for folder in _OURS)]
    place = f" at {theirs[-1].filename}:{theirs[-1].lineno}" if theirs else ""
    return type(error).__name__ + (f": {first_line}" if first_line else "") + place
