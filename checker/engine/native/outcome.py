"""What a native search returns: counts, shortest paths of packed states, and the states themselves."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

import numpy as np
import numpy.typing as npt
from assay.checker.engine.limits import Stop
from assay.checker.engine.native import abi
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.store import Store
from assay.checker.immutable import immutable

__all__ = ["FailureKind", "ModelFailure", "NativeOutcome", "PackedPath"]

PackedPath = npt.NDArray[np.uint64]
"""Packed states, one per row; the first is initial, and each of the others is a successor of the one before it."""


class FailureKind(Enum):
    """The function of a program that had no answer."""

    EXPAND = abi.FAILURE_EXPAND
    INSPECT = abi.FAILURE_INSPECT
    WITHIN = abi.FAILURE_WITHIN
    TERMINAL = abi.FAILURE_TERMINAL
    STEPS = abi.FAILURE_STEPS
    TAKEN = abi.FAILURE_TAKEN


@immutable
class ModelFailure:
    """Where a compiled function has no answer: a bound is exceeded, or a value is used that does not exist.

    Attributes
    ----------
    kind : FailureKind
        The function.
    path : PackedPath
        A shortest path to the state it was called for; for a step predicate the last two states are the step.
    index : int
        The action or predicate.
    """

    kind: FailureKind
    path: PackedPath
    index: int


@immutable
class NativeOutcome:
    """The outcome of a native breadth-first search, counted as TLC counts.

    Attributes
    ----------
    distinct, generated, depth, frontier, seconds, cut, stop
        As in `assay.checker.engine.exploration.Exploration`.
    memory : int
        Bytes held for states and their successors.
    fired, discovered : tuple of int
        For each action, how many successors it computed, and how many of them were new.
    found, found_steps : dict from int to PackedPath
        For each predicate, or step predicate, that fired, a shortest path to where it did; for the latter the last two
        states are the step.
    deadlock : PackedPath, optional
        A shortest path to a deadlock.
    failure : ModelFailure, optional
        Where a compiled function has no answer, if that ended the search.
    program : Program
        The compiled model.
    store : Store
        The stored states.
    """

    distinct: int
    generated: int
    depth: int
    frontier: int
    seconds: float
    memory: int
    cut: int
    fired: tuple[int, ...]
    discovered: tuple[int, ...]
    found: dict[int, PackedPath]
    found_steps: dict[int, PackedPath]
    deadlock: PackedPath | None
    failure: ModelFailure | None
    stop: Stop | None
    program: Program
    store: Store = field(repr=False)

    @property
    def expanded(self) -> int:
        """How many states were expanded; they are the first in breadth-first order."""
        return self.distinct - self.frontier

    def states(self) -> npt.NDArray[np.uint64]:
        """Return a view of all stored states in breadth-first order, one per row; a state's id is its row."""
        return self.store.states()

    def parents(self) -> npt.NDArray[np.uint32]:
        """Return a view of each state's parent: the id of the state it was found from, or `abi.NONE`."""
        return self.store.parents()
