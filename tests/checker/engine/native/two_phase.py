"""Two-phase commit (Gray 1978; actions as in Lamport's TwoPhase), as a model compiler would write it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from assay.checker.engine.native.program import Program

WORKING, PREPARED, COMMITTED, ABORTED = range(4)
INIT, DECIDED_COMMIT, DECIDED_ABORT = range(3)

SOURCE = """
import numpy as np
from numba import cfunc, types

N = {participants}
STATE, DECISION, VOTES, MESSAGES, COMMIT, ABORT = 1, 1 + 2 * N, 3 + 2 * N, 3 + 3 * N, 3 + 4 * N, 4 + 4 * N
U = np.uint64
ONE, THREE = U(1), U(3)
ALL = U((1 << N) - 1)
WORKING, PREPARED, COMMITTED, ABORTED = U(0), U(1), U(2), U(3)

words, numbers = types.CPointer(types.uint64), types.CPointer(types.int64)
actions = types.CPointer(types.int32)


def expand(states, count, out, actions, ends, capacity, status):
    n = 0
    for i in range(count):
        if n + 2 + 5 * N > capacity:
            status[0] = 1
            status[1] = i
            return n
        s = states[i]
        decision = (s >> U(DECISION)) & THREE
        votes = (s >> U(VOTES)) & ALL
        sent = (s >> U(MESSAGES)) & ALL
        if decision == U(0):
            if votes == ALL:
                out[n] = (s + (ONE << U(DECISION))) | (ONE << U(COMMIT))
                actions[n] = 0
                n += 1
            out[n] = (s + (U(2) << U(DECISION))) | (ONE << U(ABORT))
            actions[n] = 1
            n += 1
            for p in range(N):
                if (sent >> U(p)) & ONE:
                    out[n] = s | (ONE << U(VOTES + p))
                    actions[n] = 2
                    n += 1
        committed = (s >> U(COMMIT)) & ONE
        aborted = (s >> U(ABORT)) & ONE
        for p in range(N):
            at = U(STATE + 2 * p)
            mine = (s >> at) & THREE
            if mine == WORKING:
                out[n] = (s + (ONE << at)) | (ONE << U(MESSAGES + p))
                actions[n] = 3
                n += 1
                out[n] = s | (THREE << at)
                actions[n] = 4
                n += 1
            if committed:
                out[n] = (s & ~(THREE << at)) | (COMMITTED << at)
                actions[n] = 5
                n += 1
            if aborted:
                out[n] = s | (THREE << at)
                actions[n] = 6
                n += 1
        ends[i] = n
    return n


def inspect(states, count, masks, status):
    low = U(0)
    for p in range(N):
        low |= ONE << U(STATE + 2 * p)
    for i in range(count):
        s = states[i]
        high = (s >> ONE) & low
        disagree = (high & s & low) != U(0) and (high & ~s & low) != U(0)
        mask = U(1) if disagree else U(0)
        if (high & ~s & low) == low:
            mask |= U(2)
        masks[i] = mask
    return 0


expand = cfunc(types.int64(words, types.int64, words, actions, numbers, types.int64, numbers))(expand)
inspect = cfunc(types.int64(words, types.int64, words, numbers))(inspect)
"""

ENTRIES = ("expand", "inspect")


def two_phase_commit(participants: int) -> Program:
    """Compile it. Predicate 0: two participants disagree; predicate 1: all have committed."""
    addresses = {name: function.address for name, function in _compiled(participants).items()}
    return Program(words=1, actions=7, predicates=2, step_predicates=0, **addresses)


@cache
def _compiled(participants: int) -> dict[str, Any]:
    """Compile it with Numba; the functions live as long as they are in this cache."""
    namespace: dict[str, Any] = {}
    exec(SOURCE.format(participants=participants), namespace)
    return {name: namespace[name] for name in ENTRIES}


INITIAL = np.array([[1]], dtype=np.uint64)
