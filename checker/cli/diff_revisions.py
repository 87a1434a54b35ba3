"""``assay diff REVISION [REVISION]``: everything that is gated, compared with what it was."""

from __future__ import annotations

import contextlib
import os
import time

from assay.checker.changes.comparing import ComparisonOptions
from assay.checker.changes.versions import is_revision, tree_of, working_tree
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.cli.output import destination
from assay.checker.cli.registry import configuration_reader, demand_statement_comparer, quorum_comparer
from assay.checker.gate.compared import Overview
from assay.checker.gate.overview import overview
from assay.checker.gate.overview_report import lines, page, record
from assay.checker.gate.sides import side_by_side
from assay.checker.language.loader import library_names
from assay.checker.outputs import as_json

__all__ = ["diff_revisions", "is_of_revisions"]


def is_of_revisions(before: str, after: str | None) -> bool:
    """Return whether whole revisions are meant: no files, nor models of the library.

    One that does not exist is meant as one where the other does, or there is no other: what is wrong with it is said
    when it is looked for.
    """
    named = [before, *([] if after is None else [after])]
    return not any(map(_is_something_else, named)) and (after is None or any(map(is_revision, named)))


def _is_something_else(words: str) -> bool:
    return ":" in words or words.endswith(".py") or words in library_names() or os.path.exists(words)


def diff_revisions(
    before: str, after: str | None, asked: ComparisonOptions, format_: str, output: str | None, command: str
) -> int:
    """Compare everything that is gated in two revisions, or in one and the working tree; return the exit status.

    Raises
    ------
    AssayError
        If a revision or the settings in it cannot be read.
    """
    demand_statement_comparer()
    began = time.perf_counter()
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(destination(output))
        former = stack.enter_context(tree_of(before))
        latter = working_tree() if after is None else stack.enter_context(tree_of(after))
        compared = overview(
            former,
            latter,
            side_by_side(former, latter, configuration_reader()),
            asked,
            quorum_comparer(),
            is_sized=asked.instance != "default" or bool(asked.settings),
            workers=os.cpu_count() or 1,
        )
    found = Overview(former.words, latter.words, compared, time.perf_counter() - began, command)
    if is_exported(format_):
        deliver_survey(found.survey, format_, file)
    else:
        reports = {"json": lambda: as_json(record(found)), "markdown": lambda: page(found)}
        deliver(reports.get(format_, lambda: [*lines(found)])(), file)
    return found.status
