"""All minimal blocking sets up to a size, without a solver: a hitting-set tree (Reiter 1987)."""

from __future__ import annotations

from collections.abc import Iterable

from assay.proofs.quorums.analyses.resilience.blocking import blocks
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.answers import MOST_SETS, Enumerated
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum
from assay.proofs.quorums.systems import QuorumClass, class_names

__all__ = ["minimal_blocking_sets"]


def minimal_blocking_sets(
    kind: QuorumClass, units: Units, up_to: int, deadline: Deadline, most: int = MOST_SETS
) -> Enumerated:
    """Return the minimal sets of at most ``up_to`` units whose failure leaves no quorum.

    Every blocking set hits every quorum. So the search takes a quorum that survives the units chosen so far, and
    branches on which of its units fails too; no combination is tried twice. It stops, and the result is not complete,
    when the time is up or ``most`` sets have been found.
    """
    everyone = frozenset(class_names(kind))
    found: list[frozenset[str]] = []
    level: set[frozenset[str]] = {frozenset()}
    for size in range(up_to + 1):
        following: set[frozenset[str]] = set()
        for chosen in sorted(level, key=sorted):
            # Most candidates lead to no set, or to one already found; allowing 20 for each set bounds the memory.
            if deadline.passed or len(found) >= most or len(following) > 20 * most:
                return Enumerated(tuple(found), up_to, is_complete=False)
            quorum = minimal_quorum(kind, sorted(everyone - members(units, chosen)), deadline)
            if quorum is None:
                if _is_minimal(kind, units, chosen):
                    found.append(chosen)
            elif size < up_to:
                following.update(chosen | {unit} for unit in _units_of(units, quorum))
        level = {chosen for chosen in following if not any(known <= chosen for known in found)}
    return Enumerated(tuple(found), up_to, is_complete=True)


def _units_of(units: Units, quorum: Iterable[str]) -> set[str]:
    return {units[node] for node in quorum if node in units}


def _is_minimal(kind: QuorumClass, units: Units, chosen: frozenset[str]) -> bool:
    return not any(blocks(kind, units, chosen - {unit}) for unit in chosen)
