"""Exact search with a SAT solver: Glucose, through python-sat."""

from __future__ import annotations

from assay.proofs.quorums.clauses import Encoding, TooLarge, quorum_variables
from assay.proofs.quorums.deadline import Deadline, interrupting
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses, Outcome, Undecided
from assay.proofs.quorums.intersection.problem import IntersectionProblem

__all__ = ["is_installed", "search"]


def is_installed() -> bool:
    """Tell whether python-sat can be imported."""
    try:
        import pysat.solvers  # noqa: F401
    except ImportError:
        return False
    return True


def search(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    """Decide the problem with Glucose, within the time that is left.

    Raises
    ------
    TooLarge
        If the encoding would take too many clauses.
    """
    from pysat.solvers import Glucose4

    encoding = Encoding(deadline=deadline)
    try:
        copies = [quorum_variables(encoding, kind, problem.nodes) for kind in problem.kinds]
        _has_little_in_common(encoding, problem, copies)
    except TooLarge:
        if deadline.passed:
            return Undecided("the time limit was hit while the question was put to a SAT solver")
        raise
    with Glucose4(bootstrap_with=encoding.clauses) as solver:
        with interrupting(deadline, solver.interrupt):
            answer = solver.solve_limited(expect_interrupt=True)
        if answer is None:
            return Undecided("the time limit was hit while a SAT solver searched")
        if not answer:
            return Meets(Method.SEARCH)
        true = {literal for literal in solver.get_model() if literal > 0}
    return Misses(tuple(frozenset(node for node, var in copy.items() if var in true) for copy in copies))


def _has_little_in_common(encoding: Encoding, problem: IntersectionProblem, copies: list[dict[str, int]]) -> None:
    """Add clauses that say that the nodes common to all quorums weigh less than ``need``."""
    counted = [node for node in problem.nodes if problem.weights[node]]
    if problem.need == 1:  # disjoint up to nodes that count nothing: a clause for each node
        for node in counted:
            encoding.add(*(-copy[node] for copy in copies))
        return
    apart = []
    for node in counted:
        variable = encoding.variable()
        encoding.add(-variable, *(-copy[node] for copy in copies))
        apart.append((problem.weights[node], variable))
    root = encoding.variable()
    encoding.add(root)
    total = sum(weight for weight, _ in apart)
    encoding.implies_weight(root, apart, total - problem.need + 1)
