"""Availability, load, capacity and latency, against enumeration and published values."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import pytest
from assay.checker.errors import UsageError
from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.analyses.cost.latency import expected_latency, fastest_quorum
from assay.proofs.quorums.analyses.cost.load import optimal_strategy
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.systems import QuorumSystem, class_names, is_quorum
from assay.proofs.quorums.trees import Node, majority
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import alive, minimal, quorums, subsets
from quorum_strategies import NODES, any_trees, federations
from scipy.optimize import linprog

KINDS = st.one_of(any_trees().map(simplify), federations(NODES[:5]))
CHANCES = st.fixed_dictionaries({n: st.fractions(0, 1, max_denominator=10) for n in NODES})
SECONDS = st.fixed_dictionaries({n: st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.0]) for n in NODES})


def complete(*kinds):
    system = QuorumSystem("drawn", NODES, {str(i): kind for i, kind in enumerate(kinds)})
    return list(resolve(system, UnknownNodes.ABSENT).classes.values())


def chance_that(question, failure):
    return sum(
        (prod((failure[n] if n not in up else 1 - failure[n]) for n in NODES) for up in subsets(NODES) if question(up)),
        Fraction(0),
    )


@settings(max_examples=60, deadline=None)
@given(KINDS, CHANCES)
def test_availability_is_that_of_enumeration(kind, failure):
    expected = chance_that(lambda up: alive(kind, up), failure)
    assert availability(complete(kind), failure, Deadline()) == expected


@settings(max_examples=50, deadline=None)
@given(any_trees(), KINDS, CHANCES)
def test_availability_of_two_classes_is_that_of_enumeration(one, other, failure):
    expected = chance_that(lambda up: alive(one, up) and alive(other, up), failure)
    assert availability(complete(one, other), failure, Deadline()) == expected


def test_availability_without_time_is_not_known():
    tenth = dict.fromkeys(NODES, Fraction(1, 10))
    assert availability([majority(NODES)], tenth, Deadline.after(0)) is None


GRID3 = library.maekawa_grid(["abc", "def", "ghi"])
HIERARCHY = library.hierarchical([list("abc"), list("def"), list("ghi")])
WHEEL = library.crumbling_wall(["a", "bcdef"])
WALL3, WALL4 = library.crumbling_wall(["a", "bc", "def"]), library.crumbling_wall(["a", "bc", "def", "ghij"])


@pytest.mark.parametrize(
    ("system", "load", "failure"),
    [
        (library.majority("abc"), Fraction(2, 3), 0.028),
        (library.majority("abcd"), Fraction(3, 4), 0.0523),
        (library.majority("abcde"), Fraction(3, 5), 0.00856),
        (library.majority("abcdefg"), Fraction(4, 7), 0.002728),
        (library.majority("abcdefghi"), Fraction(5, 9), 0.000891),
        (library.byzantine("abcdefg", 5, 2), Fraction(5, 7), 0.025692),
        (library.projective_plane(2), Fraction(3, 7), 0.00681),
        (library.projective_plane(3), Fraction(4, 13), 0.001417),
        (GRID3, Fraction(5, 9), 0.033309),
        (HIERARCHY, Fraction(4, 9), 0.002308),
        (library.tree("abc"), Fraction(2, 3), 0.028),
        (library.tree("abcdefg"), Fraction(1, 2), 0.006227),
        (WHEEL, Fraction(5, 9), 0.04096),
        (WALL3, Fraction(1, 2), 0.00856),
        (WALL4, Fraction(2, 5), 0.003043),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_published_loads_and_failure_probabilities(system, load, failure):
    strategy = optimal_strategy(system, {"quorum": 1.0}, Deadline())
    assert strategy.load == pytest.approx(float(load), abs=1e-8)
    assert strategy.at_least == pytest.approx(float(load), abs=1e-8)
    assert strategy.capacity == pytest.approx(float(1 / load))
    tenth = dict.fromkeys(system.nodes, Fraction(1, 10))
    up = availability([simplify(system.classes["quorum"])], tenth, Deadline())
    assert float(1 - up) == pytest.approx(failure, abs=6e-7)


@pytest.mark.parametrize(
    ("rows", "columns", "load"), [(2, 3, Fraction(5, 12)), (3, 3, Fraction(1, 3)), (4, 4, Fraction(1, 4))]
)
def test_published_loads_of_grids_with_half_of_the_operations_reads(rows, columns, load):
    grid = library.grid([[f"n{r}{c}" for c in range(columns)] for r in range(rows)])
    strategy = optimal_strategy(resolve(grid, UnknownNodes.ABSENT), {"read": 0.5, "write": 0.5}, Deadline())
    assert strategy.load == pytest.approx(float(load), abs=1e-8)
    assert strategy.is_optimal


def brute_force_load(system, shares):
    columns = [(name, q) for name, kind in system.classes.items() for q in minimal(quorums(kind, system.nodes))]
    if any(all(name != c for c, _ in columns) for name in shares):
        return None
    rows = [[shares[c] / system.capacity.get(n, 1) * (n in q) for c, q in columns] + [-1] for n in system.nodes]
    sums = [[float(c == name) for c, _ in columns] + [0] for name in system.classes]
    goal = [0.0] * len(columns) + [1]
    return linprog(goal, rows, [0] * len(rows), sums, [1] * len(sums)).fun


@settings(max_examples=60, deadline=None)
@given(any_trees(), any_trees(), st.sampled_from([0.1, 0.5, 0.9]), st.data())
def test_load_is_that_of_the_program_over_all_quorums(read, write, share, data):
    capacity = data.draw(st.fixed_dictionaries({n: st.sampled_from([0.5, 1.0, 3.0]) for n in NODES}))
    system = QuorumSystem("drawn", NODES, {"read": read, "write": write}, capacity=capacity)
    shares = {"read": share, "write": 1 - share}
    strategy = optimal_strategy(resolve(system, UnknownNodes.ABSENT), shares, Deadline())
    expected = brute_force_load(system, shares)
    if expected is None:
        assert strategy is None
        return
    assert strategy.load == pytest.approx(expected, abs=1e-6)
    assert strategy.at_least == pytest.approx(expected, abs=1e-6)
    for name, pairs in strategy.quorums.items():
        assert all(is_quorum(system.classes[name], quorum) for quorum, _ in pairs)
        assert sum(weight for _, weight in pairs) == pytest.approx(1)


def test_a_capacity_below_one_is_fine():
    system = QuorumSystem("one", ("a",), {"quorum": Node("a")}, capacity={"a": 0.5})
    assert optimal_strategy(system, {"quorum": 1.0}, Deadline()).capacity == pytest.approx(0.5)


@pytest.mark.parametrize("shares", [{"quorum": 0.5}, {"quorum": -1.0}, {"other": 1.0}])
def test_shares_that_are_no_distribution_are_refused(shares):
    with pytest.raises(UsageError):
        optimal_strategy(library.majority("abc"), shares, Deadline())


@settings(max_examples=60, deadline=None)
@given(KINDS, SECONDS)
def test_the_fastest_quorum_is_that_of_enumeration(kind, seconds):
    every = [max((seconds[n] for n in quorum), default=0.0) for quorum in quorums(kind, NODES)]
    found = fastest_quorum(complete(kind)[0], seconds)
    assert (found and found.seconds) == min(every, default=None)


@settings(max_examples=50, deadline=None)
@given(any_trees().map(simplify), SECONDS, CHANCES)
def test_expected_latency_is_that_of_enumeration(tree, seconds, failure):
    def first(up):
        return min((max((seconds[n] for n in q), default=0.0) for q in every if q <= up), default=None)

    every = quorums(tree, NODES)
    total = chance = 0.0
    for up in subsets(NODES):
        if (moment := first(up)) is not None:
            weight = float(prod(failure[n] if n not in up else 1 - failure[n] for n in NODES))
            total, chance = total + weight * moment, chance + weight
    found = expected_latency(tree, seconds, failure, Deadline())
    if not class_names(tree):
        return
    assert found == (pytest.approx(total / chance, abs=1e-6) if chance else None)


def test_a_quorum_that_needs_a_node_without_a_latency_has_none():
    assert fastest_quorum(majority("abc"), {"a": 1.0}) is None


def test_three_zones_answer_as_fast_as_the_nearest_two():
    assert fastest_quorum(majority("abc"), {"a": 1.0, "b": 5.0, "c": 2.0}).quorum == {"a", "c"}


def test_the_fastest_quorum_agrees_with_all_orders_of_three_nodes():
    for times in product([1.0, 2.0, 3.0], repeat=3):
        assert fastest_quorum(majority("abc"), dict(zip("abc", times, strict=True))).seconds == sorted(times)[1]


@pytest.mark.parametrize("capacity", [1e-320, 1e-31, 1e31, 0.0])
def test_capacities_that_no_float_can_compare_are_refused(capacity):
    system = replace(library.majority("abc"), capacity=dict.fromkeys("abc", capacity))
    with pytest.raises(UsageError, match="the capacity of 'a' is"):
        optimal_strategy(system, {"quorum": 1.0}, Deadline())


@pytest.mark.parametrize("capacity", [1e-30, 1e-6, 1.0, 1e6, 1e30])
def test_the_unit_of_capacities_makes_no_difference(capacity):
    system = replace(library.majority("abc"), capacity=dict.fromkeys("abc", capacity))
    found = optimal_strategy(system, {"quorum": 1.0}, Deadline())
    assert found.is_optimal
    assert found.capacity == pytest.approx(1.5 * capacity)
