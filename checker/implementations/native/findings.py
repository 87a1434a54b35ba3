"""What a native search watches for, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assay.checker.engine.limits import Stop
from assay.checker.errors import ModelError
from assay.checker.implementations.growth import Growth
from assay.checker.implementations.native.supplying import Judge
from assay.checker.implementations.worlds import FrozenWorld, Trace
from assay.impl.node.errors import NodeError
from assay.impl.node.world import World

__all__ = ["NOTHING", "Found", "NativeExploration", "Refinement", "Watched"]


@dataclass(frozen=True)
class Watched:
    """A predicate that is watched, the value of it that fires, and whether the search ends there."""

    name: str
    predicate: Callable[[World], Any]
    fires: bool
    ends: bool = True

    def number(self, value: object) -> int:
        """Return the number of a value: 2 if it fires, otherwise 1."""
        return 1 + (bool(value) == self.fires)


@dataclass(frozen=True)
class Refinement:
    """The model against which a cluster is checked: the state that a world maps to, and the steps between states."""

    abstract: Callable[[World], Any]
    number: Callable[[Any], int]
    judge: Judge


@dataclass(frozen=True)
class Found:
    """A watched predicate that fired, with a shortest trace to where it did."""

    watched: Watched
    trace: Trace


@dataclass(frozen=True)
class NativeExploration:
    """The result of a native search.

    Attributes
    ----------
    worlds, generated, depth, frontier : int
        As TLC counts.
    seconds : float
        Wall time of the search.
    memory : int
        Bytes held for states.
    stop : Stop, optional
        Why it ended before all was explored.
    found : tuple of Found
        The watched predicates that fired.
    unrefined : Trace, optional
        A shortest trace whose last step the model does not take.
    error, error_trace
        The rule that a node broke in the step after the trace.
    calls, evaluations : int
        The number of calls of handlers, and of evaluations of predicates.
    actions : dict of str to (int, int)
        For each kind of step, how many there were, and how many of them led to a new world.
    words, attempts : int
        The words of a state, and how often the search started again with a wider layout.
    unhandled : set of (type of Node, type of message)
        Messages that arrived at nodes without a method for them.
    growth : tuple of Growth
        Where a limit ended the search, what had the most values.
    cut : int
        How many steps led to a world outside the constraint.
    """

    worlds: int
    generated: int
    depth: int
    frontier: int
    seconds: float
    memory: int
    stop: Stop | None
    found: tuple[Found, ...]
    unrefined: Trace | None
    error: NodeError | ModelError | None
    error_trace: Trace
    calls: int
    evaluations: int
    actions: dict[str, tuple[int, int]]
    words: int
    attempts: int
    unhandled: set[Any] = field(default_factory=set)
    growth: tuple[Growth, ...] = ()
    cut: int = 0
    _all: Callable[[], Iterator[FrozenWorld]] = field(default=lambda: iter(()), repr=False)

    def all_worlds(self) -> Iterator[FrozenWorld]:
        """Iterate over all worlds that were found, in the order of discovery."""
        return self._all()

    @property
    def complete(self) -> bool:
        """Whether all reachable worlds were expanded."""
        return self.stop is None and self.frontier == 0 and self.error is None


NOTHING = NativeExploration(0, 0, 0, 0, 0.0, 0, None, (), None, None, (), 0, 0, {}, 0, 0)
"""The exploration of a cluster that breaks a rule in the first start of a node."""
