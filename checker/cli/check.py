"""``assay check``: explore every reachable state of a model, or of the whole library."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli.form import Form, deliver, write_trace
from assay.checker.cli.modes import Mode, demand_effect, demand_format
from assay.checker.cli.options import Flag, Format, InstanceName, Limit, Settings, Typed
from assay.checker.cli.output import destination, source_of
from assay.checker.cli.registry import quorum_reader
from assay.checker.cli.request import CheckRequest, assignments, limits_given, model_among
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError, UsageError
from assay.checker.inputs import read_text
from assay.checker.language.execution.settings import settable
from assay.checker.language.loader import NamedModel, library, load, load_all
from assay.checker.properties.check import Engine, Options
from assay.checker.report.run import CheckRun, Refused
from assay.checker.verdicts import ExitStatus, exit_status, worst
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.checker.report import itf

__all__ = ["MODES", "check"]

_SEARCH = "instance deep engine max-states max-depth time-limit memory-limit keep-going deadlock format output full"

_MODEL = Mode.of("for MODEL alone", f"set itf {_SEARCH}")
_CONFIGURED = Mode.of("for MODEL with --quorums", f"set itf quorums as {_SEARCH}")
_FILE = Mode.of("with --all", f"all {_SEARCH}")
_LIBRARY = Mode.of("without MODEL", f"all {_SEARCH}")
_REPLAY = Mode.of("for MODEL with --replay", "set instance deep deadlock format output full replay")
_NODES = Mode.of(
    "with --implementation",
    "set max-states max-depth time-limit memory-limit keep-going format output full implementation",
)

MODES = (_MODEL, _CONFIGURED, _FILE, _LIBRARY, _REPLAY, _NODES)


def check(
    model: str | None = None,
    /,
    *,
    settings: Settings = (),
    instance: InstanceName = "default",
    deep: Flag = False,
    every: Annotated[Flag, Parameter(name="--all")] = False,
    engine: Literal["auto", "reference", "native"] = "auto",
    max_states: Limit = None,
    max_depth: Limit = None,
    time_limit: Limit = None,
    memory_limit: Limit = None,
    keep_going: Flag = False,
    deadlock: bool = True,
    format_: Format = "text",
    output: str | None = None,
    full: Flag = False,
    itf: str | None = None,
    replay: str | None = None,
    quorums: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    implementation: Flag = False,
    typed: Typed,
) -> int:
    """Explore every reachable state of a model and judge its properties. Without MODEL, check the whole library.

    Exit status: 0 if all is as claimed, 1 if a property is violated, 2 for bad input, 3 if a limit was hit.

    Parameters
    ----------
    model
        Library name (paxos, paxos:PaxosIgnoringVotes), package.module:Class, or path/to/file.py[:Class].
    settings
        Sizes of sorts, values of parameters, quorum systems: --set Participant=3 crashes=1.
    instance
        The instance of the model to start from.
    deep
        The same as --instance deep: large instances, with a line of progress on a terminal, and lines in a log.
    every
        Check every model in the file against what it is expected to show.
    engine
        Which explorer to use; auto starts with reference and moves on to native if the state space is large.
    max_states
        Stop after this many distinct states: 5000, 10k, 2M.
    max_depth
        Stop at this depth; the initial states are at depth 1.
    time_limit
        Stop after this time: 30s, 5m, 2h.
    memory_limit
        Stop before using more memory than this: 512MiB, 2GiB. By default, whatever the machine has free.
    keep_going
        Find a counterexample to each property, not only to the first that is violated.
    deadlock
        Look for states that are not terminal although nothing can happen in them.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    full
        Show whole states instead of changes, and the witnesses of reachable states.
    itf
        Write the first counterexample to this file in the Informal Trace Format.
    replay
        Execute the trace in this file (Informal Trace Format) instead of exploring.
    quorums
        Take the quorums from this configuration, a file or directory as assay quorum reads it (zoo.cfg, ...).
    as_
        The format of that configuration, if its content does not show it: zookeeper, etcd, mongodb, ...
    implementation
        Check the nodes that implement a protocol instead, and that each of their steps is a step of its model. MODEL
        is then a protocol (paxos), one of its mutants (PROTOCOL:Class), or a file with a function `cluster`.
    """
    model, words = model_among(model, settings)
    mode = _mode(model, every, replay, quorums, implementation)
    demand_effect(typed, mode, MODES)
    demand_format("--full", typed, format_, ("text", "markdown"))
    bounds = limits_given(max_states=max_states, max_depth=max_depth, time_limit=time_limit, memory_limit=memory_limit)
    if mode is _NODES:
        return _check_implementation(model, assignments(words), bounds, keep_going, format_, output, full)
    deep = deep and ("--deep" in typed or "--instance" not in typed)  # a project's setting gives way to what is typed
    if deep and instance != "deep" and "--instance" in typed:
        raise UsageError(f"--deep means --instance deep, not --instance {instance}: leave out one of them")
    request = CheckRequest(Options(Engine(engine), bounds, keep_going, deadlock), "deep" if deep else instance)
    match format_:
        case "text" | "json" | "markdown":
            form = Form(format_, full)
        case _:
            form = Form("text", full, format_)
    if model is None or mode is _FILE:
        return _check_many(request, library() if model is None else load_all(model), form, output)
    request = replace(request, settings=assignments(words))
    if replay is not None:
        return _replay(request, load(model), replay, form, output)
    if quorums is not None:
        request = _under(request, load(model), quorums, as_)
    return _check_one(request, load(model), form, output, itf)


def _mode(model: str | None, every: bool, replay: str | None, quorums: str | None, implementation: bool) -> Mode:
    """Return the mode that a command line asks for: where it asks for several, the one that leaves out the most."""
    if implementation:
        return _NODES
    if model is None or every:
        return _LIBRARY if model is None else _FILE
    if replay is not None:
        return _REPLAY
    return _MODEL if quorums is None else _CONFIGURED


def _check_implementation(
    reference: str | None,
    settings: dict[str, str],
    limits: Limits,
    keep_going: bool,
    form: str,
    output: str | None,
    full: bool,
) -> int:
    from assay.checker.cli.implementation import check_implementation

    if reference is None:
        raise UsageError("the implementation of which protocol?", help="assay check paxos --implementation")
    return check_implementation(reference, settings, limits, keep_going=keep_going, form=form, output=output, full=full)


def _under(request: CheckRequest, model: NamedModel, file: str, as_: str | None) -> CheckRequest:
    """Add the quorums of a configuration to a request, even if they break the model's axioms."""
    limits = request.options.limits
    configured = quorum_reader()
    found = configured(model.specification, file, as_=as_, settings=request.settings, seconds=limits.seconds)
    return replace(request, options=replace(request.options, broken_axioms="report"), configured=found)


