"""Where a finding is, as other programs want it: a path from the top of the project, with slashes."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from assay.checker.errors import Location
from assay.checker.findings.finding import Finding

__all__ = ["path_of", "relative", "uri"]


def path_of(finding: Finding) -> Location | None:
    """Return the location of a finding, or else the file of its subject; None if it has none."""
    if finding.location is not None and finding.location.file:
        return finding.location
    return None if finding.subject.file is None else Location(finding.subject.file)


def relative(file: str) -> str | None:
    """Return the path of a file from the working directory; None if it lies outside of that."""
    path = Path(os.path.abspath(file))
    try:
        return PurePosixPath(path.relative_to(Path.cwd())).as_posix()
    except ValueError:
        return None


def uri(file: str) -> str:
    """Return a file as a URI: relative to the working directory, or absolute where it lies outside of that."""
    inside = relative(file)
    return quote(inside) if inside is not None else Path(os.path.abspath(file)).as_uri()
