"""Refinement for any number of elements: proved where it is true, refuted where it is not, and never half."""

from __future__ import annotations

import pytest
from assay.checker.language import (
    Map,
    Model,
    Set,
    Sort,
    action,
    everywhere,
    invariant,
    refines,
    require,
)
from assay.checker.language.introspection.specification import specify
from assay.models import two_phase_commit
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.options import ProofOptions


class Node(Sort):
    """Somebody."""


class Chosen(Model):
    """Nodes are chosen one after the other."""

    default = {"Node": 2}
    chosen: Set[Node]

    @action
    def choose(self, node: Node) -> None:
        require(node not in self.chosen)
        self.chosen.add(node)


class Marked(Model):
    """The same by marks."""

    default = {"Node": 2}
    mark: Map[Node, bool] = everywhere(False)

    @action
    def put(self, node: Node) -> None:
        self.mark[node] = True

    @refines(Chosen)
    def marks_choose(self) -> dict[str, object]:
        return {"chosen": {n for n in Node if self.mark[n]}}


class Unmarking(Marked):
    """Takes a mark away."""

    @action
    def take(self, node: Node) -> None:
        self.mark[node] = False


class MarkedAtFirst(Marked):
    """Begins with marks."""

    mark = everywhere(True)


class Misled(Marked):
    """Claims more than is true."""

    @invariant
    def nobody_is_marked(self) -> bool:
        return not any(self.mark[n] for n in Node)


class InPython(Marked):
    """Its mapping is more than formulas can say."""

    @refines(Chosen)
    def marks_choose(self) -> dict[str, object]:
        values = {}
        values["chosen"] = {n for n in Node if self.mark[n]}
        return values


def verdicts(model: type[Model]) -> dict[ClaimKind, set[bool | None]]:
    """Return what became of the claims of a model's refinements."""
    problem = encode(specify(model))
    attempt = Attempt(problem, ProofOptions(use_cache=False))
    attempt.run()
    found: dict[ClaimKind, set[bool | None]] = {}
    for result in attempt.results.values():
        if result.claim.predicate in (*problem.initial_claims, *(p for p in problem.steps if p.ways)):
            found.setdefault(result.claim.kind, set()).add(result.proved)
    return found


@pytest.mark.parametrize("model", [Marked, two_phase_commit.TwoPhaseCommitWithCrashes], ids=lambda m: m.__name__)
def test_what_implements_another_model_is_proved_to(model: type[Model]) -> None:
    assert verdicts(model) == {ClaimKind.STEP: {True}, ClaimKind.INITIATION: {True}}


def test_a_step_that_the_other_model_does_not_take_is_refuted() -> None:
    assert verdicts(Unmarking) == {ClaimKind.STEP: {True, False}, ClaimKind.INITIATION: {True}}


def test_a_beginning_that_is_none_of_the_other_model_is_refuted() -> None:
    assert verdicts(MarkedAtFirst) == {ClaimKind.STEP: {True}, ClaimKind.INITIATION: {False}}


def test_nothing_is_proved_with_an_invariant_that_is_not() -> None:
    assert verdicts(Misled) == {ClaimKind.STEP: {None}, ClaimKind.INITIATION: {True}}


def test_a_mapping_that_is_more_than_a_dictionary_is_refused_with_its_place() -> None:
    problem = encode(specify(InPython))
    (unencodable,) = problem.unencodable
    assert "a mapping that is more than a dictionary written out" in str(unencodable)
    assert not problem.initial_claims
