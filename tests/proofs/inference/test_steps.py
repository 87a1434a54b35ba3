"""Recorded steps are looked at once for each formula; what comes of it is what looking at each step anew would say."""

from __future__ import annotations

import itertools

from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.inference.grounding import Grounding, Step
from assay.proofs.inference.steps import Steps
from assay.proofs.logic.structures import evaluate
from assay.proofs.logic.terms import Term


def _refuted(steps: list[Step], formula: Term, hypotheses: list[Term]) -> bool:
    """Say the same of each step by itself, by the evaluator of structures."""
    return any(
        all(evaluate(one, step.before, {}) for one in (formula, *hypotheses)) and not evaluate(formula, step.after, {})
        for step in steps
    )


def test_steps_that_are_added_between_are_looked_at_too() -> None:
    problem = encode(load("lock_server").specification)
    formulas = [predicate.formula for predicate in problem.invariants]
    recorded, known = Steps(), list[Step]()
    answers = set[bool]()
    sizes = [dict.fromkeys((s for s in problem.theory.sorts if not s.members), size) for size in (2, 3)]
    groundings = [Grounding(problem, one) for one in sizes]
    for predicate, transition, grounding in itertools.product(problem.invariants, problem.transitions, groundings):
        step = grounding.breaking(predicate.goal, [predicate.formula], transition)
        if step is None:
            continue
        recorded.add(step)
        known.append(step)
        for formula, hypothesis in itertools.product(formulas, [[], formulas[:1], formulas[1:3]]):
            answer = recorded.refute(formula, hypothesis)
            assert answer == _refuted(known, formula, hypothesis)
            answers.add(answer)
        inside = [one for one in known if all(evaluate(formula, one.before, {}) for formula in formulas[:2])]
        found = recorded.within(formulas[:2])
        assert sum(before.states for before, _ in found) == sum(after.states for _, after in found) == len(inside)
    assert len(known) > 4
    assert answers == {True, False}
