"""Without python-sat everything is still decided, by Z3; and limits are never taken for answers."""

import pytest
from assay.proofs.quorums import clauses, library
from assay.proofs.quorums.analyses import minimise
from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.clauses import Encoding, TooLarge
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import decide as deciding
from assay.proofs.quorums.intersection import sat, smt
from assay.proofs.quorums.intersection.outcome import Meets, Misses, Undecided
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.trees import Node, Threshold, choose, majority, names
from hypothesis import given, settings
from quorum_oracle import blocking_sets, is_broken
from quorum_strategies import NODES, any_trees, systems

THEMSELVES = {node: node for node in NODES}


@pytest.fixture(autouse=True, scope="module")
def _without_python_sat():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sat, "is_installed", lambda: False)
        patch.setattr(minimise, "is_installed", lambda: False)
        yield


@settings(max_examples=60, deadline=None)
@given(systems())
def test_verdicts_without_python_sat_are_those_of_brute_force(system):
    safety = verify(resolve(system, UnknownNodes.ABSENT))
    broken = any(is_broken(system, duty) for duty in system.obligations)
    assert (safety.condition is Condition.SPLIT) == broken


@settings(max_examples=60, deadline=None)
@given(any_trees().map(simplify))
def test_blocking_sets_without_python_sat_are_those_of_brute_force(tree):
    found = smallest_blocking_set(tree, THEMSELVES, Deadline())
    assert found.is_settled
    assert found.size == min(map(len, blocking_sets(tree, NODES, THEMSELVES)), default=None)


def pigeons(n):
    tree = majority(f"n{i}" for i in range(n))
    return IntersectionProblem((tree, tree), 1, dict.fromkeys(names(tree), 1))


@pytest.mark.parametrize("search", [sat.search, smt.search])
def test_a_search_that_runs_out_of_time_is_undecided(search):
    """Majorities are a pigeonhole problem: no search decides this one in a hundredth of a second."""
    assert isinstance(search(pigeons(201), Deadline.after(0.01)), Undecided)


def test_an_open_question_without_time_is_unknown(monkeypatch):
    monkeypatch.setattr(deciding, "_count", lambda problem, deadline: None)
    large = library.majority([f"n{i}" for i in range(201)])
    assert verify(large, Deadline.after(0.2)).condition is Condition.UNKNOWN


def test_a_system_without_obligations_is_unknown():
    from dataclasses import replace

    safety = verify(replace(library.majority("abc"), obligations=()))
    assert safety.condition is Condition.UNKNOWN
    assert "nothing was checked" in safety.open_questions[0]


def test_huge_weights_are_decided_in_exact_integers():
    """2**60 and 2**60 + 1 are one float, and two integers."""
    big = 2**60
    meeting = Threshold(big + 1, ((big, Node("a")), (1, Node("b")), (big, Node("c"))))
    problem = IntersectionProblem((meeting, meeting), 1, dict.fromkeys("abc", 1))
    assert isinstance(smt.search(problem, Deadline()), Meets)
    apart = Threshold(big, ((big, Node("a")), (1, Node("b")), (big, Node("c"))))
    assert isinstance(smt.search(IntersectionProblem((apart, apart), 1, dict.fromkeys("abc", 1)), Deadline()), Misses)


def test_an_encoding_that_is_too_large_is_given_up(monkeypatch):
    monkeypatch.setattr(clauses, "MOST_CLAUSES", 20_000)
    encoding = Encoding()
    variables = [encoding.variable() for _ in range(60)]
    with pytest.raises(TooLarge):
        encoding.implies_weight(variables[0], [(3**i, v) for i, v in enumerate(variables)], 3**59)


def test_what_is_known_of_two_properties_is_kept_apart_from_what_is_not():
    known, half = Smallest(2, frozenset("ab")), Smallest(1, frozenset("cde"))
    assert known.size == 2
    assert half.size is None
    assert (known | half).at_least == 1
    assert not (known | half).is_settled
    assert (known + half).at_least == 3
    assert (known | Smallest(None)) == known
    assert (known + Smallest(None)).is_settled


def test_real_data_with_an_unreachable_threshold_has_disjoint_quorums_among_the_rest():
    """HiGHS called a network with this threshold safe: in floating point it swamps the others."""
    never = Threshold(9007199254740991, tuple((1, Node(n)) for n in "abcd"))
    trees = {"a": choose(1, "a"), "b": choose(1, "b"), "c": never, "d": never}
    assert verify(resolve(library.federated(trees), UnknownNodes.ABSENT)).condition is Condition.SPLIT
