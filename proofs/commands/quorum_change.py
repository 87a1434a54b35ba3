"""``assay diff`` on two quorum configurations: is the change from one to the other safe, and if not, in which steps?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checker.cli.exported import Exported, is_exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.checker.cli.output import Destination
    from assay.checker.findings.survey import Survey
    from assay.proofs.quorums.report import QuorumReport
    from rich.text import Text

__all__ = ["compare", "surveyed"]

SECONDS = 60.0
"""How long the analysis may take where no limit is given."""


def compare(
    files: tuple[Path, Path],
    words: tuple[str, str],
    settings: Mapping[str, str],
    *,
    seconds: float | None,
    format_: str | Exported,
    command: str,
    place: Destination | None,
) -> int:
    """Report on a change of a quorum configuration, and return the exit status.

    Parameters
    ----------
    files : pair of Path
        Where the two configurations are.
    words : pair of str
        What the user calls them.

    Raises
    ------
    AssayError
        If one cannot be read, or the two are of systems that have nothing to do with each other.
    """
    from assay.proofs.quorums.analyse import analyse
    from assay.proofs.quorums.formats.reading import read_configuration
    from assay.proofs.quorums.questions import Questions, Topic
    from assay.proofs.reports.surveys import of_quorums

    before, after = (read_configuration(file, as_=None, settings=dict(settings)) for file in files)
    limit = SECONDS if seconds is None else seconds
    asked = Questions(topics=frozenset({Topic.SURVIVAL}), time_limit=limit)
    report = analyse(before, asked, against=after)
    if report.change is None:
        raise UsageError(
            f"{words[0]} is of {before.format} and {words[1]} of {after.format}: no cluster changes so",
            help="assay quorum compares them",
        )
    if is_exported(format_):
        deliver_survey(of_quorums(report, command, words), format_, place)
    elif format_ == "json":
        from assay.proofs.quorums.rendering import machine

        deliver(machine.encode(report), place)
    else:
        lines = [*_lines(report, words, command)]
        fenced = "\n".join(["```text", *(line.plain.rstrip() for line in lines), "```", ""])
        deliver(fenced if format_ == "markdown" else lines, place)
    return int(report.status)


def surveyed(file: str, against: str | None, settings: Mapping[str, str]) -> Survey:
    """Return the survey of a quorum configuration, or of the change from it to another one.

    Raises
    ------
    AssayError
        If one cannot be read.
    """
    from assay.proofs.quorums.analyse import analyse
    from assay.proofs.quorums.formats.reading import read_configuration
    from assay.proofs.quorums.questions import Questions, Topic
    from assay.proofs.reports.surveys import of_quorums

    files = [file, *([] if against is None else [against])]
    subject, *after = (read_configuration(Path(each), as_=None, settings=dict(settings)) for each in files)
    asked = Questions(topics=frozenset({Topic.SURVIVAL}), time_limit=SECONDS)
    report = analyse(subject, asked, against=after[0] if after else None)
    return of_quorums(report, shlex.join(["assay", "quorum", file, *(["--against", against] if against else [])]))


def _lines(report: QuorumReport, words: tuple[str, str], command: str) -> Iterator[Text]:
    from assay.proofs.quorums.rendering.change_text import change_lines
    from rich.text import Text

    assert report.change is not None
    assert report.against is not None
    yield Text.assemble((words[0], "bold"), " -> ", (words[1], "bold"), "  quorum configurations")
    for name, assessment in (("before", report.subject), ("after", report.against)):
        yield Text(f"  {name:<6}  {assessment.system.name}: {assessment.condition.value}")
    yield Text("")
    yield from change_lines(report.change, report.subject.configuration)
    yield Text("")
    yield Text(f"again: {command}", style="dim")
