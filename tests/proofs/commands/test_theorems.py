"""``assay prove theorems``: every form of the report, and the exit status."""

import json

import pytest
from assay.proofs.theorems import library
from assay.proofs.theorems.majority import MAJORITY
from assay.proofs.theorems.statements import EVERYTHING, size
from assay.proofs.theorems.theorem import Conjecture, Theorem

from tests.command_line import timeless
from tests.tiers import as_shown_by

n = size(EVERYTHING)
WRONG = Theorem("wrong", "there are nodes", "nobody", (Conjecture("some", "n is at least 1", n >= 1),))


@pytest.fixture
def _one_is_wrong(monkeypatch):
    monkeypatch.setattr(library, "THEOREMS", (MAJORITY, WRONG))


def test_the_report_on_one(assay):
    ran = assay("prove theorems --only replicas")
    assert ran.status == 0
    assert timeless(ran.out).splitlines() == [
        "replicas  proved  T s",
        "  what is on r replicas survives any r - 1 losses, and not any r",
        "  Schneider, Implementing Fault-Tolerant Services Using the State Machine Approach, ACM Computing Surveys "
        "22(4), 1990",
        "    proved   a copy is left whichever f nodes are lost if and only if f <= r - 1  T s",
        "    refuted  false: a copy is left whichever r nodes are lost  T s",
        "             n = 1: the only copy is lost",
        "    refuted  false: with k >= 2 copies on k of n nodes, a copy is left whichever n/k nodes are lost  T s",
        "             n = 4, k = 2: the copies are on {1, 2}, and these are lost",
        "",
        "proved for every number of nodes: 1 theorem by 1 formula; refuted: 2 beliefs; T s",
    ]


@as_shown_by(test_the_report_on_one)
def test_every_theorem_is_proved(assay):
    ran = assay("prove theorems")
    assert ran.status == 0
    names = [theorem.name for theorem in library.THEOREMS]
    assert all(f"\n{name}  proved" in f"\n{ran.out}" for name in names)
    assert f"proved for every number of nodes: {len(names)} theorems" in ran.out


def test_json(assay):
    ran = assay("prove theorems --only majority pbft --format json")
    found = json.loads(ran.out)
    assert ran.status == 0
    assert found["as_claimed"] is True
    assert [theorem["name"] for theorem in found["theorems"]] == ["majority", "pbft"]
    belief = found["theorems"][0]["claims"][-1]
    assert belief["claimed"] == "false"
    assert belief["verdict"] == "refuted"
    assert belief["counterexample"] == {"nodes": 2, "numbers": {}, "sets": {"A": [1], "B": [2]}, "weights": {}}


def test_markdown(assay):
    ran = assay("prove theorems --only majority --format markdown --output theorems.md")
    assert ran.status == 0
    with open("theorems.md", encoding="utf-8") as file:
        page = file.read()
    assert "| `majority` |" in page
    assert "| refuted | n = 2: the sets {1} and {2} |" in page


@pytest.mark.usefixtures("_one_is_wrong")
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_what_is_not_as_claimed_is_a_finding(assay, form):
    ran = assay(f"prove theorems --format {form}")
    assert ran.status == 1


@pytest.mark.usefixtures("_one_is_wrong")
def test_what_is_not_as_claimed_is_named_with_a_counterexample(assay):
    ran = assay("prove theorems")
    assert "not as claimed: wrong" in ran.out
    assert "counterexample: " in ran.out


def test_no_time_is_unknown(assay, monkeypatch):
    monkeypatch.setattr("assay.proofs.theorems.deciding._Question.answer", lambda *_: "not decided: timeout")
    ran = assay("prove theorems --only majority")
    assert ran.status == 3
    assert "not decided: timeout" in ran.out


def test_an_unknown_theorem_is_refused(assay):
    ran = assay("prove theorems --only majorities")
    assert ran.status == 2
    assert "there is no theorem 'majorities'" in ran.err
    assert "majority" in ran.err


@pytest.mark.parametrize("option", ["--bounded 3", "--induction 2", "--set n=3", "--all"])
def test_options_about_models_are_refused(assay, option):
    ran = assay(f"prove theorems {option}")
    assert ran.status == 2
    assert f"{option.split()[0]} has no effect on theorems" in ran.err


def test_certificates_are_written_and_checked_again(assay):
    pytest.importorskip("cvc5")
    ran = assay("prove theorems --only unanimity --certificate proofs")
    assert ran.status == 0
    assert "wrote 3 formulas to proofs" in ran.err
    again = assay("prove --recheck proofs")
    assert again.status == 0
    assert "agree on 3 of 3" in again.out
