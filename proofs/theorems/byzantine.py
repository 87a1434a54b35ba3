"""Byzantine faults: quorums that share more nodes than can be faulty."""

from __future__ import annotations

from assay.proofs.theorems.quorums import all_share
from assay.proofs.theorems.statements import (
    EVERYTHING,
    Formula,
    Number,
    all_of,
    equal,
    exists,
    forall,
    iff,
    implies,
    numbers,
    sets,
    size,
)
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["BYZANTINE_FAULTS", "DISSEMINATION", "MASKING", "OPAQUE", "PBFT", "PBFT_TWO_F_PLUS_ONE"]

A, B, L, M, X = sets("A B L M X")
n = size(EVERYTHING)
f, q, F = numbers("f q F")

LEAVE_NOTHING = equal(size(~L & ~M & ~X), 0)


def share_a_correct_node(quorum: Number) -> Formula:
    """Return the formula *all quorums of a size share a node that tells the truth, whichever f nodes are faulty*."""
    liars = all_of(size(A) >= quorum, size(B) >= quorum, size(L) <= f)
    return forall((A, B, L), implies(liars, size(A & B - L) >= 1))


BYZANTINE_FAULTS = Theorem(
    "byzantine_faults",
    "quorums that share a correct node and of which one is left when f nodes lie or are silent exist exactly "
    "if n >= 3f + 1 (for protocols with quorums; that no other kind of protocol does better is not proved here)",
    "Bracha, Toueg, Asynchronous Consensus and Broadcast Protocols, JACM 32(4), 1985; Pease, Shostak, Lamport, "
    "Reaching Agreement in the Presence of Faults, JACM 27(2), 1980",
    (
        Conjecture(
            "threshold",
            "for f >= 0: any two sets of n - f nodes share a correct one, whichever f lie, if and only if n >= 3f + 1",
            iff(share_a_correct_node(n - f), n >= 3 * f + 1),
            given=(f >= 0,),
        ),
        Conjecture(
            "any threshold",
            "for f >= 0: some q <= n - f makes all sets of q nodes share f + 1 if and only if n >= 3f + 1",
            iff(exists((q,), all_of(q <= n - f, all_share(q, q, f + 1))), n >= 3 * f + 1),
            given=(f >= 0,),
        ),
        Conjecture(
            "two thirds are silent",
            "with f >= 0, all nodes are in three sets of at most f nodes if and only if n <= 3f",
            iff(exists((L, M, X), all_of(*(size(part) <= f for part in (L, M, X)), LEAVE_NOTHING)), n <= 3 * f),
            given=(f >= 0,),
        ),
        Conjecture(
            "any quorums",
            "a quorum that is left when one of these sets is silent, and one that is left when another is, share nodes "
            "of the third only, which may all lie, of whatever system they are quorums",
            equal(size(A & B - X), 0),
            given=(LEAVE_NOTHING, equal(size(A & L), 0), equal(size(B & M), 0)),
        ),
        Conjecture(
            "3f is enough",
            "with n = 3f nodes, two sets of n - f share a correct node",
            size(A & B - L) >= 1,
            given=(f >= 1, equal(n, 3 * f), size(A) >= n - f, size(B) >= n - f, size(L) <= f),
            example="n = 3, f = 1: {1, 2} and {1, 3} share node 1, which lies",
        ),
    ),
)

PBFT = Theorem(
    "pbft",
    "with n = 3f + 1 nodes, 2f + 1 is the least quorum that shares a correct node with every other, one is left "
    "when f are faulty, and f + 1 nodes are the fewest with a correct one among them",
    "Castro, Liskov, Practical Byzantine Fault Tolerance, OSDI 1999",
    (
        Conjecture(
            "quorums",
            "with n = 3f + 1, all sets of q <= n nodes share f + 1 if and only if q >= 2f + 1",
            iff(all_share(q, q, f + 1), q >= 2 * f + 1),
            given=(f >= 0, equal(n, 3 * f + 1), n >= q),
        ),
        Conjecture(
            "live",
            "a quorum of 2f + 1 is left when f nodes are faulty",
            size(EVERYTHING - L) >= 2 * f + 1,
            given=(equal(n, 3 * f + 1), size(L) <= f),
        ),
        Conjecture(
            "weak certificates",
            "for 0 <= f <= n, all sets of q nodes have a correct one, whichever f lie, if and only if q >= f + 1",
            iff(forall((A, L), implies(all_of(size(A) >= q, size(L) <= f), size(A - L) >= 1)), q >= f + 1),
            given=(f >= 0, n >= f, n >= q),
        ),
    ),
)

