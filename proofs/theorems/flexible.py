"""Flexible Paxos: only quorums of different phases must intersect."""

from __future__ import annotations

from assay.proofs.theorems.quorums import all_meet, meet
from assay.proofs.theorems.statements import EVERYTHING, equal, iff, numbers, sets, size
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["FLEXIBLE_PAXOS"]

A, B = sets("A B")
n = size(EVERYTHING)
p, q = numbers("p q")

FLEXIBLE_PAXOS = Theorem(
    "flexible_paxos",
    "quorums of p nodes in phase one and of q in phase two intersect if and only if p + q > n; "
    "quorums of the same phase need not",
    "Howard, Malkhi, Spiegelman, Flexible Paxos: Quorum Intersection Revisited, OPODIS 2016",
    (
        Conjecture(
            "threshold",
            "for 0 <= p, q <= n: all quorums of different phases intersect if and only if p + q > n",
            iff(all_meet(p, q), p + q > n),
            given=(p >= 0, q >= 0, n >= p, n >= q),
        ),
        Conjecture(
            "half in phase two",
            "if n is even, n/2 nodes are enough in phase two when phase one asks for n/2 + 1",
            all_meet(n // 2 + 1, n // 2),
            given=(equal(n % 2, 0),),
        ),
        Conjecture(
            "phase two intersects",
            "if p + q > n then any two quorums of phase two have a node in common",
            meet(A, B),
            given=(n >= p, q >= 1, p + q > n, size(A) >= q, size(B) >= q),
            example="n = 2, p = 2, q = 1: {1} and {2}",
        ),
        Conjecture(
            "p + q = n is enough",
            "if p + q >= n then a quorum of phase one and one of phase two have a node in common",
            meet(A, B),
            given=(p >= 1, q >= 1, p + q >= n, size(A) >= p, size(B) >= q),
            example="n = 2, p = q = 1: {1} and {2}",
        ),
    ),
)
