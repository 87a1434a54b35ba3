"""The verdict on every obligation, against brute force over all choices of quorums."""

from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import sat, smt
from assay.proofs.quorums.intersection.disjointness import DisjointnessProver
from assay.proofs.quorums.intersection.outcome import Meets, Misses, Undecided
from assay.proofs.quorums.intersection.overlap import least_common
from assay.proofs.quorums.minimal import greatest_quorum, minimal_quorum
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from hypothesis import given, settings
from quorum_oracle import is_broken, minimal, quorums
from quorum_strategies import NODES, any_trees, federated_systems, federations, systems


def check_against_brute_force(system):
    resolved = resolve(system, UnknownNodes.ABSENT)
    safety = verify(resolved)
    empty = [name for name, kind in system.classes.items() if not quorums(kind, system.nodes)]
    assert list(safety.empty) == empty
    broken = [duty for duty in system.obligations if is_broken(system, duty)]
    if broken:
        assert safety.condition is Condition.SPLIT
    else:
        assert safety.condition is (Condition.NO_QUORUM if empty else Condition.SAFE)
    for one in safety.checked:
        assert isinstance(one.outcome, Misses) == (one.split is not None)


@settings(max_examples=100, deadline=None)
@given(systems())
def test_the_verdict_on_trees_is_that_of_brute_force(system):
    check_against_brute_force(system)


@settings(max_examples=100, deadline=None)
@given(federated_systems())
def test_the_verdict_on_federations_is_that_of_brute_force(system):
    check_against_brute_force(system)


@settings(max_examples=100, deadline=None)
@given(systems())
def test_both_solvers_agree_with_the_layers(system):
    resolved = resolve(system, UnknownNodes.ABSENT)
    for one in verify(resolved).checked:
        problem = problem_of(resolved, one.obligation, one.faulty)
        for searched in (sat.search(problem, Deadline()), smt.search(problem, Deadline())):
            assert isinstance(searched, Misses) == isinstance(one.outcome, Misses)
            if isinstance(searched, Misses):
                assert problem.is_answered_by(searched.quorums)


@settings(max_examples=100, deadline=None)
@given(federated_systems())
def test_both_solvers_agree_with_the_layers_on_federations(system):
    resolved = resolve(system, UnknownNodes.ABSENT)
    for one in verify(resolved).checked:
        problem = problem_of(resolved, one.obligation, one.faulty)
        for searched in (sat.search(problem, Deadline()), smt.search(problem, Deadline())):
            assert isinstance(searched, Misses) == isinstance(one.outcome, Misses)


@settings(max_examples=100, deadline=None)
@given(any_trees(), any_trees())
def test_what_the_prover_excludes_never_is_satisfied_apart(left, right):
    if DisjointnessProver().excludes(simplify(left), simplify(right)):
        lefts, rights = quorums(left, NODES), quorums(right, NODES)
        assert all(one & other for one in minimal(lefts) for other in minimal(rights))


@settings(max_examples=100, deadline=None)
@given(any_trees(), any_trees())
def test_a_lower_bound_on_what_is_common_is_never_above_it(left, right):
    lefts, rights = minimal(quorums(left, NODES)), minimal(quorums(right, NODES))
    bound = least_common((simplify(left), simplify(right)), lambda node: 1)
    assert all(len(one & other) >= bound for one in lefts for other in rights)


@settings(max_examples=100, deadline=None)
@given(federations())
def test_the_greatest_quorum_is_the_union_of_all(federation):
    every = quorums(federation, NODES)
    assert greatest_quorum(federation, NODES) == frozenset().union(*every)


@settings(max_examples=100, deadline=None)
@given(federations(), any_trees())
def test_a_minimal_quorum_is_one_of_the_minimal_ones(federation, tree):
    for kind in (federation, tree):
        every = minimal(quorums(kind, NODES))
        found = minimal_quorum(kind, NODES)
        assert found in every if every else found is None


@given(systems())
def test_no_time_at_all_is_never_safe_without_a_proof(system):
    safety = verify(resolve(system, UnknownNodes.ABSENT), Deadline.after(0))
    if safety.condition is Condition.SAFE:
        assert not any(is_broken(system, duty) for duty in system.obligations)
    assert all(isinstance(one.outcome, Meets | Misses | Undecided) for one in safety.checked)
