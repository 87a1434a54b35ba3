"""The part of a state graph that a command line asks for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from assay.checker.cli.progress import watching
from assay.checker.cli.request import CheckRequest
from assay.checker.engine.explorers import Engine, Patience, first_slowly, machine_code
from assay.checker.engine.graph import mark, mark_path, neighbourhood, state_graph, where
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import TooLarge
from assay.checker.engine.trace import Trace
from assay.checker.errors import UsageError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import NamedModel
from assay.checker.properties.check import Options, demand_axioms
from assay.checker.properties.result import PropertyResult
from assay.checker.report.run import CheckRun
from assay.checker.verdicts import Verdict
from assay.checker.wording import nearest

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Excerpt", "draw"]

_QUICK = 2_000
"""The number of states that the interpreter builds before *auto* moves on to the native explorer."""


@immutable
class Excerpt:
    """A part of a state graph.

    Attributes
    ----------
    until : bool
        Whether to stop where a property is violated (or a `@reachable` one reached) and mark the path there.
    property : str, optional
        Which one; by default the first that is violated.
    origin : str, optional
        Where to begin instead of the initial states: the number of a state, or the name of a property.
    depth : int, optional
        How many steps from there; with `until`, from the marked path.
    """

    until: bool = False
    property: str | None = None
    origin: str | None = None
    depth: int | None = None

    def demand_sense(self, specification: Specification, *, deadlock: bool) -> None:
        """Refuse options that contradict each other or name nothing."""
        if self.depth is not None and self.depth < 0:
            raise UsageError(f"--depth {self.depth}: expected a number of steps, 0 or more")
        if self.until and self.origin is not None:
            raise UsageError("--from and --until-violation (or --property) exclude each other")
        known = [found.name for found in (*specification.judged(deadlock=deadlock), *specification.impossible)]
        if self.property is not None and self.property not in known:
            near = nearest(self.property, known)
            raise UsageError(
                f"{specification.name} has no property {self.property!r}{near}", help=f"it has {', '.join(known)}"
            )


def draw(
    request: CheckRequest,
    model: NamedModel,
    excerpt: Excerpt,
    readable: int | None = None,
    look: Callable[[], None] = lambda: None,
) -> nx.MultiDiGraph | None:
    """Build the requested part of a model's state graph, and mark in it what was asked for.

    Parameters
    ----------
    readable : int, optional
        Refuse more states than this.
    look : callable, optional
        Called for each state and step that is marked; an exception from it ends the work.

    Returns
    -------
    MultiDiGraph, or None
        None if the property was neither found nor ruled out; standard error says why.

    Raises
    ------
    UsageError
        If the excerpt makes no sense, or has more states than can be read.
    """
    excerpt.demand_sense(model.specification, deadlock=request.options.deadlock)
    instance = request.instantiate(model)
    with instance.active():
        demand_axioms(instance)
    try:
        if excerpt.until:
            graph = _until(request, model, excerpt, readable)
        else:
            graph = _around(instance, request, excerpt, readable)
    except TooLarge:
        raise _unreadable(f"more than {readable}") from None
    if graph is None:
        return None
    if readable is not None and len(graph) > readable:
        raise _unreadable(f"{len(graph):,}")
    mark(graph, deadlock=request.options.deadlock, look=look)
    return graph


def _unreadable(states: str) -> UsageError:
    return UsageError(
        f"a picture of {states} states is unreadable",
        help="show a part (--until-violation, --depth 3, --from PROPERTY), make the instance smaller (--set), "
        "write --format graphml or json, or insist with --large",
    )


def _around(instance: Instance, request: CheckRequest, excerpt: Excerpt, readable: int | None) -> nx.MultiDiGraph:
    """Build the graph from the initial states, or from the states that ``--from`` names."""
    if excerpt.origin is not None:
        whole = _without_failure(_build(instance, request.options))
        return neighbourhood(whole, _origin(whole, excerpt.origin), excerpt.depth)
    depth = None if excerpt.depth is None else excerpt.depth + 1
    return _without_failure(_build(instance, _to_depth(request.options, depth), readable))


def _without_failure(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the graph, unless the model's own code fails in one of its states: then steps are missing."""
    if graph.graph["failure"] is not None:
        raise graph.graph["failure"]
    return graph


def _to_depth(options: Options, depth: int | None) -> Options:
    return replace(options, limits=replace(options.limits, depth=depth))


