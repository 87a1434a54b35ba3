"""All theorems, by their names."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.errors import UsageError
from assay.proofs.theorems import (
    atomic_commit,
    byzantine,
    fast,
    flexible,
    load_balancing,
    majority,
    read_write,
    reconfiguration,
    replication,
)
from assay.proofs.theorems.theorem import Theorem

__all__ = ["THEOREMS", "theorems_named"]

THEOREMS: tuple[Theorem, ...] = (
    majority.MAJORITY,
    majority.CRASHES,
    majority.WEIGHTED,
    read_write.READ_WRITE,
    read_write.VOTES,
    flexible.FLEXIBLE_PAXOS,
    fast.FAST_PAXOS,
    fast.EPAXOS,
    byzantine.BYZANTINE_FAULTS,
    byzantine.PBFT,
    byzantine.PBFT_TWO_F_PLUS_ONE,
    byzantine.DISSEMINATION,
    byzantine.MASKING,
    byzantine.OPAQUE,
    reconfiguration.JOINT_CONSENSUS,
    reconfiguration.SINGLE_SERVER,
    reconfiguration.CONCURRENT_CHANGES,
    atomic_commit.UNANIMITY,
    replication.REPLICAS,
    replication.QUORUM_REPLICATION,
    load_balancing.ROUND_ROBIN,
)


def theorems_named(names: Sequence[str]) -> tuple[Theorem, ...]:
    """Return the theorems with these names, in the order of the library; all of them if no name is given.

    Raises
    ------
    UsageError
        If no theorem has one of these names.
    """
    known = [theorem.name for theorem in THEOREMS]
    for name in names:
        if name not in known:
            raise UsageError(f"there is no theorem {name!r}", help=f"the theorems are {', '.join(known)}")
    return tuple(theorem for theorem in THEOREMS if not names or theorem.name in names)
