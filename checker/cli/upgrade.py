"""``assay upgrade``: is it safe to replace one version with another, node by node?"""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Annotated

from assay.checker.changes.versions import Version, as_it_was, checked_out
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Format, InstanceName, Limit, Settings, Several, Typed
from assay.checker.cli.output import destination
from assay.checker.cli.request import assignments, instance_words, limit_words, limits_given
from assay.checker.cli.upgrading_quorums import upgrade_quorums
from assay.checker.engine.limits import Limits
from assay.checker.language.loader import load
from assay.checker.outputs import as_json
from assay.checker.upgrades import report
from assay.checker.upgrades.answers import Side, Upgrade, UpgradeRequest
from assay.checker.upgrades.asking import upgrade_clusters, upgrade_models
from cyclopts import Parameter
from rich.text import Text

__all__ = ["MODES", "upgrade"]

_EVERY = "set max-states time-limit memory-limit format output"

_NODES = Mode.of("on implementations", f"nodes downgrades {_EVERY}")
_MODELS = Mode.of("with --versions", f"nodes downgrades versions actors through only instance {_EVERY}")
_CONFIGURATIONS = Mode.of("with --model", f"model as instance {_EVERY}")

MODES = (_NODES, _MODELS, _CONFIGURATIONS)

MOST_WORLDS = 5_000_000
"""Worlds of implementations that are explored where no limit is given: some seconds to minutes, natively."""

MOST_STATES = 500_000
"""States of the mixture of two models that are explored where no limit is given: some minutes, by the interpreter."""


def upgrade(
    before: str,
    after: str,
    /,
    *,
    settings: Settings = (),
    nodes: Several = (),
    downgrades: Flag = False,
    versions: str | None = None,
    actors: Several = (),
    through: str | None = None,
    only: Several = (),
    instance: InstanceName = "default",
    model: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    max_states: Limit = None,
    time_limit: Limit = None,
    memory_limit: Limit = None,
    format_: Format = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Check systems in which two versions run side by side, while nodes are upgraded.

    Exit status: 0 if every claim holds in every mixture, 1 if not, 2 for bad input, 3 if a limit left it undecided.

    Parameters
    ----------
    before, after
        Two implementations: path/to/file.py[:Mutant], such a file in a revision of its git repository
        (HEAD~1:path/to/file.py; HEAD~1 alone is the file after, as it was), a protocol of assay, or a module. With
        --versions, two models; with --model, two quorum configurations.
    settings
        Parameters of both clusters: --set acceptors=3.
    nodes
        The nodes to upgrade: --nodes p1 p2. By default all; the others keep the old version.
    downgrades
        Also let nodes go back to the old version.
    versions
        The sort whose elements run a version each, of two models: --versions Node.
    actors
        Of models: which parameter, or field of one, takes an action: --actors send=source.
    through
        Of models: the action by which an element is upgraded; by default, it is at any time.
    only
        Of models: the claims to judge; all by default.
    instance
        Of models: the size to check them at.
    model
        Check this model under the quorums of two configurations: some nodes have the old one, some the new one.
    as_
        The format of these configurations, if their content does not show it.
    max_states
        Stop after this many distinct states: 5000, 10k, 2M. Without any limit, after 5M worlds of an implementation,
        and after 500k states of a model.
    time_limit
        Stop an exploration after this time: 30s, 5m, 2h.
    memory_limit
        How much memory the process that runs both versions may use: 512MiB, 2GiB.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    mode = _mode(versions, model)
    demand_effect(typed, mode, MODES)
    # What a project sets for one mode has no effect in another, nor does it belong into the command that repeats this.
    if mode is not _MODELS:
        versions, actors, through, only = None, (), None, ()
    if mode is _NODES:
        instance = "default"
    if mode is _CONFIGURATIONS:
        nodes, downgrades = (), False
    else:
        as_ = None
    before = as_it_was(before, after)
    given = assignments(settings)
    bounds = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    began = time.perf_counter()
    with (
        destination(output, *(words for words in (before, after) if Path(words).exists())) as file,
        checked_out(before) as old,
        checked_out(after) as new,
    ):
        request = UpgradeRequest(
            _side(old),
            _side(new),
            given,
            instance,
            moving=nodes,
            downgrades=downgrades,
            versions=versions or "",
            actors=assignments(actors, "--actors", "send=source"),
            through=through or "",
            only=only,
            states=_most(bounds, mode),
            seconds=bounds.seconds,
            memory=bounds.memory,
        )
        found = _found(request, model, as_)
        options = (("--versions", versions), ("--through", through), ("--model", model), ("--as", as_))
        words = ["assay", "upgrade", before, after, *(w for name, v in options if v is not None for w in (name, v))]
        words += [*limit_words(bounds), *(["--downgrades"] if downgrades else [])]
        several = (("--nodes", nodes), ("--actors", actors), ("--only", only))
        words += [word for name, values in several if values for word in (name, *values)]
        words += instance_words(instance, given)
        command = shlex.join(words)
        run = report.UpgradeRun(before, after, found, time.perf_counter() - began, command)
        if is_exported(format_):
            deliver_survey(report.survey(run), format_, file)
        else:
            deliver(_form(run, format_), file)
        return run.status


def _mode(versions: str | None, model: str | None) -> Mode:
    if model is not None:
        return _CONFIGURATIONS
    return _MODELS if versions else _NODES


def _most(bounds: Limits, mode: Mode) -> int | None:
    """Return how many states to explore at most: where queues and bags grow without end, so does the mixture."""
    if bounds.states is not None or bounds.seconds is not None or mode is _CONFIGURATIONS:
        return bounds.states
    return MOST_STATES if mode is _MODELS else MOST_WORLDS


def _found(request: UpgradeRequest, model: str | None, as_: str | None) -> Upgrade:
    if model is not None:
        return upgrade_quorums(request, load(model), as_)
    return upgrade_models(request) if request.versions else upgrade_clusters(request)


def _side(version: Version) -> Side:
    return Side(version.words, version.reference, str(version.root))


def _form(run: report.UpgradeRun, format_: str) -> str | list[Text]:
    match format_:
        case "json":
            return as_json(report.record(run))
        case "markdown":
            return report.page(run)
    return list(report.lines(run))
