"""Assertions in actions as steps of a proof: each is a claim of its own, which rests on those before it."""

from __future__ import annotations

from pathlib import Path

from assay.checker.verdicts import Verdict
from assay.proofs.induction.obligations import Claim, ClaimKind
from assay.proofs.induction.results import ProofResult
from claims import proved

STEPS = """
    count: Range[0, 4] = 0
    twice: Range[0, 8] = 0
    @action
    def grow(self):
        require(self.count < 4)
        assert {first}
        self.count += 1
        assert {second}
        self.twice += 2
        assert {third}
    @lemma
    def is_twice(self):
        return self.twice == 2 * self.count
"""
SOUND = {"first": "self.twice < 8", "second": "self.twice < 2 * self.count", "third": "self.twice == 2 * self.count"}


def steps(result: ProofResult) -> list[bool | None]:
    return [o.proved for o in result.own if o.claim.kind is ClaimKind.DEFINED]


def test_each_assertion_is_a_claim_of_its_own_in_the_order_of_the_source(tmp_path: Path) -> None:
    result = proved(tmp_path, STEPS.format(**SOUND))
    assert result.verdict is Verdict.HOLDS
    claims = [o.claim for o in result.own if o.claim.kind is ClaimKind.DEFINED]
    lines = [line(claim) for claim in claims]
    assert [claim.name for claim in claims] == [f"grow: never a false assertion (line {n})" for n in lines]
    assert lines == [lines[0], lines[0] + 2, lines[0] + 4]


def line(claim: Claim) -> int:
    assert claim.failure is not None
    assert claim.failure.location is not None
    return claim.failure.location.line


def test_a_false_assertion_is_refuted_and_those_that_follow_from_it_are_not(tmp_path: Path) -> None:
    # The second says something false; the third follows from it, and the first rests on neither.
    result = proved(tmp_path, STEPS.format(**{**SOUND, "second": "self.twice == 7", "third": "self.twice == 9"}))
    assert result.verdict is Verdict.VIOLATED
    assert steps(result) == [True, False, True]


def test_an_assertion_does_not_prove_itself_or_one_before_it(tmp_path: Path) -> None:
    for place in SOUND:
        result = proved(tmp_path, STEPS.format(**{**SOUND, place: "self.count == 7"}))
        assert result.verdict is Verdict.VIOLATED
        index = list(SOUND).index(place)
        assert steps(result)[: index + 1] == [*[True] * index, False]
