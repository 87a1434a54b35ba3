"""The plain explorer of clusters, the oracle of the native one: breadth first over frozen worlds, calling handlers.

States are counted as TLC counts them: initial worlds count as generated, and every step from a world that was expanded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.checker.implementations.growth import Growth, growth, middle_and_end
from assay.checker.implementations.predicates import name_of
from assay.checker.implementations.semantics import Semantics, ask
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld, Trace, trace_to
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.node import Node

__all__ = ["PlainExploration", "Violation", "explore"]


@dataclass(frozen=True)
class Violation:
    """A violation with a shortest trace to it.

    Attributes
    ----------
    name : str
        The name of the violated invariant, or "error".
    trace : Trace
        A shortest trace to it.
    error : NodeError or None
        The rule that a node broke in the step after the trace.
    """

    name: str
    trace: Trace
    error: NodeError | None = None


@dataclass
class PlainExploration:
    """The result of an exploration.

    Attributes
    ----------
    worlds, generated, depth : int
        Distinct worlds, worlds generated, and the length of the longest shortest path in worlds.
    complete : bool
        Whether all reachable worlds were expanded.
    violations : list of Violation
        The first of each invariant.
    reached : list of (str, Trace)
        The names of the predicates of `Cluster.reachable` that were met, each with a shortest trace to it.
    calls : int
        Calls of handlers.
    unhandled : set of (type of Node, type of message)
    growth : tuple of Growth
        If the limit ended the search, the attributes with the most values.
    """

    worlds: int = 0
    generated: int = 0
    depth: int = 0
    complete: bool = False
    violations: list[Violation] = field(default_factory=list)
    reached: list[tuple[str, Trace]] = field(default_factory=list)
    calls: int = 0
    unhandled: set[tuple[type[Node], type[object]]] = field(default_factory=set)
    growth: tuple[Growth, ...] = ()


def explore(
    cluster: Cluster, *, max_worlds: int | None = None, keep_going: bool = False, remembers: bool = False
) -> PlainExploration:
    """Explore every reachable world of a cluster.

    Parameters
    ----------
    cluster : Cluster
    max_worlds : int, optional
        Stop at this many distinct worlds.
    keep_going : bool
        Go on after a violation, and find the first of each invariant. An error of a node ends the search anyway.
    remembers : bool
        Whether equal calls of handlers are made only once: much faster, but an oracle should not rely on it.

    Raises
    ------
    NodeError
        If a node breaks a rule in its first start: there is no trace to it.
    """
    return _Search(Semantics(cluster, remembers=remembers), max_worlds, keep_going).run()


class _Search:
    def __init__(self, semantics: Semantics, max_worlds: int | None, keep_going: bool) -> None:
        self.semantics = semantics
        self.cluster = semantics.cluster
        self.max_worlds = max_worlds
        self.keep_going = keep_going
        self.parents: dict[FrozenWorld, tuple[FrozenWorld | None, Step | None]] = {}
        self.found = PlainExploration()
        # By place, not by name: lambdas share theirs.
        self.unmet = {*range(len(self.cluster.reachable))}
        self.unviolated = {*range(len(self.cluster.invariants))}

    def run(self) -> PlainExploration:
        frontier = [world for world in self.semantics.initial() if self._is_new(world, None, None)]
        while frontier and not self._is_over():
            self.found.depth += 1
            frontier = self._level(frontier)
        self.found.complete = not frontier and not self._is_over()
        self.found.worlds = len(self.parents)
        self.found.calls = self.semantics.caller.calls
        self.found.unhandled = self.semantics.caller.unhandled
        if self._is_full():
            self.found.growth = self._growth()
        return self.found

    def _level(self, frontier: list[FrozenWorld]) -> list[FrozenWorld]:
        """Expand all worlds of a level, and return the next level."""
        following: list[FrozenWorld] = []
        for world in frontier:
            try:
                following += [after for step, after in self.semantics.steps(world) if self._is_new(after, world, step)]
            except NodeError as error:
                self.found.violations.append(Violation("error", self.trace(world), error))
            if self._is_over():
                break
        return following

    def _is_new(self, world: FrozenWorld, before: FrozenWorld | None, step: Step | None) -> bool:
        """Count a generated world; if it is new, judge it and return True."""
        if world not in self.parents:
            if not self._is_within(world):
                return False
            self.parents[world] = (before, step)
            self.found.generated += 1
            self._judge(world)
            return True
        self.found.generated += 1
        return False

    def _is_within(self, world: FrozenWorld) -> bool:
        constraint = self.cluster.constraint
        return constraint is None or self.semantics.holds(constraint, world)

    def _judge(self, world: FrozenWorld) -> None:
        if not self.unviolated and not self.unmet:
            return
        observed = self.semantics.observed(world)
        for number in sorted(self.unviolated):
            invariant = self.cluster.invariants[number]
            if not ask(invariant, observed):
                self.unviolated.remove(number)
                self.found.violations.append(Violation(name_of(invariant), self.trace(world)))
        for number in sorted(self.unmet):
            predicate = self.cluster.reachable[number]
            if ask(predicate, observed):
                self.unmet.remove(number)
                self.found.reached.append((name_of(predicate), self.trace(world)))

    def _is_over(self) -> bool:
        violations = self.found.violations
        failed = any(violation.error is not None for violation in violations)
        return failed or self._is_full() or (bool(violations) and not self.keep_going)

    def _is_full(self) -> bool:
        return self.max_worlds is not None and len(self.parents) >= self.max_worlds

    def _growth(self) -> tuple[Growth, ...]:
        worlds = list(self.parents)
        locals_ = (
            (address, list(dict.fromkeys(world.locals[number] for world in worlds)))
            for number, address in enumerate(self.semantics.addresses)
        )
        middle, end = (worlds[part] for part in middle_and_end(len(worlds)))
        return growth(locals_, middle, end, self.semantics.medium, self.found.depth)

    def trace(self, world: FrozenWorld) -> Trace:
        """Return a shortest trace to a world."""
        return trace_to(world, self.parents)
