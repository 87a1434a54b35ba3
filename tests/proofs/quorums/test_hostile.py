"""Every claim of every analysis about systems that are made to be misread, against brute force."""

import random
from fractions import Fraction
from math import prod

import numpy as np
import pytest
from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.analyses.cost.load import optimal_strategy
from assay.proofs.quorums.analyses.cost.smallest_quorum import smallest_quorum_of
from assay.proofs.quorums.analyses.resilience.splitting import smallest_splitting_set
from assay.proofs.quorums.analyses.resilience.splitting_sets import minimal_splitting_sets
from assay.proofs.quorums.analyses.resilience.survival import Survival, survival_by
from assay.proofs.quorums.analyses.resilience.tolerance import single_points_of_failure, tolerance
from assay.proofs.quorums.analyses.units import units_of_nodes
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import decide as deciding
from assay.proofs.quorums.intersection import sat, smt
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses
from assay.proofs.quorums.minimal import minimal_quorums, quorum_within
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from assay.proofs.quorums.systems import QuorumObligation
from hostile_systems import system
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import alive, blocking_sets, is_broken, minimal, quorums, splitting_sets, subsets
from scipy.optimize import linprog

from tests.tiers import one_in

SEEDS = st.integers(0, 2**32)
ALONE = "f"


def expected(given_):
    if any(is_broken(given_, duty) for duty in given_.obligations):
        return Condition.SPLIT
    return (
        Condition.SAFE if all(quorums(kind, given_.nodes) for kind in given_.classes.values()) else Condition.NO_QUORUM
    )


def check_the_verdict(seed):
    given_ = system(seed)
    resolved = resolve(given_, UnknownNodes.ABSENT)
    safety = verify(resolved)
    assert safety.condition is expected(given_)
    for one in safety.checked:
        problem = problem_of(resolved, one.obligation, one.faulty)
        if all(quorum_within(kind, set(problem.nodes)) for kind in problem.kinds):
            for search in (sat.search, smt.search):
                assert isinstance(search(problem, Deadline()), Misses) == isinstance(one.outcome, Misses)


def check_what_is_survived(seed):
    given_ = resolve(system(seed), UnknownNodes.ABSENT)
    drawn = random.Random(seed)
    zones = {node: drawn.choice(["x", "y", ""]) for node in given_.nodes if drawn.random() < 0.8}
    for units in (units_of_nodes(given_), zones):
        every = [one for kind in given_.live.values() for one in blocking_sets(kind, given_.nodes, units)]
        outages = set(minimal(every))
        least = min(map(len, outages), default=None)
        most = len(set(units.values())) if least is None else max(0, least - 1)
        found = tolerance(given_, units, Deadline())
        assert (found.at_least, found.at_most) == (most, most)
        survival = survival_by(Survival(), given_, ALONE, units, 5, Deadline())
        assert survival.outages[ALONE].is_complete
        assert set(survival.outages[ALONE].sets) == outages
        if frozenset() not in outages:
            assert set(single_points_of_failure(given_, units)) == {u for one in outages if len(one) == 1 for u in one}


def check_what_splits(seed):
    given_ = system(seed)
    resolved = resolve(given_, UnknownNodes.ABSENT)
    drawn = random.Random(seed)
    zones = {node: drawn.choice(["x", "y", ""]) for node in given_.nodes if drawn.random() < 0.8}
    for units in (units_of_nodes(given_), zones):
        for duty in given_.obligations:
            every = splitting_sets(given_, QuorumObligation(duty.classes, duty.need, duty.weights), units)
            problem = problem_of(resolved, duty, frozenset())
            smallest = smallest_splitting_set(problem, units, Deadline())
            assert smallest.is_settled
            assert smallest.size == min(map(len, every), default=None)
            assert smallest.example is None or smallest.example in every
            found = minimal_splitting_sets(problem, units, 3, Deadline())
            assert found.is_complete
            assert set(found.sets) == {one for one in every if len(one) <= 3}


def check_what_it_costs(seed):
    given_ = resolve(system(seed), UnknownNodes.ABSENT)
    drawn = random.Random(seed)
    down = {node: Fraction(drawn.choice([0, 1, 1, 3, 9, 10]), 10) for node in given_.nodes}
    for name, kind in given_.classes.items():
        every = minimal(quorums(kind, given_.nodes))
        smallest = smallest_quorum_of(kind, Deadline())
        assert smallest.is_settled
        assert smallest.size == min(map(len, every), default=None)
        assert set(minimal_quorums(kind, Deadline()).sets) == set(every)
        chance = sum(
            prod(1 - down[n] if n in up else down[n] for n in given_.nodes)
            for up in subsets(given_.nodes)
            if alive(kind, up)
        )
        assert availability([kind], down, Deadline()) == chance
        strategy = optimal_strategy(given_, {name: 1.0}, Deadline())
        if strategy is not None and every and frozenset() not in every:
            least = least_load(every, given_.nodes)
            assert strategy.at_least - 1e-6 <= least <= strategy.load + 1e-6
            assert not strategy.is_optimal or abs(strategy.load - least) < 1e-6


def least_load(every, nodes):
    loads = np.array([[float(node in one) for one in every] + [-1.0] for node in nodes])
    goal = [0.0] * len(every) + [1.0]
    sums = [[1.0] * len(every) + [0.0]]
    return linprog(goal, loads, np.zeros(len(nodes)), sums, [1.0]).fun


CHECKS = [check_the_verdict, check_what_is_survived, check_what_splits, check_what_it_costs]


@pytest.mark.parametrize("check", one_in(2, CHECKS))
@settings(max_examples=250, deadline=None)
@given(SEEDS)
def test_hostile_systems_are_analysed_as_brute_force_does(check, seed):
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_thousands_of_hostile_systems_are_analysed_as_brute_force_does(check):
    for seed in range(1_000):
        check(seed)


@settings(max_examples=250, deadline=None)
@given(SEEDS)
def test_every_layer_alone_comes_to_the_verdict_of_brute_force(seed):
    """Without guesses, and without counting: what the other layers then decide is the same."""
    given_ = system(seed)
    resolved = resolve(given_, UnknownNodes.ABSENT)
    for without in (("guess",), ("guess", "_count"), ("_by_atoms", "_count")):
        with pytest.MonkeyPatch.context() as patch:
            for layer in without:
                patch.setattr(deciding, layer, lambda *_: None)
            patch.setattr(deciding, "MANY", 1)
            safety = verify(resolved)
        assert safety.condition is expected(given_)
        if "_count" in without:
            proved = [one.outcome.method for one in safety.checked if isinstance(one.outcome, Meets)]
            assert Method.MEASURE not in proved
