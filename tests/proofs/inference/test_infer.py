"""Proofs from the invariants alone: what is found is true, and what is broken is not proved."""

from __future__ import annotations

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.inference.extension import extended, names_of
from assay.proofs.inference.infer import infer
from assay.proofs.inference.results import Inference

ALONE = ProofOptions(workers=1)

PROVED = ("lock_server", "toy_consensus")
SLOWER = ("two_phase_commit", "sharded_store", "ring_election", "fenced_lock:FencedLock")


def _inferred(name: str, budget: float = 1e9) -> Inference:
    return infer(load(name).specification, ALONE, budget=budget)


@pytest.mark.parametrize("name", [*PROVED, *(pytest.param(n, marks=pytest.mark.slow) for n in SLOWER)])
def test_a_sound_protocol_is_proved_from_its_invariants_alone(name: str) -> None:
    found = _inferred(name)
    assert found.proof.verdict is Verdict.HOLDS
    assert found.methods
    specification = load(name).specification
    with extended(specification, found.methods, names_of(specification)) as model:
        assert not {m.name for m in model.of(Kind.LEMMA)} & {m.name for m in specification.of(Kind.LEMMA)}
        assert len(model.of(Kind.LEMMA)) == len(found.methods)
        instance = instantiate(model)
        with instance.active():
            explored = reference.explore(instance, Limits(), deadlock=False)
        assert explored.is_exhaustive
        assert not [claim.name for claim in model.claims if claim in explored.found]


@pytest.mark.parametrize(
    "name",
    [
        "lock_server:LockServerWithRepeatedMessages",
        "toy_consensus:ToyConsensusVotingTwice",
        pytest.param("sharded_store:ShardedStoreKeepingWhatItSends", marks=pytest.mark.slow),
    ],
)
def test_a_broken_variant_is_answered_with_a_run_that_shows_it(name: str) -> None:
    found = _inferred(name)
    assert found.proof.verdict is Verdict.VIOLATED
    expected = load(name).specification.expected_violation
    assert any(refutation.about is expected and refutation.trace.steps for refutation in found.proof.refutations)
