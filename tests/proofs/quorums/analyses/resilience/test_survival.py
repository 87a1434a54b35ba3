"""Blocking sets, splitting sets and smallest quorums, against brute force."""

from dataclasses import replace
from fractions import Fraction

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.cost.smallest_quorum import smallest_quorum_of
from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.analyses.resilience.blocking_sets import minimal_blocking_sets
from assay.proofs.quorums.analyses.resilience.splitting import smallest_splitting_set
from assay.proofs.quorums.analyses.resilience.splitting_sets import minimal_splitting_sets
from assay.proofs.quorums.analyses.resilience.survival import Survival, survival_by
from assay.proofs.quorums.analyses.resilience.tolerance import needed_by_every_quorum, tolerance
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorums
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import problem_of
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import Node, choose, majority
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import blocking_sets, minimal, quorums, splitting_sets
from quorum_strategies import NODES, any_trees, federated_systems, federations, systems

KINDS = st.one_of(any_trees().map(simplify), federations())
ZONES = st.fixed_dictionaries({}, optional={node: st.sampled_from("xyz") for node in NODES})
THEMSELVES = st.just({node: node for node in NODES})


def settled_size(smallest):
    assert smallest.is_settled
    return smallest.size


def complete(kind, nodes=NODES):
    """A federation in which every node has a tree, as resolving makes it."""
    system = QuorumSystem("drawn", tuple(nodes), {"quorum": kind})
    return resolve(system, UnknownNodes.ABSENT).classes["quorum"]


@settings(max_examples=120, deadline=None)
@given(KINDS, THEMSELVES | ZONES)
def test_the_smallest_blocking_set_is_that_of_brute_force(kind, units):
    expected = blocking_sets(kind, NODES, units)
    found = smallest_blocking_set(complete(kind), units, Deadline())
    assert settled_size(found) == min(map(len, expected), default=None)
    assert found.example is None or found.example in expected


@settings(max_examples=120, deadline=None)
@given(KINDS, THEMSELVES | ZONES, st.integers(0, 7))
def test_the_minimal_blocking_sets_are_those_of_brute_force(kind, units, up_to):
    expected = {s for s in blocking_sets(kind, NODES, units) if len(s) <= up_to}
    found = minimal_blocking_sets(complete(kind), units, up_to, Deadline())
    assert found.is_complete
    assert set(found.sets) == expected
    assert len(found.sets) == len(expected)


@settings(max_examples=120, deadline=None)
@given(KINDS)
def test_the_smallest_quorum_is_that_of_brute_force(kind):
    expected = minimal(quorums(kind, NODES))
    found = smallest_quorum_of(complete(kind), Deadline())
    assert settled_size(found) == min(map(len, expected), default=None)
    assert found.example is None or found.example in expected


@settings(max_examples=120, deadline=None)
@given(KINDS)
def test_the_minimal_quorums_are_those_of_brute_force(kind):
    found = minimal_quorums(complete(kind), Deadline())
    assert found.is_complete
    assert set(found.sets) == set(minimal(quorums(kind, NODES)))


@settings(max_examples=120, deadline=None)
@given(KINDS, THEMSELVES | ZONES)
def test_the_units_that_every_quorum_needs_are_those_of_brute_force(kind, units):
    found = needed_by_every_quorum(complete(kind), units)
    every = quorums(kind, NODES)
    without = {unit: {node for node in NODES if units.get(node) != unit} for unit in units.values()}
    assert found == tuple(sorted(unit for unit, left in without.items() if not any(one <= left for one in every)))


@pytest.mark.parametrize("count", [3, 10, 35, 126])
def test_published_numbers_of_minimal_quorums_of_majorities(count):
    nodes = {3: "abc", 10: "abcde", 35: "abcdefg", 126: "abcdefghi"}[count]
    assert len(minimal_quorums(majority(nodes), Deadline()).sets) == count


def test_an_enumeration_that_stops_early_says_so():
    stopped = minimal_quorums(majority("abcdefghi"), Deadline(), most=5)
    assert (len(stopped.sets), stopped.is_complete) == (5, False)


@settings(max_examples=50, deadline=None)
@given(systems() | federated_systems(), st.data())
def test_splitting_sets_are_those_of_brute_force(system, data):
    small = system.nodes[:5]
    zones = ZONES.map(lambda drawn: {n: drawn[n] for n in small if n in drawn})
    units = data.draw(st.just({n: n for n in system.nodes}) | zones)
    duty = system.obligations[0]
    expected = splitting_sets(system, duty, units)
    problem = problem_of(resolve(system, UnknownNodes.ABSENT), duty, frozenset())
    smallest = smallest_splitting_set(problem, units, Deadline())
    assert settled_size(smallest) == min(map(len, expected), default=None)
    found = minimal_splitting_sets(problem, units, 3, Deadline())
    assert found.is_complete
    assert set(found.sets) == {chosen for chosen in expected if len(chosen) <= 3}


