"""The command line in this process: what it returns and what it writes.

A folder of tests has these fixtures by importing them in its conftest.py.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from assay.checker.cli import main

__all__ = ["Assay", "Ran", "assay", "in_a_project_of_its_own", "timeless"]

PROTOCOLS = Path(__file__).parent / "checker" / "cli" / "protocols"


@dataclass(frozen=True)
class Ran:
    """What a command line returned and wrote."""

    status: int
    out: str
    err: str


TIME = r"(?:\d+ h \d\d min|\d+ min \d\d s|\d+\.\d+ s)"
"""A duration, as reports have it on machines of any speed."""

Assay = Callable[..., Ran]


def timeless(text: str) -> str:
    """Return a report with its times and rates blanked out."""
    text = re.sub(rf"{TIME}\b", "T s", text)
    text = re.sub(r", [0-9,]+ generated/s", ", R generated/s", text)
    return text.replace(", T s in all", "")


@pytest.fixture(autouse=True)
def in_a_project_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty directory that holds lease.py and an empty pyproject.toml, without settings."""
    shutil.copy(PROTOCOLS / "lease.py", tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    for name in os.environ:
        if name.startswith("ASSAY_") and name != "ASSAY_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def assay(capsys: pytest.CaptureFixture[str]) -> Assay:
    """Return a function that runs a command line, given as one text or as words."""

    def run(*words: str) -> Ran:
        arguments = words[0].split() if len(words) == 1 else list(words)
        status = main(arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run
