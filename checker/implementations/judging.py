"""Judge worlds and steps of a cluster one by one: its invariants, its refinement, and the history of clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache

from assay.checker.errors import ModelError
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.clients import judge_history
from assay.checker.implementations.predicates import name_of
from assay.checker.implementations.refinement import Edge, ModelPaths, PathUndecided
from assay.checker.implementations.semantics import Semantics, ask, nothing_is_inside
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["ClaimViolation", "Judge"]


_MOST_KEPT = 50_000
"""Maximum number of worlds whose verdicts and states are remembered, so that memory stays bounded."""


@dataclass(frozen=True)
class ClaimViolation:
    """A violation of a claim.

    Attributes
    ----------
    name : str
        The invariant that is violated, ``refinement``, ``consistency`` or ``rules``.
    note : str
        Further explanation.
    """

    name: str
    note: str = ""


@dataclass(frozen=True)
class _NoState:
    """Takes the place of a model state for a world that has none."""

    reason: str


class Judge:
    """Judges worlds and steps of a cluster: its invariants, its refinement, and the history of clients.

    Parameters
    ----------
    cluster : Cluster
        The cluster.

    Attributes
    ----------
    edges : Counter
        How often each step of the model was taken.
    active : callable
        Returns the context manager within which the methods must be called.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.semantics = Semantics(cluster, remembers=True)
        self.abstraction = None if cluster.refines is None else Abstraction(cluster)
        self.edges: Counter[Edge] = Counter()
        self.active: Callable[[], AbstractContextManager[None]] = (
            nullcontext if self.abstraction is None else self.abstraction.instance.active
        )
        self._paths = None if self.abstraction is None else ModelPaths(self.abstraction)
        self._states: dict[FrozenWorld, Frozen] = {}
        self._judged: dict[FrozenWorld, ClaimViolation | None] = {}
        self._begun: dict[FrozenWorld, ClaimViolation | None] = {}
        self._open_beginnings = 0
        self._open_histories = 0
        self._inside: dict[FrozenWorld, bool] = {}

    def edge(self, before: FrozenWorld, after: FrozenWorld) -> Edge | None:
        """Return the model states before and after a step; None if there is no model."""
        return None if self.abstraction is None else (self._state(before), self._state(after))

    def _state(self, world: FrozenWorld) -> Frozen:
        assert self.abstraction is not None
        if world not in self._states:
            if len(self._states) > _MOST_KEPT:
                self._states.clear()
            self._states[world] = self._state_of(self.abstraction, world)
        return self._states[world]

    def _state_of(self, abstraction: Abstraction, world: FrozenWorld) -> Frozen:
        try:
            return abstraction.state(self.semantics.observed(world))
        except ModelError as error:
            return (_NoState(error.message),)

    def starts(self) -> list[FrozenWorld]:
        """Return the initial worlds, each once.

        Raises
        ------
        ClusterError
            If `Cluster.constraint` excludes all of them.
        """
        found = list(dict.fromkeys(self.semantics.first_inside()))
        if not found:
            raise nothing_is_inside()
        return found

    def steps(self, world: FrozenWorld) -> list[tuple[Step, FrozenWorld]]:
        """Return the possible steps that stay inside `Cluster.constraint`.

        Raises
        ------
        NodeError
            If a node breaks a rule in one of the steps.
        """
        return [(step, after) for step, after in self.semantics.steps(world) if self.is_inside(after)]

    def possible(self, world: FrozenWorld) -> list[tuple[Step, FrozenWorld]]:
        """Return the same steps in an order independent of hashes, since equal seeds must give equal schedules."""
        return sorted(self.steps(world), key=_by_words)

    def anywhere(self, world: FrozenWorld) -> list[tuple[Step, FrozenWorld]]:
        """Return all possible steps, also those that leave `Cluster.constraint`, which is slow to evaluate for each."""
        return sorted(self.semantics.steps(world), key=_by_words)

    def is_inside(self, world: FrozenWorld) -> bool:
        """Return whether a world satisfies `Cluster.constraint`."""
        constraint = self.cluster.constraint
        if constraint is None:
            return True
        if world not in self._inside:
            if len(self._inside) > _MOST_KEPT:
                self._inside.clear()
            self._inside[world] = self.semantics.holds(constraint, world)
        return self._inside[world]

    def first(self, world: FrozenWorld) -> ClaimViolation | None:
        """Judge an initial world, and whether the model can begin in its state."""
        if world not in self._begun:
            self._begun[world] = self.world(world) or self._beginning(world)
        return self._begun[world]

    def _beginning(self, world: FrozenWorld) -> ClaimViolation | None:
        if self._paths is None:
            return None
        state = self._state(world)
        for part in state:
            if isinstance(part, _NoState):
                return ClaimViolation("refinement", part.reason)
        try:
            begins = self._paths.first_path(state) is not None
        except PathUndecided:
            self._open_beginnings += 1
            return None
        return None if begins else ClaimViolation("refinement", f"{self.cluster.refines} does not begin so")

    def world(self, world: FrozenWorld) -> ClaimViolation | None:
        """Judge a world, regardless of how it was reached."""
        if world not in self._judged:
            if len(self._judged) > _MOST_KEPT:
                self._judged.clear()
            self._judged[world] = self._violated(world)
        return self._judged[world]

    def _violated(self, world: FrozenWorld) -> ClaimViolation | None:
        observed = self.semantics.observed(world)
        for predicate in self.cluster.invariants:
            if not ask(predicate, observed):
                return ClaimViolation(name_of(predicate))
        return None

    def step(self, before: FrozenWorld, after: FrozenWorld) -> ClaimViolation | None:
        """Judge a step, and the world after it."""
        found = self.world(after)
        edge = self.edge(before, after)
        if edge is None or found is not None:
            return found
        for part in edge[1]:
            if isinstance(part, _NoState):
                return ClaimViolation("refinement", part.reason)
        self.edges[edge] += 1
        if not self._is_of_the_model(edge):
            path = "step" if self.cluster.steps == 1 else f"path of at most {self.cluster.steps} steps"
            return ClaimViolation("refinement", f"no {path} of {self.cluster.refines} leads there")
        return None

    def _is_of_the_model(self, edge: Edge) -> bool:
        """Return whether the model allows a step; True if that stays open."""
        assert self._paths is not None
        try:
            return self._paths.path(*edge) is not None
        except PathUndecided:
            return True

    @property
    def undecided(self) -> int:
        """The number of judgements that were given up: of distinct steps, of initial worlds, and of histories."""
        of_the_model = 0 if self._paths is None else len(self._paths.open) + self._open_beginnings
        return of_the_model + self._open_histories

    def ending(self, world: FrozenWorld) -> ClaimViolation | None:
        """Judge the end of a schedule: the history of clients, and whether a node can break a rule in the next step.

        A history that stays undecided is no violation, and counts as `undecided`.
        """
        try:
            self.steps(world)
        except NodeError as error:
            return ClaimViolation("rules", error.message)
        if not self.cluster.history or self.cluster.sequential is None or not world.history:
            return None
        verdict = judge_history(self.cluster, world.history).verdict
        self._open_histories += verdict is Verdict.UNKNOWN
        if verdict is Verdict.VIOLATED:
            return ClaimViolation("consistency", f"what clients saw is not {self.cluster.consistency}")
        return None


def _by_words(taken: tuple[Step, FrozenWorld]) -> str:
    return _words(taken[0])


@lru_cache(maxsize=1 << 16)
def _words(step: Step) -> str:
    return str(step)
