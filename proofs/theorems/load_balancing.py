"""Round robin: the loads of n backends after m requests, by induction over m.

Backends are numbered from 0. The state is the pointer to the next one, and how many requests each has had. The
invariant is about any one backend, and names the quotient q of m by n: m = q * n + pointer with 0 <= pointer < n, so
q = floor(m/n), and ceil(m/n) is q or q + 1.
"""

from __future__ import annotations

from assay.proofs.theorems.statements import Formula, Literal, Number, all_of, any_of, choose, equal, implies, numbers
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["ROUND_ROBIN", "invariant"]

n, m, q, pointer, i, load, j, other = numbers("n m q pointer i load j other")


def invariant(m: Number, q: Number, pointer: Number, backend: Number, load: Number) -> Formula:
    """Return the formula *after m requests a backend has had q, and one more if the pointer is past it*."""
    return all_of(
        m >= 0,
        equal(m, q * n + pointer),
        pointer >= 0,
        pointer < n,
        equal(load, choose(backend < pointer, q + 1, q)),
    )


WRAPS = pointer + 1 >= n
STEPPED = (
    m + 1,
    choose(WRAPS, q + 1, q),
    choose(WRAPS, 0, pointer + 1),
    i,
    choose(equal(i, pointer), load + 1, load),
)
"""The state after one more request, which goes to the backend at the pointer; the pointer then moves on."""

IS_BACKEND = (i >= 0, i < n)
BOTH = (invariant(m, q, pointer, i, load), invariant(m, q, pointer, j, other), *IS_BACKEND, j >= 0, j < n)

ROUND_ROBIN = Theorem(
    "round_robin",
    "after m requests round robin has given each of n backends floor(m/n) or ceil(m/n) of them, so no two loads differ "
    "by more than one; by induction over m",
    "folklore: a counter modulo n",
    (
        Conjecture(
            "initially",
            "before the first request every load is 0, and the invariant is true",
            invariant(Literal(0), Literal(0), Literal(0), i, Literal(0)),
            given=(n >= 1, *IS_BACKEND),
        ),
        Conjecture(
            "preserved",
            "if the invariant is true after m requests, it is after m + 1",
            invariant(*STEPPED),
            given=(*IS_BACKEND, invariant(m, q, pointer, i, load)),
        ),
        Conjecture(
            "floor or ceiling",
            "the load is floor(m/n), or m is no multiple of n and it is floor(m/n) + 1, which is ceil(m/n)",
            any_of(equal(load, q), all_of(equal(load, q + 1), q * n < m)),
            given=(invariant(m, q, pointer, i, load), *IS_BACKEND),
        ),
        Conjecture(
            "balanced",
            "the loads of two backends differ by at most one",
            all_of(load <= other + 1, other <= load + 1),
            given=BOTH,
        ),
        Conjecture(
            "whole rounds",
            "if m is a multiple of n, all loads are equal",
            implies(equal(m, q * n), equal(load, other)),
            given=BOTH,
        ),
        Conjecture(
            "exactly m/n",
            "after m requests each backend has had m/n of them",
            equal(load * n, m),
            given=(invariant(m, q, pointer, i, load), *IS_BACKEND),
            example="n = 2, m = 1: backend 0 has had one request, backend 1 none, and m/n = 1/2",
        ),
    ),
)
