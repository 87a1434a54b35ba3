"""``assay conform``: check the logs of a running system against a model."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_page, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Format, InstanceName, Limit, Settings, Typed
from assay.checker.cli.output import Destination, destination, source_of
from assay.checker.cli.request import assignments, instance_words, limit_words, limits_given
from assay.checker.engine.limits import Limits
from assay.checker.errors import InputError, Location, UsageError
from assay.checker.immutable import immutable
from assay.checker.inputs import read_bytes
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import NamedModel, load
from assay.checker.outputs import as_json
from assay.checker.verdicts import ExitStatus, Verdict
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.checker.conformance.logs import Log
    from assay.checker.report.conformance import ConformRun

__all__ = ["MODES", "conform"]

_LOGS = Mode.of("on logs", "set instance map unlogged lines skew max-states time-limit memory-limit format output")
_JOURNALS = Mode.of("on journals of assay run", "set format output")
_SCHEMA = Mode.of("with --schema", "schema output")

MODES = (_LOGS, _JOURNALS, _SCHEMA)


def conform(
    model: str | None = None,
    /,
    *logs: str,
    settings: Settings = (),
    instance: InstanceName = "default",
    map_: Annotated[str | None, Parameter(name="--map")] = None,
    unlogged: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    lines: Literal["auto", "ordered", "unordered"] | None = None,
    skew: Limit = None,
    max_states: Limit = None,
    time_limit: Limit = None,
    memory_limit: Limit = None,
    format_: Format = "text",
    output: str | None = None,
    schema: Flag = False,
    typed: Typed,
) -> int:
    """Check a LOG of a running system, in one file or several, against MODEL: was what happened a run of the model?

    Exit status: 0 if it was, 1 if it was not, 2 for bad input, 3 if a limit was hit. See ``assay help conform``.

    Parameters
    ----------
    model
        Library name (two_phase_commit), package.module:Class, or path/to/file.py[:Class].
    logs
        Files of JSON lines, all from one run of the system; with --map, in the format that the map describes. If they
        are journals that assay run has left, MODEL is the implementation, and the run is judged again.
    settings
        Sizes of sorts, values of parameters, and quorum systems of the system that ran: --set Participant=3.
    instance
        The instance of the model to start from.
    map_
        A TOML file that says where another program's log has each piece of information, and under which name.
    unlogged
        An action that the system does not log, so that it may happen at any time. May be repeated.
    lines
        Whether lines of different nodes happened in the order of their file; auto: yes if no line has a time.
    skew
        By how much clocks may be wrong, in the unit of the log's times: times closer than this are not compared.
    max_states
        Give up after this many states of model and log together: 5000, 10k, 2M.
    time_limit
        Give up after this time: 30s, 5m, 2h.
    memory_limit
        Give up before using more memory than this: 512MiB, 2GiB. By default, whatever the machine has free.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    schema
        Print the JSON Schema of a line of a log, and do nothing else.
    """
    from assay.checker.conformance import logs as reading
    from assay.checker.conformance.mapping_files import read_mapping
    from assay.checker.running.left import is_journal

    if schema:
        demand_effect(typed, _SCHEMA, MODES)
        if model is not None:
            raise UsageError(f"the schema is the same for every model: leave out {model}")
        with destination(output) as file:
            deliver(as_json(reading.schema()), file)
        return ExitStatus.AS_CLAIMED
    asked = ConformOptions(*_sorted_out(model, logs, settings), instance, map_, unlogged, lines, skew)
    bounds = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    if map_ is None and any(map(is_journal, asked.logs)):
        from assay.checker.cli.journal import conform_journals

        demand_effect(typed, _JOURNALS, MODES)
        return conform_journals(asked.model, asked.logs, asked.settings, format_, output)
    demand_effect(typed, _LOGS, MODES)
    _demand_content(asked.logs)
    named = load(asked.model)
    with destination(output, *asked.logs, map_, source_of(named)) as file:
        made = instantiate(named.specification, asked.settings, name=instance)
        mapped = None if map_ is None else read_mapping(map_)
        log = reading.read(asked.logs, made, mapped, unlogged=unlogged, lines=lines, skew=_skew(skew))
        command = shlex.join([*asked.words(), *limit_words(bounds)])
        run = _held(named, log, made, bounds, command)
        _deliver(run, format_, file)
        return run.status


def _deliver(run: ConformRun, format_: str, file: Destination | None) -> None:
    from assay.checker.report import conformance as report
    from assay.checker.report.surveys import of_conform

    if is_exported(format_):
        deliver_survey(of_conform(run), format_, file)
    elif format_ == "markdown":
        deliver_page(of_conform(run), report.as_text(run), file)
    else:
        deliver(report.as_json(run) if format_ == "json" else list(report.as_text(run)), file)


@immutable
class ConformOptions:
    """What a command line asks for."""

    model: str
    logs: tuple[str, ...]
    settings: Mapping[str, str]
    instance: str
    map: str | None
    unlogged: tuple[str, ...]
    lines: str | None
    skew: str | None

    def words(self) -> Iterator[str]:
        """Yield the words of a command line that asks for the same again."""
        yield from ("assay", "conform", self.model, *self.logs)
        yield from instance_words(self.instance, self.settings)
        if self.map is not None:
            yield from ("--map", self.map)
        for name in self.unlogged:
            yield from ("--unlogged", name)
        if self.lines is not None:
            yield from ("--lines", self.lines)
        if self.skew is not None:
            yield from ("--skew", self.skew)


def _sorted_out(
    model: str | None, logs: tuple[str, ...], settings: tuple[str, ...]
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Separate model and logs from the settings: in ``--set A=3 MODEL LOG`` the parser takes them for settings."""
    strays = [word for word in settings if "=" not in word]
    names = [*([] if model is None else [model]), *logs, *strays]
    if len(names) < 2:
        raise UsageError(
            "name a MODEL and at least one LOG", help="for example: assay conform two_phase_commit run.jsonl"
        )
    return names[0], tuple(names[1:]), assignments([word for word in settings if "=" in word])


def _demand_content(logs: Sequence[str]) -> None:
    """Refuse files that are all empty, which may be logs or journals: it depends on that what MODEL is to be."""
    if "-" not in logs and not any(read_bytes(path).strip() for path in logs):
        raise InputError(
            "the log has no events",
            location=Location(logs[0]),
            help="a run in which no node took a step leaves such a file",
        )


def _skew(text: str | None) -> float:
    try:
        skew = float(text or 0)
    except ValueError:
        skew = -1.0
    if not 0 <= skew < math.inf:
        raise UsageError(f"--skew {text}: expected a number, in the unit of the log's times")
    return skew


def _held(named: NamedModel, log: Log, made: Instance, limits: Limits, command: str) -> ConformRun:
    from assay.checker.conformance.explaining import explain
    from assay.checker.conformance.search import conform as hold
    from assay.checker.report.conformance import ConformRun

    found = hold(made, log.chains, unlogged=log.unlogged, limits=limits)
    explanation = None if found.verdict is Verdict.HOLDS else explain(found)
    return ConformRun(named, log, found, explanation, command)
