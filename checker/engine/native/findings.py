"""What the kernel watches for while it explores: predicates that fire, deadlocks, and code that has no answer.

A finding is kept as the id of the parent and the words of the state itself, so it can be a state that is not stored:
one outside the constraints, or the end of a step.
"""

# All functions here are inlined into the kernel. They take a state as a pointer, a start and a number of words.

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native import abi
from assay.checker.engine.native.intrinsics import (
    call_steps,
    call_test,
    inlined,
    int64s,
    uint32s,
    uint64s,
)

__all__ = [
    "check_deadlocks",
    "check_new",
    "check_outside",
    "check_steps",
    "leave_out",
    "raise_stored",
    "raise_successor",
    "stops",
]

_ONE = np.uint64(1)


@inlined
def _meets(found: int, wanted: int, count: int) -> Any:
    """Return whether two masks of `count` words share a bit."""
    left, right = uint64s(found), uint64s(wanted)
    common = np.uint64(0)
    for word in range(count):
        common |= left[word] & right[word]
    return common != 0


@inlined
def stops(c: Any) -> Any:
    """Return whether something was found that ends the search."""
    on_state = _meets(c[abi.FOUND], c[abi.STOP_ON], c[abi.MASK_WORDS])
    on_step = _meets(c[abi.FOUND_STEPS], c[abi.STOP_ON_STEPS], c[abi.STEP_MASK_WORDS])
    return c[abi.ENDED] != 0 or on_state or on_step or (c[abi.STOP_ON_DEADLOCK] != 0 and c[abi.DEADLOCK] >= 0)


@inlined
def _record(
    found: Any, parents: Any, rows: Any, words: int, word: int, mask: int, parent: int, states: Any, start: int
) -> None:
    """Record where each predicate in a word of a mask fired first."""
    fresh = mask & ~found[word]
    if fresh != 0:
        found[word] |= fresh
        for bit in range(64):
            if (fresh >> np.uint64(bit)) & _ONE != 0:
                predicate = 64 * word + bit
                parents[predicate] = parent
                for part in range(words):
                    rows[predicate * words + part] = states[start + part]


@inlined
def _found_state(c: Any, words: int, word: int, mask: int, parent: int, states: Any, start: int) -> None:
    parents, rows = int64s(c[abi.FOUND_PARENT]), uint64s(c[abi.FOUND_STATE])
    _record(uint64s(c[abi.FOUND]), parents, rows, words, word, mask, parent, states, start)


@inlined
def _found_step(c: Any, words: int, word: int, mask: int, parent: int, states: Any, start: int) -> None:
    parents, rows = int64s(c[abi.STEP_PARENT]), uint64s(c[abi.STEP_STATE])
    _record(uint64s(c[abi.FOUND_STEPS]), parents, rows, words, word, mask, parent, states, start)


@inlined
def _parent_of(c: Any, first_parent: int, k: int) -> Any:
    """Return the id of the state whose successor is number `k` of the batch."""
    if first_parent == abi.NONE:
        return first_parent
    ends = int64s(c[abi.ENDS])
    i = 0
    while ends[i] <= k:
        i += 1
    return first_parent + i


@inlined
def _raise(c: Any, words: int, kind: int, parent: int, states: Any, start: int) -> Any:
    """Record where a compiled function has no answer; status[2] is the action or predicate.

    Nothing is recorded if it only answered the alarm.
    """
    if int64s(c[abi.STATUS])[0] == abi.STATUS_ASKED:
        return abi.ASKED
    c[abi.FAILURE_KIND] = kind
    c[abi.FAILURE_PARENT] = parent
    c[abi.FAILURE_INDEX] = int64s(c[abi.STATUS])[2]
    state = uint64s(c[abi.FAILURE_STATE])
    for word in range(words):
        state[word] = states[start + word]
    return abi.FAILURE


@inlined
def raise_stored(c: Any, words: int, kind: int, id: int) -> Any:
    """Record a failure at a stored state."""
    parent = np.int64(uint32s(c[abi.PARENTS])[id])
    return _raise(c, words, kind, parent, uint64s(c[abi.LOG]), id * words)


@inlined
def raise_successor(c: Any, words: int, kind: int, first_parent: int, k: int) -> Any:
    """Record a failure at successor `k` of the batch."""
    parent = _parent_of(c, first_parent, k)
    return _raise(c, words, kind, parent, uint64s(c[abi.SUCCESSORS]), k * words)


@inlined
def check_new(c: Any, words: int) -> Any:
    """Inspect the states that were stored since the last inspection."""
    first = c[abi.INSPECTED]
    count = c[abi.DISTINCT] - first
    if c[abi.INSPECT] == 0 or count == 0:
        c[abi.INSPECTED] += count
        return abi.CONTINUE
    log = uint64s(c[abi.LOG] + 8 * words * first)
    masks = uint64s(c[abi.MASKS])
    status = int64s(c[abi.STATUS])
    parents = uint32s(c[abi.PARENTS])
    width = c[abi.MASK_WORDS]
    status[0] = abi.STATUS_DONE
    call_test(c[abi.INSPECT], log, count, masks, status)
    failed = status[0] != abi.STATUS_DONE
    if failed:
        count = status[1]
    for place in range(count * width):  # nearly all words are 0
        if masks[place] != 0:
            j = place // width
            _found_state(c, words, place % width, masks[place], np.int64(parents[first + j]), log, j * words)
    c[abi.INSPECTED] += count
    return raise_stored(c, words, abi.FAILURE_INSPECT, first + count) if failed else abi.CONTINUE


