"""GitLab's code quality report: a list of issues, each with a place and a fingerprint of its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import Level
from assay.checker.findings.survey import Survey
from assay.checker.report.formats.places import path_of, relative

__all__ = ["code_quality"]

_SEVERITY = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info", Level.OFF: "info"}


def code_quality(survey: Survey) -> str:
    """Return the findings of a run as GitLab reads them; what is unknown without a finding is an issue, too."""
    seen: Counter[str] = Counter()
    issues = [_issue(found, _unique(found.fingerprint, seen)) for found in (*survey.findings, *survey.unsaid)]
    return json.dumps(issues, indent=2) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    place = path_of(finding)
    # GitLab drops issues without a file of the repository, so those about no file are placed at the project's settings.
    inside = None if place is None else relative(place.file)
    return {
        "description": f"{finding.rule.identifier} {finding.subject}: {finding.message}",
        "check_name": finding.rule.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITY[finding.severity],
        "location": {
            "path": inside or _ELSEWHERE,
            "lines": {"begin": max(place.line, 1) if place is not None and inside is not None else 1},
        },
    }


_ELSEWHERE = "pyproject.toml"


def _unique(fingerprint: str, seen: Counter[str]) -> str:
    """Return a unique fingerprint: GitLab shows only one of two issues that share one."""
    seen[fingerprint] += 1
    return fingerprint if seen[fingerprint] == 1 else _hash(f"{fingerprint} {seen[fingerprint]}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
