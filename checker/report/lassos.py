"""Traces in reports, with their explanation: what the property claims, what happens, and why a loop is fair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assay.checker.engine.trace import Trace
from assay.checker.language.introspection.source import comment_at
from assay.checker.language.introspection.specification import Method, Property
from assay.checker.properties.result import PropertyResult
from assay.checker.report.parts import render_trace
from assay.checker.report.refinements import render_implementation
from assay.checker.report.values import Renderer
from rich.text import Text

if TYPE_CHECKING:
    from assay.checker.properties.lassos import Assumption, Fulfilment

__all__ = ["assumed", "named", "render_result"]


def named(result: PropertyResult) -> str:
    """Return the name of a property, with the values of its parameters for which it is violated."""
    if not result.arguments or result.trace is None:
        return result.name
    return Renderer(result.trace.instance).call((result.name, result.arguments))


def render_result(result: PropertyResult, *, full: bool = False) -> Iterator[Text]:
    """Yield what a property says and its trace; if that is a lasso, why the loop is fair; and what its actions are."""
    assert result.trace is not None
    yield from _said_of(result.subject)
    renderer, marks = Renderer(result.trace.instance), dict[int, str]()
    for fulfilment in result.fulfilments:
        for index in fulfilment.taken:
            marks[index] = ", ".join(filter(None, (marks.get(index, ""), _short(fulfilment.assumption, renderer))))
    yield from render_trace(result.trace, full=full, marks=marks)
    if result.fulfilments:
        yield Text("  The loop is fair:", style="dim")
        yield from (Text(f"    {line}", style="dim") for line in _reasons(result.fulfilments, renderer))
    if result.implementation is not None:
        yield from render_implementation(result.implementation)
    yield from _actions(result.trace)
    yield from _variables(result.trace)


def _said_of(subject: Property) -> Iterator[Text]:
    """Yield what a property says in the model's own words, for readers who do not have the source."""
    if isinstance(subject, Method) and subject.doc:
        yield Text(f"  {subject.doc}", style="dim")


def _actions(trace: Trace) -> Iterator[Text]:
    """Yield what the actions that a trace takes do, in the words of the model."""
    calls = [step.call for step in trace.steps] + [trace.loop.call if trace.loop is not None else None]
    taken = {call[0] for call in calls if call is not None}
    told = [method for method in trace.instance.specification.actions if method.name in taken and method.doc]
    if told:
        yield Text("  The actions:", style="dim")
        yield from (Text(f"    {method.name}: {method.doc}", style="dim") for method in told)


def _variables(trace: Trace) -> Iterator[Text]:
    """Yield what the variables mean, where the model says so in a comment behind one."""
    places = [(v.name, v.location) for v in trace.instance.specification.variables if v.location is not None]
    told = [(name, comment) for name, place in places if (comment := comment_at(place)) is not None]
    if told:
        yield Text("  The variables:", style="dim")
        yield from (Text(f"    {name}: {comment}", style="dim") for name, comment in told)


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


def _reasons(fulfilments: Sequence[Fulfilment], renderer: Renderer) -> Iterator[str]:
    """Yield why a loop is fair; what is so for the same reason, of the same assumption, in one line."""
    for fairness in dict.fromkeys(f.assumption.fairness for f in fulfilments):
        of_it = [f for f in fulfilments if f.assumption.fairness == fairness]
        yield from (_reason(f, renderer) for f in of_it if f.taken)
        for why in dict.fromkeys(_why(f) for f in of_it if not f.taken):
            alike = [f for f in of_it if not f.taken and _why(f) == why]
            yield _reason(alike[0], renderer) if len(alike) == 1 else f"{_together(alike, of_it)}: {why}"


def _reason(fulfilment: Fulfilment, renderer: Renderer) -> str:
    return f"{assumed(fulfilment.assumption, renderer)}: {_why(fulfilment)}"


def _together(alike: Sequence[Fulfilment], of_it: Sequence[Fulfilment]) -> str:
    """Return an assumption in words, for all choices of the values that it is made for each of, or for some."""
    fairness = alike[0].assumption.fairness
    if len(alike) == len(of_it):
        return str(fairness)
    return f"{replace(fairness, each=())}, for {len(alike)} other choices of {' and '.join(fairness.each)}"


def _why(fulfilment: Fulfilment) -> str:
    if fulfilment.taken:
        return "it happens in the loop"
    if fulfilment.assumption.fairness.is_strong:
        return "it is enabled nowhere in the loop"
    assert fulfilment.disabled is not None
    return f"it is not enabled in state {fulfilment.disabled + 1}"