@inlined
def check_outside(c: Any, words: int, first_parent: int, total: int) -> Any:
    """Inspect the successors that constraints exclude. They are not stored, so each is inspected every time."""
    if c[abi.INSPECT] == 0:
        return abi.CONTINUE
    outside = uint64s(c[abi.OUTSIDE])
    successors = uint64s(c[abi.SUCCESSORS])
    mask = uint64s(c[abi.MASKS])
    status = int64s(c[abi.STATUS])
    for k in range(total):
        if outside[k] != 0:
            status[0] = abi.STATUS_DONE
            call_test(c[abi.INSPECT], uint64s(c[abi.SUCCESSORS] + 8 * words * k), 1, mask, status)
            if status[0] != abi.STATUS_DONE:
                return raise_successor(c, words, abi.FAILURE_INSPECT, first_parent, k)
            for word in range(c[abi.MASK_WORDS]):
                if mask[word] != 0:
                    parent = _parent_of(c, first_parent, k)
                    _found_state(c, words, word, mask[word], parent, successors, k * words)
    return abi.CONTINUE


@inlined
def check_steps(c: Any, words: int, first_parent: int, count: int, total: int) -> Any:
    """Check the step from each state of the batch to each of its successors."""
    if c[abi.STEPS] == 0 or first_parent == abi.NONE:
        return abi.CONTINUE
    before = uint64s(c[abi.LOG] + 8 * words * first_parent)
    successors = uint64s(c[abi.SUCCESSORS])
    masks = uint64s(c[abi.MASKS])
    status = int64s(c[abi.STATUS])
    width = c[abi.STEP_MASK_WORDS]
    status[0] = abi.STATUS_DONE
    call_steps(c[abi.STEPS], before, count, successors, int64s(c[abi.ENDS]), masks, status)
    if status[0] != abi.STATUS_DONE:
        return raise_successor(c, words, abi.FAILURE_STEPS, first_parent, status[1])
    for place in range(total * width):
        if masks[place] != 0:
            k = place // width
            parent = _parent_of(c, first_parent, k)
            _found_step(c, words, place % width, masks[place], parent, successors, k * words)
    return abi.CONTINUE


@inlined
def leave_out(c: Any, words: int, first_parent: int, count: int, total: int) -> Any:
    """Mark the successors of the batch that step constraints exclude, in addition to those already marked."""
    if c[abi.TAKEN_STEPS] == 0 or first_parent == abi.NONE:
        return abi.CONTINUE
    before = uint64s(c[abi.LOG] + 8 * words * first_parent)
    taken = uint64s(c[abi.MASKS])
    outside = uint64s(c[abi.OUTSIDE])
    status = int64s(c[abi.STATUS])
    status[0] = abi.STATUS_DONE
    call_steps(c[abi.TAKEN_STEPS], before, count, uint64s(c[abi.SUCCESSORS]), int64s(c[abi.ENDS]), taken, status)
    if status[0] != abi.STATUS_DONE:
        return raise_successor(c, words, abi.FAILURE_TAKEN, first_parent, status[1])
    for k in range(total):
        outside[k] |= np.uint64(taken[k] == 0)
    return abi.CONTINUE


@inlined
def check_deadlocks(c: Any, words: int, first: int, count: int) -> Any:
    """Look for states of the batch that have no successors and are not terminal, and keep the first.

    Unless the search ends there, the others are judged too, because the predicate may have no answer in one of them.
    """
    if c[abi.CHECK_DEADLOCK] == 0 or first == abi.NONE:
        return abi.CONTINUE
    ends = int64s(c[abi.ENDS])
    mask = uint64s(c[abi.MASKS])
    status = int64s(c[abi.STATUS])
    before = 0
    for i in range(count):
        if c[abi.STOP_ON_DEADLOCK] != 0 and c[abi.DEADLOCK] >= 0:
            return abi.CONTINUE
        if ends[i] == before:
            status[0] = abi.STATUS_DONE
            mask[0] = np.uint64(0)
            if c[abi.TERMINAL] != 0:
                call_test(c[abi.TERMINAL], uint64s(c[abi.LOG] + 8 * words * (first + i)), 1, mask, status)
            if status[0] != abi.STATUS_DONE:
                return raise_stored(c, words, abi.FAILURE_TERMINAL, first + i)
            if mask[0] == 0 and c[abi.DEADLOCK] < 0:
                c[abi.DEADLOCK] = first + i
        before = ends[i]
    return abi.CONTINUE
