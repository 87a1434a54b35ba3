"""The breadth-first kernel, compiled once for all models.

A call of `explore` expands states in the order of the log, a batch at a time, and returns the reason why it stopped
(see `assay.checker.engine.native.abi`), at the latest when another thread sets the alarm. It counts nothing of a batch
until there is room for all of it, so it can always be called again and will redo the batch from the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native import abi
from assay.checker.engine.native.findings import (
    check_deadlocks,
    check_new,
    check_outside,
    check_steps,
    leave_out,
    raise_stored,
    raise_successor,
    stops,
)
from assay.checker.engine.native.graph import link
from assay.checker.engine.native.intrinsics import (
    call_expand,
    call_test,
    inlined,
    int32s,
    int64s,
    pointer_to,
    uint32s,
    uint64s,
)
from assay.checker.engine.native.table import locate, rebuild, scout, settle, sift, take_all
from numba import cfunc, types

__all__ = ["build_graph", "build_search"]


@inlined
def _store(c: Any, words: int, j: int, place: int, parent: int) -> None:
    """Append candidate `j` to the log and enter it at `place`."""
    log = uint64s(c[abi.LOG])
    successors = uint64s(c[abi.SUCCESSORS])
    k = int64s(c[abi.CANDIDATES])[j]
    id_mask = np.uint64(c[abi.ID_MASK])
    tag = np.uint64(uint32s(c[abi.TAGS])[j]) & ~id_mask
    id = c[abi.DISTINCT]
    for word in range(words):
        log[id * words + word] = successors[k * words + word]
    uint32s(c[abi.PARENTS])[id] = np.uint32(parent)
    uint32s(c[abi.TABLE])[place] = np.uint32(tag | np.uint64(id + 1))
    c[abi.DISTINCT] = id + 1


@inlined
def _is_constrained(c: Any) -> Any:
    """Return whether constraints may exclude successors."""
    return c[abi.WITHIN] != 0 or c[abi.TAKEN_STEPS] != 0


@inlined
def _insert(c: Any, words: int, first_parent: int, candidates: int) -> Any:
    """Store the candidates that are new; return the number of the successor that is one too many, or -1."""
    ends = int64s(c[abi.ENDS])
    actions = int32s(c[abi.ACTIONS])
    discovered = int64s(c[abi.DISCOVERED])
    outside = uint64s(c[abi.OUTSIDE])
    numbers = int64s(c[abi.CANDIDATES])
    table = uint32s(c[abi.TABLE])
    constrained = _is_constrained(c)
    most = c[abi.MAX_STATES]
    i = 0
    for j in range(candidates):
        k = numbers[j]
        if constrained and outside[k] != 0:
            continue
        place = settle(c, words, j)
        if table[place] == 0:
            while ends[i] <= k:
                i += 1
            if c[abi.DISTINCT] == most:
                c[abi.EXPANDED] += i
                return k
            _store(c, words, j, place, first_parent + i)
            if first_parent != abi.NONE:
                discovered[actions[k]] += 1
    return -1


@inlined
def _count(c: Any, first_parent: int, total: int) -> None:
    """Count the successors of each action. Initial states belong to no action, whatever the buffer holds for them."""
    actions = int32s(c[abi.ACTIONS])
    fired = int64s(c[abi.FIRED])
    if first_parent != abi.NONE:
        for k in range(total):
            fired[actions[k]] += 1
    c[abi.GENERATED] += total
    if _is_constrained(c):
        outside = uint64s(c[abi.OUTSIDE])
        for k in range(total):
            c[abi.CUT] += np.int64(outside[k])


@inlined
def _mark_beyond(c: Any, words: int, first_parent: int, total: int) -> Any:
    """Mark the successors that the state constraint keeps out, and no others."""
    outside = uint64s(c[abi.OUTSIDE])
    if c[abi.WITHIN] == 0:
        for k in range(total):
            outside[k] = np.uint64(0)
        return abi.CONTINUE
    status = int64s(c[abi.STATUS])
    status[0] = abi.STATUS_DONE
    call_test(c[abi.WITHIN], uint64s(c[abi.SUCCESSORS]), total, outside, status)
    if status[0] != abi.STATUS_DONE:
        return raise_successor(c, words, abi.FAILURE_WITHIN, first_parent, status[1])
    for k in range(total):
        outside[k] = np.uint64(outside[k] == 0)
    return abi.CONTINUE


@inlined
def _mark_outside(c: Any, words: int, first_parent: int, count: int, total: int) -> Any:
    """Mark the successors that a constraint keeps out, and inspect them."""
    if not _is_constrained(c):
        return abi.CONTINUE
    code = _mark_beyond(c, words, first_parent, total)
    if code == abi.CONTINUE:
        code = leave_out(c, words, first_parent, count, total)
    return check_outside(c, words, first_parent, total) if code == abi.CONTINUE else code


@inlined
def _judge(c: Any, words: int, first_parent: int, count: int, total: int) -> Any:
    """Judge everything but stored states: deadlocks, steps, and states outside the constraints."""
    code = check_deadlocks(c, words, first_parent, count)
    if code == abi.CONTINUE:
        code = check_steps(c, words, first_parent, count, total)
    return _mark_outside(c, words, first_parent, count, total) if code == abi.CONTINUE else code


@inlined
def _absorb(c: Any, words: int, first_parent: int, count: int, total: int) -> Any:
    """Judge, store and count the successors of `count` states.

    Judging comes before anything is stored or counted, so that after a failure the caller can have the batch redone.
    """
    # Whether a step constraint keeps a successor out depends on the state before it. A state that was kept out once may
    # be reached again by a step that is allowed, and must then be stored, so `sift` must not skip it as recent.
    candidates = take_all(c, words, total) if c[abi.TAKEN_STEPS] != 0 else sift(c, words, total)
    locate(c, candidates)
    code = abi.CONTINUE if c[abi.JUDGED] != 0 else _judge(c, words, first_parent, count, total)
    if code == abi.CONTINUE:
        scout(c, words, candidates)
        excess = _insert(c, words, first_parent, candidates)
        if excess < 0:
            c[abi.EXPANDED] += count
        else:
            c[abi.EXCESS] = 1
        _count(c, first_parent, total if excess < 0 else excess + 1)
    return code


@inlined
def _expand(c: Any, words: int, first: int, count: int) -> Any:
    """Compute the successors of the next states."""
    status = int64s(c[abi.STATUS])
    status[0] = abi.STATUS_DONE
    return call_expand(
        c[abi.EXPAND],
        uint64s(c[abi.LOG] + 8 * words * first),
        count,
        uint64s(c[abi.SUCCESSORS]),
        int32s(c[abi.ACTIONS]),
        int64s(c[abi.ENDS]),
        c[abi.CAPACITY],
        status,
    )


@inlined
def _next_level(c: Any) -> Any:
    """Begin the next level if this one is fully expanded, and return whether there is anything left to expand."""
    if c[abi.EXPANDED] == c[abi.LEVEL_END]:
        if c[abi.DISTINCT] == c[abi.LEVEL_END]:
            return abi.EXHAUSTED
        c[abi.DEPTH] += 1
        c[abi.LEVEL_END] = c[abi.DISTINCT]
    return abi.DEPTH_REACHED if c[abi.DEPTH] == c[abi.MAX_DEPTH] else abi.CONTINUE


@inlined
def _may_expand(c: Any, words: int) -> Any:
    """Inspect new states, and return the reason, if any, to stop before anything more is expanded."""
    code = check_new(c, words)
    if code != abi.CONTINUE:
        return code
    if c[abi.EXCESS] != 0:
        return abi.STATES_REACHED
    if c[abi.SEEDS] == abi.TAKEN:
        c[abi.SEEDS] = 0
        return abi.SEEDED
    if c[abi.SEEDS] != 0:
        return abi.CONTINUE
    if stops(c):
        return abi.STOPPED
    code = _next_level(c)
    return abi.PAUSED if code == abi.CONTINUE and int64s(c[abi.STATUS])[abi.ALARM] != 0 else code


@inlined
def _incomplete(c: Any, words: int, first: int) -> Any:
    """Return the reason why not even one state could be expanded."""
    status = int64s(c[abi.STATUS])
    if status[0] == abi.STATUS_FULL:
        return abi.NEED_BUFFER
    return abi.PAUSED if status[0] == abi.STATUS_ASKED else raise_stored(c, words, abi.FAILURE_EXPAND, first)


@inlined
def _explore(c: Any, words: int) -> Any:
    """Expand batch after batch until there is a reason to return.

    The seeds that the caller put into the buffer, initial states or the successors of one state, are a batch of their
    own.
    """
    status = int64s(c[abi.STATUS])
    while True:
        code = _may_expand(c, words)
        if code != abi.CONTINUE:
            return code
        seeds = c[abi.SEEDS]
        if seeds > 0:
            first, total = c[abi.SEEDS_OF], seeds
            count = 0 if first == abi.NONE else 1
            int64s(c[abi.ENDS])[0] = seeds
        else:
            first = c[abi.EXPANDED]
            count = min(c[abi.BATCH], c[abi.LEVEL_END] - first)
            total = _expand(c, words, first, count)
            if status[0] != abi.STATUS_DONE:
                count = status[1]  # those before it are complete; the next batch begins with it
                if count == 0:
                    return _incomplete(c, words, first)
        if c[abi.DISTINCT] + total > c[abi.LOG_CAPACITY]:
            c[abi.NEEDED] = total
            return abi.NEED_ROOM
        code = _absorb(c, words, first, count, total)
        if code != abi.CONTINUE:
            return code
        if seeds > 0:
            c[abi.SEEDS] = abi.TAKEN


_SIGNATURE = types.int64(pointer_to(types.int64))


def build_search(words: int) -> dict[str, Any]:
    """Compile ``explore`` and ``rebuild`` for states of `words` words; 0 stands for any number of words.

    Returns
    -------
    dict from str to numba cfunc
        Each takes the control block and returns why it came back.
    """
    return {"explore": _entry(_explore, words), "rebuild": _entry(rebuild, words)}


def build_graph(words: int) -> dict[str, Any]:
    """Compile ``link``, in the same way."""
    return {"link": _entry(link, words)}


def _entry(body: Any, words: int) -> Any:
    def fixed(c: Any) -> Any:
        return body(c, words)

    def general(c: Any) -> Any:
        return body(c, c[abi.WORDS])

    return cfunc(_SIGNATURE, error_model="numpy")(fixed if words else general)
