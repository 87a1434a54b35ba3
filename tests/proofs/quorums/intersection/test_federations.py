"""Federations in which every node has a tree of its own: what decides them, and what is kept when time runs out."""

import json
import random
from fractions import Fraction

import numpy as np
import pytest
from assay.checker.cli import main
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import decide as deciding
from assay.proofs.quorums.intersection.atoms import all_pairs_exclude, atoms_of
from assay.proofs.quorums.intersection.cores import cores, distinct_trees, restricted
from assay.proofs.quorums.intersection.decide import decide
from assay.proofs.quorums.intersection.disjointness import DisjointnessProver
from assay.proofs.quorums.intersection.expansion import expands, is_positive_definite, sweep
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.minimal import greatest_quorum
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import Federation, is_quorum
from assay.proofs.quorums.trees import Node, choose, satisfied
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import quorums
from quorum_strategies import federations

from tests.tiers import as_shown_by


def asymmetric(count, share, need, seed=1):
    """Each node asks for a share of the nodes that it knows, and knows its own selection of them."""
    drawn = random.Random(seed)
    nodes = [f"n{i}" for i in range(count)]
    known = {node: [other for other in nodes if other == node or drawn.random() < share] for node in nodes}
    return {node: choose(int(len(some) * need) + 1, some) for node, some in known.items()}


def core_of(system):
    kind = resolve(system, UnknownNodes.ABSENT).classes["quorum"]
    return restricted(kind, cores(kind)[0])


def problem(kind):
    return IntersectionProblem((kind, kind), 1, dict.fromkeys(kind.trees, 1))


SMALL = st.builds(
    lambda seed, count, share, need: asymmetric(count, share, need, seed),
    st.integers(0, 10_000),
    st.integers(3, 7),
    st.sampled_from([0.6, 0.8, 1.0]),
    st.sampled_from([0.4, 0.5, 0.67, 0.8]),
)


@settings(max_examples=150, deadline=None)
@given(SMALL)
def test_what_is_proved_by_atoms_and_by_expansion_is_so_by_brute_force(trees):
    system = library.federated(trees)
    kind = resolve(system, UnknownNodes.ABSENT).classes["quorum"]
    found = cores(kind)
    if len(found) != 1:
        return
    core = restricted(kind, found[0])
    every = quorums(core, core.trees)
    apart = any(not a & b for a in every for b in every)
    if (atoms := atoms_of(core, Deadline())) is None:
        return
    prover = DisjointnessProver()
    trees_ = distinct_trees(core)
    if all_pairs_exclude(atoms):
        assert not apart
    assert all_pairs_exclude(atoms) <= all(prover.excludes(a, b) for a in trees_ for b in trees_)
    if expands(core, atoms, Deadline()):
        assert not apart
    if (pair := sweep(core, atoms, Deadline())) is not None:
        assert apart
        assert not pair[0] & pair[1]
        assert all(is_quorum(core, quorum) for quorum in pair)


@settings(max_examples=100, deadline=None)
@given(SMALL)
def test_verdicts_on_asymmetric_federations_are_those_of_brute_force(trees):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "MANY", 2)
        kind = resolve(library.federated(trees), UnknownNodes.ABSENT).classes["quorum"]
        outcome = decide(problem(kind), Deadline())
    every = quorums(kind, kind.trees)
    assert isinstance(outcome, Misses) == any(not a & b for a in every for b in every)


@settings(max_examples=100, deadline=None)
@given(federations(), st.sets(st.sampled_from("abcdef")))
def test_the_greatest_quorum_is_the_union_of_all_inside(kind, nodes):
    inside = [q for q in quorums(kind, kind.trees) if q <= nodes]
    assert greatest_quorum(kind, nodes) == frozenset().union(*inside)


def test_sixty_nodes_that_no_two_trust_alike_are_safe_by_expansion():
    core = core_of(library.federated(asymmetric(60, 0.7, 0.67)))
    outcome = decide(problem(core), Deadline.after(60))
    assert outcome == Meets(Method.EXPANSION)


@as_shown_by(test_sixty_nodes_that_no_two_trust_alike_are_safe_by_expansion)
@pytest.mark.parametrize("count", [300, pytest.param(500, marks=pytest.mark.slow)])
def test_hundreds_of_nodes_that_no_two_trust_alike_are_decided(count):
    system = resolve(library.federated(asymmetric(count, 0.8, 0.67)), UnknownNodes.ABSENT)
    assert verify(system, Deadline.after(60)).condition is Condition.SAFE


@as_shown_by(test_verdicts_on_asymmetric_federations_are_those_of_brute_force)
def test_two_islands_with_bridges_between_them_are_split_at_once():
    """Each node asks for two thirds of forty neighbours, of whom four are on the other island."""
    drawn = random.Random(3)
    sides = [[f"{side}{i}" for i in range(150)] for side in "ab"]
    trees = {}
    for here, there in (sides, sides[::-1]):
        for node in here:
            some = [*drawn.sample(here, 36), *drawn.sample(there, 4)]
            trees[node] = choose(27, some)
    mixed = {node: trees[node] for node in sorted(trees, key=lambda _: drawn.random())}
    system = resolve(library.federated(mixed), UnknownNodes.ABSENT)
    safety = verify(system, Deadline.after(60))
    assert safety.condition is Condition.SPLIT
    (split,) = safety.splits
    (_, one), (_, other) = split.quorums
    kind = system.classes["quorum"]
    assert not one & other
    assert all(satisfied(kind.trees[node], quorum) for quorum in (one, other) for node in quorum)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 6), st.data())
