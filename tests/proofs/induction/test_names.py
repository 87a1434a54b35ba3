"""Names that mean two things in a model mean two things in its proof."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.recheck import recheck
from claims import certified

NAMESAKES = """
from assay.checker.language import *

class Epoch(Order):
    pass

class Namesakes(Model):
    default = {"Epoch": 2}
    current: Epoch
    old: Epoch

    @initial
    def start(self) -> None:
        self.current = first(Epoch)
        self.old = first(Epoch)

    @action
    def move(self, current: Epoch) -> None:
        self.old = self.current
        self.current = current

    @invariant
    def same(self) -> bool:
        return self.current == self.old
"""

FLAGS = """
from assay.checker.language import *

class Node(Sort):
    pass

@record
class Box:
    is_some: bool
    node: Node

class Flags(Model):
    default = {"Node": 1}
    box: Box | None = None

    @action
    def fill(self, node: Node) -> None:
        self.box = Box(False, node)

    @invariant
    def empty(self) -> bool:
        return self.box is None
"""


@pytest.mark.parametrize(("name", "source"), [("Namesakes", NAMESAKES), ("Flags", FLAGS)])
def test_a_parameter_or_field_is_not_taken_for_its_namesake(name: str, source: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name.lower()}.py"
    path.write_text(textwrap.dedent(source))
    result = prove_model(load(f"{path}:{name}").specification, ProofOptions())
    assert result.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("name", ["fenced_lock", "fenced_lock:EpochLock", "raft_election"])
def test_cvc5_agrees_where_parameters_have_the_names_of_variables(name: str, tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    specification = load(name).specification
    result = prove_model(specification, ProofOptions())
    assert certified(result, tmp_path) > 0
    found = recheck(str(tmp_path))
    assert [r.name for r in found.results if r.verdict is not Verdict.HOLDS] == []
