"""What ARCHITECTURE.md says is proved of the protocols of the literature, held against the models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from assay.checker.language import Holds
from assay.checker.language.loader import library, load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.models.raft import Raft, RaftWithHistory
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import encoded, prove_model

PAGE = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [^|]+ \| ([\w/:]+) \| (all|some|none) \| ([^|]+) \|$", PAGE, re.MULTILINE)
PROVED = [model for model, proved, _ in ROWS if proved != "none"]


def test_the_table_is_about_every_protocol_that_was_to_be_shown() -> None:
    assert len(ROWS) == 20
    assert all((why == "-") == (proved == "all") for _, proved, why in ROWS)


def test_the_table_says_of_every_sound_model_that_is_not_proved_why_not() -> None:
    """In a row of its own, or of its file."""
    told = {model.rpartition("/")[2].partition(":")[0] for model, proved, _ in ROWS if proved != "all"}
    open_ = [m.name for m in library() if isinstance(m.cls.expected, Holds) and not m.cls.provable]
    assert open_
    assert [name for name in open_ if name.partition(":")[0] not in told] == []


@pytest.mark.parametrize("model", PROVED)
def test_what_is_proved_is_sound_and_has_formulas_for_any_number(model: str) -> None:
    specification = load(model.rpartition("/")[2]).specification
    assert isinstance(specification.expected, Holds)
    assert specification.cls.provable
    problem, refused = encoded(specification, ProofOptions())
    assert problem.theory.instance is None
    assert not refused


def test_raft_with_history_claims_two_properties_of_raft() -> None:
    def claims(model: type) -> set[str]:
        return {method.name for method in load(f"raft:{model.__name__}").specification.of(Kind.INVARIANT)}

    assert claims(RaftWithHistory) == {"election_safety", "log_matching"} < claims(Raft)


def test_raft_completeness_claims_all_properties_of_raft_but_that_it_implements_consensus() -> None:
    raft, proved = load("raft").specification, load("raft_completeness").specification
    kinds = Kind.INVARIANT, Kind.STEP_INVARIANT
    assert {m.name for m in proved.of(*kinds)} == {m.name for m in raft.of(*kinds)}
    assert not proved.refinements


@pytest.mark.slow
def test_leader_completeness_is_proved_for_any_number_of_servers() -> None:
    """With all that it rests on. What guards against a vacuous proof takes as long again, and is left out here."""
    claimed = ("leader_completeness", "state_machine_safety")
    options = ProofOptions(timeout=120.0, screening=0, only=claimed)
    problem, refused = encoded(load("raft_completeness").specification, options)
    assert (refused, problem.theory.instance) == ([], None)
    attempt = Attempt(problem, options)
    attempt.run()
    asked = [r for r in attempt.results.values() if r.claim.kind in (ClaimKind.IMPLIED, ClaimKind.CONSECUTION)]
    assert {r.claim.subject for r in asked} >= {*claimed, "no_quorum_has_what_is_lost", "candidates_have_it"}
    assert [r.claim.name for r in attempt.results.values() if not r.proved and not r.guard] == []
    assert not attempt.dropped


def test_raft_with_snapshots_is_proved_but_that_it_implements_consensus() -> None:
    raft, proved = load("raft_snapshots:RaftWithSnapshots"), load("raft_snapshots_completeness")
    kinds = Kind.INVARIANT, Kind.STEP_INVARIANT
    assert {m.name for m in proved.specification.of(*kinds)} == {m.name for m in raft.specification.of(*kinds)}
    assert not proved.specification.refinements


@pytest.mark.slow
def test_raft_with_snapshots_is_proved_for_any_number_of_servers() -> None:
    specification = load("raft_snapshots_completeness").specification
    result = prove_model(specification, ProofOptions(timeout=120.0, screening=0))
    assert [obligation.claim.name for obligation in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


@pytest.mark.slow
def test_raft_with_logs_is_proved_for_any_number_of_servers() -> None:
    result = prove_model(load("raft:RaftWithHistory").specification, ProofOptions(timeout=120.0, screening=0))
    assert [obligation.claim.name for obligation in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


@pytest.mark.slow
def test_multi_paxos_whose_promises_carry_logs_is_proved_for_any_number_of_everything() -> None:
    options = ProofOptions(timeout=120.0, screening=0)
    result = prove_model(load("multi_paxos:MultiPaxosWithLogs").specification, options)
    assert [obligation.claim.name for obligation in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None
