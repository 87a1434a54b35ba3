"""The report on the replay of a recorded trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker import outputs
from assay.checker.immutable import immutable
from assay.checker.language.loader import NamedModel
from assay.checker.outputs import JSON_VERSION
from assay.checker.properties.replay import Replay, Sighting, StepRefusal
from assay.checker.report.itf import RecordedTrace, encode_trace
from assay.checker.report.lassos import assumed
from assay.checker.report.parts import STYLE, code, escape, facts, render_trace, title, unfolding
from assay.checker.report.run import plural
from assay.checker.report.values import Renderer
from assay.checker.verdicts import ExitStatus, exit_status
from rich.text import Text

__all__ = ["ReplayRun", "as_json", "as_markdown", "as_text"]


@immutable
class ReplayRun:
    """A trace from a file, checked against a model.

    Attributes
    ----------
    model : NamedModel
        The model.
    recorded : RecordedTrace
        The trace as read from the file.
    replay : Replay
        The result of executing it.
    command : str
        The command line that repeats the replay.
    """

    model: NamedModel
    recorded: RecordedTrace
    replay: Replay
    command: str

    @property
    def status(self) -> ExitStatus:
        """The exit status: a trace that the model does not allow decides nothing."""
        return exit_status([self.replay.verdict])

    @property
    def settings(self) -> str:
        """The settings of the instance."""
        settings = self.replay.trace.instance.settings()
        return " ".join(f"{name}={value}" for name, value in settings.items()) or "no parameters"

    @property
    def origin(self) -> str:
        """The file, and what the trace in it was recorded as."""
        meta = self.recorded.meta
        what = list(dict.fromkeys(str(meta[key]) for key in ("kind", "property") if key in meta))
        what += [f"of {meta['model']}"] if "model" in meta else []
        of = f", recorded for {' '.join(what)}" if what else ""
        return f"{self.recorded.path}: {plural(len(self.recorded.states), 'state')}{of}"

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        replay, length = self.replay, len(self.recorded.states)
        if replay.violations:
            found = ", ".join(map(_sighted, replay.violations))
            until = "" if replay.refusal is None else f", and the model does not allow state {replay.refusal.number}"
            return f"violated: {found}{until}"
        if replay.refusal is not None:
            return f"unknown: not a path of the model, which does not allow state {replay.refusal.number} of {length}"
        whole = f"all {plural(length, 'state')} are a path of the model"
        if replay.trace.loop is not None and replay.unfair is not None:
            unfair = assumed(replay.unfair, Renderer(replay.trace.instance))
            whole += f" whose loop is not fair ({unfair}), so that it says nothing about properties of behaviours"
        return f"holds along this trace: {whole}, no property is violated"

    @property
    def not_checked(self) -> str:
        """What the verdict does not cover."""
        left = len(self.recorded.states) - len(self.replay.trace)
        parts = [f"the last {plural(left, 'state')} of the trace"] if left else []
        instance, loop = self.replay.trace.instance, self.replay.trace.loop
        if loop is not None and instance.specification.refinements:
            parts.append("whether the loop is fair to what it refines")
        return ", ".join([*parts, "any other path of the model"])


def _sighted(sighting: Sighting) -> str:
    """Return what was violated, and where."""
    by = "by the loop from" if sighting.subject.kind.is_temporal else "in"
    return f"{sighting.name} {by} state {sighting.number}"


def as_text(run: ReplayRun, *, full: bool = False) -> Iterator[Text]:
    """Yield the lines of the text report."""
    yield title(run.model)
    rows = [("instance", run.settings), ("engine", "reference"), ("trace", run.origin)]
    yield from facts(rows)
    yield Text()
    yield from render_trace(run.replay.trace, full=full)
    if run.replay.refusal is not None:
        first, *rest = _refusal(run, run.replay.refusal)
        yield Text(first, style="bold red")
        yield from map(Text, rest)
    yield Text()
    yield Text(run.sentence, style=STYLE[run.replay.verdict])
    for sighting in run.replay.reached:
        yield Text(f"  reached: {sighting.name} in state {sighting.number}")
    yield Text(f"  not checked: {run.not_checked}", style="dim")
    yield Text(f"  reproduce: {run.command}")


def _refusal(run: ReplayRun, refusal: StepRefusal) -> Iterator[str]:
    renderer = Renderer(run.replay.trace.instance)
    width = len(str(len(run.replay.trace)))
    action = f"{renderer.call(refusal.call)}: " if refusal.call else ""
    indent = " " * (width + 6)
    yield f"  {refusal.number:>{width}}  {action}{refusal.reason}"
    if refusal.guard is not None:
        yield f"{indent}{refusal.guard.location}: {refusal.guard.complaint}: {refusal.guard.text}"
    if refusal.expected is not None and refusal.recorded is not None:
        yield f"{indent}from what the model gives to what the trace has:"
        yield from (f"{indent}{change}" for change in renderer.changes(refusal.expected, refusal.recorded))
    elif refusal.recorded is not None and run.replay.trace.steps:
        yield f"{indent}what the trace changes:"
        yield from (f"{indent}{change}" for change in renderer.changes(run.replay.trace.last, refusal.recorded))


def as_json(run: ReplayRun) -> str:
    """Return the JSON report."""
    replay, refusal = run.replay, run.replay.refusal
    record: dict[str, Any] = {
        "version": JSON_VERSION,
        "model": run.model.name,
        "parameters": replay.trace.instance.settings(),
        "engine": "reference",
        "replay": run.recorded.path,
        "verdict": replay.verdict.value,
        "length": len(run.recorded.states),
        "executed": len(replay.trace),
        "violations": [{"name": s.name, "kind": s.subject.kind.value, "state": s.number} for s in replay.violations],
        "reached": [{"name": s.name, "state": s.number} for s in replay.reached],
        "refusal": None if refusal is None else {"state": refusal.number, "explanation": _explanation(run, refusal)},
        "trace": encode_trace(replay.trace, model=run.model.name),
        "command": run.command,
    }
    return outputs.as_json(record)


def _explanation(run: ReplayRun, refusal: StepRefusal) -> list[str]:
    return [line.strip() for line in _refusal(run, refusal)]


def as_markdown(run: ReplayRun, *, full: bool = False) -> str:
    """Return the Markdown report."""
    lines = [f"### {code(run.model.name)}: {run.replay.verdict.value} along a recorded trace", ""]
    lines += [f"**{escape(run.sentence)}**", ""]
    lines += [f"Trace: {escape(run.origin)}; instance {code(run.settings)}", ""]
    lines += unfolding("the trace", render_trace(run.replay.trace, full=full))
    if run.replay.refusal is not None:
        lines += ["", "```text", *_refusal(run, run.replay.refusal), "```"]
    lines += ["", f"Not checked: {run.not_checked}.", "", f"Reproduce: {code(run.command)}"]
    return "\n".join(lines) + "\n"
