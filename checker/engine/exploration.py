"""What every explorer returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from assay.checker.engine.limits import Stop
from assay.checker.engine.trace import Failed
from assay.checker.immutable import immutable
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.introspection.specification import Property
from assay.checker.language.kinds import ASSERTIONS

if TYPE_CHECKING:  # imports NumPy, which commands that explore nothing do not need
    from assay.checker.engine.steps import Behaviours

__all__ = ["Exploration", "Path", "Progress", "Watcher"]

Path = tuple[Frozen, ...]
"""Frozen states; the first is initial, and each of the others is a successor of the one before it."""


@immutable
class Exploration:
    """The outcome of a breadth-first exploration, counted as TLC counts.

    Attributes
    ----------
    engine : str
        ``"reference"`` or ``"native"``.
    distinct : int
        States stored.
    generated : int
        Initial states plus every successor computed, self-loops and repeats included.
    depth : int
        The number of states on the longest of the shortest paths to all states; an initial state counts as 1.
    frontier : int
        States stored but not expanded when the run ended; 0 if it was exhaustive.
    seconds : float
        Wall time of the exploration alone.
    memory : int
        Bytes held at the peak: for states natively, by the process with the interpreter.
    fired, discovered : mapping from action name to int
        The number of successors that each action computed, and how many of them were new.
    found : mapping from property to path
        For each property that fired, a shortest path to where it did. For a step invariant the last two states are the
        step.
    failure : Failed, optional
        Where the model's own code fails: an action or a property raises, or a value exceeds its bound. What was found
        besides is right; nothing else was decided.
    cut : int
        Initial states and successors that a constraint excluded, counted as often as they were generated.
    order_limits : tuple of str
        The orders whose greatest element occurs in some state, so that a larger instance may show more.
    stop : Stop, optional
        Why the run ended before it was exhaustive.
    handed_over : int
        The number of states that the native explorer handed over to the interpreter.
    refused : str
        Why the native explorer was not used although it was wanted.
    behaviours : callable, optional
        Returns the states and steps of an exhaustive run as arrays; None if no property needs them. Raises
        `Unsupported` if there is no room for them, or the explorer cannot compute them.
    """

    engine: str
    distinct: int
    generated: int
    depth: int
    frontier: int
    seconds: float
    memory: int
    fired: Mapping[str, int]
    discovered: Mapping[str, int]
    found: Mapping[Property, Path]
    failure: Failed | None = None
    cut: int = 0
    order_limits: tuple[str, ...] = ()
    stop: Stop | None = None
    handed_over: int = 0
    refused: str = ""
    behaviours: Callable[[], Behaviours] | None = field(default=None, repr=False)

    @property
    def is_exhaustive(self) -> bool:
        """Whether every reachable state inside the state constraints was explored, and there is at least one.

        States after a false assertion do not count: they were not explored.
        """
        complete = self.stop is None and self.failure is None and ASSERTIONS not in self.found
        return complete and self.frontier == 0 and self.distinct > 0


@immutable
class Progress:
    """The progress of a run at one moment."""

    distinct: int
    generated: int
    depth: int
    frontier: int
    seconds: float
    memory: int


Watcher = Callable[[Progress], None]
