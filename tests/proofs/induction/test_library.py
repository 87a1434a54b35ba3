"""What is proved of the library, for any number of nodes, and how its broken variants are told."""

from __future__ import annotations

import pytest
from agreement import disagreements, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.results import ProofResult

from tests.tiers import one_in

SOUND = [
    "consensus",
    "atomic_commit",
    "two_phase_commit",
    "two_phase_commit:TwoPhaseCommitWithCrashes",
    "voting",
    "paxos",
    "paxos:PaxosWithRestarts",
]
BROKEN = [
    ("consensus:ChoosesTwice", "agreement"),
    ("atomic_commit:CommitsOnMajority", "atomicity"),
    ("atomic_commit:AbortsWhenOthersCommitted", "atomicity"),
    ("two_phase_commit:CommitsOnMajority", "atomicity"),
    pytest.param("two_phase_commit:ForgetfulCoordinator", "atomicity", marks=pytest.mark.slow),
    ("two_phase_commit:ForgetfulParticipant", "atomicity"),
    pytest.param("voting:VotesWithoutLooking", "agreement", marks=pytest.mark.slow),
    pytest.param("paxos:PaxosIgnoringVotes", "agreement", marks=pytest.mark.slow),
    pytest.param("paxos:PaxosWithHalfQuorums", "agreement", marks=pytest.mark.slow),
]


def proved(name: str, **options: object) -> ProofResult:
    return prove_model(load(name).specification, ProofOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", one_in(3, SOUND))
def test_sound_model_is_proved_for_any_sizes(name: str) -> None:
    result = proved(name)
    assert [o.claim.name for o in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None
    assert result.unencodable == ()


@pytest.mark.parametrize(("name", "violated"), one_in(3, BROKEN))
def test_broken_variant_is_refuted_by_a_run_and_has_a_counterexample_to_induction(name: str, violated: str) -> None:
    result = proved(name, search=20.0)
    assert result.verdict is Verdict.VIOLATED
    assert violated in result.violated
    assert any(o.counterexample is not None for o in result.obligations)


@pytest.mark.parametrize("name", one_in(2, ["consensus", "paxos", "two_phase_commit", "atomic_commit", "voting"]))
def test_formulas_agree_with_the_code_on_reachable_states(name: str) -> None:
    specification = load(name).specification
    instance = instantiate(specification, name="smoke")
    problem = encode(specification, instance=instance)
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 40)), None) is None


def test_two_phase_commit_needs_no_relations_and_is_in_epr() -> None:
    result = proved("two_phase_commit")
    assert (result.cycle, result.relational) == ((), ())


def test_paxos_names_the_cycle_of_sorts_and_the_maps_that_became_relations() -> None:
    result = proved("paxos")
    assert result.relational == ("accepted.ballot", "accepted.value", "promised")
    assert any("the guard of propose" in edge for edge in result.cycle)


def test_commit_on_a_majority_has_the_smallest_counterexample_and_names_the_part() -> None:
    result = proved("two_phase_commit:CommitsOnMajority", screening=0)
    example = next(
        o.counterexample for o in result.obligations if o.claim.subject == "commit_needs_all_votes" and o.counterexample
    )
    assert example.call == ("decide_commit", ())
    assert example.instance.settings()["Participant"] == 2
    assert example.reachable is not None
    assert example.location is not None


def test_a_lemma_that_a_finite_instance_refutes_is_dropped_and_told_with_its_trace() -> None:
    result = proved("two_phase_commit:CommitsOnMajority", screening=10_000)
    refuted = next(r for r in result.refutations if r.name == "commit_needs_all_votes")
    assert (refuted.kind, len(refuted.trace)) == (Kind.LEMMA, 6)
    assert all(o.claim.subject != "commit_needs_all_votes" for o in result.obligations)


def test_explorer_and_prover_never_contradict_each_other() -> None:
    from assay.checker.properties.check import Engine, Options, check

    for name in ("consensus", "consensus:ChoosesTwice", "two_phase_commit", "two_phase_commit:CommitsOnMajority"):
        specification = load(name).specification
        violated = check(instantiate(specification), Options(engine=Engine.REFERENCE)).violated
        assert not (violated and proved(name).verdict is Verdict.HOLDS)


def test_bounded_search_finds_the_shortest_run_over_unbounded_sorts() -> None:
    from assay.proofs.induction.bounded import search_steps

    result = search_steps(load("two_phase_commit:CommitsOnMajority").specification, 7, ProofOptions())
    assert result.violated == ("atomicity",)
    assert len(result.refutations[0].trace) == 6


def test_bounded_search_that_finds_nothing_proves_nothing() -> None:
    from assay.proofs.induction.bounded import search_steps

    result = search_steps(load("two_phase_commit").specification, 2, ProofOptions())
    assert result.verdict is Verdict.UNKNOWN
    assert result.bounded == "no violation within 2 steps"


def test_induction_over_two_steps_proves_what_one_does() -> None:
    from assay.proofs.induction.several_steps import induct

    assert induct(load("two_phase_commit").specification, 2, ProofOptions()).verdict is Verdict.HOLDS
