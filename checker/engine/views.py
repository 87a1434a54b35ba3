"""States as the states of another model that they are mapped to, and the steps of that model between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import FairnessCondition
from assay.checker.language.execution.interpreter import Frozen

__all__ = ["Mask", "Numbers", "Views", "numbered_rows"]

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Views(Protocol):
    """The *views*: the different states of the other model that explored states are mapped to.

    Attributes
    ----------
    numbers : int64 array of shape (n,)
        The view of each explored state.
    size : int
        The number of views.
    """

    numbers: Numbers
    size: int

    def decode(self, view: int) -> Frozen:
        """Return a view as a state of the other model."""

    def first_refused(self, before: Numbers, after: Numbers) -> int | None:
        """Return the index of the first pair of different views that is no step of the other model, or None."""

    def enabling(self, conditions: Sequence[FairnessCondition]) -> Sequence[tuple[Mask, Numbers]]:
        """Return, for each fairness condition of the other model, where it is enabled and which steps satisfy it.

        Returns
        -------
        sequence of (bool array of shape (size,), int64 array)
            Whether the condition's actions are enabled in each view, and the sorted steps between views that they take:
            ``before * size + after``.
        """


def numbered_rows(rows: npt.NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """Number the different rows of an array.

    Returns
    -------
    first : int64 array of shape (k,)
        The index of the first row of each kind.
    number : int64 array of shape (n,)
        The number of each row's kind.

    Notes
    -----
    O(n log n). Rows are sorted by a 64-bit hash. If two different rows have the same hash, which one pair in billions
    does, that is noticed and whole rows are sorted instead.
    """
    mixed = rows[:, 0].copy()
    for column in range(1, rows.shape[1]):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + rows[:, column]
    _, first, number = np.unique(mixed, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    if not np.array_equal(rows[first[number]], rows):
        whole: npt.NDArray[Any] = np.ascontiguousarray(rows).view([("", np.uint64)] * rows.shape[1]).reshape(-1)
        _, first, number = np.unique(whole, return_index=True, return_inverse=True)
        number = number.reshape(-1)
    return first.astype(np.int64), number.astype(np.int64)
