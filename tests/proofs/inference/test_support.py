"""What is known to suffice in some small structures is known of these only."""

from __future__ import annotations

from typing import Any, cast

from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import encoded
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.infer import without_lemmas
from assay.proofs.inference.support import Support
from assay.proofs.logic.terms import TRUE


class _Counting:
    """Goals that count how often it is asked what suffices."""

    def __init__(self, goals: Goals) -> None:
        self.goals, self.searched, self.asked = goals, 1, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.goals, name)

    def enough(self, *given: Any, **options: Any) -> frozenset[Any] | None:
        self.asked += 1
        return self.goals.enough(*given, **options)


def test_what_suffices_in_small_structures_is_asked_again_once_larger_ones_are_searched() -> None:
    problem, _ = encoded(without_lemmas(load("toy_consensus").specification), ProofOptions(), counting=False)
    goals = _Counting(Goals(problem))
    support, trivial = Support(cast(Goals, goals), lambda: None), Predicate("trivial", Kind.LEMMA, TRUE)
    claims = [*goals.claimed, trivial]

    def asked() -> int:
        before = goals.asked
        for predicate in claims:
            support.preserves(predicate, support.hypotheses([trivial]))
        return goals.asked - before

    first = asked()
    assert asked() < first
    goals.searched = 2
    assert asked() == first


def test_larger_structures_are_searched_for_all_once_one_of_them_has_told_something() -> None:
    problem, _ = encoded(without_lemmas(load("toy_consensus").specification), ProofOptions(), counting=False)
    goals = Goals(problem)
    assert goals._in_small(lambda grounding: None, larger=False) is None
    assert (goals.searched, len(goals._made)) == (1, 1)
    answers = iter([None, True])
    assert goals._in_small(lambda grounding: next(answers), larger=True)
    assert (goals.searched, len(goals._made)) == (2, 2)
