"""The text report on a proof: the obligations, the counterexamples to induction, the violations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.engine.trace import Trace
from assay.checker.report.run import plural, seconds
from assay.checker.report.text import STYLE, columns, render_trace
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from assay.proofs.induction.results import Counterexample, ObligationResult, Refutation
from assay.proofs.reports.run import ProofRun
from rich.text import Text

__all__ = ["render_proof", "render_proofs"]

SHOWN = 3
"""Counterexamples that are shown in full unless more are asked for."""


def render_proof(run: ProofRun, *, full: bool = False) -> Iterator[Text]:
    """Yield the lines of the report on one model."""
    yield from _header(run)
    yield Text()
    yield from _obligations(run, full)
    yield from _examples(run, full)
    for refutation in run.result.refutations:
        yield Text()
        yield from _refutation(refutation, full)
    yield Text()
    yield from _conclusion(run)


def render_proofs(runs: Sequence[ProofRun], unproved: Sequence[tuple[str, str]] = ()) -> Iterator[Text]:
    """Yield a table of models, and why some could not be proved at all."""
    heads = ("model", "expected", "verdict", "obligations", "seconds", "EPR")
    rows = [[Text(head, style="dim") for head in heads], *(_row(run) for run in runs)]
    yield from columns(rows, right={3, 4})
    for name, why in unproved:
        yield Text(f"{name}: {why}", style="yellow")
    yield Text()
    failed = [run.model.name for run in runs if run.expectation is not Verdict.HOLDS]
    if failed:
        yield Text(f"not as expected: {', '.join(failed)}", style="bold red")
    else:
        yield Text(f"as expected: all {plural(len(runs), 'model')}", style="green")


def _row(run: ProofRun) -> list[Text]:
    proved, total = run.counts
    shown = {Verdict.HOLDS: "proved", Verdict.UNKNOWN: "not proved"}.get(
        run.verdict, f"violates {_first_few(run.result.violated)}"
    )
    style = "" if run.expectation is Verdict.HOLDS else STYLE[run.verdict]
    return [
        Text(run.model.name),
        Text(str(run.result.expected)),
        Text(shown, style=style),
        Text(f"{proved}/{total}"),
        Text(f"{run.result.seconds:.2f}"),
        Text("no" if run.result.cycle else "with relations" if run.result.relational else "yes"),
    ]


def _first_few(names: Sequence[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _header(run: ProofRun) -> Iterator[Text]:
    yield Text.assemble((run.model.name, "bold"), f"  {run.model.cls.__name__}")
    if run.model.doc:
        yield Text(f"  {run.model.doc}", style="dim")
    rows = [("for", run.scope), ("assuming", ", ".join(run.result.assumptions) or "nothing")]
    rows += [("fragment", run.fragment), ("bounds", f"{run.timeout:g} s each"), ("expected", str(run.result.expected))]
    yield from columns([(Text(name, style="dim"), Text(value)) for name, value in rows], indent="  ")
    for barrier in run.result.barriers:
        place = f"{barrier.location}: " if barrier.location else ""
        yield Text(f"  {place}{barrier.construct} in {barrier.method} needs sizes", style="yellow")


def _obligations(run: ProofRun, full: bool) -> Iterator[Text]:
    shown = [o for o in run.result.obligations if full or not (o.proved and o.note == "on sight")]
    yield from columns([_obligation(o, full) for o in shown], right={3}, indent="  ")
    hidden = len(run.result.obligations) - len(shown)
    if hidden:
        yield Text(
            f"  {plural(hidden, 'obligation')} proved on sight: the action changes nothing that the property reads",
            style="dim",
        )


def _obligation(result: ObligationResult, full: bool) -> tuple[Text, ...]:
    words = {True: ("proved", "green"), False: ("refuted", "bold red"), None: ("unknown", "yellow")}
    if result.guard:
        words = {True: ("fine", "green"), False: ("fails", "bold red"), None: ("unknown", "yellow")}
    word, style = words[result.proved]
    where = f"{result.claim} {result.action}" if result.action and not result.guard else result.claim
    return (
        Text(word, style=style),
        Text(result.subject),
        Text(where.replace("preserved ", "preserved by ").replace("step ", "in "), style="dim"),
        Text(f"{result.seconds:.3f} s" if result.seconds else ""),
        Text("; ".join(filter(None, [_fragment(result) if full else "", result.note])), style="dim"),
    )


def _fragment(result: ObligationResult) -> str:
    """Return whether the query is in EPR, or what leads out of it; nothing of what is no refutation."""
    if result.guard or result.note == "on sight":
        return ""
    return f"outside of EPR: {', '.join(result.cycle)}" if result.cycle else "EPR"


def _examples(run: ProofRun, full: bool) -> Iterator[Text]:
    found = [o for o in run.result.obligations if o.counterexample is not None]
    for result in found if full else found[:SHOWN]:
        yield Text()
        assert result.counterexample is not None
        yield from _example(result, result.counterexample)
    if len(found) > SHOWN and not full:
        yield Text()
        yield Text(f"{len(found) - SHOWN} more: --full shows them, --only NAME keeps to one", style="dim")


def _example(result: ObligationResult, example: Counterexample) -> Iterator[Text]:
    renderer = Renderer(example.instance)
    settings = ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())
    what = "violated initially" if result.claim == "initially" else f"not preserved by {result.action}"
    if result.claim == "step":
        what = f"violated by a step of {result.action}"
    what = "may fail" if result.claim == "never fails" else f"is {what}"
    yield Text.assemble("counterexample to induction: ", (result.subject, "bold red"), f" {what}")
    yield Text(f"  smallest instance: {settings}", style="dim")
    title = "initial state" if result.claim == "initially" else "a state that satisfies all invariants"
    yield Text.assemble("  1  ", (title, "bold"))
    rows = list(renderer.state(example.before))
    width = max((len(name) for name, _ in rows), default=0)
    yield from (Text(f"       {name:<{width}} = {value}") for name, value in rows)
    if example.call is not None:
        yield Text.assemble("  2  ", (renderer.call(example.call), "bold"))
    if example.call is not None and example.after is not None:
        changes = renderer.changes(example.before, example.after)
        yield from (Text(f"       {change}") for change in changes)
        if not changes:
            yield Text("       (no change)", style="dim")
    place = f"  ({example.location})" if example.location else ""
    if result.claim == "never fails":
        yield Text.assemble("  the model's own code fails: ", (example.note, "bold red"), (place, "dim"))
        yield from _reached(example)
        return
    yield Text.assemble("  violated: ", (example.part or result.subject, "bold red"), (place, "dim"))
    yield from _reached(example)
    if example.note:
        yield Text(f"  {example.note}", style="yellow")


def _reached(example: Counterexample) -> Iterator[Text]:
    if example.reachable is None:
        yield Text("  whether the state can be reached was not found out in time", style="yellow")
    elif not example.reachable:
        yield Text(
            "  the state cannot be reached in this instance: a lemma that excludes it would help", style="yellow"
        )
    elif example.call is not None:
        yield Text("  the state can be reached: the protocol is broken, see the trace", style="bold red")


def _refutation(refutation: Refutation, full: bool) -> Iterator[Text]:
    trace: Trace = refutation.trace
    if refutation.failure:
        states = f"{plural(len(trace), 'state')}, then the failure"
        yield Text.assemble(("the model's own code fails", "bold red"), f" in {refutation.source}: {states}")
        yield from render_trace(trace, full=full)
        yield Text(f"  then {refutation.failure}", style="bold red")
        return
    yield Text.assemble(
        f"the {refutation.kind} " if "invariant" in refutation.kind or refutation.kind == "lemma" else "",
        (refutation.name, "bold red"),
        f" is violated in {refutation.source}: {plural(len(trace), 'state')}",
    )
    yield from render_trace(trace, full=full)


def _conclusion(run: ProofRun) -> Iterator[Text]:
    yield Text(run.sentence, style=STYLE[run.verdict])
    slowest = run.slowest
    if slowest is not None and slowest.seconds:
        yield Text(f"  {seconds(run.result.seconds)} in all; slowest: {slowest.name}, {slowest.seconds:.3f} s")
    for warning in run.result.warnings:
        yield Text(f"  warning: {warning}", style="yellow")
    undecided = [o for o in run.result.failed if o.proved is None]
    if undecided and run.result.cycle:
        yield Text(
            "  help: outside of EPR the solver may not end. Usual cures: a relation instead of a map into an order,\n"
            "        a variable that holds the witness of an `any`, a lemma with its `any` in front",
            style="yellow",
        )
    yield Text(f"  not proved: {run.not_proved}", style="dim")
    if run.verdict is not Verdict.HOLDS:
        yield Text(f"  reproduce: {run.command}")
