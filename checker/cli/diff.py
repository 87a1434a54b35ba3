"""``assay diff``: which behaviours of a model are new, and which are gone."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from assay.checker.changes import report
from assay.checker.changes.claims import Claims, ClaimsRequest, Fate, Statement, compare_statements
from assay.checker.changes.difference import difference
from assay.checker.changes.observation import Observation, Request, observe
from assay.checker.changes.outline import say_the_same
from assay.checker.changes.proofs import ProofsRequest, lost
from assay.checker.changes.proofs import prove as prove_version
from assay.checker.changes.reviewing import review
from assay.checker.changes.versions import Version, checked_out
from assay.checker.cli.exported import Exported, is_exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.cli.output import destination
from assay.checker.cli.registry import demand_statement_comparer, quorum_comparer
from assay.checker.cli.request import assignments, instance_words, limit_words, limits_given
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError, UsageError
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import Level
from assay.checker.gate.reading import find_configuration, has_settings
from assay.checker.report import machine
from cyclopts import Parameter
from rich.text import Text

__all__ = ["diff"]

STATEMENTS = 60.0
"""Seconds of processor time for comparing what is claimed, where no limit is given."""


def diff(
    before: str,
    after: str,
    /,
    *,
    settings: Annotated[
        tuple[str, ...], Parameter(name="--set", consume_multiple=True, negative=(), show_default=False)
    ] = (),
    instance: Literal["default", "smoke", "deep"] = "default",
    prove: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    max_states: str | None = None,
    time_limit: str | None = None,
    memory_limit: str | None = None,
    format_: Annotated[Literal["text", "json", "markdown"] | Exported, Parameter(name="--format")] = "text",
    output: str | None = None,
) -> int:
    """Compare two versions of a model or an implementation: which behaviours are gone, and which are new.

    For two quorum configurations: tell whether the change is safe in one step and, if not, in which steps it is.

    Exit status: 0 if there is no difference, or the change is safe; 1 if not, 2 for bad input, 3 if undecided.

    Parameters
    ----------
    before, after
        Two models: path/to/file.py[:Class], such a file in a revision of its git repository
        (HEAD~1:path/to/file.py[:Class]), a library name, or package.module:Class. Or two quorum configurations, as
        files or from a revision (HEAD~1:etcd.yaml).
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
    given = assignments(settings)
    bounds = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    words = ["assay", "diff", before, after, *(["--prove"] if prove else [])]
    command = shlex.join([*words, *instance_words(instance, given), *limit_words(bounds)])
    if _is_configuration(before) and _is_configuration(after):
        return _compare_configurations((before, after), given, bounds.seconds, format_, output, command)
    began = time.perf_counter()
    with destination(output, *(words for words in (before, after) if Path(words).exists())) as file:
        with checked_out(before) as former, checked_out(after) as latter:
            old, new = (
                observe(Request(v.reference, instance, given, bounds.states, bounds.seconds, bounds.memory), v.root)
                for v in (former, latter)
            )
            _demand_one_kind(old, new)
            same = say_the_same(old.outline, new.outline) or new.outline.is_of_nodes
            claims = Claims() if same else _claims(_asked(former, latter, instance, given, bounds))
            proofs = _lost_proofs(after, former, latter, bounds) if prove else ()
        found = report.Comparison(
            before=before,
            after=after,
            old=old,
            new=new,
            difference=difference(old.behaviour, new.behaviour),
            seconds=time.perf_counter() - began,
            command=command,
            review=(*review(after, old, new, claims), *proofs),
            levels=_levels(),
            notes=claims.notes,
        )
        if is_exported(format_):
            deliver_survey(report.survey(found), format_, file)
        else:
            deliver(_form(found, format_), file)
        return found.status


def _demand_one_kind(old: Observation, new: Observation) -> None:
    if old.outline.is_of_nodes != new.outline.is_of_nodes:
        kinds = ["an implementation" if each.outline.is_of_nodes else "a model" for each in (old, new)]
        raise UsageError(
            f"{old.name} is {kinds[0]}, and {new.name} is {kinds[1]}: they are no versions of one thing",
            help="assay check --implementation tells whether an implementation refines its model",
        )


def _lost_proofs(subject: str, former: Version, latter: Version, bounds: Limits) -> tuple[Finding, ...]:
    demand_statement_comparer()
    before, after = (
        prove_version(ProofsRequest(version.reference, memory=bounds.memory), version.root)
        for version in (former, latter)
    )
    return tuple(lost(subject, before, after))


def _claims(asked: ClaimsRequest) -> Claims:
    demand_statement_comparer()
    try:
        return compare_statements(asked)
    except ModelError as error:  # both versions were loaded before, so it is a limit that was reached
        return Claims((Statement(asked.after, "what is claimed of", Fate.UNKNOWN, error.message),))


def _asked(former: Version, latter: Version, instance: str, given: Mapping[str, str], bounds: Limits) -> ClaimsRequest:
    return ClaimsRequest(
        former.reference,
        latter.reference,
        str(former.root),
        str(latter.root),
        instance,
        given,
        STATEMENTS if bounds.seconds is None else bounds.seconds,
        bounds.memory,
    )


def _levels() -> Mapping[str, Level]:
    """Return the levels that the settings of the gate give to rules; none where nothing is gated."""
    folder = Path.cwd()
    if not any(map(has_settings, (folder, *folder.parents))):
        return {}
    return find_configuration(folder).levels


def _is_configuration(words: str) -> bool:
    """Return whether a version is a file other than a model, on disk or in a revision."""
    file = words.rpartition(":")[2]
    return not words.endswith(".py") and (Path(words).exists() or "/" in file or "." in file) and ".py:" not in words


def _compare_configurations(
    words: tuple[str, str],
    settings: Mapping[str, str],
    seconds: float | None,
    format_: str,
    output: str | None,
    command: str,
) -> int:
    with (
        destination(output, *(each for each in words if Path(each).exists())) as place,
        checked_out(words[0]) as before,
        checked_out(words[1]) as after,
    ):
        files = (before.root / before.reference, after.root / after.reference)
        return int(
            quorum_comparer()(files, words, settings, seconds=seconds, format_=format_, command=command, place=place)
        )


def _form(found: report.Comparison, format_: str) -> str | list[Text]:
    match format_:
        case "json":
            return machine.encode(report.record(found))
        case "markdown":
            return report.page(found)
    return list(report.lines(found))
