"""The text report: plain lines, coloured on a terminal, the same at every width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.engine.trace import Failed
from assay.checker.report import tables
from assay.checker.report.lassos import render_result
from assay.checker.report.parts import STYLE, facts, render_trace, title
from assay.checker.report.run import CheckRun, Refused, headline, plural, seconds
from assay.checker.verdicts import Verdict
from rich.text import Text

__all__ = ["render_library", "render_run"]


def render_run(run: CheckRun, *, full: bool = False) -> Iterator[Text]:
    """Yield the lines of the report on one model."""
    yield from _header(run)
    yield Text()
    yield from tables.verdicts(run).text(indent="  ", heads=False)
    yield from _traces(run, full)
    yield Text()
    yield from tables.coverage(run).text(indent="  ")
    yield Text()
    yield from _conclusion(run)


def render_library(
    shown: Sequence[CheckRun | Refused], unchecked: Sequence[str] = (), *, full: bool = False
) -> Iterator[Text]:
    """Yield a table of the models, then the details of those that are not as expected."""
    yield from tables.models(shown).text()
    for one in shown:
        if isinstance(one, Refused):
            yield from (Text(), Text(f"{one.name}: {one.sentence}", style="red"))
            if isinstance(one.error, Failed):
                yield from render_trace(one.error.trace(), full=full)
        elif not one.as_expected:
            yield Text()
            yield from render_run(one, full=full)
    yield Text()
    yield from _conclusions(shown, unchecked)
    runs = [run for run in shown if isinstance(run, CheckRun)]
    states = sum(run.result.exploration.distinct for run in runs)
    spent = sum(run.elapsed for run in runs)
    yield Text(f"  {plural(states, 'state')}, {seconds(spent)}")
    if in_the_end := tables.covered(runs):
        yield Text(f"  checked too: {in_the_end}", style="dim")
    yield Text(f"  not checked: {tables.left_out(runs)}", style="dim")


def _conclusions(shown: Sequence[CheckRun | Refused], unchecked: Sequence[str]) -> Iterator[Text]:
    failed = [run.model.name for run in shown if isinstance(run, CheckRun) and not run.as_expected]
    refused = [model.name for model in shown if isinstance(model, Refused)]
    if refused:
        yield Text(f"error: {', '.join(refused)} ({len(refused)} of {plural(len(shown), 'model')})", style="bold red")
    if failed:
        named = f"{', '.join(failed)} ({len(failed)} of {plural(len(shown), 'model')})"
        yield Text(f"not as expected: {named}", style="bold red")
    if unchecked:
        yield Text(f"interrupted, not checked: {', '.join(unchecked)}", style="yellow")
    if not (refused or failed or unchecked):
        yield Text(f"as expected: {plural(len(shown), 'model')}", style="green")


def _header(run: CheckRun) -> Iterator[Text]:
    yield title(run.model)
    if run.model.doc:
        yield Text(f"  {run.model.doc}", style="dim")
    rows = [*run.given.items(), ("instance", run.settings)]
    rows += [("engine", run.result.exploration.engine), ("bounds", run.bounds)]
    rows += [("expected", str(run.result.expected))]
    yield from facts(rows)


def _traces(run: CheckRun, full: bool) -> Iterator[Text]:
    for result in (*run.counterexamples, *(run.witnesses if full else ())):
        assert result.trace is not None
        yield Text()
        yield Text(headline(result), style="bold red" if result.verdict is Verdict.VIOLATED else "bold")
        yield from render_result(result, full=full)
        if result.note:
            yield Text(f"  {result.note}", style="bold red")
    failure = run.result.exploration.failure
    if failure is not None:
        yield Text()
        yield Text(f"the model's own code fails, too: {failure}", style="bold red")
        yield from render_trace(failure.trace(), full=full)


def _conclusion(run: CheckRun) -> Iterator[Text]:
    yield Text(run.sentence, style=STYLE[run.verdict])
    if run.expectation_note:
        yield Text(run.expectation_note, style="bold red")
    yield Text(f"  {run.statistics}")
    for warning in run.result.warnings:
        yield Text(f"  warning: {warning}", style="yellow")
    yield Text(f"  not checked: {run.not_checked}", style="dim")
    if run.verdict is not Verdict.HOLDS or run.contradicts:
        yield Text(f"  reproduce: {run.command}")
