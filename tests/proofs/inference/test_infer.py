"""Proofs from the invariants alone: what is found is true, and what is broken is not proved."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.expectations import Violates
from assay.checker.language.loader import library, load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.inference.extension import extended, names_of
from assay.proofs.inference.infer import infer
from assay.proofs.inference.results import Inference

from tests.tiers import as_shown_by

ALONE = ProofOptions(workers=1)

PROVED = ("lock_server", "toy_consensus")
SLOWER = ("two_phase_commit", "sharded_store", "ring_election", "fenced_lock:FencedLock")


def _inferred(name: str, budget: float = 1e9) -> Inference:
    return infer(load(name).specification, ALONE, budget=budget, resume=False)


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


def _broken() -> list[str]:
    found = [model for model in library() if model.cls.__module__.startswith("assay.models.classics.")]
    return [model.name for model in found if isinstance(model.cls.expected, Violates) and model.cls.provable]


@pytest.mark.slow
@pytest.mark.parametrize("name", _broken())
def test_no_broken_variant_of_the_classics_is_proved(name: str) -> None:
    ticks = itertools.count()
    try:
        found = infer(load(name).specification, ALONE, budget=300.0, resume=False, clock=lambda: float(next(ticks)))
    except ModelError as error:
        assert "not inferred" in str(error)  # noqa: PT017 - whether it is refused is not what this is about
        return
    assert found.proof.verdict is not Verdict.HOLDS


@as_shown_by(test_a_sound_protocol_is_proved_from_its_invariants_alone)
def test_it_finds_the_same_lemmas_again() -> None:
    assert _inferred("lock_server").methods == _inferred("lock_server").methods


HINTED = '''
from assay.checker.language import *

class Box(Sort):
    """A box."""

class Balance(Model):
    """As many balls are taken out of the first box as are put into the second: a hint says so."""
    default = {"Box": 2}
    full: Set[Box]
    taken: Set[Box]
    put: Set[Box]

    @action
    def take(self, box: Box) -> None:
        require(box not in self.taken)
        self.taken.add(box)

    @action
    def place(self, box: Box) -> None:
        require(box in self.taken)
        self.put.add(box)

    @hint
    def is_settled(self, box: Box) -> bool:
        return box in self.taken or box not in self.put

    @invariant
    def nothing_from_nowhere(self) -> bool:
        return all(box in self.taken for box in self.put)
'''


def test_a_hint_is_claimed_by_nothing_and_may_be_part_of_a_lemma(tmp_path: Path) -> None:
    from assay.checker.language.frontend.compile import compile_model
    from assay.proofs.encoding.problem import encode
    from assay.proofs.inference.extension import names_of as names
    from assay.proofs.inference.grammar import Grammar

    path = tmp_path / "balance.py"
    path.write_text(HINTED)
    specification = load(str(path)).specification
    grammar = Grammar(encode(specification).theory, names(specification), compile_model(specification).of(Kind.HINT))
    atoms = grammar.atoms(grammar.bound([(grammar.types[0], 1)]), 2)
    assert "self.is_settled(b1)" in [atom.text for atom in atoms]
    assert "is_settled" not in [claim.name for claim in specification.properties]
    assert infer(specification, ALONE, budget=1e9, resume=False).proof.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("parameters", "body", "complaint"),
    [
        ("self, box: Box, sign: bool", "sign", "its parameter sign is bool"),
        ("self", "1 // len(self.put) > 1", "has no translation for any sizes"),
    ],
)
def test_a_hint_that_no_lemma_can_use_is_refused(tmp_path: Path, parameters: str, body: str, complaint: str) -> None:
    path = tmp_path / "balance.py"
    hinted = HINTED.replace("def is_settled(self, box: Box)", f"def is_settled({parameters})")
    path.write_text(hinted.replace("return box in self.taken or box not in self.put", f"return {body}"))
    with pytest.raises(ModelError, match=f"no lemma can use the hint is_settled: .*{complaint}") as refused:
        infer(load(str(path)).specification, ALONE, resume=False)
    assert refused.value.location is not None


def test_a_lemma_that_an_instance_refutes_is_no_violation_of_the_model() -> None:
    from assay.proofs.encoding.problem import Predicate
    from assay.proofs.inference.infer import _Attempt
    from assay.proofs.inference.lemmas import Lemma
    from assay.proofs.inference.spaces import Clause, Space

    attempt = _Attempt(load("toy_consensus").specification, ALONE, 1e9, None, lambda _: None, lambda: 0.0)
    variables = attempt.grammar.bound([(type_, 1) for type_ in attempt.grammar.types])
    atom = next(a for a in attempt.grammar.atoms(variables, 1) if a.text == "v1 in self.decided")
    clause = Clause(Space(variables, [atom]), ((atom, False),))
    attempt.search.lemmas.append(Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula)))
    found = attempt._open("the budget is spent", None)
    assert found.methods == ()
    assert found.proof.refutations == ()
    assert found.proof.verdict is Verdict.UNKNOWN


def test_the_quorums_that_a_model_writes_out_are_explored_though_some_members_are_in_none() -> None:
    model = load("flexible_paxos:FlexiblePaxosWithQuorumsApart").specification
    found = infer(model, ALONE, budget=1e9, resume=False)
    assert found.proof.verdict is Verdict.VIOLATED
    assert "agreement" in {refutation.name for refutation in found.proof.refutations}
