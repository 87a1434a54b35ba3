"""The certificates: cvc5 gives the answers that they claim, and a false one is found out."""

import json

import pytest
from assay.checker.verdicts import Verdict
from assay.proofs.induction.recheck import recheck
from assay.proofs.theorems.certificates import write_certificates
from assay.proofs.theorems.deciding import judge
from assay.proofs.theorems.library import THEOREMS

pytest.importorskip("cvc5")


@pytest.fixture(scope="module")
def judgements():
    return [judge(theorem) for theorem in THEOREMS]


def test_both_solvers_agree_on_every_formula(judgements, tmp_path):
    count = write_certificates(judgements, str(tmp_path))
    assert count == sum(len(theorem.claims) for theorem in THEOREMS)
    found = recheck(str(tmp_path), 20.0)
    assert len(found.results) == count
    assert [result.name for result in found.results if result.verdict is not Verdict.HOLDS] == []


def test_a_certificate_says_what_it_is_about(judgements, tmp_path):
    write_certificates(judgements[:1], str(tmp_path))
    text = next(tmp_path.glob("*-majority_half_is_enough.smt2")).read_text()
    assert text.startswith("; majority: two sets of at least half of the nodes have a node in common\n")
    assert "; refuted by: n = 2, A = {1}, B = {2}\n" in text
    assert "(set-info :status sat)" in text


def test_a_false_answer_is_found_out(judgements, tmp_path):
    write_certificates(judgements[:1], str(tmp_path))
    index = json.loads((tmp_path / "index.json").read_text())
    index["obligations"][0]["expected"] = "sat"
    (tmp_path / "index.json").write_text(json.dumps(index))
    assert recheck(str(tmp_path)).verdict is not Verdict.HOLDS
