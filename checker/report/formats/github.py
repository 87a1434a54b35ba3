"""GitHub's annotations, as workflow commands on standard output, and the summary of a job.

Source
    GitHub, *Workflow commands for GitHub Actions*: a step shows ten annotations of each kind, and no more.
"""

from __future__ import annotations

import os

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import Level
from assay.checker.findings.survey import Survey
from assay.checker.report.formats.places import path_of, relative

__all__ = ["summary_file", "workflow_commands"]

MOST = 10
"""Annotations of a kind that a step shows."""

_COMMAND = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice", Level.OFF: "debug"}


def summary_file() -> str | None:
    """Return the file to which the summary of the job is appended, if this is a job of GitHub's."""
    return os.environ.get("GITHUB_STEP_SUMMARY") or None


def workflow_commands(survey: Survey) -> str:
    """Return the findings of a run as annotations; of more than ten of a kind, the last one counts the rest."""
    said: dict[str, list[str]] = {}
    for finding in (*survey.findings, *survey.unsaid):
        said.setdefault(_COMMAND[finding.severity], []).append(_annotation(finding))
    return "".join(f"{line}\n" for command, lines in said.items() for line in _at_most(command, lines))


def _at_most(command: str, lines: list[str]) -> list[str]:
    if len(lines) <= MOST:
        return lines
    left = len(lines) - (MOST - 1)
    return [*lines[: MOST - 1], f"::{command} title=assay::{left} more are in the summary of the job"]


def _annotation(finding: Finding) -> str:
    place = path_of(finding)
    inside = None if place is None else relative(place.file)
    properties = []
    if place is not None and inside is not None:
        properties.append(f"file={_property(inside)}")
        properties += [f"line={place.line}"] if place.line else []
        properties += [f"col={place.column}"] if place.line and place.column else []
    properties.append(f"title={_property(f'{finding.rule.identifier} {finding.rule.name}')}")
    steps = [f"{number:3}  {step.words}" for number, step in enumerate(finding.steps, start=1)]
    words = "\n".join([f"{finding.subject}: {finding.message}", *steps, f"What to do: {finding.remedy}"])
    return f"::{_COMMAND[finding.severity]} {','.join(properties)}::{_data(words)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
