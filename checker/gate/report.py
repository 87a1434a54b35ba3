"""The gate's report, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import Level
from assay.checker.gate.facts import Outcome
from assay.checker.gate.gating import Gating
from assay.checker.outputs import JSON_VERSION
from assay.checker.quantities import number, plural
from assay.checker.report.parts import Cell, Table
from assay.checker.report.rules import STYLE
from assay.checker.verdicts import ExitStatus
from rich.text import Text

__all__ = ["finding_lines", "lines", "record"]


def lines(gating: Gating) -> Iterator[Text]:
    """Yield the report for a terminal."""
    yield from Table(("gated", "expected", "verdict", ""), tuple(map(_row, gating.outcomes))).text()
    for finding in gating.findings:
        yield Text("")
        yield from finding_lines(finding)
    yield Text("")
    yield _sentence(gating)


def _row(outcome: Outcome) -> tuple[Cell, ...]:
    facts = outcome.facts
    return (
        Cell(outcome.item.words),
        Cell(str(facts.get(("expected",), ""))),
        Cell(str(facts.get(("verdict",), ""))),
        Cell(_size(outcome), "dim"),
    )


def _size(outcome: Outcome) -> str:
    for what in ("states", "worlds"):
        if isinstance(count := outcome.facts.get((what,)), int):
            return f"{number(count)} {what}"
    return ""


def finding_lines(finding: Finding) -> Iterator[Text]:
    """Yield a finding for a terminal: its subject, its steps and its remedy."""
    style = STYLE[finding.severity]
    yield Text.assemble(
        (finding.severity.value, style),
        f" {finding.rule.identifier} ",
        (finding.subject.name, "bold"),
        f": {finding.message}",
    )
    for n, step in enumerate(finding.steps, start=1):
        yield Text(f"  {n:3}  {step.words}")
    if finding.location is not None and finding.location.line:
        yield Text(f"  at {finding.location}", style="dim")
    yield Text(f"  help: {finding.remedy}", style="dim")


def _sentence(gating: Gating) -> Text:
    """Return the summary line."""
    counted = plural(len(gating.outcomes), "item")
    match gating.status:
        case ExitStatus.AS_CLAIMED:
            return Text(f"as accepted: {counted}", style="green")
        case ExitStatus.UNKNOWN if not gating.outcomes and not gating.refused:
            return Text("unknown: nothing was verified", style="yellow")
    errors = sum(finding.severity is Level.ERROR for finding in gating.findings)
    return Text(f"{plural(errors, 'error')}: {counted}", style="bold red")


def record(gating: Gating) -> dict[str, Any]:
    """Return the report as a JSON object."""
    return {
        "version": JSON_VERSION,
        "items": [
            {
                "kind": outcome.item.kind.value,
                "reference": outcome.item.reference,
                "instance": outcome.item.instance,
                "facts": [{"name": list(name), "value": value} for name, value in outcome.facts.items()],
                "cached": outcome.is_cached,
                "seconds": round(outcome.seconds, 6),
            }
            for outcome in gating.outcomes
        ],
        "findings": [
            {**found.record, "subject": found.subject.name, "steps": [step.words for step in found.steps]}
            for found in gating.findings
        ],
        "exit_status": int(gating.status),
    }
