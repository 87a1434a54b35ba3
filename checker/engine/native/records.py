"""What the kernel records while it searches: where each predicate fired first, and how often each action did."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi
from assay.checker.engine.native.outcome import FailureKind, ModelFailure, PackedPath
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.store import Store

__all__ = ["Records"]


class Records:
    """Arrays that the kernel writes findings to, held alive and published in the control block.

    Parameters
    ----------
    control : array
        The control block.
    program : Program
        The compiled model.
    """

    def __init__(self, control: npt.NDArray[np.int64], program: Program) -> None:
        self._control = control
        self._arrays: dict[int, npt.NDArray[Any]] = {}
        self._program = program
        control[abi.MASK_WORDS], control[abi.STEP_MASK_WORDS] = program.mask_words, program.step_mask_words
        # At least one entry, even without actions, because an empty array has no address of its own.
        self._publish(abi.FIRED, np.zeros(max(program.actions, 1), np.int64))
        self._publish(abi.DISCOVERED, np.zeros(max(program.actions, 1), np.int64))
        self._publish_masks(program.mask_words, abi.FOUND, abi.STOP_ON, abi.FOUND_PARENT, abi.FOUND_STATE)
        self._publish_masks(
            program.step_mask_words, abi.FOUND_STEPS, abi.STOP_ON_STEPS, abi.STEP_PARENT, abi.STEP_STATE
        )
        self._publish(abi.FAILURE_STATE, np.zeros(program.words, np.uint64))
        control[abi.DEADLOCK] = -1

    def _publish_masks(self, words: int, found: int, stop_on: int, parents: int, states: int) -> None:
        self._publish(found, np.zeros(words, np.uint64))
        self._publish(stop_on, np.zeros(words, np.uint64))
        self._publish(parents, np.zeros(64 * words, np.int64))
        self._publish(states, np.zeros((64 * words, self._program.words), np.uint64))

    def _publish(self, field: int, array: npt.NDArray[Any]) -> None:
        self._arrays[field] = array
        self._control[field] = array.ctypes.data

    def stop_on(self, states: int, steps: int, *, deadlock: bool) -> None:
        """Set what ends the search: the bits of predicates and of step predicates, and whether a deadlock does."""
        for field, mask in ((abi.STOP_ON, states), (abi.STOP_ON_STEPS, steps)):
            words = self._arrays[field]
            words[:] = [mask >> (64 * word) & 0xFFFFFFFFFFFFFFFF for word in range(len(words))]
        self._control[abi.STOP_ON_DEADLOCK] = deadlock

    @property
    def fired(self) -> tuple[int, ...]:
        """For each action, the number of successors it computed."""
        return tuple(self._arrays[abi.FIRED].tolist()[: self._program.actions])

    @property
    def discovered(self) -> tuple[int, ...]:
        """For each action, how many of its successors were new."""
        return tuple(self._arrays[abi.DISCOVERED].tolist()[: self._program.actions])

    def found(self, store: Store) -> dict[int, PackedPath]:
        """Return a shortest path to where each predicate fired."""
        return self._paths(store, abi.FOUND, abi.FOUND_PARENT, abi.FOUND_STATE)

    def found_steps(self, store: Store) -> dict[int, PackedPath]:
        """Return a shortest path to the step on which each step predicate fired; it ends with that step."""
        return self._paths(store, abi.FOUND_STEPS, abi.STEP_PARENT, abi.STEP_STATE)

    def _paths(self, store: Store, found: int, parents: int, states: int) -> dict[int, PackedPath]:
        bits = (
            64 * i + bit for i, word in enumerate(self._arrays[found].tolist()) for bit in range(64) if word >> bit & 1
        )
        return {bit: _extend(store, self._arrays[parents][bit], self._arrays[states][bit]) for bit in bits}

    def deadlock(self, store: Store) -> PackedPath | None:
        """Return a shortest path to a deadlock."""
        state = int(self._control[abi.DEADLOCK])
        return store.path(state) if state >= 0 else None

    def failure(self, store: Store) -> ModelFailure:
        """Return where a compiled function had no answer."""
        path = _extend(store, self._control[abi.FAILURE_PARENT], self._arrays[abi.FAILURE_STATE])
        return ModelFailure(
            FailureKind(int(self._control[abi.FAILURE_KIND])), path, int(self._control[abi.FAILURE_INDEX])
        )


def _extend(store: Store, parent: np.int64, state: npt.NDArray[np.uint64]) -> PackedPath:
    return np.vstack([store.path(int(parent)), state[np.newaxis, :]])
