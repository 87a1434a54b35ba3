"""The page on what catches which mutant tells of those that there are.

To bring it up to date, in a quarter of an hour: ``python -m tests.checker.implementations.test_mutant_table``; to do so
for one protocol, ``python -m tests.checker.implementations.test_mutant_table paxos``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import assay.impl
import pytest
from assay.checker.implementations.loading import mutants_of
from assay.impl.node import Caught

PAGE = Path(__file__).parents[3] / "checker" / "help" / "mutants.md"

FAMILIES = [entry.name for entry in pkgutil.iter_modules(assay.impl.__path__) if not entry.ispkg]


def _sections() -> dict[str, str]:
    parts = re.split(r"^## `(\w+)`.*\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _table(section: str) -> dict[str, dict[str, str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {row[0].strip("`"): dict(zip(lines[0], row, strict=True)) for row in lines[2:]}


def test_the_page_has_tables_of_families_that_there_are() -> None:
    assert len(_sections()) > 1
    assert [*_sections()] == [family for family in FAMILIES if family in _sections()]


@pytest.mark.parametrize("family", _sections())
def test_the_table_of_a_family_has_the_mutants_that_there_are(family: str) -> None:
    rows = _table(_sections()[family])
    assert [*rows] == [mutant.__name__ for mutant in mutants_of(importlib.import_module(f"assay.impl.{family}"))]


@pytest.mark.parametrize("family", _sections())
def test_no_mutant_is_said_to_survive_what_must_catch_it(family: str) -> None:
    rows = _table(_sections()[family])
    for mutant in mutants_of(importlib.import_module(f"assay.impl.{family}")):
        assert isinstance(mutant.expected, Caught)
        row = rows[mutant.__name__]
        for by in mutant.expected.by:
            column = {"refinement": "refinement", "linearizability": "consistency"}.get(by, "invariants")
            assert row[column] in ("caught", "unknown"), (mutant, column)
        for size in (5, 7):
            assert row[f"fuzz, {size}"] in ("survives", "unknown") or row[f"fuzz, {size}"].startswith("caught after ")
        assert row["run"] in ("survives", "unknown") or row["run"].startswith("caught (")


def _made(family: str) -> str:
    command = ["assay", "fuzz", family, "--mutants", "--run", "--duration", "4s", "--format", "markdown"]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode not in (0, 1, 3):
        raise SystemExit(f"{family}: exit status {made.returncode}")
    return re.sub(r"\A#+ ", "## ", made.stdout)


def _write(families: list[str]) -> None:
    kept = _sections()
    for family in families:
        kept[family] = _made(family).partition("\n")[2]
    sections = ("\n## `{}`\n\n{}\n".format(family, kept[family].strip("\n")) for family in FAMILIES if family in kept)
    before = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    PAGE.write_text(before + "".join(sections), encoding="utf-8")


if __name__ == "__main__":
    _write(sys.argv[1:] or FAMILIES)
