"""``assay diff``: which behaviours of a model are new, and which are gone."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assay.checker.changes import report
from assay.checker.changes.comparing import ComparisonOptions, compare
from assay.checker.changes.versions import as_it_was, checked_out
from assay.checker.cli.diff_revisions import diff_revisions, is_of_revisions
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Format, InstanceName, Limit, Settings, Typed
from assay.checker.cli.output import Destination, destination
from assay.checker.cli.registry import demand_statement_comparer, quorum_comparer
from assay.checker.cli.request import assignments, instance_words, limit_words, limits_given
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.findings.rules import Level
from assay.checker.gate.reading import find_configuration, has_settings
from assay.checker.outputs import as_json
from rich.text import Text

__all__ = ["MODES", "diff"]

_MODELS = Mode.of("on models", "set instance prove max-states time-limit memory-limit format output")
_NODES = Mode.of("on implementations", "set max-states time-limit memory-limit format output")
_CONFIGURATIONS = Mode.of("on quorum configurations", "set time-limit format output")
_REVISIONS = Mode.of("on revisions", "set instance prove max-states time-limit memory-limit format output")

MODES = (_MODELS, _NODES, _CONFIGURATIONS, _REVISIONS)


def diff(
    before: str,
    after: str | None = None,
    /,
    *,
    settings: Settings = (),
    instance: InstanceName = "default",
    prove: Flag = False,
    max_states: Limit = None,
    time_limit: Limit = None,
    memory_limit: Limit = None,
    format_: Format = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Compare two versions of a model or an implementation: which behaviours are gone, and which are new.

    For two quorum configurations: tell whether the change is safe in one step and, if not, in which steps it is. For
    two revisions of a repository: compare everything that is gated in them, or that could be.

    Exit status: 0 if there is no difference, or the change is safe; 1 if not, 2 for bad input, 3 if undecided.

    Parameters
    ----------
    before, after
        Two models: path/to/file.py[:Class], such a file in a revision of its git repository
        (HEAD~1:path/to/file.py[:Class]), a library name, or package.module:Class. Or two quorum configurations, as
        files or from a revision (HEAD~1:etcd.yaml). Or two revisions, HEAD~1 HEAD: a revision alone is compared with
        the working tree; before a file, it stands for the file as it was.
    settings
        Sizes of sorts, values of parameters, quorum systems, for both: --set Participant=3 crashes=1.
    instance
        The instance of the models to start from.
    prove
        Prove both versions of a model for any size, too, and tell what was proved and is not any more.
    max_states
        Stop after this many distinct states of either version: 5000, 10k, 2M.
    time_limit
        Stop after this time for either version: 30s, 5m, 2h.
    memory_limit
        How much memory the process that imports and explores a version may use: 512MiB, 2GiB.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    bounds = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    asked = ComparisonOptions(instance, assignments(settings), bounds, prove)
    words = (before,) if after is None else (before, after)
    before = before if after is None else as_it_was(before, after)
    if is_of_revisions(before, after):
        demand_effect(typed, _REVISIONS, MODES)
        return diff_revisions(before, after, asked, format_, output, _command(words, asked))
    if after is None:
        raise UsageError(
            f"nothing says what {before} is to be compared with",
            help=f"assay diff {before} AFTER; assay diff REVISION compares a revision with the working tree",
        )
    with destination(output, *(version for version in (before, after) if Path(version).exists())) as file:
        if _is_configuration(before) and _is_configuration(after):
            demand_effect(typed, _CONFIGURATIONS, MODES)
            asked = ComparisonOptions(settings=asked.settings, limits=Limits(seconds=bounds.seconds))
            return _compare_configurations((before, after), asked, format_, file, _command(words, asked))
        demand_statement_comparer()
        with checked_out(before) as former, checked_out(after) as latter:
            found = compare(former, latter, replace(asked, levels=_levels()), command=_command(words, asked))
        # Only the process that has loaded a version knows what it is.
        mode = _NODES if found.new.outline.is_of_nodes else _MODELS
        demand_effect(typed, mode, MODES)
        if mode is _NODES:
            found = replace(found, command=_command(words, replace(asked, instance="default", prove=False)))
        if is_exported(format_):
            deliver_survey(report.survey(found), format_, file)
        else:
            deliver(_form(found, format_), file)
        return found.status


def _command(versions: Sequence[str], asked: ComparisonOptions) -> str:
    """Return the command line that repeats a comparison; ``asked`` has no options without an effect on it."""
    words = ["assay", "diff", *versions, *(["--prove"] if asked.prove else [])]
    return shlex.join([*words, *instance_words(asked.instance, asked.settings), *limit_words(asked.limits)])


def _levels() -> Mapping[str, Level]:
    """Return the severity levels in the gate's settings; empty if there are none."""
    folder = Path.cwd()
    if not any(map(has_settings, (folder, *folder.parents))):
        return {}
    return find_configuration(folder).levels


def _is_configuration(words: str) -> bool:
    """Return whether a version is a file other than a model, on disk or in a revision."""
    file = words.rpartition(":")[2]
    return not words.endswith(".py") and (Path(words).exists() or "/" in file or "." in file) and ".py:" not in words


def _compare_configurations(
    words: tuple[str, str], asked: ComparisonOptions, format_: str, file: Destination | None, command: str
) -> int:
    with checked_out(words[0]) as before, checked_out(words[1]) as after:
        files = (before.root / before.reference, after.root / after.reference)
        found = quorum_comparer()(files, words, asked.settings, seconds=asked.limits.seconds, command=command)
    if is_exported(format_):
        deliver_survey(found.survey, format_, file)
    else:
        deliver({"json": found.record, "markdown": found.page}.get(format_, found.lines), file)
    return int(found.status)


def _form(found: report.Comparison, format_: str) -> str | list[Text]:
    match format_:
        case "json":
            return as_json(report.record(found))
        case "markdown":
            return report.page(found)
    return list(report.lines(found))
