"""Hash tables that Python fills and compiled functions look up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.columns import Context

__all__ = ["PairTable", "Slots"]

_FIRST_SLOTS = 1 << 8
"""The size of an empty table, a power of two, as all sizes are; small, since a cluster has a dozen of them."""
_WORD = (1 << 64) - 1
_SEED, _FIRST = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
"""The constants of SplitMix64 (Steele, Lea, Flood, 2014), as in `packed`: compiled functions hash alike."""


class Slots:
    """A hash table with open addressing, which compiled functions probe by themselves."""

    def __init__(self, words: int) -> None:
        self.context = Context(abi.TABLE_SIZE)
        self.words = words
        self._resize(_FIRST_SLOTS)
        self.context.point(abi.KEY, np.zeros(words, np.uint64))

    def _resize(self, slots: int) -> None:
        self.keys, self.values = np.zeros((slots, self.words), np.uint64), np.zeros(slots, np.int32)
        self.count = 0
        self.context.point(abi.KEYS, self.keys)
        self.context.point(abi.VALUES, self.values)
        self.context[abi.SLOTS] = slots

    def clear(self) -> None:
        """Remove all entries."""
        self._resize(_FIRST_SLOTS)

    def put(self, key: Sequence[int], value: int) -> bool:
        """Enter a value; return False if it is there already."""
        # At most half of the slots are full, so that probes are short, and each of them ends at an empty slot.
        if 2 * (self.count + 1) > len(self.values):
            keys, values = self.keys[self.values != 0].tolist(), self.values[self.values != 0].tolist()
            self._resize(2 * len(self.values))
            for other, there in zip(keys, values, strict=True):
                self._enter(other, there)
        return self._enter(key, value)

    def _enter(self, key: Sequence[int], value: int) -> bool:
        slot, last = self.hash(key) & (len(self.values) - 1), len(self.values) - 1
        row = np.array(key, np.uint64)
        while self.values[slot]:
            if (self.keys[slot] == row).all():
                return False
            slot = (slot + 1) & last
        self.keys[slot], self.values[slot] = row, value
        self.count += 1
        return True

    def hash(self, key: Sequence[int]) -> int:
        """Return the hash of a key, as `_hash` in `judging` computes it."""
        mixed = _SEED
        for word in key:
            mixed ^= word
            mixed = (mixed * _FIRST >> 64) ^ (mixed * _FIRST & _WORD)
        return mixed ^ (mixed >> 32)


class PairTable(Slots):
    """A table from pairs of numbers to numbers from 1 on; 0 stands for a missing entry."""

    def __init__(self) -> None:
        super().__init__(1)

    def set(self, first: int, second: int, number: int) -> None:
        """Enter the number of a pair that is not in the table yet."""
        self.put([first << 32 | second], number)

    def hash(self, key: Sequence[int]) -> int:
        """Return the hash of a key, as `paired` in `packed` computes it."""
        mixed = (key[0] ^ _SEED) * _FIRST & _WORD
        return mixed ^ (mixed >> 32)
