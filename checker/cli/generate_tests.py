"""``assay tests``: schedules that take an implementation through every model step that it can take."""

from __future__ import annotations

import shlex
from typing import Annotated, Literal

from assay.checker.changes.chance import not_checked
from assay.checker.cli import units
from assay.checker.cli.form import deliver
from assay.checker.cli.options import Settings
from assay.checker.cli.output import destination
from assay.checker.cli.request import assignments, model_among, setting_words
from assay.checker.errors import InputError, UsageError
from assay.checker.implementations.covering import cover
from assay.checker.implementations.loading import load_cluster
from assay.checker.outputs import as_json
from assay.checker.report import covering as report
from assay.impl.node.errors import NodeError
from cyclopts import Parameter

__all__ = ["generate_tests"]


def generate_tests(
    protocol: str | None = None,
    /,
    *,
    settings: Settings = (),
    max_worlds: str = "20k",
    format_: Annotated[Literal["text", "json", "pytest"], Parameter(name="--format")] = "text",
    output: str | None = None,
) -> int:
    """Generate schedules that cover the model of an implementation, and run the implementation through them.

    Exit status: 0 if all is as claimed, 1 if something was found, 2 for bad input, 3 if there are more worlds.

    Parameters
    ----------
    protocol
        Library name (paxos), or a package.module or path/to/file.py with a function cluster.
    settings
        The parameters of that function, which set the size: --set acceptors=3.
    max_worlds
        Explore at most this many worlds of the cluster: 5000, 100k.
    format_
        text, json with all schedules, or pytest: a test module that plays them.
    output
        Write to this file instead of standard output.
    """
    name, others = model_among(protocol, settings)
    if name is None:
        raise UsageError("name a PROTOCOL", help="for example: assay tests two_phase_commit")
    given = assignments(others)
    named = load_cluster(name, given)
    words = ["assay", "tests", name, *setting_words(given)]
    most = units.count("--max-worlds", max_worlds)
    with destination(output, getattr(named.module, "__file__", None)) as file:
        try:
            found = cover(named.cluster, max_worlds=most)
        except NodeError as error:
            raise InputError(error.message, help=error.help) from None
        run = report.CoverRun(named, found, shlex.join([*words, "--max-worlds", str(most)]), not_checked(named))
        match format_:
            case "json":
                deliver(as_json(report.record(run)), file)
            case "pytest":
                deliver(report.module(run), file)
            case "text":
                deliver([*report.lines(run)], file)
        return run.status
