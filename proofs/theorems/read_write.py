"""Reading from R nodes what was written to W of N."""

from __future__ import annotations

from assay.proofs.theorems.quorums import all_meet, meet
from assay.proofs.theorems.statements import EVERYTHING, all_of, iff, numbers, sets, size, weight
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["READ_WRITE", "VOTES"]

A, B = sets("A B")
n, total = size(EVERYTHING), weight(EVERYTHING)
r, w = numbers("R W")

READ_WRITE = Theorem(
    "read_write",
    "every read of R nodes sees every write to W nodes if and only if R + W > N, and any two writes have a node "
    "in common if and only if 2W > N",
    "Gifford, Weighted Voting for Replicated Data, SOSP 1979; Thomas, TODS 4(2), 1979",
    (
        Conjecture(
            "reads see writes",
            "for 0 <= R, W <= N: all sets of R and of W nodes intersect if and only if R + W > N",
            iff(all_meet(r, w), r + w > n),
            given=(r >= 0, w >= 0, n >= r, n >= w),
        ),
        Conjecture(
            "writes are ordered",
            "all sets of W nodes intersect if and only if 2W > N",
            iff(all_meet(w, w), 2 * w > n),
        ),
        Conjecture(
            "R + W = N is enough",
            "if R + W >= N then a set of R nodes and a set of W have a node in common",
            meet(A, B),
            given=(r >= 1, w >= 1, r + w >= n, size(A) >= r, size(B) >= w),
            example="n = 2, R = W = 1: read {1}, write {2}",
        ),
        Conjecture(
            "R + W > N orders writes",
            "if R + W > N then any two sets of W nodes have a node in common",
            meet(A, B),
            given=(n >= r, w >= 1, r + w > n, size(A) >= w, size(B) >= w),
            example="n = 2, R = 2, W = 1: the writes {1} and {2}",
        ),
    ),
)

VOTES = Theorem(
    "weighted_read_write",
    "with votes, a read of r votes sees every write of w votes if r + w is more than all votes",
    "Gifford, Weighted Voting for Replicated Data, SOSP 1979",
    (
        Conjecture(
            "intersect",
            "sets of r and of w votes with r + w > V have a node in common, that has a vote",
            all_of(meet(A, B), weight(A & B) >= 1),
            given=(weight(A) >= r, weight(B) >= w, r + w > total),
        ),
    ),
)
