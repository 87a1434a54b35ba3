"""The format of a report, and where the report goes."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from assay.checker.cli.exported import Exported
from assay.checker.cli.output import Destination, print_result
from assay.checker.errors import UsageError
from assay.checker.immutable import immutable
from assay.checker.outputs import as_json

if TYPE_CHECKING:
    from assay.checker.findings.survey import Survey
    from assay.checker.report.replay import ReplayRun
    from assay.checker.report.run import CheckRun, Refused
    from rich.text import Text

__all__ = ["Form", "again", "deliver", "deliver_page", "deliver_survey", "write_trace"]


@immutable
class Form:
    """How a report should look.

    Attributes
    ----------
    name : {"text", "json", "markdown"}
        The format.
    full : bool
        Whether text and Markdown show whole states.
    exported : {"junit", "sarif", "github", "gitlab"}, optional
        A format for other programs, which replaces the report.
    """

    name: Literal["text", "json", "markdown"] = "text"
    full: bool = False
    exported: Exported | None = None

    def deliver_one(self, run: CheckRun, file: Destination | None) -> None:
        """Write the report on one model."""
        if self.exported is None:
            deliver(self.one(run), file)
            return
        from assay.checker.report.surveys import of_check

        deliver_survey(of_check(run), self.exported, file)

    def deliver_many(
        self, runs: Sequence[CheckRun | Refused], unchecked: Sequence[str], file: Destination | None
    ) -> None:
        """Write the report on several models."""
        if self.exported is None:
            deliver(self.many(runs, unchecked), file)
            return
        from assay.checker.report.surveys import of_checks

        deliver_survey(of_checks(runs, unchecked, again()), self.exported, file)

    def one(self, run: CheckRun) -> str | list[Text]:
        """Return the report on one model."""
        match self.name:
            case "json":
                from assay.checker.report import machine

                return as_json(machine.run_record(run))
            case "markdown":
                from assay.checker.report import markdown

                return markdown.run_page(run, full=self.full)
            case "text":
                from assay.checker.report import text

                return list(text.render_run(run, full=self.full))

    def many(self, runs: Sequence[CheckRun | Refused], unchecked: Sequence[str]) -> str | list[Text]:
        """Return the report on several models, each compared with what its model says to expect."""
        match self.name:
            case "json":
                from assay.checker.report import machine

                return as_json(machine.library_record(runs, unchecked))
            case "markdown":
                from assay.checker.report import markdown

                return markdown.library_page(runs, unchecked, full=self.full)
            case "text":
                from assay.checker.report import text

                return list(text.render_library(runs, unchecked, full=self.full))

    def replay(self, run: ReplayRun) -> str | list[Text]:
        """Return the report on a replayed trace."""
        from assay.checker.report import replay

        match self.name:
            case "json":
                return replay.as_json(run)
            case "markdown":
                return replay.as_markdown(run, full=self.full)
            case "text":
                return list(replay.as_text(run, full=self.full))


def deliver(report: str | list[Text], file: Destination | None) -> None:
    """Write a report to its file, or to standard output."""
    if file is not None:
        file.write(report if isinstance(report, str) else _plain(report))
        print(f"wrote {file.path}", file=sys.stderr)
    elif isinstance(report, str):
        print_result(report)
    else:
        _print(report)


def again() -> str:
    """Return the command line of this process, where nothing else can name the run."""
    return shlex.join(["assay", *sys.argv[1:]])


def deliver_survey(survey: Survey, format_: str, file: Destination | None) -> None:
    """Write a run's findings in a format for another program and, in a GitHub job, its summary."""
    from assay.checker.report.formats import FORMATS, github, markdown

    deliver(FORMATS[format_](survey), file)
    summary = github.summary_file() if format_ == "github" else None
    if summary is not None:
        try:
            with open(summary, "a", encoding="utf-8", errors="replace") as appended:
                appended.write(markdown.page(survey))
        except OSError as error:
            raise UsageError(f"cannot write the summary of the job, {summary}: {error.strerror or error}") from None


def deliver_page(survey: Survey, report: str | Iterable[Text], file: Destination | None) -> None:
    """Write a run as a page of Markdown: what was found, and the report as text below it."""
    from assay.checker.report.formats import markdown

    deliver(markdown.page(survey, report if isinstance(report, str) else _plain(report)), file)


def write_trace(run: CheckRun, file: Destination) -> None:
    """Write the first counterexample in the Informal Trace Format, and say so on standard error."""
    from assay.checker.report import itf

    if not run.counterexamples:
        print(f"there is no counterexample, so {file.path} was not written", file=sys.stderr)
        return
    first = run.counterexamples[0]
    assert first.trace is not None
    file.write(itf.encode_file(first.trace, model=run.model.name, property=first.name, kind=first.kind.value))
    print(f"wrote {file.path}: the counterexample to {first.name}", file=sys.stderr)


def _plain(lines: Iterable[Text]) -> str:
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def _print(lines: list[Text]) -> None:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        print_result(_plain(lines))
        return
    from assay.checker.report.terminal import console_on, write

    write(lines, console_on(sys.stdout))
