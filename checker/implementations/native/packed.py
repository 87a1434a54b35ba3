"""What the compiled functions of a cluster share: fields of packed states, and asking for what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.abi import CONTEXT
from assay.checker.engine.native.intrinsics import inlined, int64s
from assay.checker.implementations.native import abi

__all__ = ["ask", "context_of", "field_of", "set_field"]


@inlined
def context_of(status: Any) -> Any:
    """Return the context of the cluster that is explored."""
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
    """Ask the caller for an answer; one more than can be asked for is asked for the next time."""
    count = x[abi.MISSING_COUNT]
    if count < abi.MOST_MISSING:
        rows = int64s(x[abi.MISSING])
        at = count * x[abi.MISSING_WIDTH]
        rows[at] = kind
        rows[at + 1] = first
        rows[at + 2] = second
        rows[at + 3] = third
        x[abi.MISSING_COUNT] = count + 1
