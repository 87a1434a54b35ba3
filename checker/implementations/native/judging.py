"""Judge packed states and steps: values of predicates, tabulated by what they read, and steps of the model.

A predicate depends on a part of the state, its key: for each node a number for the values of the attributes read, and
for everything else the masked bits of the state. Its values are in a hash table by key; if one is missing, the caller
evaluates the predicate once for all states with that key.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.abi import STATUS_ERROR
from assay.checker.engine.native.intrinsics import (
    high_product,
    inlined,
    int32s,
    int64s,
    pointer_to,
    uint64s,
)
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.packed import FIRST, HALF, SEED, ask, context_of, field_of, paired
from numba import cfunc, types

__all__ = ["build_judging"]

_ONE = np.uint64(1)


@inlined
def _key(x: Any, table: Any, states: Any, base: int) -> None:
    """Write the part of a state that a predicate reads to the table's key."""
    key = uint64s(table[abi.KEY])
    mask = uint64s(table[abi.MASK])
    projections = int64s(table[abi.PROJECTIONS])
    fields = int64s(x[abi.FIELDS])
    for word in range(x[abi.WORDS]):
        key[word] = states[base + word] & mask[word]
    for node in range(x[abi.NODES]):
        if projections[node] != 0:
            part = int32s(projections[node])[field_of(x, states, base, node)]
            key[fields[3 * node]] |= np.uint64(part) << np.uint64(fields[3 * node + 1])


@inlined
def _hash(key: Any, words: int) -> Any:
    mixed: Any = SEED
    for word in range(words):
        mixed = mixed ^ key[word]
        mixed = high_product(mixed, FIRST) ^ (mixed * FIRST)
    return mixed ^ (mixed >> HALF)


@inlined
def _place(x: Any, table: Any) -> Any:
    """Return the slot of a table's key, or the empty one where it belongs."""
    words = x[abi.WORDS]
    key = uint64s(table[abi.KEY])
    keys = uint64s(table[abi.KEYS])
    values = int32s(table[abi.VALUES])
    last = np.uint64(table[abi.SLOTS] - 1)
    slot = np.int64(_hash(key, words) & last)
    while values[slot] != 0:
        differs = np.uint64(0)
        for word in range(words):
            differs |= keys[slot * words + word] ^ key[word]
        if differs == 0:
            break
        slot = np.int64(np.uint64(slot + 1) & last)
    return slot


@inlined
def _ask_value(x: Any, predicate: int, states: Any, base: int) -> None:
    count = x[abi.MISSING_COUNT]
    if count < abi.MOST_MISSING:
        rows = int64s(x[abi.MISSING])
        at = count * x[abi.MISSING_WIDTH]
        rows[at] = abi.MISSING_VALUE
        rows[at + 1] = predicate
        for word in range(x[abi.WORDS]):
            rows[at + 2 + word] = np.int64(states[base + word])
        x[abi.MISSING_COUNT] = count + 1


@inlined
def _value(x: Any, predicate: int, states: Any, base: int) -> Any:
    """Return the value of a predicate, counted from 1; 0 if it is missing, and then it is asked for."""
    table = int64s(int64s(x[abi.PREDICATE_TABLES])[predicate])
    _key(x, table, states, base)
    value = np.int64(int32s(table[abi.VALUES])[_place(x, table)])
    if value == 0:
        _ask_value(x, predicate, states, base)
    return value


def _within(states: Any, count: int, masks: Any, status: Any) -> Any:
    x = context_of(status)
    x[abi.MISSING_COUNT] = 0
    for i in range(count):
        masks[i] = np.uint64(_value(x, x[abi.CONSTRAINT], states, i * x[abi.WORDS]) == 2)
    if x[abi.MISSING_COUNT] != 0:
        status[0] = STATUS_ERROR
        status[1] = 0
    return 0


@inlined
def _inspect_one(x: Any, states: Any, base: int, masks: Any, at: int, width: int) -> None:
    """Mark the predicates that fire in a state; outside the constraint, none does."""
    for word in range(width):
        masks[at + word] = np.uint64(0)
    if x[abi.CONSTRAINT] >= 0 and _value(x, x[abi.CONSTRAINT], states, base) != 2:
        return
    for predicate in range(x[abi.PREDICATES]):
        if _value(x, predicate, states, base) == 2:
            masks[at + predicate // 64] |= _ONE << np.uint64(predicate % 64)


def _inspect(states: Any, count: int, masks: Any, status: Any) -> Any:
    x = context_of(status)
    x[abi.MISSING_COUNT] = 0
    width = (x[abi.PREDICATES] + 63) // 64  # 0 without predicates: the one word of the engine stays as it is
    done: Any = np.int64(0)
    for i in range(count):
        _inspect_one(x, states, i * x[abi.WORDS], masks, i * width, width)
        if x[abi.MISSING_COUNT] == 0:
            done = i + 1
    if x[abi.MISSING_COUNT] != 0:
        status[0] = STATUS_ERROR
        status[1] = done
    return 0


@inlined
def _edge(x: Any, before: int, after: int) -> Any:
    """Return whether a pair is a step of the model: 0 unknown, 1 yes, 2 no."""
    known = paired(int64s(x[abi.EDGES]), before, after)
    if known == 0:
        ask(x, abi.MISSING_EDGE, before, after, 0)
    return known


def _steps(before: Any, count: int, after: Any, ends: Any, masks: Any, status: Any) -> Any:
    """Mark the steps that do not refine the model: those that are neither a stutter nor a path of the model."""
    x = context_of(status)
    x[abi.MISSING_COUNT] = 0
    words = x[abi.WORDS]
    k = np.int64(0)
    for i in range(count):
        start = _value(x, x[abi.ABSTRACTION], before, i * words)
        while k < ends[i]:
            masks[k] = np.uint64(0)
            inside = x[abi.CONSTRAINT] < 0 or _value(x, x[abi.CONSTRAINT], after, k * words) == 2
            if inside:
                end = _value(x, x[abi.ABSTRACTION], after, k * words)
                known = start * end != 0  # written out, because `in` would make the loaded code import Numba
                if known and start != end:
                    masks[k] = np.uint64(_edge(x, start, end) == 2)
            k += 1
    if x[abi.MISSING_COUNT] != 0:
        status[0] = STATUS_ERROR
        status[1] = 0
    return 0


def build_judging() -> dict[str, Any]:
    """Compile ``inspect``, ``within`` and ``steps``, whose signatures are those of a model's."""
    words, numbers = pointer_to(types.uint64), pointer_to(types.int64)
    test = types.int64(words, types.int64, words, numbers)
    steps = types.int64(words, types.int64, words, numbers, words, numbers)
    return {
        "inspect": cfunc(test, error_model="numpy")(_inspect),
        "within": cfunc(test, error_model="numpy")(_within),
        "steps": cfunc(steps, error_model="numpy")(_steps),
    }
