"""What the gate says of a proof, where the model is meant to be broken in a way that no proof can show."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.gate.requests import Request
from assay.checker.language.expectations import Expectation, Holds, Violates
from assay.checker.language.loader import load
from assay.proofs.gating.models import verify
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

MODEL = """
from assay.checker.language import *


class Node(Sort):
    pass


class Held(Model):
    default = {{"Node": 2}}
    expected = {expected}
    holders: Set[Node]
    unsafe: bool = {unsafe}

    @action
    def hold(self, node: Node) -> None:
        require(not self.holders)
        self.holders.add(node)

    @invariant
    def at_most_one(self) -> bool:
        return all(n == m for n in self.holders for m in self.holders)

    @invariant
    def safe(self) -> bool:
        return not self.unsafe

    @eventually
    def somebody_holds(self) -> bool:
        return len(self.holders) > 0
"""


@pytest.mark.parametrize(
    ("expected", "unsafe", "rules"),
    [
        (Violates("somebody_holds"), False, []),  # it may stutter for ever: nothing is fair
        (Violates("deadlock"), False, []),
        (Violates("at_most_one"), False, ["CHK002"]),
        (Violates("safe"), False, ["CHK002"]),
        (Violates("safe"), True, []),
        (Violates("somebody_holds"), True, ["PRF001"]),
        (Violates("at_most_one"), True, ["CHK002"]),
        (Holds(), False, []),
        (Holds(), True, ["PRF001"]),
    ],
    ids=str,
)
def test_what_no_proof_can_show_is_no_objection_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: Expectation, unsafe: bool, rules: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = "Holds()" if isinstance(expected, Holds) else f'Violates("{expected.property}")'
    (tmp_path / "own.py").write_text(MODEL.format(expected=own, unsafe=unsafe))
    (tmp_path / "given.py").write_text(MODEL.format(expected="Holds()", unsafe=unsafe))
    for request in (Request("proof", "own.py"), Request("proof", "given.py", expect={"Held": str(expected)})):
        (found,) = verify(request, lambda: None)
        assert [objection.rule for objection in found.objections] == rules
        assert (("expected",), str(expected)) in found.facts
    result = prove_model(load("own.py").specification, ProofOptions(workers=1))
    assert result.as_expected is (not rules)
