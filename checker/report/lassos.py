"""Lassos in reports: the trace with its loop, and why the loop is fair."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.properties.lassos import Assumption, Fulfilment
from assay.checker.properties.result import PropertyResult
from assay.checker.report.parts import render_trace
from assay.checker.report.refinements import render_implementation
from assay.checker.report.values import Renderer
from rich.text import Text

__all__ = ["assumed", "named", "render_result"]


def named(result: PropertyResult) -> str:
    """Return the name of a property, with the values of its parameters for which it is violated."""
    if not result.arguments or result.trace is None:
        return result.name
    return Renderer(result.trace.instance).call((result.name, result.arguments))


def render_result(result: PropertyResult, *, full: bool = False) -> Iterator[Text]:
    """Yield the trace of a property and, if it is a lasso, why the loop is fair."""
    assert result.trace is not None
    renderer, marks = Renderer(result.trace.instance), dict[int, str]()
    for fulfilment in result.fulfilments:
        for index in fulfilment.taken:
            marks[index] = ", ".join(filter(None, (marks.get(index, ""), _short(fulfilment.assumption, renderer))))
    yield from render_trace(result.trace, full=full, marks=marks)
    if result.fulfilments:
        yield Text("  The loop is fair:", style="dim")
        for fulfilment in result.fulfilments:
            yield Text(f"    {assumed(fulfilment.assumption, renderer)}: {_why(fulfilment)}", style="dim")
    if result.implementation is not None:
        yield from render_implementation(result.implementation)


def assumed(assumption: Assumption, renderer: Renderer) -> str:
    """Return a fairness assumption in words: ``weak fairness of take, n=n1``."""
    fairness = assumption.fairness
    strength = "strong" if fairness.is_strong else "weak"
    return f"{strength} fairness of {_about(assumption, renderer)}"


def _short(assumption: Assumption, renderer: Renderer) -> str:
    return f"fair: {_about(assumption, renderer)}"


def _about(assumption: Assumption, renderer: Renderer) -> str:
    fairness = assumption.fairness
    actions = " or ".join(fairness.actions) or "all actions"
    first = fairness.actions[0] if fairness.actions else renderer.instance.specification.actions[0].name
    types = dict(renderer.parameters(first))
    values = [f"{name}={renderer.value(types[name], value)}" for name, value in assumption.fixed.items()]
    return f"{actions}({', '.join(values)})" if values else actions


def _why(fulfilment: Fulfilment) -> str:
    if fulfilment.taken:
        return "it happens in the loop"
    if fulfilment.assumption.fairness.is_strong:
        return "it is enabled nowhere in the loop"
    assert fulfilment.disabled is not None
    return f"it is not enabled in state {fulfilment.disabled + 1}"
