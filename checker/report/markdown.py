"""The Markdown report: a comment on a pull request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from assay.checker.engine.trace import Trace
from assay.checker.report import text
from assay.checker.report.run import CheckRun, about, claim, headline, number, plural
from assay.checker.verdicts import Verdict

__all__ = ["escape", "library_page", "run_page", "table", "trace_block"]


def run_page(run: CheckRun, *, full: bool = False) -> str:
    """Return the report on one model."""
    return "\n".join(_run(run, full, level=3)) + "\n"


def library_page(runs: Sequence[CheckRun], unchecked: Sequence[str] = (), *, full: bool = False) -> str:
    """Return the report on several models: a table, then those that are not as expected."""
    failed = [run for run in runs if not run.as_expected]
    title = f"{len(failed)} of {plural(len(runs), 'model')} not as expected"
    title = title if failed else f"{plural(len(runs), 'model')}, as expected"
    lines = [f"### assay check: {title}", ""]
    if unchecked:
        lines += [f"Interrupted, not checked: {', '.join(map(_code, unchecked))}.", ""]
    heads = ("model", "expected", "verdict", "states", "depth", "seconds")
    lines += table(heads, map(_library_row, runs), right={3, 4, 5})
    for run in failed:
        lines += ["", *_run(run, full, level=4)]
    lines += ["", "Not checked: other instances, liveness."]
    return "\n".join(lines) + "\n"


def _library_row(run: CheckRun) -> tuple[str, ...]:
    shown = f"violates {', '.join(run.result.violated)}" if run.verdict is Verdict.VIOLATED else run.verdict.value
    exploration = run.result.exploration
    verdict = shown if run.as_expected else f"**{shown}**"
    counts = (number(exploration.distinct), str(exploration.depth), f"{run.elapsed:.2f}")
    return (_code(run.model.name), str(run.result.expected), verdict, *counts)


def _run(run: CheckRun, full: bool, level: int) -> Iterator[str]:
    yield f"{'#' * level} {_code(run.model.name)}: {run.verdict.value}"
    yield ""
    yield f"**{escape(run.sentence)}**" + (f"; {escape(run.expectation_note)}" if run.expectation_note else "")
    yield ""
    yield from (f"{escape(name)}: {escape(words)}.  " for name, words in run.given.items())
    yield f"Instance {_code(run.settings)}, engine {run.result.exploration.engine}, bounds: {run.bounds}."
    yield f"{run.statistics}."
    yield ""
    rows = ((_code(claim(p)), p.verdict.value, escape(about(p))) for p in run.result.properties)
    yield from table(("property", "verdict", ""), rows)
    for result in run.counterexamples:
        assert result.trace is not None
        yield from ("", *trace_block(headline(result), result.trace, full=full, open_=True))
    yield from ("", "<details><summary>coverage of the actions</summary>", "")
    coverage = ((_code(a.name), number(a.fired), number(a.discovered)) for a in run.result.actions)
    yield from table(("action", "fired", "new states"), coverage, right={1, 2})
    yield from ("", "</details>", "")
    yield from (f"Warning: {escape(warning)}." for warning in run.result.warnings)
    yield f"Not checked: {run.not_checked}."
    if run.verdict is not Verdict.HOLDS or run.contradicts:
        yield from ("", f"Reproduce: {_code(run.command)}")


def trace_block(title: str, trace: Trace, *, full: bool = False, open_: bool = False) -> Iterator[str]:
    """Yield a trace, folded away unless ``open_``."""
    yield f"<details{' open' if open_ else ''}><summary>{escape(title)}</summary>"
    yield from ("", "```text")
    yield from (line.plain.rstrip() for line in text.render_trace(trace, full=full))
    yield from ("```", "", "</details>")


def table(heads: Sequence[str], rows: Iterable[tuple[str, ...]], *, right: Collection[int] = ()) -> Iterator[str]:
    """Yield the lines of a table; the columns in ``right`` are flush right."""
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---:" if i in right else "---" for i in range(len(heads))) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def escape(words: str) -> str:
    """Return words that Markdown leaves as they are."""
    return "".join(f"\\{c}" if c in "*_`<>[]#|\\" else c for c in words)


def _code(words: str) -> str:
    return f"`{words}`"
