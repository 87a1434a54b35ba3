"""Atomic commit: one refusal must be enough to prevent it, so every vote is needed.

The abstraction: a coordinator that commits once ``k`` participants have voted for it. A run breaks atomicity if it
ends with one participant that has committed and one that has aborted. Such a run is, up to the order of independent
steps: some participants `Voted` and the coordinator received their votes; some `Refused` instead of voting, and have
aborted; the coordinator committed, as it had ``k`` votes; and some of those that had not aborted, `Told`, learned of
it and committed.
"""

from __future__ import annotations

from assay.proofs.theorems.statements import EVERYTHING, all_of, equal, exists, iff, numbers, sets, size
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["UNANIMITY"]

Voted, Refused, Told = sets("Voted Refused Told")
n = size(EVERYTHING)
(k,) = numbers("k")

POSSIBLE = (equal(size(Voted & Refused), 0), equal(size(Told & Refused), 0))
"""Nobody both votes and refuses, and nobody who has aborted is told to commit."""

BROKEN = all_of(size(Told) >= 1, size(Refused) >= 1)
"""At least one participant has committed and at least one has aborted."""

UNANIMITY = Theorem(
    "unanimity",
    "atomic commit needs the votes of all n participants: if the coordinator commits after k of them, there is a run "
    "that breaks atomicity exactly if k < n",
    "Gray, Notes on Data Base Operating Systems, 1978; Gray, Lamport, Consensus on Transaction Commit, "
    "TODS 31(1), 2006",
    (
        Conjecture(
            "exactly",
            "for 1 <= k <= n: some run with at least k votes ends with one committed and one aborted if and "
            "only if k < n",
            iff(exists((Voted, Refused, Told), all_of(size(Voted) >= k, *POSSIBLE, BROKEN)), k < n),
            given=(k >= 1, n >= k),
        ),
        Conjecture(
            "all votes",
            "if all have voted, nobody has refused",
            equal(size(Refused), 0),
            given=(size(Voted) >= n, *POSSIBLE),
        ),
        Conjecture(
            "n/2 + 1 votes are enough",
            "no run in which floor(n/2) + 1 have voted ends with one committed and one aborted",
            ~BROKEN,
            given=(size(Voted) >= n // 2 + 1, *POSSIBLE),
            example="n = 3: 1 and 2 vote, 3 refuses and aborts, the coordinator commits, and 1 commits",
        ),
    ),
)
