"""Majorities: consensus, elections and locks with more than half of the nodes, or of their weight."""

from __future__ import annotations

from assay.proofs.theorems.quorums import all_meet, meet
from assay.proofs.theorems.statements import EVERYTHING, all_of, equal, exists, iff, numbers, sets, size, weight
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["CRASHES", "MAJORITY", "WEIGHTED"]

A, B, L, M = sets("A B L M")
n, total = size(EVERYTHING), weight(EVERYTHING)
t, f = numbers("t f")

MAJORITY = Theorem(
    "majority",
    "floor(n/2) + 1 is the least threshold with which any two quorums of n nodes intersect",
    "Thomas, A Majority Consensus Approach to Concurrency Control for Multiple Copy Databases, TODS 4(2), 1979",
    (
        Conjecture(
            "intersect",
            "two sets of at least floor(n/2) + 1 nodes have a node in common",
            meet(A, B),
            given=(size(A) >= n // 2 + 1, size(B) >= n // 2 + 1),
        ),
        Conjecture(
            "least",
            "all sets of at least t nodes intersect if and only if t >= floor(n/2) + 1",
            iff(all_meet(t, t), t >= n // 2 + 1),
        ),
        Conjecture(
            "halves",
            "if n is even there are two disjoint sets of n/2 nodes",
            exists((A, B), all_of(equal(size(A), n // 2), equal(size(B), n // 2), equal(size(A & B), 0))),
            given=(equal(n % 2, 0),),
        ),
        Conjecture(
            "half is enough",
            "two sets of at least half of the nodes have a node in common",
            meet(A, B),
            given=(n >= 1, 2 * size(A) >= n, 2 * size(B) >= n),
            example="n = 2: the sets {1} and {2}",
        ),
    ),
)

CRASHES = Theorem(
    "crashes",
    "quorums that intersect and of which one is left after any f crashes exist exactly if n >= 2f + 1",
    "Bracha, Toueg, Asynchronous Consensus and Broadcast Protocols, JACM 32(4), 1985",
    (
        Conjecture(
            "threshold",
            "with f >= 0, all sets of n - f nodes intersect if and only if n >= 2f + 1",
            iff(all_meet(n - f, n - f), n >= 2 * f + 1),
            given=(f >= 0,),
        ),
        Conjecture(
            "two halves crash",
            "with f >= 0, all nodes are in two sets of at most f nodes if and only if n <= 2f",
            iff(exists((L, M), all_of(size(L) <= f, size(M) <= f, equal(size(~L & ~M), 0))), n <= 2 * f),
            given=(f >= 0,),
        ),
        Conjecture(
            "any quorums",
            "a quorum that is left when one of these sets crashes, and one that is left when the other does, "
            "have no node in common, of whatever system they are quorums",
            equal(size(A & B), 0),
            given=(equal(size(~L & ~M), 0), equal(size(A & L), 0), equal(size(B & M), 0)),
        ),
        Conjecture(
            "2f is enough",
            "with n = 2f nodes, two sets of n - f nodes have a node in common",
            meet(A, B),
            given=(f >= 1, equal(n, 2 * f), size(A) >= n - f, size(B) >= n - f),
            example="n = 2, f = 1: the sets {1} and {2}",
        ),
    ),
)

WEIGHTED = Theorem(
    "weighted_majority",
    "sets of more than half of the weight intersect in a node of some weight; whether a threshold t is enough "
    "depends on whether some set weighs at least t and leaves at least t",
    "Gifford, Weighted Voting for Replicated Data, SOSP 1979",
    (
        Conjecture(
            "intersect",
            "two sets of at least floor(W/2) + 1 of the weight W have a node in common, of positive weight",
            all_of(meet(A, B), weight(A & B) >= 1),
            given=(weight(A) >= total // 2 + 1, weight(B) >= total // 2 + 1),
        ),
        Conjecture(
            "exact, one way",
            "of two disjoint sets of weight t or more, each leaves at least t",
            all_of(t <= weight(A), weight(A) <= total - t),
            given=(equal(size(A & B), 0), weight(A) >= t, weight(B) >= t),
        ),
        Conjecture(
            "exact, the other way",
            "if a set weighs at least t and leaves at least t, then the rest weighs at least t",
            weight(~A) >= t,
            given=(t <= weight(A), weight(A) <= total - t),
        ),
        Conjecture(
            "counting nodes is enough",
            "more than half of the nodes have at least half of the weight",
            2 * weight(A) >= total,
            given=(2 * size(A) > n,),
            example="n = 3: {1, 2} weighs nothing if node 3 has all the weight",
        ),
    ),
)
