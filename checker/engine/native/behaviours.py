"""The behaviours of a natively explored instance: its steps as arrays, and the truth of predicates in each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import abi
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.edges import edges, room_for
from assay.checker.engine.native.labels import renumbered
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import CHUNK
from assay.checker.engine.native.signatures import TEST
from assay.checker.engine.native.store import OutOfMemory
from assay.checker.engine.native.views import packed_views
from assay.checker.engine.steps import Behaviours, TemporalClaim, claims_of, labels_of, told_apart_by
from assay.checker.errors import Unsupported
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.quantities import size

__all__ = ["behaviours"]

_REMEMBERED = 1 << 12
"""How many decoded states to cache."""


def behaviours(
    addresses: Mapping[str, int], layout: Layout, outcome: NativeOutcome, interpreter: Interpreter, limits: Limits
) -> Behaviours:
    """Return the states and steps of an exhaustive search. The instance must be active.

    Parameters
    ----------
    addresses : mapping from str to int
        The addresses of the functions ``labels`` and ``moves``; the latter is 0 if classes of calls are just the
        actions.
    layout : Layout
        How states are packed.
    outcome : NativeOutcome
        The search.
    interpreter : Interpreter
        Evaluates what machine code has no answer for.
    limits : Limits
        Of these, the memory limit matters.

    Raises
    ------
    Unsupported
        If the steps need more memory than is available.
    """
    states = outcome.states()
    claims = claims_of(interpreter, layout.unpack(states[0].tolist()))
    told_apart = told_apart_by(interpreter, claims)
    room = room_for(limits)
    try:
        found = edges(outcome, memory=room, moves=addresses["moves"], outside=True)
    except OutOfMemory as error:
        raise Unsupported(
            f"the steps of {outcome.distinct:,} states take {size(error.needed)}, and there is {size(room)} for them: "
            "what is computed from them takes several times as much",
            help="make the instance smaller, or raise --memory-limit",
        ) from None
    classes = found.actions
    if addresses["moves"]:
        classes = renumbered(told_apart, layout)[classes]

    @lru_cache(_REMEMBERED)
    def decode(number: int) -> Frozen:
        return layout.unpack(states[number].tolist())

    return Behaviours(
        found.indptr,
        found.targets,
        classes,
        _labels(addresses["labels"], states, layout, interpreter, claims),
        int(np.count_nonzero(outcome.parents() == abi.NONE)),
        claims,
        told_apart,
        decode,
        lambda names: _grouped(states, layout, names),
        partial(packed_views, states, layout),
    )


def _grouped(
    states: npt.NDArray[np.uint64], layout: Layout, names: frozenset[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Group the states that agree on some variables: return the first of each group, and the group of each state."""
    mask = 0
    for name in names:
        where = layout.places[name]
        mask |= ((1 << where.slot.bits) - 1) << where.start
    words = np.array([mask >> (64 * word) & 0xFFFF_FFFF_FFFF_FFFF for word in range(layout.words)], np.uint64)
    shown = np.ascontiguousarray((states & words)[:, words != 0])
    if not shown.shape[1]:
        return np.zeros(1, np.int64), np.zeros(len(states), np.int64)
    rows = shown.view([("", np.uint64)] * shown.shape[1]).reshape(-1)
    _, first, group = np.unique(rows, return_index=True, return_inverse=True)
    return first.astype(np.int64), group.reshape(-1).astype(np.int64)


def _labels(
    address: int,
    states: npt.NDArray[np.uint64],
    layout: Layout,
    interpreter: Interpreter,
    claims: Sequence[TemporalClaim],
) -> npt.NDArray[np.bool_]:
    """Return which predicates are true in which states, a row for each predicate."""
    count = sum(claim.count for claim in claims)
    labels = np.zeros((count, len(states)), np.bool_)
    if not count:
        return labels
    function, words = TEST.prototype(address), max(1, -(-count // 64))
    for first in range(0, len(states), CHUNK):
        rows = np.ascontiguousarray(states[first : first + CHUNK])
        masks, done = np.zeros((len(rows), words), np.uint64), 0
        while done < len(rows):
            status = np.zeros(abi.ALARM + 1, np.int64)
            function(rows[done:].ctypes.data, len(rows) - done, masks[done:].ctypes.data, status.ctypes.data)
            last = len(rows) if status[0] == abi.STATUS_DONE else done + int(status[1])
            labels[:, first + done : first + last] = _bits(masks[done:last], count)
            if last < len(rows):  # no machine code here; the interpreter decides, or raises
                labels[:, first + last] = labels_of(interpreter, claims, layout.unpack(rows[last].tolist()))
                last += 1
            done = last
    return labels


def _bits(masks: npt.NDArray[np.uint64], count: int) -> npt.NDArray[np.bool_]:
    """Return the bits of masks, a row for each bit."""
    bits = [masks[:, bit // 64] >> np.uint64(bit % 64) & np.uint64(1) for bit in range(count)]
    return np.array(bits, np.bool_).reshape(count, len(masks))
