"""Compiled access to packed fields and tables, and requests for missing entries."""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.abi import CONTEXT
from assay.checker.engine.native.intrinsics import inlined, int32s, int64s, uint64s
from assay.checker.implementations.native import abi

__all__ = ["FIRST", "HALF", "SEED", "ask", "context_of", "field_of", "paired", "set_field"]

# The constants of SplitMix64 (Steele, Lea, Flood, 2014), as in `slots`: Python enters what is looked up here.
SEED = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
HALF = np.uint64(32)


@inlined
def context_of(status: Any) -> Any:
    """Return the context of the cluster that is being explored."""
    return int64s(status[CONTEXT])


@inlined
def field_of(x: Any, states: Any, base: int, field: int) -> Any:
    """Return the value of a field of the state that begins at `base`."""
    fields = int64s(x[abi.FIELDS])
    word = states[base + fields[3 * field]]
    return np.int64((word >> np.uint64(fields[3 * field + 1])) & np.uint64(fields[3 * field + 2]))


@inlined
def set_field(x: Any, states: Any, base: int, field: int, value: int) -> None:
    """Set a field of the state that begins at `base`."""
    fields = int64s(x[abi.FIELDS])
    at = base + fields[3 * field]
    shift = np.uint64(fields[3 * field + 1])
    mask = np.uint64(fields[3 * field + 2]) << shift
    states[at] = (states[at] & ~mask) | (np.uint64(value) << shift)


@inlined
def ask(x: Any, kind: int, first: int, second: int, third: int) -> None:
    """Request a missing entry from the caller. If the list of requests is full, the state is expanded again anyway."""
    count = x[abi.MISSING_COUNT]
    if count < abi.MOST_MISSING:
        rows = int64s(x[abi.MISSING])
        at = count * x[abi.MISSING_WIDTH]
        rows[at] = kind
        rows[at + 1] = first
        rows[at + 2] = second
        rows[at + 3] = third
        x[abi.MISSING_COUNT] = count + 1


@inlined
def paired(table: Any, first: int, second: int) -> Any:
    """Return the number of a pair in a `PairTable`, or 0 if it is missing."""
    key = (np.uint64(first) << HALF) | np.uint64(second)
    keys = uint64s(table[abi.KEYS])
    values = int32s(table[abi.VALUES])
    last = np.uint64(table[abi.SLOTS] - 1)
    mixed = (key ^ SEED) * FIRST
    slot = np.int64((mixed ^ (mixed >> HALF)) & last)
    while values[slot] != 0 and keys[slot] != key:
        slot = np.int64(np.uint64(slot + 1) & last)
    return np.int64(values[slot])
