"""The memory of a search: the log of states, their parents, and the hash table over them."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native import abi

__all__ = ["GrowingMemory", "OutOfMemory", "Store"]

_HUGE = 4 << 20
"""Bytes from which to ask for huge pages: a random access then misses the cache, but not the TLB as well."""

_PUBLISHED = (abi.LOG, abi.PARENTS, abi.LOG_CAPACITY, abi.TABLE, abi.TABLE_SIZE, abi.ID_MASK, abi.DISTINCT)


class OutOfMemory(Exception):
    """Raised if growing would take more memory than the run may have.

    Attributes
    ----------
    needed : int
        Bytes that the run would have held.
    """

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


class GrowingMemory:
    """A block of zeroed memory that grows in place where the system allows. Untouched pages take no memory."""

    def __init__(self, size: int) -> None:
        self._map = _anonymous(size)

    @property
    def address(self) -> int:
        return ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def grow(self, size: int) -> None:
        try:
            self._map.resize(size)
            _advise(self._map)
        except (OSError, SystemError, ValueError):  # no mremap here: copy
            larger = _anonymous(size)
            larger[: len(self._map)] = self._map
            smaller, self._map = self._map, larger  # in this order: an interrupt must not leave a closed block
            smaller.close()

    def close(self) -> None:
        self._map.close()

    def view(self, dtype: type[np.generic], count: int) -> npt.NDArray[Any]:
        """Return the first `count` elements; while the array lives, the block cannot grow."""
        return np.frombuffer(self._map, dtype=dtype, count=count)


def _anonymous(size: int) -> mmap.mmap:
    private = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    block = mmap.mmap(-1, size, flags=private) if private else mmap.mmap(-1, size)
    _advise(block)
    return block


def _advise(block: mmap.mmap) -> None:
    if len(block) >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):
            block.madvise(mmap.MADV_HUGEPAGE)


class Store:
    """Growing room for states.

    The log and the parents take ``8 * words + 4`` bytes per state, and grow in place. The table takes 4 bytes per
    entry, and is not grown but freed and rebuilt from the log, so memory in use never exceeds what is held
    afterwards.

    Parameters
    ----------
    control : array
        The control block, which is kept up to date with all addresses.
    capacity : int
        States to have room for at first.
    rebuild : callable
        The kernel's function that fills an empty table from the log.
    """

    # With linear probing, finding a state in a table this full takes two probes on average (Knuth, volume 3, 6.4).
    MOST_FULL = 2 / 3
    # Growing by less than this would rebuild the table too often.
    LEAST_GROWTH = 1 + 1 / 32

    def __init__(self, control: npt.NDArray[np.int64], capacity: int, rebuild: Callable[[], int]) -> None:
        self._control = control
        self._rebuild = rebuild
        self.words = int(control[abi.WORDS])
        self._states = GrowingMemory(capacity * self.words * 8)
        self._parents = GrowingMemory(capacity * 4)
        self._entries = self._entries_for(capacity)
        self._table = GrowingMemory(self._entries * 4)
        self._published = True
        self._capacity = capacity
        self._publish(capacity)

    @property
    def memory(self) -> int:
        """Bytes that are in use."""
        return int(self._control[abi.DISTINCT]) * self._state_bytes + self._entries * 4

    @property
    def _state_bytes(self) -> int:
        return 8 * self.words + 4

    def _entries_for(self, capacity: int) -> int:
        return int(capacity / self.MOST_FULL) + 16

    def bytes_for(self, capacity: int) -> int:
        """Return the bytes in use once `capacity` states are stored."""
        return capacity * self._state_bytes + self._entries_for(capacity) * 4

    def reserve(self, more: int, limit: int) -> None:
        """Make room for at least `more` states, and for more beyond those if `limit` allows.

        Raises
        ------
        OutOfMemory
            If not even a small growth fits into `limit` bytes; nothing has changed then.
        """
        distinct = int(self._control[abi.DISTINCT])
        least = max(distinct + more, min(int(distinct * self.LEAST_GROWTH), abi.NONE))
        most = max(least, min(int(distinct * _growth(distinct)), abi.NONE))
        affordable = int((limit - 64) / (self._state_bytes + 4 / self.MOST_FULL))
        if affordable < least:
            raise OutOfMemory(self.bytes_for(least))
        self._resize(min(most, affordable))

    def _resize(self, capacity: int) -> None:
        # Growing may move a block. An interrupt, or a lack of memory, before the new addresses are published must not
        # leave the control block with those of freed memory.
        self._published = False
        try:
            self._states.grow(capacity * self.words * 8)
            self._parents.grow(capacity * 4)
            self._make_table(capacity)
        except (OSError, MemoryError) as error:
            raise OutOfMemory(self.bytes_for(capacity)) from error
        self._capacity = capacity

    def _make_table(self, capacity: int) -> None:
        self._table.close()
        self._entries = self._entries_for(capacity)
        self._table = GrowingMemory(self._entries * 4)
        self._publish(capacity)
        self._rebuild()
        self._published = True

    def publish(self, control: npt.NDArray[np.int64]) -> None:
        """Write all addresses to another control block, after the search has ended."""
        if not self._published:  # the search ended while the store grew
            self._make_table(self._capacity)
        for field in _PUBLISHED:
            control[field] = self._control[field]

    def _publish(self, capacity: int) -> None:
        self._control[abi.LOG] = self._states.address
        self._control[abi.PARENTS] = self._parents.address
        self._control[abi.LOG_CAPACITY] = capacity
        self._control[abi.TABLE] = self._table.address
        self._control[abi.TABLE_SIZE] = self._entries
        self._control[abi.ID_MASK] = (1 << capacity.bit_length()) - 1

    def states(self) -> npt.NDArray[np.uint64]:
        """Return a view of the stored states in breadth-first order, one per row."""
        distinct = int(self._control[abi.DISTINCT])
        return self._states.view(np.uint64, distinct * self.words).reshape(distinct, self.words)

    def parents(self) -> npt.NDArray[np.uint32]:
        """Return a view of the id of each state's parent, which is ``abi.NONE`` for an initial state."""
        return self._parents.view(np.uint32, int(self._control[abi.DISTINCT]))

    def path(self, id: int) -> npt.NDArray[np.uint64]:
        """Return a shortest path from an initial state to the state `id`, one state per row."""
        states, parents = self.states(), self.parents()
        ids = []
        while id != abi.NONE:
            ids.append(id)
            id = int(parents[id])
        return states[ids[::-1]]


def _growth(distinct: int) -> float:
    """Return the factor to grow by: large while memory does not matter yet, since each growth rebuilds the table."""
    if distinct < 1 << 18:
        return 4.0
    return 2.0 if distinct < 1 << 20 else 1.5