FLOOR = (n >= 1, n >= 3 * F + 1, n <= 3 * F + 3)
"""F is floor((n-1)/3), stated without a division, on which cvc5 does not terminate."""

PBFT_TWO_F_PLUS_ONE = Theorem(
    "pbft_two_f_plus_one",
    "quorums of 2F + 1 with F = floor((n-1)/3) share a correct node only if n = 3F + 1; what is right for every n "
    "is ceil((n + F + 1) / 2)",
    "after Castro, Liskov, OSDI 1999, which has n = 3f + 1 only",
    (
        Conjecture("floor", "F is floor((n-1)/3)", equal(F, (n - 1) // 3), given=FLOOR),
        Conjecture(
            "exactly",
            "for n >= 1: all sets of 2F + 1 nodes share F + 1 if and only if n = 3F + 1",
            iff(all_share(2 * F + 1, 2 * F + 1, F + 1), equal(n, 3 * F + 1)),
            given=FLOOR,
        ),
        Conjecture(
            "for every n",
            "for n >= 1: all sets of t <= n nodes share F + 1 if and only if t >= ceil((n + F + 1) / 2), "
            "and so many are left when F are faulty",
            all_of(iff(all_share(q, q, F + 1), q >= (n + F + 2) // 2), (n + F + 2) // 2 <= n - F),
            given=(*FLOOR, n >= q),
        ),
        Conjecture(
            "2F + 1 of n",
            "if F >= 1, two sets of 2F + 1 nodes share F + 1",
            size(A & B) >= F + 1,
            given=(*FLOOR, F >= 1, size(A) >= 2 * F + 1, size(B) >= 2 * F + 1),
            example="n = 5, F = 1: {1, 2, 3} and {1, 4, 5} share node 1 only, which may lie",
        ),
    ),
)

_MALKHI_REITER = "Malkhi, Reiter, Byzantine Quorum Systems, Distributed Computing 11(4), 1998"

DISSEMINATION_SIZE = (n + f + 2) // 2

DISSEMINATION = Theorem(
    "dissemination",
    "for data that cannot be forged: quorums of ceil((n + f + 1) / 2), the least that share a correct node; "
    "one is left exactly if n >= 3f + 1",
    f"{_MALKHI_REITER}: dissemination quorum systems",
    (
        Conjecture(
            "least",
            "for 0 <= f < n: all sets of q nodes share f + 1 if and only if q >= ceil((n + f + 1) / 2)",
            iff(all_share(q, q, f + 1), q >= DISSEMINATION_SIZE),
            given=(f >= 0, n > f),
        ),
        Conjecture(
            "correct node",
            "for 0 <= f < n: all sets of q nodes share a correct one if and only if q >= ceil((n + f + 1) / 2)",
            iff(share_a_correct_node(q), q >= DISSEMINATION_SIZE),
            given=(f >= 0, n > f),
        ),
        Conjecture(
            "live",
            "for f >= 0: ceil((n + f + 1) / 2) nodes are left when f are faulty if and only if n >= 3f + 1",
            iff(n - f >= DISSEMINATION_SIZE, n >= 3 * f + 1),
            given=(f >= 0,),
        ),
        Conjecture(
            "majorities are enough",
            "for f >= 1 and n >= 3f + 1, two majorities share f + 1 nodes",
            size(A & B) >= f + 1,
            given=(f >= 1, n >= 3 * f + 1, 2 * size(A) > n, 2 * size(B) > n),
            example="n = 5, f = 1: {1, 2, 3} and {1, 4, 5} share node 1 only, which may lie",
        ),
    ),
)

MASKING_SIZE = (n + 2 * f + 2) // 2

MASKING = Theorem(
    "masking",
    "for data that can be forged: quorums of ceil((n + 2f + 1) / 2), the least that share more correct nodes than "
    "may lie; one is left exactly if n >= 4f + 1",
    f"{_MALKHI_REITER}: masking quorum systems",
    (
        Conjecture(
            "least",
            "for 0 <= 2f < n: all sets of q nodes share 2f + 1 if and only if q >= ceil((n + 2f + 1) / 2)",
            iff(all_share(q, q, 2 * f + 1), q >= MASKING_SIZE),
            given=(f >= 0, n > 2 * f),
        ),
        Conjecture(
            "outvoted",
            "of what two such quorums share, more than f are correct, whichever f lie",
            size(A & B - L) >= f + 1,
            given=(size(A) >= MASKING_SIZE, size(B) >= MASKING_SIZE, size(L) <= f),
        ),
        Conjecture(
            "live",
            "for f >= 0: ceil((n + 2f + 1) / 2) nodes are left when f are faulty if and only if n >= 4f + 1",
            iff(n - f >= MASKING_SIZE, n >= 4 * f + 1),
            given=(f >= 0,),
        ),
        Conjecture(
            "3f + 1 is enough",
            "for f >= 1 and n >= 3f + 1, two sets of n - f nodes share 2f + 1",
            size(A & B) >= 2 * f + 1,
            given=(f >= 1, n >= 3 * f + 1, size(A) >= n - f, size(B) >= n - f),
            example="n = 4, f = 1: {1, 2, 3} and {1, 2, 4} share two nodes, one of which may lie",
        ),
    ),
)

OPAQUE_SIZE = (2 * n + 2 * f + 2) // 3
UP_TO_DATE_WIN = size(A & B - L) >= size((B & L) | (B - A))

OPAQUE = Theorem(
    "opaque",
    "for clients that do not know f: quorums of ceil((2n + 2f) / 3), the least in which the correct nodes that are up "
    "to date are as many as the faulty and the stale; one is left exactly if n >= 5f",
    f"{_MALKHI_REITER}: opaque masking quorum systems",
    (
        Conjecture(
            "least",
            "for 0 <= f <= n and 1 <= q <= n: for all sets of q nodes, the correct ones they share are at least as "
            "many as the others of the second one if and only if q >= ceil((2n + 2f) / 3)",
            iff(
                forall((A, B, L), implies(all_of(equal(size(A), q), equal(size(B), q), size(L) <= f), UP_TO_DATE_WIN)),
                q >= OPAQUE_SIZE,
            ),
            given=(f >= 0, n >= f, q >= 1, n >= q),
        ),
        Conjecture(
            "outvoted",
            "for n >= 5f: the correct nodes that two such quorums share are more than the faulty ones of the second",
            size(A & B - L) > size(B & L),
            given=(f >= 0, n >= 1, n >= 5 * f, equal(size(A), OPAQUE_SIZE), equal(size(B), OPAQUE_SIZE), size(L) <= f),
        ),
        Conjecture(
            "live",
            "ceil((2n + 2f) / 3) nodes are left when f are faulty if and only if n >= 5f",
            iff(n - f >= OPAQUE_SIZE, n >= 5 * f),
        ),
        Conjecture(
            "4f + 1 is enough",
            "for f >= 1 and n >= 4f + 1, the same is true of any two sets of n - f nodes",
            UP_TO_DATE_WIN,
            given=(f >= 1, n >= 4 * f + 1, equal(size(A), n - f), equal(size(B), n - f), size(L) <= f),
            example="n = 9, f = 2: {1, 2, 3, 4, 5, 6, 7} and {1, 2, 3, 4, 5, 8, 9}, and nodes 1 and 2 lie: 3 against 4",
        ),
    ),
)