def blocking_size(system):
    kind = system.classes["quorum"]
    return settled_size(smallest_blocking_set(kind, {n: n for n in system.nodes}, Deadline()))


def test_published_resiliences_of_the_classical_systems():
    """The transversal less one, as Naor and Wool give it, and as computed by enumeration."""
    grid3, grid4 = ["abc", "def", "ghi"], ["abcd", "efgh", "ijkl", "mnop"]
    table = {
        "majority of 3": (library.majority("abc"), 1),
        "majority of 4": (library.majority("abcd"), 1),
        "majority of 9": (library.majority("abcdefghi"), 4),
        "Fano": (library.projective_plane(2), 2),
        "plane of order 3": (library.projective_plane(3), 3),
        "3x3": (library.maekawa_grid(grid3), 2),
        "4x4": (library.maekawa_grid(grid4), 3),
        "hierarchy 3x3": (library.hierarchical([list(g) for g in grid3]), 3),
        "tree of height 1": (library.tree("abc"), 1),
        "tree of height 2": (library.tree("abcdefg"), 2),
        "wheel": (library.crumbling_wall(["a", "bcdef"]), 1),
        "wall 1, 2, 3": (library.crumbling_wall(["a", "bc", "def"]), 2),
        "wall 1, 2, 3, 4": (library.crumbling_wall(["a", "bc", "def", "ghij"]), 3),
    }
    for name, (system, resilience) in table.items():
        assert (name, blocking_size(system) - 1) == (name, resilience)


def test_published_sizes_of_the_smallest_quorums():
    sizes = [
        (library.projective_plane(2), 3),
        (library.projective_plane(3), 4),
        (library.maekawa_grid(["abc", "def", "ghi"]), 5),
        (library.hierarchical([list("abc"), list("def"), list("ghi")]), 4),
        (library.tree("abcdefg"), 3),
        (library.crumbling_wall(["a", "bc", "def", "ghij"]), 4),
    ]
    for system, size in sizes:
        assert settled_size(smallest_quorum_of(system.classes["quorum"], Deadline())) == size


def test_two_cores_must_both_be_blocked():
    two = Federation({**dict.fromkeys("abc", majority("abc")), "d": Node("d")})
    found = smallest_blocking_set(two, {n: n for n in "abcd"}, Deadline())
    assert found.size == 3
    assert "d" in found.example


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=3), THEMSELVES | ZONES)
def test_services_are_what_is_survived_each_by_itself_and_together(kinds, units):
    services = {f"service {place}": complete(kind) for place, kind in enumerate(kinds)}
    system = QuorumSystem("drawn", NODES, {"quorum": majority(NODES)}, services=services)
    every = {name: blocking_sets(kind, NODES, units) for name, kind in services.items()}
    least = {name: min(map(len, sets), default=None) for name, sets in every.items()}
    found = tolerance(system, units, Deadline())
    sizes = [size for size in least.values() if size is not None]
    assert found.at_least == found.at_most == (max(0, min(sizes) - 1) if sizes else len(set(units.values())))
    for name, one in found.each.items():
        assert one.at_least == (len(set(units.values())) if least[name] is None else max(0, least[name] - 1))
    known = survival_by(Survival(), system, "f", units, 7, Deadline())
    assert set(known.outages["f"].sets) == set(minimal([one for sets in every.values() for one in sets]))


def test_services_with_different_tolerances_are_told_apart():
    """Kafka with three replicas, two of which must be in sync: writes survive one loss, committed records two."""
    services = {"writes": choose(2, "abc"), "committed records": choose(1, "abc")}
    system = replace(library.majority("abc"), services=services)
    report = analyse(Configuration("test", ("file",), system), Questions(failure=Fraction(1, 10)))
    lines = [" ".join(line.plain.split()) for line in render(report)]
    assert "survives any crashes 1 of 3; losing {a, b} stops writes" in lines
    assert {"writes 1 of 3", "committed records 2 of 3"} <= set(lines)
    assert report.costs["committed records"].availability == 1 - Fraction(1, 1000)
    assert machine.record(report)["survival"]["tolerance"]["f"]["each"]["writes"]["at_least"] == 1
