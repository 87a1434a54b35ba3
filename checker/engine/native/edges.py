"""The state graph of a finished search, as a compressed sparse row matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from assay.checker.engine.limits import Limits
from assay.checker.engine.memory import default_limit
from assay.checker.engine.native import abi
from assay.checker.engine.native.alarm import Alarm
from assay.checker.engine.native.buffers import Buffers
from assay.checker.engine.native.loading import graph_kernel
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.store import OutOfMemory
from assay.checker.immutable import immutable

__all__ = ["Edges", "edges", "room_for"]

_SHARE = 5
"""Edges may take a fifth of the memory, since what is computed from them takes more than they do.

Judging *leads to* of two-phase commit holds 4.4 times what the edges take, with 300,000 states as with 1.7 million.
"""


def room_for(limits: Limits) -> int:
    """Return how many bytes the edges may take that are computed from once more."""
    return (default_limit() if limits.memory is None else limits.memory) // _SHARE


@immutable
class Edges:
    """The edges of a state graph in compressed sparse rows; a state's id is its place in breadth-first order.

    Attributes
    ----------
    indptr : int64 array of shape (n + 1,)
        The edges out of state `i` are those from ``indptr[i]`` up to ``indptr[i + 1]``.
    targets : uint32 array of shape (m,)
        The state that each edge leads to.
    actions : int32 array of shape (m,)
        The action that each edge is a step of.
    lacking : int32 array of shape (n,)
        Nonzero for each expanded state that has a successor that is not stored.
    """

    indptr: npt.NDArray[np.int64]
    targets: npt.NDArray[np.uint32]
    actions: npt.NDArray[np.int32]
    lacking: npt.NDArray[np.int32]


def edges(
    outcome: NativeOutcome,
    *,
    memory: int | None = None,
    look: Callable[[], None] | None = None,
    moves: int = 0,
    outside: bool = False,
) -> Edges:
    """Compute which stored state leads to which, by expanding each once more.

    Successors that are not stored, because a constraint or a limit excluded them, have no edge; states that the search
    did not expand have none either. Parallel edges are kept apart.

    Parameters
    ----------
    outcome : NativeOutcome
        A search without failure.
    memory : int, optional
        How many bytes the edges may take; by default, what the machine has free.
    look : callable, optional
        Called from time to time; an exception from it ends the work.
    moves : int
        The address of a function to expand states with that writes classes of calls instead of actions.
    outside : bool
        Whether steps to states that are not stored have edges too, all to the state ``n``.

    Raises
    ------
    OutOfMemory
        If the edges would take more memory.
    """
    # An edge takes four bytes for its target and four for its action; a state takes eight for where its row begins and
    # four for whether it lacks successors.
    needed = 8 * outcome.generated + 12 * (outcome.distinct + 1)
    if needed > (default_limit() if memory is None else memory):
        raise OutOfMemory(needed)
    result = Edges(
        np.zeros(outcome.distinct + 1, np.int64),
        np.empty(outcome.generated, np.uint32),
        np.empty(outcome.generated, np.int32),
        np.zeros(outcome.distinct, np.int32),
    )
    count = _link(outcome, result, look or (lambda: None), moves, outside)
    # The pass ends with the expanded states; the frontier after them has empty rows.
    result.indptr[outcome.expanded + 1 :] = count
    return Edges(result.indptr, result.targets[:count], result.actions[:count], result.lacking)


def _link(outcome: NativeOutcome, result: Edges, look: Callable[[], None], moves: int, outside: bool) -> int:
    """Fill `result` and return how many edges there are."""
    control = np.zeros(abi.FIELDS, np.int64)
    outcome.program.publish(control)
    if moves:
        control[abi.EXPAND] = moves
    # The number of the state that stands for everything outside, plus one: 0 means that there are no such edges.
    control[abi.EDGE_OUTSIDE] = outcome.distinct + 1 if outside else 0
    outcome.store.publish(control)
    buffers = Buffers(control, capacity=1 << 12, batch=64)
    control[abi.LEVEL_END] = outcome.expanded
    control[abi.EDGE_INDPTR] = result.indptr.ctypes.data
    control[abi.EDGE_TARGETS] = result.targets.ctypes.data
    control[abi.EDGE_ACTIONS] = result.actions.ctypes.data
    control[abi.EDGE_LACKING] = result.lacking.ctypes.data
    link = graph_kernel(outcome.program.words)["link"]
    with Alarm(buffers.status) as alarm:
        while True:
            before = int(control[abi.EXPANDED])
            code = link(control.ctypes.data)
            if code == abi.NEED_BUFFER:
                buffers.resize(2 * buffers.capacity)
            elif code == abi.EXHAUSTED:
                return int(control[abi.EDGES])
            elif code == abi.FAILURE:
                raise ValueError("the interpreter had to expand a state, so there is no graph in machine code")
            else:
                alarm.reset(advanced=int(control[abi.EXPANDED]) > before)
                look()
