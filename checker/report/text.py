"""The text report: plain lines, coloured on a terminal, the same in every width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assay.checker.engine.trace import Trace
from assay.checker.language.loader import NamedModel
from assay.checker.properties.result import PropertyResult
from assay.checker.report.run import CheckRun, about, claim, headline, number, plural, seconds
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from rich.text import Text

__all__ = ["STYLE", "columns", "render_library", "render_run", "render_trace", "title"]

STYLE = {Verdict.HOLDS: "green", Verdict.VIOLATED: "bold red", Verdict.UNKNOWN: "yellow"}


def render_run(run: CheckRun, *, full: bool = False) -> Iterator[Text]:
    """Yield the lines of the report on one model."""
    yield from _header(run)
    yield Text()
    yield from _properties(run.result.properties)
    yield from _traces(run, full)
    yield Text()
    yield from _coverage(run)
    yield Text()
    yield from _conclusion(run)


def render_trace(trace: Trace, *, full: bool = False) -> Iterator[Text]:
    """Yield a trace, step by step: the first state in full, then what each action changed."""
    renderer, before = Renderer(trace.instance), None
    width = len(str(len(trace)))
    for index, step in enumerate(trace, start=1):
        action = renderer.call(step.call) if step.call else "initial state"
        yield Text.assemble(f"  {index:>{width}}  ", (action, "bold"))
        indent = " " * (width + 6)
        if before is None or full:
            rows = list(renderer.state(step.state))
            names = max((len(name) for name, _ in rows), default=0)
            yield from (Text(f"{indent}{name:<{names}} = {value}") for name, value in rows)
        else:
            changes = renderer.changes(before, step.state)
            yield from (Text(f"{indent}{change}") for change in changes)
            if not changes:
                yield Text(f"{indent}(no change)", style="dim")
        before = step.state


def render_library(runs: Sequence[CheckRun], unchecked: Sequence[str] = (), *, full: bool = False) -> Iterator[Text]:
    """Yield a table of the models, then the details of those that are not as expected."""
    heads = ("model", "expected", "verdict", "states", "depth", "seconds", "")
    rows = [_library_row(run) for run in runs]
    yield from columns([tuple(Text(head, style="dim") for head in heads), *rows], right={3, 4, 5})
    for run in runs:
        if not run.as_expected:
            yield Text()
            yield from render_run(run, full=full)
    yield Text()
    failed = [run for run in runs if not run.as_expected]
    states = sum(run.result.exploration.distinct for run in runs)
    spent = sum(run.elapsed for run in runs)
    if failed or unchecked:
        names = ", ".join(run.model.name for run in failed)
        if failed:
            yield Text(f"not as expected: {names} ({len(failed)} of {plural(len(runs), 'model')})", style="bold red")
        if unchecked:
            yield Text(f"interrupted, not checked: {', '.join(unchecked)}", style="yellow")
    else:
        yield Text(f"as expected: {plural(len(runs), 'model')}", style="green")
    yield Text(f"  {plural(states, 'state')}, {seconds(spent)}")
    yield Text("  not checked: other instances, liveness", style="dim")


def _library_row(run: CheckRun) -> tuple[Text, ...]:
    exploration = run.result.exploration
    shown = f"violates {', '.join(run.result.violated)}" if run.verdict is Verdict.VIOLATED else run.verdict.value
    mark = Text("") if run.as_expected else Text("not as expected", style="bold red")
    style = "" if run.as_expected else STYLE[run.verdict]
    return (
        Text(run.model.name),
        Text(str(run.result.expected)),
        Text(shown, style=style),
        Text(number(exploration.distinct)),
        Text(str(exploration.depth)),
        Text(f"{run.elapsed:.2f}"),
        mark,
    )


def columns(rows: Sequence[Sequence[Text]], *, right: Iterable[int] = (), indent: str = "") -> Iterator[Text]:
    """Yield the rows with their cells aligned, two blanks apart; the columns in ``right`` to the right."""
    flush, count = set(right), max(map(len, rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    for row in rows:
        line = Text(indent)
        for i, cell in enumerate(row):
            space = " " * (widths[i] - len(cell))
            line += Text.assemble(space, cell) if i in flush else Text.assemble(cell, space)
            line += "  "
        line.rstrip()
        yield line


def title(model: NamedModel) -> Text:
    """Return the name of a model, and its class where the name does not tell."""
    cls = model.cls.__name__
    named = model.name.endswith(f":{cls}")
    return Text.assemble((model.name, "bold"), "" if named else f"  {cls}")


def _header(run: CheckRun) -> Iterator[Text]:
    yield title(run.model)
    if run.model.doc:
        yield Text(f"  {run.model.doc}", style="dim")
    rows = [*run.given.items(), ("instance", run.settings)]
    rows += [("engine", run.result.exploration.engine), ("bounds", run.bounds)]
    rows += [("expected", str(run.result.expected))]
    yield from columns([(Text(name, style="dim"), Text(value)) for name, value in rows], indent="  ")


def _properties(properties: Sequence[PropertyResult]) -> Iterator[Text]:
    rows = [
        (Text(p.verdict.value, style=STYLE[p.verdict]), Text(claim(p)), Text(about(p), style="dim")) for p in properties
    ]
    yield from columns(rows, indent="  ")


def _traces(run: CheckRun, full: bool) -> Iterator[Text]:
    for result in (*run.counterexamples, *(run.witnesses if full else ())):
        assert result.trace is not None
        yield Text()
        yield Text(headline(result), style="bold red" if result.verdict is Verdict.VIOLATED else "bold")
        yield from render_trace(result.trace, full=full)


def _coverage(run: CheckRun) -> Iterator[Text]:
    heads = (Text("action", style="dim"), Text("fired", style="dim"), Text("new states", style="dim"))
    rows = [
        (Text(action.name), Text(number(action.fired)), Text(number(action.discovered)), _mark(action.fired, run))
        for action in run.result.actions
    ]
    yield from columns([heads, *rows], right={1, 2}, indent="  ")


def _mark(fired: int, run: CheckRun) -> Text:
    if fired:
        return Text("")
    return Text("never fired", style="bold red") if run.result.exhaustive else Text("not yet fired", style="yellow")


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
