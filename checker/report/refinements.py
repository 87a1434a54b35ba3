"""Refinements in reports: a trace as the abstract model sees it, and what the abstract model would have allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assay.checker.engine.trace import TraceStep
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.report.values import Renderer
from rich.text import Text

if TYPE_CHECKING:
    from assay.checker.properties.implementation import CandidateCall, Implementation

__all__ = ["render_implementation"]


def render_implementation(seen: Implementation) -> Iterator[Text]:
    """Yield the steps as the abstract model sees them, and after the last one what it would allow instead."""
    renderer, width = Renderer(seen.trace.instance), len(str(len(seen.trace)))
    yield Text(f"  As {seen.trace.instance.specification.name} sees it:", style="bold")
    indent = " " * (width + 8)
    before: TraceStep | None = None
    for number, step in enumerate(seen.trace, start=1):
        last = number == len(seen.trace) and (seen.attempts or seen.refused is not None)
        yield Text(f"    {number:>{width}}  {_said(seen, renderer, before, step, bool(last))}")
        yield from (Text(f"{indent}{line}") for line in _changes(renderer, before, step))
        before = step
    if seen.unfair is not None:
        yield Text(f"    {seen.reason}: {seen.unfair.fairness}", style="bold red")
    for attempt in seen.attempts:
        yield from (Text(f"{indent}{line}") for line in _attempted(renderer, attempt, seen.trace.last))


def _said(seen: Implementation, renderer: Renderer, before: TraceStep | None, step: TraceStep, last: bool) -> str:
    if last:
        return seen.reason
    if step.call is not None:
        return renderer.call(step.call)
    return "initial state" if before is None else "nothing happens"


def _changes(renderer: Renderer, before: TraceStep | None, step: TraceStep) -> Iterator[str]:
    if before is None:
        yield from (f"{name} = {value}" for name, value in renderer.state(step.state))
    else:
        yield from map(str, renderer.changes(before.state, step.state))


def _attempted(renderer: Renderer, attempt: CandidateCall, target: Frozen) -> Iterator[str]:
    """Yield how close a call comes: where it leads instead, and the first guard that prevents it."""
    differences = list(map(str, renderer.changes(attempt.after, target)))
    call = renderer.call(attempt.call)
    if attempt.guard is None:
        yield f"{call} leads elsewhere: what was seen differs from that by {'; '.join(differences)}"
        return
    yield f"{call} {'would lead there' if not differences else 'would come near'}, but is not enabled:"
    yield f"  {attempt.guard.location}: {attempt.guard.complaint}: {attempt.guard.text}"
    yield from (f"  and what was seen differs from where it would lead: {difference}" for difference in differences)
