"""The second pass over a finished search: which stored state leads to which."""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native import abi
from assay.checker.engine.native.findings import leave_out
from assay.checker.engine.native.intrinsics import (
    call_expand,
    inlined,
    int32s,
    int64s,
    uint32s,
    uint64s,
)
from assay.checker.engine.native.table import locate, scout, settle, take_all

__all__ = ["link"]


@inlined
def _link_batch(c: Any, words: int, first: int, count: int, total: int) -> None:
    """Write the edges of `count` states to those successors that are stored, and not excluded."""
    id_mask = np.uint64(c[abi.ID_MASK])
    table = uint32s(c[abi.TABLE])
    ends = int64s(c[abi.ENDS])
    actions = int32s(c[abi.ACTIONS])
    targets = uint32s(c[abi.EDGE_TARGETS])
    edge_actions = int32s(c[abi.EDGE_ACTIONS])
    indptr = int64s(c[abi.EDGE_INDPTR])
    lacking = int32s(c[abi.EDGE_LACKING])
    outside = uint64s(c[abi.OUTSIDE])
    edge = c[abi.EDGES]
    # As in the search, look up a whole batch together, so that its cache misses overlap.
    locate(c, take_all(c, words, total))
    scout(c, words, total)
    k = 0
    for i in range(count):
        while k < ends[i]:
            entry = np.uint64(table[settle(c, words, k)])
            # An entry is a state's id plus one, with bits of its hash above it; 0 marks an empty slot.
            if entry != 0 and outside[k] == 0:
                targets[edge] = np.uint32((entry & id_mask) - np.uint64(1))
                edge_actions[edge] = actions[k]
                edge += 1
            else:
                lacking[first + i] = 1
                if c[abi.EDGE_OUTSIDE] != 0:
                    targets[edge] = np.uint32(c[abi.EDGE_OUTSIDE] - 1)
                    edge_actions[edge] = actions[k]
                    edge += 1
            k += 1
        indptr[first + i + 1] = edge
    c[abi.EDGES] = edge


@inlined
def link(c: Any, words: int) -> Any:
    """Write the edges of the states up to LEVEL_END in compressed sparse rows."""
    status = int64s(c[abi.STATUS])
    while c[abi.EXPANDED] < c[abi.LEVEL_END]:
        if status[abi.ALARM] != 0:
            return abi.PAUSED
        first = c[abi.EXPANDED]
        count = min(c[abi.BATCH], c[abi.LEVEL_END] - first)
        status[0] = abi.STATUS_DONE
        total = call_expand(
            c[abi.EXPAND],
            uint64s(c[abi.LOG] + 8 * words * first),
            count,
            uint64s(c[abi.SUCCESSORS]),
            int32s(c[abi.ACTIONS]),
            int64s(c[abi.ENDS]),
            c[abi.CAPACITY],
            status,
        )
        if status[0] != abi.STATUS_DONE:
            count = status[1]  # the states before the one that it stopped at are complete
        if count == 0 and status[0] == abi.STATUS_ASKED:
            return abi.PAUSED
        if count == 0:
            return abi.NEED_BUFFER if status[0] == abi.STATUS_FULL else abi.FAILURE
        if c[abi.TAKEN_STEPS] != 0:
            outside = uint64s(c[abi.OUTSIDE])
            for k in range(total):
                outside[k] = np.uint64(0)
        code = leave_out(c, words, first, count, total)
        if code != abi.CONTINUE:
            return abi.PAUSED if code == abi.ASKED else abi.FAILURE
        _link_batch(c, words, first, count, total)
        c[abi.EXPANDED] += count
    return abi.EXHAUSTED
