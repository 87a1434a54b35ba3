"""Actions that choose on the way have several outcomes, and what executes a step again must not stop at the first."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Assay

CHOOSES = """\
from assay.checker.language import *

class M(Model):
    x: Range[0, 2] = 0
    smoke = {}

    @action(fair="weak")
    def move(self):
        require(self.x == 0)
        other = choose([False, True])
        self.x = 1 if other else 2

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


def test_lasso_may_take_any_outcome_of_a_step(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "chooses.py").write_text(CHOOSES)
    ran = assay("check chooses.py --engine reference")
    assert (ran.status, ran.err) == (1, "")
    assert "counterexample to one" in ran.out


def test_proof_shows_the_choice_that_raises(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "raises.py").write_text(RAISES)
    ran = assay("prove raises.py")
    assert ran.status == 1
    assert "IndexError" in ran.out
