"""Fast quorums: consensus in two message delays, if enough nodes agree without a leader."""

from __future__ import annotations

from assay.proofs.theorems.quorums import all_meet, all_share, meet
from assay.proofs.theorems.statements import (
    EVERYTHING,
    Formula,
    Number,
    all_of,
    equal,
    forall,
    iff,
    implies,
    numbers,
    sets,
    size,
)
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["EPAXOS", "FAST_PAXOS"]

A, B, C = sets("A B C")
n = size(EVERYTHING)
classic, fast, E, F = numbers("classic fast E F")


def fast_ones_meet(quorum: Number, among: Number) -> Formula:
    """Return the formula *any two fast quorums meet inside every classic one*."""
    quorums = all_of(size(A) >= quorum, size(B) >= quorum, size(C) >= among)
    return forall((A, B, C), implies(quorums, meet(A, B, C)))


FAST_PAXOS = Theorem(
    "fast_paxos",
    "two fast quorums meet inside every classic one if and only if 2 fast + classic > 2n; so n > 2E + F, with "
    "ceil(3n/4) nodes beside classic majorities, or floor(2n/3) + 1 for both",
    "Lamport, Fast Paxos, Distributed Computing 19(2), 2006",
    (
        Conjecture(
            "threshold",
            "for 0 <= fast, classic <= n: any two fast quorums and any classic one have a node in common if and "
            "only if 2 fast + classic > 2n",
            iff(fast_ones_meet(fast, classic), 2 * fast + classic > 2 * n),
            given=(fast >= 0, classic >= 0, n >= fast, n >= classic),
        ),
        Conjecture(
            "failures",
            "for 0 <= E, F <= n: fast quorums of n - E and classic ones of n - F do, and classic ones intersect, "
            "if and only if n > 2E + F and n > 2F",
            iff(
                all_of(fast_ones_meet(n - E, n - F), all_meet(n - F, n - F)),
                all_of(n > 2 * E + F, n > 2 * F),
            ),
            given=(E >= 0, F >= 0, n >= E, n >= F),
        ),
        Conjecture(
            "with majorities",
            "beside classic quorums of floor(n/2) + 1, the least fast quorum has ceil(3n/4) nodes",
            iff(fast_ones_meet(fast, n // 2 + 1), fast >= (3 * n + 3) // 4),
            given=(n >= 1, n >= fast),
        ),
        Conjecture(
            "one size",
            "quorums of q nodes serve as fast and classic ones if and only if q >= floor(2n/3) + 1",
            iff(fast_ones_meet(fast, fast), fast >= 2 * n // 3 + 1),
            given=(n >= fast,),
        ),
        Conjecture(
            "two thirds beside majorities",
            "fast quorums of floor(2n/3) + 1 are enough beside classic majorities",
            meet(A, B, C),
            given=(size(A) >= 2 * n // 3 + 1, size(B) >= 2 * n // 3 + 1, size(C) >= n // 2 + 1),
            example="n = 7: {1, 2, 3, 4, 5} and {1, 2, 3, 6, 7} have {1, 2, 3} in common, "
            "and {4, 5, 6, 7} is a majority",
        ),
    ),
)

MAJORITY = F + 1
LEFT = (F + 1) // 2

EPAXOS = Theorem(
    "epaxos",
    "with n = 2F + 1 nodes, F + floor((F+1)/2) is the least fast quorum of which every majority contains "
    "floor((F+1)/2) nodes, so that a recovery recognises what was committed fast",
    "Moraru, Andersen, Kaminsky, There Is More Consensus in Egalitarian Parliaments, SOSP 2013",
    (
        Conjecture(
            "recovery",
            "a fast quorum of q nodes has floor((F+1)/2) in common with every majority if and only if "
            "q >= F + floor((F+1)/2)",
            iff(all_share(fast, MAJORITY, LEFT), fast >= F + LEFT),
            given=(F >= 1, equal(n, 2 * F + 1), n >= fast),
        ),
        Conjecture(
            "interference",
            "any two fast quorums intersect, so that one of two interfering commands learns of the other",
            all_meet(F + LEFT, F + LEFT),
            given=(F >= 1, equal(n, 2 * F + 1)),
        ),
        Conjecture(
            "majorities are enough",
            "two fast quorums of floor(n/2) + 1 nodes and every majority have a node in common",
            meet(A, B, C),
            given=(n >= 1, size(A) >= n // 2 + 1, size(B) >= n // 2 + 1, size(C) >= n // 2 + 1),
            example="n = 3: {1, 2}, {1, 3} and {2, 3}",
        ),
    ),
)
