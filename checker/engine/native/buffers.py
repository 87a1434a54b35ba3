"""Scratch memory for one batch: the successors, and what is computed for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi

__all__ = ["Buffers"]

_LEAST = 256  # the kernel fills a table in windows of so many states

_FOR_EACH_SUCCESSOR: dict[int, type[np.generic]] = {
    abi.ACTIONS: np.int32,
    abi.CANDIDATES: np.int64,
    abi.PLACES: np.int64,
    abi.TAGS: np.uint32,
    abi.MASKS: np.uint64,
    abi.OUTSIDE: np.uint64,
}


class Buffers:
    """Arrays that the kernel writes to, held alive and published in the control block.

    Parameters
    ----------
    control : array
        The control block.
    capacity : int
        Successors that a batch may have.
    batch : int
        States of a batch.
    """

    def __init__(self, control: npt.NDArray[np.int64], capacity: int, batch: int) -> None:
        self._control = control
        self._words = int(control[abi.WORDS])
        self._arrays: dict[int, npt.NDArray[Any]] = {}
        self._publish(abi.ENDS, np.zeros(batch, np.int64))
        self._publish(abi.STATUS, np.zeros(4, np.int64))
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
        """Return the bytes held once `capacity` successors fit."""
        kinds = _FOR_EACH_SUCCESSOR.values()
        return capacity * (8 * self._words + sum(np.dtype(kind).itemsize for kind in kinds))

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` successors; what was there is lost."""
        rows = max(capacity, _LEAST)
        self._publish(abi.SUCCESSORS, np.zeros(rows * self._words, np.uint64))
        for field, kind in _FOR_EACH_SUCCESSOR.items():
            self._publish(field, np.zeros(rows, kind))
        self._control[abi.CAPACITY] = capacity

    def load(self, states: npt.NDArray[np.uint64]) -> None:
        """Put initial states where successors go."""
        self._arrays[abi.SUCCESSORS][: states.size] = states.reshape(-1)
        self._arrays[abi.ACTIONS][:] = 0
        self._control[abi.SEEDS] = len(states)

    def _publish(self, field: int, array: npt.NDArray[Any]) -> None:
        self._arrays[field] = array
        self._control[field] = array.ctypes.data
