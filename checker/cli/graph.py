"""``assay graph``: the state graph of a model, as a picture or for other programs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, InstanceName, Limit, Settings, Typed
from assay.checker.cli.output import Destination, destination, print_result, source_of
from assay.checker.cli.request import CheckRequest, assignments, limits_given, model_among
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.errors import UsageError
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options
from assay.checker.report.run import plural
from assay.checker.verdicts import ExitStatus
from cyclopts import Parameter

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MODES", "graph"]

Format = Literal["dot", "graphml", "json", "svg"]

_FOR_THE_TEXT = 2 / 3
"""The fraction of the memory that is reserved for writing a graph: its text takes up to twice as much as its states."""

_EVERY = (
    "set instance output format until-violation property from depth max-states time-limit memory-limit engine deadlock"
)

_PICTURE = Mode.of("on pictures, dot and SVG", f"large {_EVERY}")
_DATA = Mode.of("on GraphML and JSON", _EVERY)

MODES = (_PICTURE, _DATA)

READABLE = 500
"""The number of states beyond which nobody can read a picture."""


def graph(
    model: str | None = None,
    /,
    *,
    settings: Settings = (),
    instance: InstanceName = "default",
    output: Annotated[str | None, Parameter(name=("--output", "-o"))] = None,
    format_: Annotated[Format | None, Parameter(name="--format")] = None,
    until_violation: Flag = False,
    property_: Annotated[str | None, Parameter(name="--property")] = None,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    depth: int | None = None,
    max_states: Limit = None,
    time_limit: Limit = None,
    memory_limit: Limit = None,
    engine: Literal["auto", "reference", "native"] = "auto",
    deadlock: bool = True,
    large: Flag = False,
    typed: Typed,
) -> int:
    """Draw the state graph of MODEL: dot, SVG, GraphML or JSON.

    Exit status: 0 if the graph was written, 2 for bad input, 3 if a limit left it incomplete.

    Parameters
    ----------
    model
        A library name (two_phase_commit, two_phase_commit:CommitsOnMajority), a dotted name
        (package.module:Class), or path/to/file.py[:Class].
    settings
        Sizes of sorts, values of parameters, quorum systems: --set Participant=2 crashes=1.
    instance
        The instance of the model to start from.
    output
        Write to this file instead of standard output; its suffix sets the format: .dot, .svg, .graphml, .json.
    format_
        The format, whatever the suffix. The default on standard output is dot.
    until_violation
        Show the states up to the depth at which a property is first violated, and the shortest path there.
        With --depth K only the states within K steps of that path; with --depth 0 the path alone.
    property_
        The property to look for instead of the first that is violated; for a reachable property, show a witness.
    from_
        Show what follows a state, given by its number, or a property: the states in which a reachable property is
        true or an invariant is violated.
    depth
        Show at most this many steps, from --from or from the initial states.
    max_states
        Stop after this many distinct states: 5000, 10k.
    time_limit
        Stop after this time: 30s, 5m, 2h.
    memory_limit
        Stop before using more memory than this: 512MiB, 2GiB. By default, whatever the machine has free.
    engine
        Which explorer to use; auto starts with reference and moves on to native if the state space is large.
    deadlock
        Treat a state that is not terminal although nothing can happen in it as a violation.
    large
        Draw a picture even if it has too many states for anybody to read.
    """
    from assay.checker.cli.excerpt import Excerpt, draw
    from assay.checker.report.graphs import PICTURES, render

    model, settings_ = model_among(model, settings)
    form = _format(output, format_)
    demand_effect(typed, _PICTURE if form in PICTURES else _DATA, MODES)
    given = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    bounds = replace(given, spare=_FOR_THE_TEXT)
    excerpt = Excerpt(until_violation or property_ is not None, property_, from_, depth)
    request = CheckRequest(Options(Engine(engine), bounds, deadlock=deadlock), instance, assignments(settings_))
    subject = load(_named(model))
    with destination(output, source_of(subject)) as file:
        lookout = Lookout(Limits(memory=bounds.memory))
        readable = READABLE if form in PICTURES and not large else None
        try:
            found = draw(request, subject, excerpt, readable, lookout.glance)
            if found is None or _is_interrupted(found):
                return ExitStatus.UNKNOWN
            _deliver(render(found, form, lookout.glance), file)
        except Ended as ended:
            detail = ended.stop.detail if ended.stop else "a limit was reached"
            print(f"not written: {detail}; ask for a part of it (--depth, --max-states)", file=sys.stderr)
            return ExitStatus.UNKNOWN
        return _status(found, file)


def _named(model: str | None) -> str:
    if model is None:
        raise UsageError("the state graph of which MODEL?", help="assay list shows the models; a file will do as well")
    return model


def _format(output: str | None, wanted: str | None) -> str:
    """Return the format: the one given by --format, or else by the suffix of the output file."""
    form = wanted or ("dot" if output is None else Path(output).suffix.removeprefix(".").lower())
    if form not in get_args(Format):
        suffix = f"the suffix .{form}" if form else "no suffix"
        raise UsageError(
            f"--output {output}: {suffix} is not the suffix of a format",
            help=f"possible are {', '.join(f'.{known}' for known in get_args(Format))}; or name one with --format",
        )
    if form == "svg":
        from assay.checker.report.graphs.svg import demand_graphviz

        demand_graphviz()
    return form


def _is_interrupted(graph: nx.MultiDiGraph) -> bool:
    """Return whether the user interrupted the exploration, and say so if so: a large graph takes minutes to draw."""
    stop = graph.graph["stop"]
    if stop is None or stop.reason is not StopReason.INTERRUPT:
        return False
    print(f"interrupted at {plural(len(graph), 'state')}: no graph is written", file=sys.stderr)
    return True


def _deliver(text: str, file: Destination | None) -> None:
    if file is None:
        print_result(text)
    else:
        file.write(text)


def _status(graph: nx.MultiDiGraph, file: Destination | None) -> int:
    """Report on standard error what was written and whether it is the whole graph; return the exit status."""
    said = f"{plural(len(graph), 'state')}, {plural(graph.number_of_edges(), 'step')}"
    stop = graph.graph["stop"]
    limited = stop is not None and stop.reason is not StopReason.DEPTH
    if limited:
        said += f"; incomplete: {stop.detail}"
    elif not graph.graph["complete"]:
        said += ", a part of the state graph"
    if graph.graph["cut"]:
        said += f"; {plural(graph.graph['cut'], 'way')} out of the constraint not followed"
    if graph.graph["failure"] is not None:
        said += f"; the model's own code fails, too: {graph.graph['failure']}"
    print(f"wrote {file.path}: {said}" if file else said, file=sys.stderr)
    return ExitStatus.UNKNOWN if limited else ExitStatus.AS_CLAIMED
