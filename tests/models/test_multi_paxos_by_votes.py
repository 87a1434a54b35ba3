"""Multi-Paxos whose promises carry sets of votes: proved for any number, and its broken variant is not."""

from __future__ import annotations

import pytest
from assay.checker.language.introspection.specification import specify
from assay.checker.verdicts import Verdict
from assay.models.multi_paxos_by_votes import MultiPaxosByVotes, MultiPaxosByVotesTakingAnyVote
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from examination import counterexample, examine


def test_sets_of_votes_in_promises_are_proved_for_any_number_of_everything() -> None:
    result = prove_model(specify(MultiPaxosByVotes), ProofOptions())
    assert [obligation.claim.name for obligation in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


@pytest.mark.slow
def test_taking_any_vote_instead_of_the_last_one_is_not_proved() -> None:
    result = prove_model(specify(MultiPaxosByVotesTakingAnyVote), ProofOptions(timeout=5.0))
    assert result.verdict is not Verdict.HOLDS
    assert {o.claim.subject for o in result.failed if o.claim.action == "propose"} == {"no_other_value_is_choosable"}


def test_taking_any_vote_chooses_twice_in_a_slot() -> None:
    actions = counterexample(examine(MultiPaxosByVotesTakingAnyVote), "agreement")
    assert actions.count("propose") == 3
