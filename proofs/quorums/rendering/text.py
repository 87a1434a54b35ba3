"""The report as lines of text, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assay.checker.verdicts import Verdict
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.rendering.change_text import change_lines, in_one_step
from assay.proofs.quorums.rendering.claims import STYLE, claim
from assay.proofs.quorums.rendering.names import legible, shown
from assay.proofs.quorums.rendering.outline import outline
from assay.proofs.quorums.rendering.table import cost_rows, survival_rows, table
from assay.proofs.quorums.report import Assessment, QuorumReport
from assay.proofs.quorums.systems import NODES
from rich.text import Text

__all__ = ["opening", "render", "rest"]

SEVERITY = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def render(report: QuorumReport, *, trees: bool = False) -> Iterator[Text]:
    """Yield the lines of the report; with ``trees``, also the trees that were read from the files."""
    yield from opening(report, trees=trees)
    yield from rest(report, trees=trees)


def opening(report: QuorumReport, *, trees: bool = False) -> Iterator[Text]:
    """Yield the first lines: the verdict on the configuration, which is known first."""
    yield from _legible(_assessment(report.subject, trees=trees))


def rest(report: QuorumReport, *, trees: bool = False) -> Iterator[Text]:
    """Yield the lines after the opening."""
    yield from _legible(_rest(report, trees=trees))


def _legible(lines: Iterable[Text]) -> Iterator[Text]:
    """Yield lines without characters that cannot be seen, whichever name or message they came with."""
    for line in lines:
        line.plain = legible(line.plain)
        yield line


def _rest(report: QuorumReport, *, trees: bool) -> Iterator[Text]:
    if report.against is not None:
        yield Text()
        yield from _assessment(report.against, trees=trees)
        if report.change is None and not report.is_open:
            yield Text()
            yield from _comparison(report.subject, report.against)
    if report.change is not None:
        yield Text()
        yield from change_lines(report.change, report.subject.configuration)
    yield from _tables(report)
    yield from _missing(report)
    yield from _findings(report.findings)
    yield from _certificates(report)
    yield Text()
    yield from _conclusion(report)


def _comparison(one: Assessment, other: Assessment) -> Iterator[Text]:
    formats = one.configuration.format, other.configuration.format
    are = "two systems" if formats[0] != formats[1] else "systems without a class of quorums in common"
    yield Text(f"{one.system.name} and {other.system.name} are {are}: they are compared, and no change is checked")


def _tables(report: QuorumReport) -> Iterator[Text]:
    titles = ("the old configuration:", "the new configuration:")
    if report.change is None:
        titles = ("the first:", "the second:")
    sides = [(titles[0], [*survival_rows(report.survival, report.subject.system), *cost_rows(report)])]
    if report.against is not None:
        sides.append((titles[1], [*survival_rows(report.survival_after, report.against.system)]))
    for title, rows in sides:
        if rows:
            yield Text()
            if report.against is not None:
                yield Text(title, style="dim")
            yield from table(rows)


def _assessment(one: Assessment, *, trees: bool) -> Iterator[Text]:
    files = ", ".join(shown(file) for file in one.configuration.files)
    yield Text.assemble((files, "bold"), f": {one.configuration.format}, {one.system.name}")
    if one.configuration.rule:
        yield Text(f"  rule: {one.configuration.rule}", style="dim")
    if one.configuration.source:
        yield Text(f"  source: {one.configuration.source}", style="dim")
    if trees:
        yield from (Text(f"  {line}") for line in outline(one.configuration.system))
    for checked in one.safety.checked:
        yield from claim(checked, one.system)
    for name in one.safety.empty:
        yield Text(f"  no set of nodes is a quorum for {name!r}", style=STYLE[Verdict.VIOLATED])
    for reason in one.reasons:
        yield Text(f"  unknown: {reason}", style=STYLE[Verdict.UNKNOWN])
    yield Text.assemble("  verdict: ", (one.condition.value, STYLE[one.condition.verdict]))


def _findings(findings: Sequence[QuorumFinding]) -> Iterator[Text]:
    if findings:
        yield Text()
    for finding in findings:
        place = f"{finding.location}: " if finding.location else ""
        yield Text.assemble(
            (f"{finding.severity.value}: ", SEVERITY[finding.severity]), f"{place}{finding.message} [{finding.code}]"
        )
        if finding.help:
            yield Text(f"  help: {finding.help}", style="dim")


def _missing(report: QuorumReport) -> Iterator[Text]:
    for one in report.missing:
        yield Text(f"  missing: {one.what}: {one.why}", style=STYLE[Verdict.UNKNOWN])


def _certificates(report: QuorumReport) -> Iterator[Text]:
    if report.certificates:
        yield Text()
    for one in report.certificates:
        if not one.answers:
            said = "not checked again: cvc5 is not installed"
        elif one.is_confirmed:
            said = f"cvc5 agrees: {one.expected}, {len(one.answers)} of {len(one.answers)}"
        else:
            said = f"cvc5 answers {', '.join(dict.fromkeys(one.answers))}"
        yield Text(f"certificate {one.file}: {said}")


def _conclusion(report: QuorumReport) -> Iterator[Text]:
    for demand in report.demands:
        what = "crashes" if demand.name == NODES else f"losses by {shown(demand.name)}"
        state = {True: "met", False: "not met", None: "not known"}[demand.met]
        yield Text.assemble(f"demand: survive any {demand.least} {what}: ", (state, STYLE[demand.verdict]))
    took = f" in {report.seconds:.2f} s, exit status {int(report.status)}"
    if report.change is not None:
        yield Text.assemble("the change in one step: ", in_one_step(report.change), took)
        return
    verdicts = [one.condition for one in (report.subject, report.against) if one is not None]
    said = [(one.value, STYLE[one.verdict]) for one in verdicts]
    yield Text.assemble(said[0], *(part for one in said[1:] for part in (" and ", one)), took)
