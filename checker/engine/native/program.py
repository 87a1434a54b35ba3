"""A compiled model as the native explorer uses it: the addresses of C functions over packed states."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from assay.checker.engine.exploration import Path
from assay.checker.engine.native import abi
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.immutable import immutable
from assay.checker.language.execution.interpreter import Frozen

__all__ = ["CHUNK", "PackedStates", "Program", "packed", "unpacked"]

PackedStates = npt.NDArray[np.uint64]
"""Packed states, one per row: an array of shape (n, words)."""

CHUNK = 1 << 16
"""States to hand to a function at a time after a search, so that what it writes about them stays small beside them.

From 2^12 on, larger chunks are no faster: with 2^8 labelling 300,000 states takes ten times as long.
"""


def packed(layout: Layout, states: Iterable[Frozen]) -> PackedStates:
    """Return frozen states as packed ones."""
    return np.array([layout.pack(state) for state in states], np.uint64).reshape(-1, layout.words)


def unpacked(layout: Layout, rows: PackedStates) -> Path:
    """Return packed states as frozen ones."""
    return tuple(layout.unpack(row) for row in rows.tolist())


@immutable
class Program:
    """A model compiled to C functions over packed states.

    A state is `words` 64-bit words; bit 0 of its first word is always 1, so no state is all zeros. Every function takes
    raw pointers and sets ``status[0]`` to one of the ``STATUS_*`` of `assay.checker.engine.native.abi`; on an error it
    sets ``status[1]`` to the index of the state and ``status[2]`` to the action or predicate. Their parameters are
    those of `assay.checker.engine.native.signatures`.

    Attributes
    ----------
    words : int
        64-bit words per state.
    actions, predicates, step_predicates : int
        How many there are. A mask of predicates has one word for each 64 of them, and at least one.
    expand : int
        Address of a function with the signature `EXPAND`. It returns the total number of successors. If those of a
        state do not fit, it completes the states before it and says so in `status`. It may do the same when it sees
        the alarm, but need not look at it.
    inspect, within, terminal : int
        Addresses of functions with the signature `TEST`, or 0. One mask per state: the predicates that fire; nonzero
        inside the state constraints; nonzero if the state is terminal.
    steps : int
        Address of a function with the signature `STEPS`, or 0: for each successor the step predicates that fire. On an
        error ``status[1]`` is the successor.
    taken : int
        As `steps`, but a mask is nonzero if the step constraints allow the step; 0 if the model has none.
    context : int
        What every function finds in ``status[abi.CONTEXT]``.
    """

    words: int
    actions: int
    predicates: int
    step_predicates: int
    expand: int
    inspect: int = 0
    within: int = 0
    terminal: int = 0
    steps: int = 0
    taken: int = 0
    context: int = 0

    @property
    def mask_words(self) -> int:
        """Words in a mask that `inspect` writes."""
        return max(-(-self.predicates // 64), 1)

    @property
    def step_mask_words(self) -> int:
        """Words in a mask that `steps` writes."""
        return max(-(-self.step_predicates // 64), 1)

    def publish(self, control: npt.NDArray[np.int64]) -> None:
        """Write the addresses of the functions to a control block, where the kernel finds them."""
        control[abi.WORDS] = self.words
        control[abi.EXPAND] = self.expand
        control[abi.INSPECT] = self.inspect
        control[abi.WITHIN] = self.within
        control[abi.TERMINAL] = self.terminal
        control[abi.STEPS] = self.steps
        control[abi.TAKEN_STEPS] = self.taken
