"""``assay fuzz``: random schedules of an implementation, with faults, and which check catches which mutant."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from assay.checker.cli import units
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_page, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Format, Settings, Typed
from assay.checker.cli.output import destination
from assay.checker.cli.request import assignments, model_among, setting_words
from assay.checker.errors import InputError, UsageError
from assay.checker.immutable import immutable
from assay.checker.implementations.loading import NamedCluster, load_cluster
from assay.checker.outputs import as_json
from assay.checker.references import split_reference
from assay.impl.node.errors import NodeError

if TYPE_CHECKING:
    from assay.checker.cli.output import Destination
    from assay.checker.findings.survey import Survey
    from assay.checker.implementations.fuzzing import Fuzzing
    from rich.text import Text

__all__ = ["MODES", "fuzz"]

_EVERY = "nodes set duration walks max-steps steps seed format output"

_PROTOCOL = Mode.of("without --mutants", f"engine {_EVERY}")
_MUTANTS = Mode.of("with --mutants", f"mutants run {_EVERY}")

MODES = (_PROTOCOL, _MUTANTS)

_NODES = 5
_LARGER = (5, 7)
"""Where it is about mutants: the numbers of nodes, if nothing is said."""

_STEPS = 5_000
"""Where it is about mutants: the steps in all, on each cluster."""

_CRASHES = 2

_EXAMPLES = 100
"""The schedules that hypothesis draws, if nothing is said: as many as in a test."""


def fuzz(
    protocol: str | None = None,
    /,
    *,
    nodes: int | None = None,
    settings: Settings = (),
    duration: str = "10s",
    walks: int | None = None,
    max_steps: int | None = None,
    steps: int = 200,
    seed: int = 0,
    engine: Literal["seeded", "hypothesis"] = "seeded",
    mutants: Flag = False,
    run: Flag = False,
    format_: Format = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Play random schedules of an implementation, with faults, and check every step: invariants, model, clients.

    Exit status: 0 if nothing was found, 1 if something was, 2 for bad input, 3 if that is not known: nothing was
    played, or a step or a history stayed undecided.

    Parameters
    ----------
    protocol
        Library name (paxos, paxos:ForgetfulPromise), or a package.module or path/to/file.py with a function cluster.
    nodes
        The first parameter of that function: acceptors, participants, replicas; 5 by default.
    settings
        Its other parameters: --set ballots=2. If it has a parameter crashes, its default is 2.
    duration
        How long to play: 30s, 5m. A failing schedule is shortened afterwards.
    walks
        Play at most this many schedules.
    steps
        The maximum length of a schedule.
    seed
        The same seed plays the same schedules.
    engine
        seeded prefers steps of the model seen least often; hypothesis shrinks, and keeps examples in .hypothesis.
    mutants
        For each mutant of the protocol, say which checks catch it and which it survives.
    run
        With --mutants: also run each for real, for the time of --duration, with nodes killed and stopped.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    name, others = model_among(protocol, settings)
    if name is None:
        raise UsageError("name a PROTOCOL", help="for example: assay fuzz paxos")
    demand_effect(typed, _MUTANTS if mutants else _PROTOCOL, MODES)
    _demand_positive(walks=walks, steps=steps, max_steps=max_steps)
    seconds = units.duration("--duration", duration)
    chosen = "seeded" if mutants else engine
    asked = FuzzOptions(name, nodes, assignments(others), seconds, walks, max_steps, steps, seed, chosen)
    try:
        with destination(output, getattr(load_cluster(split_reference(name)[0]).module, "__file__", None)) as file:
            return _mutants(asked, format_, file, is_run=run) if mutants else _one(asked, format_, file)
    except NodeError as error:
        raise InputError(error.message, help=error.help) from None


def _demand_positive(**counts: int | None) -> None:
    for name, count in counts.items():
        if count is not None and count < 1:
            raise UsageError(f"--{name.replace('_', '-')} {count}: expected a number from 1")


@immutable
class FuzzOptions:
    """What a command line asks for."""

    protocol: str
    nodes: int | None
    settings: Mapping[str, str]
    seconds: float
    walks: int | None
    max_steps: int | None
    steps: int
    seed: int
    engine: str

    @property
    def is_sized(self) -> bool:
        """Whether the cluster has a number of nodes."""
        return _sized(inspect.signature(load_cluster(self.protocol).module.cluster).parameters) is not None

    def cluster(self, reference: str) -> NamedCluster:
        """Make a cluster of the requested size."""
        parameters = inspect.signature(load_cluster(reference).module.cluster).parameters
        sizes: dict[str, str] = {}
        sized = _sized(parameters)
        if self.nodes is not None and sized is None:
            raise UsageError(f"--nodes: cluster of {reference} has no number of nodes for its first parameter")
        if sized is not None:
            sizes[sized] = str(self.nodes or _NODES)
        if "crashes" in parameters:
            sizes["crashes"] = str(_CRASHES)
        return load_cluster(reference, {**sizes, **self.settings})

    def words(self) -> Iterator[str]:
        """Yield the words of a command line that asks for the same again."""
        yield from ("assay", "fuzz", self.protocol)
        if self.nodes is not None:
            yield from ("--nodes", str(self.nodes))
        yield from setting_words(self.settings)
        yield from ("--duration", f"{self.seconds:g}s", "--steps", str(self.steps), "--seed", str(self.seed))
        if self.walks is not None:
            yield from ("--walks", str(self.walks))
        if self.max_steps is not None:
            yield from ("--max-steps", str(self.max_steps))
        if self.engine != "seeded":
            yield from ("--engine", self.engine)


def _sized(parameters: Mapping[str, inspect.Parameter]) -> str | None:
    """Return the parameter that is the number of nodes: the first one, if it is a number, and not that of crashes."""
    first = next(iter(parameters.values()), None)
    return first.name if first is not None and first.name != "crashes" and _is_number(first) else None


def _is_number(parameter: inspect.Parameter) -> bool:
    return type(parameter.default) is int or parameter.default is parameter.empty


def _one(asked: FuzzOptions, form: str, file: Destination | None) -> int:
    from assay.checker.changes.chance import not_checked
    from assay.checker.report import fuzzing as report
    from assay.checker.report.surveys import of_fuzz

    named = asked.cluster(asked.protocol)
    if asked.engine == "hypothesis":
        found = _by_hypothesis(asked, named)
    else:
        from assay.checker.implementations.fuzzing import fuzz as play

        found = play(
            named.cluster,
            seed=asked.seed,
            depth=asked.steps,
            walks=asked.walks,
            steps=asked.max_steps,
            seconds=asked.seconds,
        )
    run = report.FuzzRun(named, found, shlex.join(asked.words()), not_checked(named))
    _deliver(form, file, report.lines(run), report.record(run), of_fuzz(run))
    return run.status


def _deliver(
    form: str, file: Destination | None, lines: Iterable[Text], record: Mapping[str, Any], survey: Survey
) -> None:
    if is_exported(form):
        deliver_survey(survey, form, file)
    elif form == "markdown":
        deliver_page(survey, lines, file)
    else:
        deliver(as_json(record) if form == "json" else [*lines], file)


def _by_hypothesis(asked: FuzzOptions, named: NamedCluster) -> Fuzzing:
    try:
        from assay.checker.implementations.stateful import examine
    except ImportError:
        raise UsageError("hypothesis is not installed", help="pip install hypothesis, or use --engine seeded") from None
    return examine(
        named.cluster,
        seed=asked.seed,
        depth=asked.steps,
        walks=asked.walks or _EXAMPLES,
        steps=asked.max_steps,
        seconds=asked.seconds,
    )


def _mutants(asked: FuzzOptions, form: str, file: Destination | None, *, is_run: bool) -> int:
    from assay.checker.implementations.fuzzing import fuzz as play
    from assay.checker.implementations.survey import survey
    from assay.checker.report import fuzzing as report
    from assay.checker.report.surveys import of_mutants
    from assay.checker.running.mutants import run_mutant

    run = partial(run_mutant, asked.protocol, seconds=asked.seconds, seed=asked.seed) if is_run else None
    sizes = _LARGER if asked.nodes is None and asked.is_sized else (asked.nodes,)
    rows = survey(
        asked.protocol,
        [replace(asked, nodes=size).cluster for size in sizes],
        play=partial(play, seed=asked.seed, depth=asked.steps, walks=asked.walks, steps=asked.max_steps or _STEPS),
        seconds=asked.seconds,
        run=run,
    )
    words = [*asked.words(), "--mutants", *(["--run"] if is_run else [])]
    table = report.MutantTable(asked.protocol, rows, shlex.join(words), sizes)
    if form == "markdown":
        deliver(table.markdown(), file)  # it is a table itself, and stands in the documentation
    else:
        _deliver(form, file, table.lines(), table.record(), of_mutants(table))
    return table.status
