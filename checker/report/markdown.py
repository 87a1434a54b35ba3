"""The Markdown report, meant as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.report import tables
from assay.checker.report.lassos import render_result
from assay.checker.report.parts import code, escape, render_trace, unfolding
from assay.checker.report.run import CheckRun, Refused, headline, plural
from assay.checker.verdicts import Verdict

__all__ = ["library_page", "run_page"]


def run_page(run: CheckRun, *, full: bool = False) -> str:
    """Return the report on one model."""
    return "\n".join(_run(run, full, level=3)) + "\n"


def library_page(shown: Sequence[CheckRun | Refused], unchecked: Sequence[str] = (), *, full: bool = False) -> str:
    """Return the report on several models: a table, then those that are not as expected."""
    failed = [run for run in shown if isinstance(run, CheckRun) and not run.as_expected]
    refused = [model for model in shown if isinstance(model, Refused)]
    wrong = len(failed) + len(refused)
    title = f"{wrong} of {plural(len(shown), 'model')} not as expected"
    title = title if wrong else f"{plural(len(shown), 'model')}, as expected"
    lines = [f"### assay check: {title}", ""]
    if unchecked:
        lines += [f"Interrupted, not checked: {', '.join(map(code, unchecked))}.", ""]
    lines += tables.models(shown).markdown(order=range(6))
    for model in refused:
        lines += ["", f"#### {code(model.name)}: error", "", f"**{escape(model.sentence)}**"]
    for run in failed:
        lines += ["", *_run(run, full, level=4)]
    runs = [run for run in shown if isinstance(run, CheckRun)]
    lines += ["", f"Checked too: {tables.covered(runs)}."] if tables.covered(runs) else []
    lines += ["", f"Not checked: {tables.left_out(runs)}."]
    return "\n".join(lines) + "\n"


def _run(run: CheckRun, full: bool, level: int) -> Iterator[str]:
    yield f"{'#' * level} {code(run.model.name)}: {run.verdict.value}"
    yield ""
    yield f"**{escape(run.sentence)}**" + (f"; {escape(run.expectation_note)}" if run.expectation_note else "")
    yield ""
    yield from (f"{escape(name)}: {escape(words)}.  " for name, words in run.given.items())
    yield f"Instance {code(run.settings)}, engine {run.result.exploration.engine}, bounds: {run.bounds}."
    yield f"{run.statistics}."
    yield ""
    yield from tables.verdicts(run).markdown(order=(1, 0, 2))
    for result in run.counterexamples:
        assert result.trace is not None
        heading = f"{headline(result)}; {result.note}" if result.note else headline(result)
        yield from ("", *unfolding(heading, render_result(result, full=full)))
    failure = run.result.exploration.failure
    if failure is not None:
        shown = render_trace(failure.trace(), full=full)
        yield from ("", *unfolding(f"the model's own code fails, too: {failure}", shown))
    yield from ("", "<details><summary>coverage of the actions</summary>", "")
    yield from tables.coverage(run).markdown(order=range(3))
    yield from ("", "</details>", "")
    yield from (f"Warning: {escape(warning)}." for warning in run.result.warnings)
    yield f"Not checked: {run.not_checked}."
    if run.verdict is not Verdict.HOLDS or run.contradicts:
        yield from ("", f"Reproduce: {code(run.command)}")