def test_matrices_that_are_found_positive_definite_have_positive_minors(size, data):
    """Sylvester's criterion, in fractions by another route."""
    entries = data.draw(st.lists(st.integers(-9, 9), min_size=size * size, max_size=size * size))
    square = np.array(entries, dtype=np.int64).reshape(size, size)
    matrix = (square + square.T) * 2**20 + np.eye(size, dtype=np.int64) * data.draw(st.integers(0, 60)) * 2**20
    minors = [_determinant([[int(x) for x in row[:n]] for row in matrix[:n]]) for n in range(1, size + 1)]
    if is_positive_definite(matrix):
        assert all(minor > 0 for minor in minors)
    elif all(minor > 0 for minor in minors):
        least = float(np.linalg.eigvalsh(matrix.astype(float))[0])
        assert least < 2**12


def _determinant(rows):
    if not rows:
        return 1
    return sum(
        (-1) ** i * rows[0][i] * _determinant([row[:i] + row[i + 1 :] for row in rows[1:]]) for i in range(len(rows))
    )


@pytest.mark.slow
def test_blocking_sets_that_do_not_fit_are_bounds_and_no_traceback():
    core = core_of(library.federated(asymmetric(120, 0.8, 0.67)))
    units = {node: node for node in core.trees}
    found = smallest_blocking_set(core, units, Deadline.after(1))
    assert found.at_least == 1
    assert not found.is_settled
    assert not greatest_quorum(core, core.trees.keys() - found.example)


def hard():
    """Thirty of three hundred: connected too loosely for a proof, too well for a split."""
    drawn = random.Random(5)
    nodes = [f"n{i}" for i in range(300)]
    trees = {}
    for node in nodes:
        some = drawn.sample(nodes, drawn.randint(10, 30))
        trees[node] = Node(node) & choose(int(len(some) * 0.67), some)
    return library.federated(trees)


@pytest.mark.slow
def test_what_is_undecided_is_unknown_in_time_and_says_what_is_missing():
    report = analyse(Configuration("test", ("file",), hard()), Questions(time_limit=3))
    assert report.subject.condition is Condition.UNKNOWN
    assert report.status == 3
    assert report.seconds < 60
    assert {"load"} <= {one.what for one in report.missing}
    text = "\n".join(line.plain for line in render(report))
    assert "missing: load: not decided in time" in text
    assert machine.record(report)["missing"]


def test_what_was_decided_is_kept_when_the_analysis_is_ended_from_outside(tmp_path, capsys, monkeypatch):
    """Safety is decided, and then something does not watch the clock."""
    from assay.proofs.quorums import resilience_and_cost as module

    def endless(name, units, asked, report, limit):
        while True:
            sum(range(1000))

    monkeypatch.setattr(module, "_survived", endless)
    file = tmp_path / "zoo.cfg"
    file.write_text("".join(f"server.{i}=zoo{i}:2888:3888\n" for i in (1, 2, 3)))
    status = main(["quorum", str(file), "--format", "json", "--time-limit", "1s"])
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "safe"
    assert status == record["exit_status"] == 0
    assert record["missing"][-1]["what"] == "everything else"


@pytest.mark.parametrize("which", ["--against", "--fail-under"])
def test_what_was_asked_and_not_decided_is_unknown_although_safety_is_known(tmp_path, capsys, monkeypatch, which):
    from assay.proofs.quorums import analyse as module

    def endless(*_):
        while True:
            sum(range(1000))

    monkeypatch.setattr(module, "_change" if which == "--against" else "tolerance", endless)
    file = tmp_path / "zoo.cfg"
    file.write_text("".join(f"server.{i}=zoo{i}:2888:3888\n" for i in (1, 2, 3)))
    other = str(file) if which == "--against" else "f=1"
    status = main(["quorum", str(file), which, other, "--format", "json", "--time-limit", "1s"])
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "safe"
    assert status == record["exit_status"] == 3


def test_a_thousand_quadratic_weights_keep_to_the_limit():
    weights = {f"n{i}": i * i + 1 for i in range(1000)}
    report = analyse(
        Configuration("test", ("file",), library.weighted(weights)),
        Questions(time_limit=3, failure=Fraction(1, 100)),
    )
    assert report.subject.condition is Condition.SAFE
    assert report.seconds < 60
    assert report.costs["quorum"].smallest.is_settled


def test_a_federation_keeps_its_trees_when_it_is_compared():
    one, other = (Federation({"a": Node("a")}) for _ in range(2))
    assert one.named_in == {"a": (Node("a"),)}
    assert one == other
