"""Scratch memory for one batch: the successors, and what is computed for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi

__all__ = ["Buffers"]

_FOR_EACH_SUCCESSOR: dict[int, type[np.generic]] = {
    abi.ACTIONS: np.int32,
    abi.CANDIDATES: np.int64,
    abi.PLACES: np.int64,
    abi.TAGS: np.uint32,
    abi.OUTSIDE: np.uint64,
}


class Buffers:
    """Arrays that the kernel writes to, kept alive here and published in the control block.

    Parameters
    ----------
    control : array
        The control block.
    capacity : int
        How many successors of a batch to have room for.
    batch : int
        States in a batch.
    """

    def __init__(self, control: npt.NDArray[np.int64], capacity: int, batch: int) -> None:
        self._control = control
        self._words = int(control[abi.WORDS])
        self._mask_words = max(int(control[abi.MASK_WORDS]), int(control[abi.STEP_MASK_WORDS]), 1)
        self._arrays: dict[int, npt.NDArray[Any]] = {}
        self._publish(abi.ENDS, np.zeros(batch, np.int64))
        self._publish(abi.STATUS, np.zeros(abi.CONTEXT + 1, np.int64))
        self._publish(abi.RECENT, np.zeros(abi.RECENT_STATES * self._words, np.uint64))
        control[abi.BATCH] = batch
        self.resize(capacity)

    @property
    def capacity(self) -> int:
        return int(self._control[abi.CAPACITY])

    @property
    def memory(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in self._arrays.values())

    def bytes_for(self, capacity: int) -> int:
        """Return the bytes held with room for `capacity` successors."""
        kinds = _FOR_EACH_SUCCESSOR.values()
        return capacity * (8 * (self._words + self._mask_words) + sum(np.dtype(kind).itemsize for kind in kinds))

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` successors; what was there is lost."""
        rows = max(capacity, abi.REBUILD_WINDOW)
        self._publish(abi.SUCCESSORS, np.zeros(rows * self._words, np.uint64))
        self._publish(abi.MASKS, np.zeros(rows * self._mask_words, np.uint64))
        for field, kind in _FOR_EACH_SUCCESSOR.items():
            self._publish(field, np.zeros(rows, kind))
        self._control[abi.CAPACITY] = capacity

    @property
    def status(self) -> npt.NDArray[np.int64]:
        """The status that compiled functions report, and the word that the alarm sets."""
        return self._arrays[abi.STATUS]

    def load(
        self,
        states: npt.NDArray[np.uint64],
        *,
        parent: int = abi.NONE,
        actions: npt.NDArray[np.int32] | None = None,
    ) -> None:
        """Copy initial states, or the successors of one state, into the kernel's buffer as seeds."""
        count = len(states)
        self._arrays[abi.SUCCESSORS][: states.size] = states.reshape(-1)
        self._arrays[abi.ACTIONS][:count] = 0 if actions is None else actions
        self._control[abi.SEEDS], self._control[abi.SEEDS_OF] = count, parent

    def loaded(self) -> npt.NDArray[np.uint64]:
        """Return the seeds that the kernel has not stored yet, one per row."""
        count = int(self._control[abi.SEEDS])
        return self._arrays[abi.SUCCESSORS][: count * self._words].reshape(count, self._words).copy()

    def judge(self, outside: npt.NDArray[np.bool_]) -> None:
        """Mark the seeds as judged, and record which of them constraints exclude."""
        self._arrays[abi.OUTSIDE][: len(outside)] = outside
        self._control[abi.JUDGED] = 1

    def forget(self) -> None:
        """Forget the latest successors.

        The kernel skips a successor that it has just seen, assuming that it is stored. After a failure it may not be.
        """
        self.forget_recent()
        self._control[abi.JUDGED] = 0

    def forget_recent(self) -> None:
        """Forget the latest successors, but not that seeds are judged."""
        self._arrays[abi.RECENT][:] = 0

    def _publish(self, field: int, array: npt.NDArray[Any]) -> None:
        self._arrays[field] = array
        self._control[field] = array.ctypes.data