def _build(instance: Instance, options: Options, readable: int | None = None) -> nx.MultiDiGraph:
    """Build a state graph with the interpreter while that is quick, else as arrays with the native explorer.

    It moves on sooner than a check does: a graph of Python objects takes a hundred times the memory.
    """
    with watching(instance.specification.name, options.limits) as watch:

        def slowly(limits: Limits, patience: Patience | None) -> nx.MultiDiGraph:
            few = readable or (_QUICK if patience else None)
            return state_graph(instance, limits, watch=watch, give_up=patience, give_up_after=few)

        def natively(limits: Limits) -> nx.MultiDiGraph:
            with machine_code():
                from assay.checker.engine.graph.native import native_state_graph

                return native_state_graph(instance, limits, watch=watch)

        if options.engine is Engine.NATIVE:
            return natively(options.limits)
        if options.engine is Engine.REFERENCE or readable:
            return slowly(options.limits, None)
        return first_slowly(instance, options.limits, slowly, natively)[0]


def _origin(graph: nx.MultiDiGraph, text: str) -> list[int]:
    if not text.isdecimal():
        found = list(where(graph, text))
        if not found:
            raise UsageError(f"--from {text}: there is no such state in this instance")
        return found
    if len(text) > 18 or int(text) not in graph:  # Python reads no number of thousands of digits
        raise UsageError(f"--from {text}: the states are numbered from 0 to {len(graph) - 1}")
    return [int(text)]


def _until(request: CheckRequest, model: NamedModel, excerpt: Excerpt, readable: int | None) -> nx.MultiDiGraph | None:
    """Build the levels up to a violation, and mark the path there."""
    trace = _trace(_search(request, excerpt).run(model), excerpt.property)
    if trace is None:
        return None
    options = _to_depth(request.options, len(trace))
    few = readable if excerpt.depth is None else None
    graph = _build_to_cut(trace, options, few) if _is_cut(trace) else _build(trace.instance, options, few)
    path = mark_path(graph, trace)
    return graph if excerpt.depth is None else neighbourhood(graph, path, excerpt.depth)


def _is_cut(trace: Trace) -> bool:
    """Return whether a trace ends outside the state constraints, where a graph normally has no node."""
    with trace.instance.active():
        return not Interpreter(trace.instance).is_inside(trace.last)


def _build_to_cut(trace: Trace, options: Options, few: int | None) -> nx.MultiDiGraph:
    """Build a state graph that includes the states just outside the constraints, which only the interpreter keeps."""
    with watching(trace.instance.specification.name, options.limits) as watch:
        return state_graph(trace.instance, options.limits, watch=watch, give_up_after=few, outside=True)


def _search(request: CheckRequest, excerpt: Excerpt) -> CheckRequest:
    """Return the request for the check that finds the violation."""
    options: Options = replace(request.options, keep_going=excerpt.property is not None)
    return replace(request, options=options)


def _trace(run: CheckRun, name: str | None) -> Trace | None:
    """Return the trace that a check found; None if a limit was hit first."""
    wanted = None if name is None else run.model.specification.named(name)
    found = [result for result in run.result.properties if result.subject == wanted]
    found = list(run.counterexamples) if name is None else found
    traces = [result.trace for result in found if result.trace is not None]
    if traces:
        return min(traces, key=len)
    result = found[0] if found else None
    # What is known of the named property counts: the run as a whole may be violated by another one.
    if (run.verdict if name is None or result is None else result.verdict) is Verdict.UNKNOWN:
        print(_undecided(run, result), file=sys.stderr)
        return None
    raise UsageError(_nothing(run, result), help="leave out --until-violation and --property")


def _undecided(run: CheckRun, result: PropertyResult | None) -> str:
    if result is None or run.verdict is Verdict.UNKNOWN:
        return run.sentence
    stop = run.result.exploration.stop
    return f"unknown: {result.name}: {result.note or ('it was not decided' if stop is None else stop.detail)}"


def _nothing(run: CheckRun, result: PropertyResult | None) -> str:
    model = run.model.specification.name
    if result is None:
        return f"no property of {model} is violated on a path of this instance"
    fate = "is reached in no state" if result.verdict is Verdict.VIOLATED else "holds"
    return f"{result.name} of {model} {fate} in this instance, so no path leads there"
