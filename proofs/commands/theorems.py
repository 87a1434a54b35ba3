"""``assay prove theorems``: prove the theorems about every number of nodes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination
from assay.checker.outputs import as_json
from assay.checker.verdicts import exit_status

if TYPE_CHECKING:
    from assay.proofs.theorems.deciding import Judgement
    from rich.text import Text

__all__ = ["theorems"]


def theorems(
    only: Sequence[str] = (),
    *,
    timeout: float = 30.0,
    certificate: str | None = None,
    format_: Literal["text", "json", "markdown"] = "text",
    output: str | None = None,
) -> int:
    """Prove the theorems, report on them, and return the exit status.

    Parameters
    ----------
    only : sequence of str
        Names of theorems; by default all of them.
    timeout : float
        Seconds for each formula.
    certificate : str, optional
        A directory for the formulas as SMT-LIB 2.
    format_ : {"text", "json", "markdown"}
        The form of the report.
    output : str, optional
        A file for it.

    Raises
    ------
    UsageError
        If a name is not that of a theorem, or a file cannot be written.
    """
    from assay.proofs.theorems.deciding import judge
    from assay.proofs.theorems.library import theorems_named

    chosen = theorems_named(only)
    with destination(output) as file:
        judgements = [judge(theorem, timeout) for theorem in chosen]
        deliver(_report(judgements, format_), file)
        if certificate is not None:
            from assay.proofs.theorems.certificates import write_certificates

            count = write_certificates(judgements, certificate)
            print(f"wrote {count} formulas to {certificate}", file=sys.stderr)
        return exit_status(judgement.verdict for judgement in judgements)


def _report(judgements: Sequence[Judgement], format_: str) -> str | list[Text]:
    from assay.proofs.reports.theorems import render_theorems, theorems_page, theorems_record

    match format_:
        case "json":
            return as_json(theorems_record(judgements))
        case "markdown":
            return theorems_page(judgements)
    return list(render_theorems(judgements))
