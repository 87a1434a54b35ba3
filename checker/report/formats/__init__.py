"""Report formats for other programs, each a function of a `Survey`."""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.findings.survey import Survey
from assay.checker.report.formats.github import workflow_commands
from assay.checker.report.formats.gitlab import code_quality
from assay.checker.report.formats.junit import junit
from assay.checker.report.formats.sarif import sarif

__all__ = ["FORMATS"]

FORMATS: dict[str, Callable[[Survey], str]] = {
    "junit": junit,
    "sarif": sarif,
    "github": workflow_commands,
    "gitlab": code_quality,
}
"""Each format by its name."""
