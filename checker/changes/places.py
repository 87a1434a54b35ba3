"""Lines of sources, named from the top of a version's files: wherever they were written to, they are the same."""

from __future__ import annotations

import os
from pathlib import Path

from assay.checker.errors import Location

__all__ = ["Line", "line_of", "location"]

Line = tuple[str, int]
"""A file and a line in it."""


def line_of(place: Location | None, top: Path | None = None) -> Line | None:
    """Return the line of a location: its file from the top of the version's files on.

    By default that is the working directory.
    """
    if place is None:
        return None
    path, root = Path(os.path.abspath(place.file)), Path.cwd() if top is None else top
    inside = next((path.relative_to(r) for r in (root, root.resolve()) if path.is_relative_to(r)), None)
    return (place.file if inside is None else inside.as_posix(), place.line)


def location(line: Line | None) -> Location | None:
    """Return the location of a line."""
    return None if line is None else Location(*line)
