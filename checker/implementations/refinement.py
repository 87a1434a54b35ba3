"""Check refinement the plain way: the interpreter decides about each step of the cluster separately.

A step refines the model if the states of the model before and after it are the same, or if a path of at most
`Cluster.steps` model steps leads from one to the other. The first world is one that a path from an initial state leads
to, of this many steps for each node that started.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.monotone import Leads, leads
from assay.checker.implementations.semantics import Semantics
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld, trace_to
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.impl.node.cluster import Cluster

__all__ = ["MOST_CALLS", "Edge", "ModelPaths", "PathUndecided", "Refinement", "refine"]

Edge: TypeAlias = tuple[Frozen, Frozen]


MOST_CALLS = 300_000
"""Maximum number of actions tried for one path, which takes seconds; beyond it, the question stays open."""


class PathUndecided(Exception):
    """The search for a model path between two states was given up: too many actions to try."""


@dataclass(frozen=True)
class _Reached:
    calls: tuple[Call, ...]
    state: Frozen


class ModelPaths:
    """Short paths of a model, each found once.

    Parameters
    ----------
    abstraction : Abstraction
        Its instance must be active while paths are looked for.
    most : int, optional
        The most actions to try for one path. With None, there is no limit, and no action is pruned: this is slow, and
        the oracle of the faster searches.

    Attributes
    ----------
    open : set of Edge
        The steps for which it was not decided whether a path leads from one state to the other.
    """

    def __init__(self, abstraction: Abstraction, most: int | None = MOST_CALLS) -> None:
        self.abstraction = abstraction
        self.cluster: Cluster = abstraction.cluster
        self.interpreter = Interpreter(abstraction.instance, None if most is None else self._count)
        self.most = most
        self.known: dict[Edge, tuple[Call, ...] | None] = {}
        self.open: set[Edge] = set()
        self._tried = 0

    @cached_property
    def _leads(self) -> Leads:
        return leads(self.interpreter.specification) if self.most is not None else lambda _state, _goal: True

    def _count(self) -> None:
        self._tried += 1
        if self.most is not None and self._tried > self.most:
            raise PathUndecided

    def path(self, before: Frozen, after: Frozen) -> tuple[Call, ...] | None:
        """Return the actions of a shortest path of the model, () for a stutter; None if there is none short enough.

        Raises
        ------
        PathUndecided
            If too many actions had to be tried.
        """
        edge = (before, after)
        if edge in self.open:
            raise PathUndecided
        if edge not in self.known:
            try:
                self.known[edge] = self._search([before], after, self.cluster.steps)
            except PathUndecided:
                self.open.add(edge)
                raise
        return self.known[edge]

    def first_path(self, state: Frozen) -> tuple[Call, ...] | None:
        """Return the actions of a path from an initial state of the model to the state of an initial world."""
        longest = self.cluster.steps * len(self.cluster.nodes)
        return self._search(self.interpreter.initial_states(), state, longest)

    def _search(self, starts: Iterable[Frozen], goal: Frozen, longest: int) -> tuple[Call, ...] | None:
        self._tried = 0
        frontier = [_Reached((), state) for state in starts]
        seen = {reached.state for reached in frontier}
        if goal in seen:
            return ()
        for _ in range(longest):
            following: list[_Reached] = []
            # States most similar to the goal come first: of a hundred steps of a model with logs, few approach it.
            for reached in sorted(frontier, key=lambda each: _distance(each.state, goal)):
                for call, state in self.interpreter.successors(reached.state):
                    if state == goal:
                        return (*reached.calls, call)
                    if state not in seen:
                        seen.add(state)
                        if self._leads(state, goal):
                            following.append(_Reached((*reached.calls, call), state))
            frontier = following
        return None


def _distance(a: object, b: object) -> int:
    """Return the number of parts in which two frozen values differ."""
    if a == b:
        return 0
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return len(a ^ b)
    if type(a) is type(b) is tuple and len(a) == len(b):
        return sum(map(_distance, a, b))
    return 1


@dataclass
class Refinement:
    """The result of checking each step of a cluster against its model.

    Attributes
    ----------
    worlds, steps : int
        Distinct worlds, and steps from those that were expanded.
    edges : dict of Edge to the actions of its path
        The steps of the model's states that the cluster takes, each with the actions of a path.
    failure : list of (Step or None, FrozenWorld)
        A shortest trace whose last step, or first world, the model does not allow; empty if there is none.
    complete : bool
        Whether all reachable worlds were expanded.
    """

    worlds: int = 0
    steps: int = 0
    edges: dict[Edge, tuple[Call, ...]] = field(default_factory=dict)
    failure: list[tuple[Step | None, FrozenWorld]] = field(default_factory=list)
    complete: bool = False

    def actions(self) -> set[str]:
        """Return the actions of the model that the cluster takes."""
        return {name for path in self.edges.values() for name, _ in path}


def refine(cluster: Cluster, *, max_worlds: int | None = None) -> Refinement:
    """Check every reachable step of a cluster against its model, breadth first, until one fails.

    Raises
    ------
    NodeError, AssayError
        If a node breaks a rule, or a world has no state in the model.
    """
    abstraction = Abstraction(cluster)
    with abstraction.instance.active():
        return _Refining(abstraction, max_worlds).run()


class _Refining:
    def __init__(self, abstraction: Abstraction, max_worlds: int | None) -> None:
        self.abstraction = abstraction
        self.semantics = Semantics(abstraction.cluster, remembers=True)
        self.paths = ModelPaths(abstraction, None)
        self.max_worlds = max_worlds
        self.parents: dict[FrozenWorld, tuple[FrozenWorld | None, Step | None]] = {}
        self.states: dict[FrozenWorld, Frozen] = {}
        self.found = Refinement()

    def run(self) -> Refinement:
        frontier: list[FrozenWorld] = []
        for world in self.semantics.first_inside():
            if self._is_new(world, None, None):
                frontier.append(world)
            if self.paths.first_path(self.states[world]) is None:
                self.found.failure = [(None, world)]
        while frontier and not self._is_over():
            frontier = self._level(frontier)
        self.found.worlds = len(self.parents)
        self.found.complete = not frontier
        return self.found

    def _level(self, frontier: list[FrozenWorld]) -> list[FrozenWorld]:
        following: list[FrozenWorld] = []
        for world in frontier:
            for step, after in self.semantics.steps(world):
                if not self._is_within(after):
                    continue
                if self._is_new(after, world, step):
                    following.append(after)
                if not self._is_allowed(world, after):
                    self.found.failure = [*trace_to(world, self.parents), (step, after)]
            if self._is_over():
                break
        return following

    def _is_allowed(self, before: FrozenWorld, after: FrozenWorld) -> bool:
        self.found.steps += 1
        edge = (self.states[before], self.states[after])
        path = self.paths.path(*edge)
        if path is not None:
            self.found.edges[edge] = path
        return path is not None

    def _is_new(self, world: FrozenWorld, before: FrozenWorld | None, step: Step | None) -> bool:
        if world in self.parents:
            return False
        self.parents[world] = (before, step)
        self.states[world] = self.abstraction.state(self.semantics.observed(world))
        return True

    def _is_within(self, world: FrozenWorld) -> bool:
        constraint = self.abstraction.cluster.constraint
        return world in self.parents or constraint is None or self.semantics.holds(constraint, world)

    def _is_over(self) -> bool:
        return bool(self.found.failure) or (self.max_worlds is not None and len(self.parents) >= self.max_worlds)
