"""Minimal hitting sets: atoms such that every known row differs from a given one in at least one of them."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from assay.checker.engine.native.cache import compiled
from assay.checker.engine.native.objects import ObjectCode, compile_object

__all__ = ["Differences", "Effort", "Known", "Rows", "mask_of"]

Rows = npt.NDArray[np.uint64]
"""Sets of atoms, one a row; atom number i is bit i % 64 of word i // 64."""


SMALLEST = 512
"""How many of the smallest rows are visited one by one; the others are checked by columns, 64 rows at a time."""


@dataclass(frozen=True)
class Effort:
    """Limits of a search for hitting sets.

    Attributes
    ----------
    most : int
        Atoms per set.
    budget : int
        Total cost of a set's atoms.
    limit : int
        Number of sets to generate, minimal or not.
    steps : int
        Rows to inspect, singly or 64 at a time.
    """

    most: int
    budget: int
    limit: int = 2048
    steps: int = 50_000_000


@dataclass(frozen=True, eq=False)
class Known:
    """A bit matrix, stored by rows and by columns.

    Attributes
    ----------
    rows : array of shape (count, words)
        The rows.
    """

    rows: Rows

    @cached_property
    def columns(self) -> Rows:
        """Which rows contain each atom: an array of shape (64 * words, blocks), in which a bit is a row."""
        count, words = self.rows.shape
        blocks = max(1, -(-count // 64))
        found = np.zeros((64 * words, blocks), np.uint64)
        for word in range(words):
            bits = np.zeros((64 * blocks, 64), np.uint8)
            bits[:count] = np.unpackbits(
                np.ascontiguousarray(self.rows[:, word]).view(np.uint8).reshape(count, 8), axis=1, bitorder="little"
            )
            packed = np.packbits(bits.T, axis=1, bitorder="little")
            found[64 * word : 64 * word + 64] = np.ascontiguousarray(packed).view(np.uint64)
        return found


class Differences:
    """The atoms in which known rows differ from a place, and the sets that hit all of these so far.

    A search for heavier sets goes on from where one for lighter sets ended.

    Parameters
    ----------
    known : Known
        The known rows.
    place : array of shape (words,)
        The place.
    allowed, heavy : array of shape (words,)
        The atoms that may be in a set, and those of which it may have at most one.
    costs : array of shape (64 * words,)
        What each atom costs, at least 1.
    """

    def __init__(self, known: Known, place: Rows, allowed: Rows, heavy: Rows, costs: npt.NDArray[np.int64]) -> None:
        self.known = known
        self._arrays = [np.ascontiguousarray(array) for array in (known.rows, place, allowed, heavy, costs)]
        self._is_known = False
        self._rows: Rows | None = None
        self._begin(Effort(0, 0, 0, 0))

    def _begin(self, effort: Effort) -> None:
        self._effort = replace(effort, budget=-1)
        self._found: list[frozenset[int]] = []
        self._limit, self._steps = effort.limit, effort.steps

    def least(self, effort: Effort) -> list[frozenset[int]] | None:
        """Return minimal sets of atoms that distinguish the place from every known row.

        Parameters
        ----------
        effort : Effort
            How far to look.

        Returns
        -------
        list of frozenset of int
            The cheapest first; None if the place is known.

        Complexity: exponential in the size of a set; after ``effort.steps`` it returns what it has found.
        """
        if effort != replace(self._effort, budget=effort.budget) or effort.budget < self._effort.budget:
            self._begin(effort)
        if effort.budget > self._effort.budget and self._limit > 0 and self._steps > 0 and not self._is_known:
            self._search(self._effort.budget + 1, effort)
            self._effort = effort
        return None if self._is_known else self._found

    def _search(self, cheapest: int, effort: Effort) -> None:
        """Add the sets that cost `cheapest` or more."""
        known, place, allowed, heavy, costs = (array.ctypes.data for array in self._arrays)
        (count, words), columns, deepest = self.known.rows.shape, self.known.columns, effort.most + 2
        is_first = self._rows is None
        rows = np.empty((min(count, SMALLEST), words), np.uint64) if self._rows is None else self._rows
        found = np.empty((self._limit, effort.most), np.int64)
        stack, numbers = np.zeros((deepest, 3, words), np.uint64), np.zeros(max(3 * deepest, 64 * words + 2), np.int64)
        control = np.array([
            rows.ctypes.data, len(rows), words, allowed, heavy, costs, cheapest, effort.budget, effort.most,
            self._limit, self._steps, found.ctypes.data, stack.ctypes.data, numbers.ctypes.data,
            0, known, place, count, columns.ctypes.data, columns.shape[1],
        ], np.int64)  # fmt: skip
        functions = _functions()
        if is_first and not functions["differ"](control.ctypes.data):
            self._is_known = True
            return
        self._rows = rows[: int(control[1])].copy() if is_first else rows
        functions["hitting"](control.ctypes.data)
        more = found[: int(control[14])].tolist()
        self._found = _least([*self._found, *(frozenset(atom for atom in row if atom >= 0) for row in more)])
        self._limit, self._steps = self._limit - len(more), int(control[10])


def _least(sets: list[frozenset[int]]) -> list[frozenset[int]]:
    """Return the inclusion-minimal sets, in their order.

    Complexity: for each set the number of its subsets, which have few atoms; there may be thousands of sets.
    """
    known = frozenset(sets)
    return [one for one in sets if known.isdisjoint(_parts_of(one))]


def _parts_of(one: frozenset[int]) -> Iterator[frozenset[int]]:
    """Yield the proper subsets of a set."""
    return (frozenset(part) for size in range(len(one)) for part in itertools.combinations(one, size))


def mask_of(atoms: Iterable[int], words: int) -> Rows:
    """Return the row with exactly these atoms."""
    mask = np.zeros(words, np.uint64)
    for atom in atoms:
        mask[atom // 64] |= np.uint64(1) << np.uint64(atom % 64)
    return mask


_prototype = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)


@cache
def _functions() -> dict[str, Callable[[int], int]]:
    def build() -> ObjectCode:
        from assay.proofs.inference.hitting_kernel import build_hitting  # imports Numba, which a warm cache spares us

        return compile_object(build_hitting)

    return {name: _prototype(address) for name, address in compiled("hitting", _source(), build).items()}


@cache
def _source() -> str:
    engine = files("assay.checker.engine.native")
    own = files("assay.proofs.inference").joinpath("hitting_kernel.py")
    return "\0".join(part.read_text(encoding="utf-8") for part in (own, engine.joinpath("intrinsics.py")))
