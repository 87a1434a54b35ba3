"""Report the comparison of two versions of a repository: each difference, and a table of all items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assay.checker.changes import report as changes
from assay.checker.changes.report import Comparison
from assay.checker.gate.compared import Compared, Overview
from assay.checker.gate.report import finding_lines
from assay.checker.outputs import JSON_VERSION
from assay.checker.quantities import number, plural
from assay.checker.report.parts import Cell, Table
from assay.checker.report.run import seconds
from assay.checker.verdicts import ExitStatus
from rich.text import Text

__all__ = ["lines", "page", "record"]

_STYLE = {ExitStatus.AS_CLAIMED: "green", ExitStatus.FINDING: "bold red", ExitStatus.UNKNOWN: "yellow"}


def lines(overview: Overview) -> Iterator[Text]:
    """Yield the report for a terminal."""
    for each in overview.compared:
        if each.is_quiet:
            continue
        if isinstance(each.comparison, Comparison):
            yield from changes.lines(each.comparison)
        elif each.comparison is not None:
            yield from each.comparison.lines
        for finding in each.findings:
            yield from finding_lines(finding)
        yield Text("")
    yield from _table(overview).text()
    yield Text("")
    yield Text(_sentence(overview), style=_STYLE.get(overview.status, "bold red"))


def page(overview: Overview) -> str:
    """Return the report as Markdown, for a comment on a change."""
    parts = [f"**{_sentence(overview)}**", "\n".join(_table(overview).markdown())]
    for each in overview.compared:
        if not each.is_quiet and each.comparison is not None:
            parts.append(f"### {_name(each)}")
            compared = each.comparison
            parts.append((changes.page(compared) if isinstance(compared, Comparison) else compared.page).rstrip())
        parts += [
            f"{found.severity.value} {found.rule.identifier} `{found.subject}`: {found.message}"
            for found in each.findings
        ]
    return "\n\n".join([*parts, f"Again: `{overview.command}`"]) + "\n"


def record(overview: Overview) -> dict[str, Any]:
    """Return the report as a JSON object."""
    return {
        "version": JSON_VERSION,
        "before": overview.before,
        "after": overview.after,
        "items": [
            {
                "kind": each.kind.value,
                "reference": each.reference,
                "instance": each.instance,
                "effect": each.effect,
                "comparison": _compared(each),
                "findings": [found.record for found in each.findings],
                "exit_status": int(each.status),
            }
            for each in overview.compared
        ],
        "seconds": round(overview.seconds, 6),
        "command": overview.command,
        "exit_status": int(overview.status),
    }


def _compared(each: Compared) -> dict[str, Any] | None:
    match each.comparison:
        case None:
            return None
        case Comparison() as comparison:
            return changes.record(comparison)
        case change:
            found: dict[str, Any] = json.loads(change.record)
            return found


def _table(overview: Overview) -> Table:
    return Table(("compared", "effect", ""), tuple(map(_row, overview.compared)))


def _row(each: Compared) -> tuple[Cell, ...]:
    errors = len([found for found in _findings(each) if found.severity.value == "error"])
    others = len([*_findings(each)]) - errors
    told = [plural(errors, "error")] if errors else []
    told += [plural(others, "remark")] if others else []
    return (Cell(_name(each)), Cell(each.effect, _STYLE.get(each.status, "bold red")), Cell(", ".join(told)))


def _findings(each: Compared) -> Iterator[Any]:
    yield from each.findings
    if isinstance(each.comparison, Comparison):
        yield from each.comparison.findings
    elif each.comparison is not None:
        yield from each.comparison.survey.findings


def _name(each: Compared) -> str:
    at = "" if each.instance == "default" else f" [{each.instance}]"
    return f"{each.kind.value} {each.reference}{at}"


def _sentence(overview: Overview) -> str:
    differing = sum(not each.is_quiet for each in overview.compared)
    told = f"{number(differing)} of them differ" if differing != 1 else "1 of them differs"
    found = told if differing else "none of them differs"
    compared = plural(len(overview.compared), "item")
    return f"{overview.before} -> {overview.after}: {compared}, {found}; {seconds(overview.seconds)}"
