"""Actions that choose on the way have several outcomes, and what executes a step again must not stop at the first."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.cli import main

CHOOSES = """\
from assay.checker.language import *

class M(Model):
    x: Range[0, 2] = 0
    smoke = {}

    @action(fair="weak")
    def move(self):
        require(self.x == 0)
        self.x = choose([1, 2])

    @terminal
    def moved(self) -> bool:
        return self.x > 0

    @eventually
    def one(self) -> bool:
        return self.x == 1
"""

RAISES = """\
from assay.checker.language import *

class M(Model):
    q: Seq[bool, 2]
    x: bool = False
    smoke = {}

    @action
    def fill(self):
        require(len(self.q) == 0)
        self.q.append(True)

    @action
    def read(self):
        require(len(self.q) > 0)
        late = choose([False, True])
        self.x = self.q[1] if late else self.q[0]

    @invariant
    def fine(self) -> bool:
        return len(self.q) <= 1
"""


def _said(path: Path, source: str, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path.write_text(source)
    status = main([words[0], str(path), *words[1:]])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_lasso_may_take_any_outcome_of_a_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = _said(tmp_path / "chooses.py", CHOOSES, "check", "--engine", "reference", capsys=capsys)
    assert status == 1, said
    assert "one" in said


def test_proof_shows_the_choice_that_raises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = _said(tmp_path / "raises.py", RAISES, "prove", capsys=capsys)
    assert status == 1, said
    assert "IndexError" in said
