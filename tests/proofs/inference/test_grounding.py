"""Steps that a propositional solver finds, held against the evaluator; that it finds none, against a model's lemmas."""

from __future__ import annotations

import pytest
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Problem, encode
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.inference.grounding import Grounding
from assay.proofs.logic.structures import evaluate

MODELS = ("lock_server", "paxos", "fenced_lock:FencedLock", "raft_election")


def _grounding(problem: Problem) -> Grounding:
    orders = {sort_of(type_) for type_ in problem.theory.orders()}
    return Grounding(problem, {s: 3 if s in orders else 2 for s in problem.theory.sorts if not s.members})


@pytest.mark.parametrize("name", MODELS)
def test_no_step_breaks_what_an_inductive_set_of_lemmas_preserves(name: str) -> None:
    problem = encode(load(name).specification)
    grounding, known = _grounding(problem), [p.formula for p in problem.invariants]
    for predicate in problem.invariants:
        for transition in problem.transitions:
            assert grounding.breaking(predicate.goal, known, transition) is None


@pytest.mark.parametrize("name", MODELS)
def test_a_step_that_is_found_is_one_and_breaks_the_goal(name: str) -> None:
    problem = encode(load(name).specification)
    grounding, found = _grounding(problem), 0
    for predicate in problem.invariants:
        known = [p.formula for p in problem.invariants if p.kind is Kind.INVARIANT or p is predicate]
        for transition in problem.transitions:
            step = grounding.breaking(predicate.goal, known, transition)
            if step is None:
                continue
            found += 1
            assert all(evaluate(formula, step.before, {}) for formula in (*known, *problem.assumptions))
            assert evaluate(transition.guard, step.before, {})
            assert not evaluate(predicate.goal, step.after, {})
            after = step.before.after(transition.definitions)
            for symbol in problem.theory.state_symbols:
                for point in after.tuples(symbol.arguments):
                    assert after.value(symbol, point) == step.after.value(symbol, point)
    assert found
