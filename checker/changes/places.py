"""Source lines, with paths relative to a version's root so that they do not depend on where it was checked out."""

from __future__ import annotations

import os
from pathlib import Path

from assay.checker.errors import Location

__all__ = ["Line", "line_of", "location"]

Line = tuple[str, int]
"""A file and a line number."""


def line_of(place: Location | None, top: Path | None = None) -> Line | None:
    """Return a location with its file relative to `top`, by default the working directory."""
    if place is None:
        return None
    path, root = Path(os.path.abspath(place.file)), Path.cwd() if top is None else top
    inside = next((path.relative_to(r) for r in (root, root.resolve()) if path.is_relative_to(r)), None)
    return (place.file if inside is None else inside.as_posix(), place.line)


def location(line: Line | None) -> Location | None:
    """Return the location of a line."""
    return None if line is None else Location(*line)
