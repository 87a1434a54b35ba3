"""Prove the library, and put the table of what is proved for any sizes into ARCHITECTURE.md.

Usage: ``python -m tests.benchmarks.proofs``, from the root of the repository, with assay installed. It takes minutes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from assay.checker.verdicts import ExitStatus

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"
HEAD = "| model | obligations | seconds | EPR |\n| --- | ---: | ---: | --- |\n"


def report(*of: str) -> str:
    """Return what ``assay prove --format markdown`` says of the library, or of the models of one of its modules."""
    command = [sys.executable, "-m", "assay.checker.cli", "prove", *of, "--format", "markdown"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (ExitStatus.AS_CLAIMED, ExitStatus.UNKNOWN):  # what is not proved yet has no row
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}")
    return done.stdout


def table(report: str) -> str:
    """Return the table of the models that are proved; the broken ones are left out."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _proved(report))


def _proved(report: str) -> Iterator[tuple[str, str, str, str]]:
    for line in report.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[2:4] == ["holds", "proved"]:
            model, _, _, _, decided, seconds, fragment = cells
            yield model, decided.partition("/")[2], seconds, fragment


def printed(page: str) -> str:
    """Return the table that a page holds."""
    start = page.index(HEAD)
    return page[start : page.index("\n\n", start) + 1]


def rows(table: str) -> dict[str, tuple[int, str]]:
    """Return for each model of a table how many obligations it has, and what is said of EPR."""
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:])
    return {model: (int(obligations), fragment) for model, obligations, _, fragment in cells}


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.replace(printed(page), table(report())), encoding="utf-8")
