"""Fair lassos in random small graphs, for random formulas, against a second decision procedure."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest
from assay.checker.engine.classes import FairnessCondition
from assay.checker.engine.steps import Behaviours, TemporalClaim
from assay.checker.language.fairness import Fairness
from assay.checker.language.formulas import (
    Always,
    And,
    Eventually,
    Formula,
    Happens,
    Not,
    Now,
    Or,
    Until,
    atoms,
    parts,
    shape,
)
from assay.checker.temporal.arena import arena_of
from assay.checker.temporal.search import Lasso, Searches

from tests.checker.temporal.tableaux import Fair, Small, is_violated

LABELS = 3


def random_graph(rng: random.Random) -> Small:
    states = rng.randint(1, 5)
    edges = {
        (rng.randrange(states), rng.randrange(-1, states) if rng.random() < 0.15 else rng.randrange(states), label)
        for label in range(LABELS)
        for _ in range(rng.randint(0, states))
    }
    fair = [
        Fair(frozenset(rng.sample(range(LABELS), rng.randint(1, 2))), rng.random() < 0.5)
        for _ in range(rng.randint(0, 3))
    ]
    truths = [frozenset(s for s in range(states) if rng.random() < 0.5) for _ in range(2)]
    return Small(states, rng.randint(1, states), tuple(sorted(edges)), tuple(truths), tuple(fair))


def small_formula(rng: random.Random) -> Formula:
    """Return a formula with few of those operators each of which doubles the tableau."""
    while True:
        formula = random_formula(rng, 3)
        if 1 <= len({part for part in parts(formula) if not isinstance(part, Now | Not | And | Or)}) <= 3:
            return formula


def random_formula(rng: random.Random, depth: int) -> Formula:
    if depth == 0 or rng.random() < 0.15:
        return Happens(f"a{rng.randrange(LABELS)}", ()) if rng.random() < 0.3 else Now(rng.randrange(2))
    kind = rng.choice((Not, And, Or, Eventually, Always, Eventually, Always, Until))
    if kind in (Not, Eventually, Always):
        return kind(random_formula(rng, depth - 1))
    return kind(random_formula(rng, depth - 1), random_formula(rng, depth - 1))


class Labels:
    """Classes of calls where each label is an action."""

    size = LABELS

    def members(self, action: str, _fixed: object) -> np.ndarray:
        return np.arange(LABELS) == int(action[1:])


def behaviours_of(graph: Small, formula: Formula) -> Behaviours:
    """Return a graph as arrays, labelled with the predicates of a formula from left to right."""
    edges = sorted(graph.edges)
    indptr = np.searchsorted([source for source, _, _ in edges], np.arange(graph.states + 1)).astype(np.int64)
    targets = np.array([t if t >= 0 else graph.states for _, t, _ in edges], np.int64)
    classes = np.array([label for _, _, label in edges], np.int32)
    truth = [[state in graph.truths[atom] for state in range(graph.states)] for atom in atoms(formula)]
    labels = np.array(truth, np.bool_).reshape(-1, graph.states)
    claim = TemporalClaim(SimpleNamespace(name="formula"), (), shape(formula), 0, len(truth))
    return Behaviours(
        indptr,
        targets,
        classes,
        labels,
        graph.initial,
        (claim,),
        Labels(),
        lambda n: (n,),
        lambda _: (np.zeros(0, np.int64), np.zeros(0, np.int64)),
    )


def _one_group(_: frozenset[str]) -> tuple[np.ndarray, np.ndarray]:
    raise NotImplementedError  # no formula asks for groups


def searches_of(graph: Small, formula: Formula) -> Searches:
    conditions = [
        FairnessCondition(Fairness(fair.strong), (), np.isin(np.arange(LABELS), list(fair.labels)))
        for fair in graph.fair
    ]
    return Searches(behaviours_of(graph, formula), conditions)


def demand_fair_violation(graph: Small, formula: Formula, lasso: Lasso) -> None:
    """Fail unless a lasso is a path, fair, and violates the formula, each by its definition."""
    states = [step.state for step in lasso.steps]
    after = [*states[1:], states[lasso.loop]]
    assert states[0] < graph.initial
    for step, target in zip(lasso.steps, after, strict=True):
        assert (step.state, target, step.call) in graph.edges if step.call is not None else step.state == target
    pairs = list(zip(states, after, strict=True))[lasso.loop :]
    for fair in graph.fair:
        taken = any(fair.labels & graph.labels(*pair) for pair in pairs)
        enabled = [graph.enables(state, fair) for state, _ in pairs]
        assert taken or not (any(enabled) if fair.strong else all(enabled))
    assert not value(graph, formula, states, after, lasso.loop)[0]


def value(graph: Small, formula: Formula, states: list[int], after: list[int], loop: int) -> list[bool]:
    """Return the truth of a formula at each position of a lasso."""
    inner = [value(graph, operand, states, after, loop) for operand in formula.operands]
    ahead = [[*range(i, len(states)), *range(loop, min(i, len(states)))] for i in range(len(states))]
    match formula:
        case Now(atom):
            return [state in graph.truths[atom] for state in states]
        case Happens(action, _):
            return [int(action[1:]) in graph.labels(*pair) for pair in zip(states, after, strict=True)]
        case Not():
            return [not v for v in inner[0]]
        case And():
            return [a and b for a, b in zip(*inner, strict=True)]
        case Or():
            return [a or b for a, b in zip(*inner, strict=True)]
        case Eventually():
            return [any(inner[0][j] for j in seen) for seen in ahead]
        case Always():
            return [all(inner[0][j] for j in seen) for seen in ahead]
        case Until():
            return [
                any(inner[1][j] and all(inner[0][k] for k in seen[:place]) for place, j in enumerate(seen))
                for seen in ahead
            ]
    raise TypeError(formula)


SIMPLE = (
    lambda p, q: Eventually(p),
    lambda p, q: Always(Eventually(p)),
    lambda p, q: Always(Or(Not(p), Eventually(q))),
)


@pytest.mark.parametrize("seed", range(8))
def test_searches_find_a_violation_where_the_tableau_does(seed: int) -> None:
    rng = random.Random(seed)
    outcomes = set()
    for _ in range(25):
        graph, formula = random_graph(rng), small_formula(rng)
        searches = searches_of(graph, formula)
        lasso = searches.violation(searches._behaviours.claims[0])
        assert (lasso is not None) == is_violated(graph, formula), (graph, formula)
        outcomes.add(lasso is not None)
        if lasso is not None:
            demand_fair_violation(graph, formula, lasso)
    assert outcomes == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_simple_formulas_have_the_same_verdict_with_and_without_an_automaton(seed: int) -> None:
    rng = random.Random(100 + seed)
    for _ in range(25):
        graph, formula = random_graph(rng), rng.choice(SIMPLE)(Now(0), Now(1))
        searches = searches_of(graph, formula)
        claim = searches._behaviours.claims[0]
        directly, by_automaton = searches.violation(claim), searches._by_automaton(claim)
        assert (directly is None) == (by_automaton is None) == (not is_violated(graph, formula)), (graph, formula)
        for lasso in filter(None, (directly, by_automaton)):
            demand_fair_violation(graph, formula, lasso)


def test_enabled_conditions_are_those_that_a_changing_step_fulfils_however_many_they_are() -> None:
    rng = random.Random(7)
    edges = tuple((rng.randrange(6), rng.randrange(-1, 6), rng.randrange(LABELS)) for _ in range(12))
    graph = Small(6, 1, edges, (frozenset(),), ())
    fair = [Fair(frozenset(rng.sample(range(LABELS), rng.randint(1, 2))), strong=False) for _ in range(70)]
    conditions = [FairnessCondition(Fairness(False), (), np.isin(np.arange(LABELS), list(f.labels))) for f in fair]
    arena = arena_of(behaviours_of(graph, Now(0)), conditions)
    expected = [[graph.enables(state, f) for state in range(6)] for f in fair]
    assert [enabled.tolist() for enabled in arena.enabled] == expected
