"""Convert a run of the gate to a survey, the input of the report formats for other programs."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.findings.finding import Finding, status_of
from assay.checker.findings.subject import Subject
from assay.checker.findings.survey import Checked, Survey
from assay.checker.gate.facts import Outcome
from assay.checker.gate.gating import Gating

__all__ = ["survey"]


def survey(gating: Gating, again: str) -> Survey:
    """Return a survey with an entry for each item and its findings.

    Parameters
    ----------
    gating : Gating
        The run.
    again : str
        The command that repeats the run.
    """
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in gating.findings:
        by_subject.setdefault(finding.subject, []).append(finding)
    checked = [_checked(outcome, by_subject.pop(outcome.item.subject, [])) for outcome in gating.outcomes]
    left = [
        Checked(subject, "is gated", status_of(found).verdict, tuple(found)) for subject, found in by_subject.items()
    ]
    return Survey("assay gate", (*checked, *left), again)


def _checked(outcome: Outcome, found: Iterable[Finding]) -> Checked:
    expected = str(outcome.facts.get(("expected",), outcome.facts.get(("verdict",), "")))
    findings = tuple(found)
    note = "found by an earlier run of the same content" if outcome.is_cached else ""
    return Checked(outcome.item.subject, expected, status_of(findings).verdict, findings, note, outcome.seconds)
