"""As which states of another model the states of an exploration are seen, and what the other model does in these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import Condition
from assay.checker.language.execution.interpreter import Frozen

__all__ = ["Mask", "Numbers", "Views", "numbered_rows"]

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Views(Protocol):
    """The states of the other model that are seen, each once: its *views*.

    Attributes
    ----------
    numbers : int64 array of shape (n,)
        The view of each explored state.
    size : int
        How many views there are.
    """

    numbers: Numbers
    size: int

    def decode(self, view: int) -> Frozen:
        """Return a view as a state of the other model."""

    def first_refused(self, before: Numbers, after: Numbers) -> int | None:
        """Return the first pair of different views that is no step of the other model, or None if each is one."""

    def enabling(self, conditions: Sequence[Condition]) -> Sequence[tuple[Mask, Numbers]]:
        """Return for each condition of the other model where it is enabled, and which pairs of views are such steps.

        A pair is the number ``before * size + after``, and the steps are sorted.
        """


def numbered_rows(rows: npt.NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """Return the first of each different row, and for each row which of these it is like.

    Notes
    -----
    Rows are sorted by one word that they are mixed into. Two different rows of one word, of which there is one case in
    billions, are noticed, and then whole rows are sorted.
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
