"""Quorums that miss each other: guessed without a solver where that is easy, and made minimal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assay.checker.errors import InternalError
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.minimal import minimal_quorum
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import names

__all__ = ["closest", "guess", "minimised"]

MOST_EVALUATIONS = 20_000_000
"""The most steps of a guess: in a federation, a minimal quorum may take an evaluation of every tree for every node."""


def guess(problem: IntersectionProblem, deadline: Deadline | None = None) -> tuple[frozenset[str], ...] | None:
    """Return quorums that answer the problem, if one of a few orders of the nodes leads to them in time."""
    if any(_evaluations(kind) > MOST_EVALUATIONS for kind in problem.kinds):
        return None
    return next((chosen for chosen in _tries(problem, deadline or Deadline()) if problem.is_answered_by(chosen)), None)


def closest(problem: IntersectionProblem) -> frozenset[str] | None:
    """Return the intersection of the quorums that come closest to an answer, of the few that are tried."""
    shared = (frozenset.intersection(*chosen) for chosen in _tries(problem, Deadline()))
    return min(shared, key=lambda common: sum(problem.weights[node] for node in common), default=None)


def minimised(problem: IntersectionProblem, quorums: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Return minimal quorums within these, confirmed by direct evaluation.

    Raises
    ------
    InternalError
        If they do not answer the problem.
    """
    order = {node: place for place, node in enumerate(problem.nodes)}
    smaller = tuple(
        minimal_quorum(kind, sorted(quorum, key=order.__getitem__)) or frozenset()
        for kind, quorum in zip(problem.kinds, quorums, strict=True)
    )
    if not problem.is_answered_by(smaller):
        raise InternalError("a solver named quorums that direct evaluation does not confirm")
    return smaller


def _evaluations(kind: QuorumClass) -> int:
    if not isinstance(kind, Federation):
        return 0
    return len(kind.trees) * sum(len(names(tree)) for tree in set(kind.trees.values()))


def _tries(problem: IntersectionProblem, deadline: Deadline) -> Iterator[tuple[frozenset[str], ...]]:
    """Yield choices of minimal quorums, one of each class, each of which prefers nodes that the ones before lack."""
    for order in _orders(problem.nodes):
        chosen: list[frozenset[str]] = []
        for kind in problem.kinds:
            used = Counter(node for quorum in chosen for node in quorum if problem.weights[node])
            quorum = minimal_quorum(kind, sorted(order, key=used.__getitem__), deadline)
            if quorum is None or deadline.passed:
                return
            chosen.append(quorum)
        yield tuple(chosen)


def _orders(nodes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield nodes
    yield nodes[::-1]
    yield nodes[::2] + nodes[1::2]
