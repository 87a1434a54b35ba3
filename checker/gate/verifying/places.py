"""Lines of sources, named from the project on: wherever it is checked out, they are the same."""

from __future__ import annotations

import os
from pathlib import Path

from assay.checker.errors import Location
from assay.checker.gate.requests import Line

__all__ = ["line_of"]


def line_of(place: Location | None) -> Line | None:
    """Return the line of a location, in a process whose working directory is the top of the project."""
    if place is None:
        return None
    path, top = Path(os.path.abspath(place.file)), Path.cwd()
    return (path.relative_to(top).as_posix() if path.is_relative_to(top) else place.file, place.line)
