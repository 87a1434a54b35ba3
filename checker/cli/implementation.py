"""``assay check PROTOCOL --implementation``: check the nodes that implement a protocol against its model."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from assay.checker.changes.chance import not_checked
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_page, deliver_survey
from assay.checker.cli.output import destination
from assay.checker.cli.progress import watching
from assay.checker.cli.request import limit_words, setting_words
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.loading import load_cluster
from assay.checker.outputs import as_json
from assay.checker.report import implementations
from assay.checker.report.implementation_record import record
from assay.checker.report.surveys import of_implementation
from assay.impl.node.errors import ClusterError

__all__ = ["check_implementation"]


def check_implementation(
    reference: str,
    settings: Mapping[str, str],
    limits: Limits,
    *,
    keep_going: bool,
    form: str,
    output: str | None,
    full: bool,
) -> int:
    """Check the cluster that a reference names and report on it.

    Raises
    ------
    AssayError
        If there is no such cluster, or its description is wrong.
    """
    named = load_cluster(reference, settings)
    source = getattr(named.module, "__file__", None)
    with destination(output, source) as file, watching(named.name, limits) as watch:
        try:
            result = check_cluster(named.cluster, limits=limits, keep_going=keep_going, watch=watch)
        except ClusterError as error:
            raise UsageError(error.message, help=error.help) from None
        command = _command(reference, settings, limits, keep_going)
        run = implementations.ImplementationRun(named, result, limits, command, not_checked(named), full)
        if is_exported(form):
            deliver_survey(of_implementation(run), form, file)
        elif form == "markdown":
            deliver_page(of_implementation(run), implementations.render(run), file)
        else:
            encoded = as_json(record(run)) if form == "json" else None
            deliver(encoded or [*implementations.render(run)], file)
        return run.status


def _command(reference: str, settings: Mapping[str, str], limits: Limits, keep_going: bool) -> str:
    words = ["assay", "check", reference, "--implementation", *setting_words(settings)]
    return shlex.join([*words, *limit_words(limits), *(["--keep-going"] if keep_going else [])])
