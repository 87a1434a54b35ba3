"""``assay diff`` on two quorum configurations: is the change from one to the other safe, and if not, in which steps?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checker.errors import UsageError
from assay.checker.immutable import immutable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.checker.findings.survey import Survey
    from assay.proofs.quorums.report import QuorumReport
    from rich.text import Text

__all__ = ["QuorumChange", "changed", "surveyed"]

SECONDS = 60.0
"""The default time for the analysis."""


@immutable
class QuorumChange:
    """The change from one quorum configuration to another.

    Attributes
    ----------
    report : QuorumReport
        The analysis.
    words : pair of str
        The names that the user gave the two.
    command : str
        The command that repeats the analysis.
    """

    report: QuorumReport
    words: tuple[str, str]
    command: str

    @property
    def status(self) -> int:
        """The exit status."""
        return int(self.report.status)

    @property
    def effect(self) -> str:
        """The effect of the change, in a few words."""
        from assay.proofs.quorums.safety import Condition

        assert self.report.change is not None
        condition = self.report.change.condition
        words = {Condition.SAFE: "safe in one step", Condition.SPLIT: "not safe in one step"}
        return words.get(condition, condition.value)

    @property
    def survey(self) -> Survey:
        """The change, for the formats of other programs."""
        from assay.proofs.reports.surveys import of_quorums

        return of_quorums(self.report, self.command, self.words)

    @property
    def record(self) -> str:
        """The change as JSON."""
        from assay.proofs.quorums.rendering import machine

        return machine.encode(self.report)

    @property
    def lines(self) -> list[Text]:
        """The change for a terminal."""
        return [*_lines(self.report, self.words, self.command)]

    @property
    def page(self) -> str:
        """The change as Markdown."""
        return "\n".join(["```text", *(line.plain.rstrip() for line in self.lines), "```", ""])


def changed(
    files: tuple[Path, Path],
    words: tuple[str, str],
    settings: Mapping[str, str],
    *,
    as_: str | None = None,
    seconds: float | None,
    command: str,
) -> QuorumChange:
    """Analyse whether a change of a quorum configuration is safe, and in which steps.

    Parameters
    ----------
    files : pair of Path
        The two configurations.
    words : pair of str
        The names that the user gave them.
    settings : mapping from name to text
        Settings that their format has no place for.
    as_ : str, optional
        The name of the format; detected by default.
    seconds : float, optional
        The time for the analysis; `SECONDS` by default.
    command : str
        The command that repeats the analysis.

    Raises
    ------
    AssayError
        If one cannot be read, or the two are of systems that have nothing to do with each other.
    """
    from assay.proofs.quorums.analyse import analyse
    from assay.proofs.quorums.formats.reading import read_configuration
    from assay.proofs.quorums.questions import Questions, Topic

    before, after = (
        read_configuration(file, as_=as_, settings=dict(settings), name=name)
        for file, name in zip(files, words, strict=True)
    )
    limit = SECONDS if seconds is None else seconds
    asked = Questions(topics=frozenset({Topic.SURVIVAL}), time_limit=limit)
    report = analyse(before, asked, against=after)
    if report.change is None:
        raise UsageError(
            f"{words[0]} is of {before.format} and {words[1]} of {after.format}: no cluster changes so",
            help="assay quorum compares them",
        )
    return QuorumChange(report, words, command)


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