def _check_one(request: CheckRequest, model: NamedModel, form: Form, output: str | None, itf: str | None) -> int:
    source = source_of(model)
    with destination(output, itf, source) as file, destination(itf, source) as trace_file:
        run = request.run(model)
        form.deliver_one(run, file)
        if trace_file is not None:
            write_trace(run, trace_file)
        return run.status


def _check_many(request: CheckRequest, models: Sequence[NamedModel], form: Form, output: str | None) -> int:
    with destination(output, *map(source_of, models)) as file:
        shown: list[CheckRun | Refused] = []
        for model in models:
            try:
                shown.append(_run_or_refusal(request, model))
            except KeyboardInterrupt:  # between two searches; a search ends in order by itself
                break
            if isinstance(shown[-1], CheckRun) and shown[-1].interrupted:
                break
        unchecked = [model.name for model in models[len(shown) :]]
        form.deliver_many(shown, unchecked, file)
        return worst([*map(_status_among_many, shown), *(ExitStatus.UNKNOWN for _ in unchecked)])


def _run_or_refusal(request: CheckRequest, model: NamedModel) -> CheckRun | Refused:
    """Check one of several models; an error in it must not cost the others their rows in the report."""
    try:
        return request.run(model)
    except AssayError as error:
        return Refused(model.name, error)


def _status_among_many(shown: CheckRun | Refused) -> int:
    return shown.error.exit_status if isinstance(shown, Refused) else exit_status([shown.expectation])


def _replay(request: CheckRequest, model: NamedModel, path: str, form: Form, output: str | None) -> int:
    from assay.checker.properties.replay import replay
    from assay.checker.report import itf
    from assay.checker.report.replay import ReplayRun

    if form.exported is not None:
        raise UsageError(f"--replay does not report in --format {form.exported}: choose text, json or markdown")
    with destination(output, path, source_of(model)) as file:
        recorded = itf.parse(read_text(path), path)
        options = Options(deadlock=request.options.deadlock)  # a project's limits are those of searches
        request = replace(
            request, options=options, settings={**_recorded_settings(recorded, model), **request.settings}
        )
        instance = request.instantiate(model)
        states, loop = itf.decode_states(recorded, instance), itf.decode_loop(recorded, instance)
        executed = replay(instance, states, loop=loop, deadlock=request.options.deadlock)
        run = ReplayRun(model, recorded, executed, f"{request.command(model)} --replay {shlex.quote(path)}")
        deliver(form.replay(run), file)
        return run.status


def _recorded_settings(recorded: itf.RecordedTrace, model: NamedModel) -> dict[str, str]:
    """Return the parameters recorded with a trace; skip, and mention, those that this model does not have."""
    known = settable(model.specification)
    for name, value in recorded.settings.items():
        if name not in known:
            print(f"{recorded.path} has {name}={value}, which {model.name} does not know", file=sys.stderr)
    return {name: value for name, value in recorded.settings.items() if name in known}
