"""How long the nearest quorum takes to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.systems import QuorumClass, class_names

__all__ = ["Latency", "expected_latency", "fastest_quorum"]


@dataclass(frozen=True)
class Latency:
    """The quorum that answers first when every node is up, and the seconds that it takes."""

    seconds: float
    quorum: frozenset[str]


def fastest_quorum(kind: QuorumClass, latency: Mapping[str, float]) -> Latency | None:
    """Return the quorum whose slowest node is fastest; None if every quorum has a node without a latency.

    Bisects for the shortest prefix of the nodes, in order of latency, that contains a quorum: O(log n) evaluations.
    """
    timed = sorted((node for node in class_names(kind) if node in latency), key=lambda node: latency[node])
    if not quorum_within(kind, set(timed)):
        return None
    low, high = 0, len(timed)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if quorum_within(kind, set(timed[:middle])) else (middle + 1, high)
    quorum = minimal_quorum(kind, timed[:low]) or frozenset()
    return Latency(max((latency[node] for node in quorum), default=0.0), quorum)


def expected_latency(
    kind: QuorumClass, latency: Mapping[str, float], failure: Mapping[str, Fraction], deadline: Deadline
) -> float | None:
    """Return the expected latency of the fastest quorum that is up, given that one is; None if not known.

    The probability that a quorum answers within ``t`` is the availability of the class with every slower node down. It
    rises only at the latencies of nodes, so the expectation is a sum over these. A node without a latency counts
    as down.
    """
    moments = sorted({latency[node] for node in class_names(kind) if node in latency})
    total, before = 0.0, 0.0
    for moment in moments:
        down = {
            node: failure[node] if latency.get(node, moment + 1) <= moment else Fraction(1)
            for node in class_names(kind)
        }
        chance = availability([kind], down, deadline)
        if chance is None:
            return None
        total += moment * (float(chance) - before)
        before = float(chance)
    return total / before if before > 0 else None
