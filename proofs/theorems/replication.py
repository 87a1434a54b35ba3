"""Replication: how many lost replicas the data survives."""

from __future__ import annotations

from assay.proofs.theorems.statements import EVERYTHING, all_of, equal, forall, iff, implies, numbers, sets, size
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["QUORUM_REPLICATION", "REPLICAS"]

Replicas, Lost, Wrote = sets("Replicas Lost Wrote")
n = size(EVERYTHING)
f, k, w = numbers("f k w")

REPLICAS = Theorem(
    "replicas",
    "what is on r replicas survives any r - 1 losses, and not any r",
    "Schneider, Implementing Fault-Tolerant Services Using the State Machine Approach, ACM Computing "
    "Surveys 22(4), 1990",
    (
        Conjecture(
            "exactly",
            "a copy is left whichever f nodes are lost if and only if f <= r - 1",
            iff(forall((Lost,), implies(size(Lost) <= f, size(Replicas - Lost) >= 1)), f <= size(Replicas) - 1),
        ),
        Conjecture(
            "r losses",
            "a copy is left whichever r nodes are lost",
            size(Replicas - Lost) >= 1,
            given=(size(Replicas) >= 1, size(Lost) <= size(Replicas)),
            example="n = 1: the only copy is lost",
        ),
        Conjecture(
            "n/k losses",
            "with k >= 2 copies on k of n nodes, a copy is left whichever n/k nodes are lost",
            size(Replicas - Lost) >= 1,
            given=(k >= 2, equal(size(Replicas), k), k * size(Lost) <= n),
            example="n = 4, k = 2: the copies are on {1, 2}, and these are lost",
        ),
    ),
)

QUORUM_REPLICATION = Theorem(
    "quorum_replication",
    "a write that w nodes have acknowledged survives any w - 1 losses; a majority of n is left after any "
    "floor((n-1)/2) losses, and not after more",
    "Schneider, ACM Computing Surveys 22(4), 1990; Attiya, Bar-Noy, Dolev, JACM 42(1), 1995",
    (
        Conjecture(
            "acknowledged",
            "for 0 <= w <= n: every set of w nodes outlasts any f losses if and only if f <= w - 1",
            iff(
                forall((Wrote, Lost), implies(all_of(size(Wrote) >= w, size(Lost) <= f), size(Wrote - Lost) >= 1)),
                f <= w - 1,
            ),
            given=(f >= 0, n >= w),
        ),
        Conjecture(
            "a majority is left",
            "for 0 <= f <= n and n >= 1: a majority is left whichever f nodes are lost if and only if "
            "f <= floor((n-1)/2)",
            iff(forall((Lost,), implies(size(Lost) <= f, 2 * size(EVERYTHING - Lost) > n)), f <= (n - 1) // 2),
            given=(n >= 1, f >= 0, n >= f),
        ),
        Conjecture(
            "half may be lost",
            "a majority is left whichever floor(n/2) nodes are lost",
            2 * size(EVERYTHING - Lost) > n,
            given=(n >= 1, size(Lost) <= n // 2),
            example="n = 2: one of two nodes is no majority",
        ),
    ),
)
