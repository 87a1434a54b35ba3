"""``assay conform PROTOCOL JOURNAL...``: judge again what a run has left."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_page, deliver_survey
from assay.checker.cli.output import destination
from assay.checker.cli.request import setting_words, whole_numbers
from assay.checker.errors import InputError
from assay.checker.outputs import as_json
from assay.checker.report import running
from assay.checker.report.surveys import of_run
from assay.checker.running.left import judged_again
from assay.impl.node.errors import NodeError

__all__ = ["conform_journals"]


def conform_journals(
    protocol: str, journals: Sequence[str], settings: Mapping[str, str], form: str, output: str | None
) -> int:
    """Judge journals and report as `assay run` does.

    Raises
    ------
    UsageError
        If the protocol has no implementation.
    InputError
        If the files are not journals of this protocol.
    """
    words = ["assay", "conform", protocol, *journals, *setting_words(settings)]
    try:
        with destination(output, *journals) as file:
            report = running.RunReport(judged_again(protocol, whole_numbers(settings), journals), shlex.join(words))
            if is_exported(form):
                deliver_survey(of_run(report), form, file)
            elif form == "markdown":
                deliver_page(of_run(report), running.lines(report), file)
            else:
                deliver(as_json(running.record(report)) if form == "json" else [*running.lines(report)], file)
            return report.status
    except NodeError as error:
        raise InputError(error.message, help=error.help) from None
