"""A run as a page of Markdown: the job summary of GitHub, a comment on a change."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.findings.finding import Finding
from assay.checker.findings.survey import Survey
from assay.checker.report.formats.mermaid import sequence_diagram
from assay.checker.report.parts import Cell, Table, code, escape

__all__ = ["MOST_BYTES", "page"]

MOST_BYTES = 1_000_000
"""GitHub refuses a summary of more than a mebibyte as a whole."""

MOST_DIAGRAMS = 10


def page(survey: Survey, report: str = "") -> str:
    """Return a run as Markdown, each counterexample with a diagram; cut, where it would be too long to be shown.

    Parameters
    ----------
    survey : Survey
        The run.
    report : str
        The report of the command as text; left out where it is too long.
    """
    head = "\n".join([f"## {escape(survey.title)}", "", f"**{escape(survey.sentence)}**", "", *_table(survey), ""])
    written, left = [_cut(head, MOST_BYTES // 2)], MOST_BYTES - MOST_BYTES // 2
    for number, finding in enumerate(survey.findings):
        part = "\n".join([*_finding(finding, with_diagram=number < MOST_DIAGRAMS), ""])
        if len(part.encode("utf-8", "replace")) > left:
            written.append(f"\n{len(survey.findings) - number} more findings are not shown.\n")
            break
        left -= len(part.encode("utf-8", "replace"))
        written.append(part)
    if report and len(report.encode("utf-8", "replace")) <= left:
        written.append(
            "\n".join(["<details><summary>The report</summary>", "", *_fenced(report), "", "</details>", ""])
        )
    return "\n".join([*written, f"Again: {code(survey.again)}", ""])


def _fenced(text: str) -> Iterator[str]:
    yield "```text"
    yield from (line.replace("```", "'''") for line in text.splitlines())
    yield "```"


def _cut(text: str, most: int) -> str:
    """Return the first lines of a text, of `most` bytes in all; say so if that is not all of it."""
    lines: list[str] = []
    used = 0
    for line in text.split("\n"):
        used += len(line.encode("utf-8", "replace")) + 1
        if used > most:
            return "\n".join([*lines, "", "More was checked than is shown.", ""])
        lines.append(line)
    return text


def _table(survey: Survey) -> Iterator[str]:
    rows = tuple(
        (
            Cell(checked.verdict.value),
            Cell(checked.subject.name, is_code=True),
            Cell(checked.claim, is_code=True),
            Cell("; ".join(f"{finding.rule.identifier} {finding.message}" for finding in checked.findings)),
        )
        for checked in survey.checked
    )
    return Table(("verdict", "of", "claim", ""), rows).markdown()


def _finding(finding: Finding, *, with_diagram: bool) -> Iterator[str]:
    severity, rule = finding.severity.value, finding.rule
    yield f"### {severity} {rule.identifier} {escape(rule.name)}: {code(finding.subject.name)}"
    yield ""
    yield f"{escape(finding.message)}."
    if finding.location is not None:
        yield f"At {code(str(finding.location))}."
    if finding.steps:
        diagram = sequence_diagram(finding.steps) if with_diagram else ""
        yield from ("", "```mermaid", diagram, "```") if diagram else ()
        steps = "\n".join(f"{number:3}  {step.words}" for number, step in enumerate(finding.steps, 1))
        yield from ("", "<details><summary>The steps</summary>", "", *_fenced(steps), "", "</details>")
    yield ""
    yield f"What to do: {escape(finding.remedy)}."
