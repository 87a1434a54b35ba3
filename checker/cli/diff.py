"""``assay diff``: which behaviours of a model are new, and which are gone."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Annotated, Literal

from assay.checker.changes import report
from assay.checker.changes.difference import difference
from assay.checker.changes.observation import Request, observe
from assay.checker.changes.versions import checked_out
from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination
from assay.checker.cli.request import assignments, instance_words, limit_words, limits_given
from assay.checker.report import machine
from cyclopts import Parameter
from rich.text import Text

__all__ = ["diff"]


def diff(
    before: str,
    after: str,
    /,
    *,
    settings: Annotated[
        tuple[str, ...], Parameter(name="--set", consume_multiple=True, negative=(), show_default=False)
    ] = (),
    instance: Literal["default", "smoke", "deep"] = "default",
    max_states: str | None = None,
    time_limit: str | None = None,
    memory_limit: str | None = None,
    format_: Annotated[Literal["text", "json", "markdown"], Parameter(name="--format")] = "text",
    output: str | None = None,
) -> int:
    """Compare two versions of a model: which behaviours are gone, and which are new, each with a shortest trace.

    Exit status: 0 if there is no difference, 1 if there is one, 2 for bad input, 3 if a limit left that open.

    Parameters
    ----------
    before, after
        Two models: path/to/file.py[:Class], the same in a revision of its git repository
        (HEAD~1:path/to/file.py[:Class]), a library name, or package.module:Class.
    settings
        Sizes of sorts, values of parameters, quorum systems, for both: --set Participant=3 crashes=1.
    instance
        The instance of the models to start from.
    max_states
        Stop after this many distinct states of a version: 5000, 10k, 2M.
    time_limit
        Stop after this time for a version: 30s, 5m, 2h.
    memory_limit
        What the process that imports and explores a version may hold: 512MiB, 2GiB.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    given = assignments(settings)
    bounds = limits_given(max_states=max_states, time_limit=time_limit, memory_limit=memory_limit)
    began = time.perf_counter()
    with destination(output, *(words for words in (before, after) if Path(words).exists())) as file:
        seen = []
        for words in (before, after):
            with checked_out(words) as version:
                asked = Request(version.reference, instance, given, bounds.states, bounds.seconds, bounds.memory)
                seen.append(observe(asked, version.root))
        old, new = seen
        found = report.Comparison(
            before=before,
            after=after,
            old=old,
            new=new,
            difference=difference(old.behaviour, new.behaviour),
            seconds=time.perf_counter() - began,
            command=shlex.join(
                ["assay", "diff", before, after, *instance_words(instance, given), *limit_words(bounds)]
            ),
        )
        deliver(_form(found, format_), file)
        return found.status


def _form(found: report.Comparison, format_: str) -> str | list[Text]:
    match format_:
        case "json":
            return machine.encode(report.record(found))
        case "markdown":
            return report.page(found)
    return list(report.lines(found))
