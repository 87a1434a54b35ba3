"""Random schedules of a cluster, with its faults: many, seeded, and drawn to what was seen least."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assay.checker.implementations.preferences import Preference, prefer
from assay.checker.implementations.refinement import Edge
from assay.checker.implementations.schedules import Finding, Judge, Played, shortened
from assay.checker.implementations.semantics import FrozenWorld
from assay.checker.implementations.steps import Step
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["Fuzzing", "fuzz"]

_LOOKED_AT = 3
"""Possible steps of which the one is taken that leads where the walk has been least."""

_MOST_KEPT = 256
"""Ways to steps of the model that were new, from which later schedules go on."""

_GOING_ON = 0.5
"""How often a schedule goes on from one of them."""


@dataclass
class Fuzzing:
    """What random schedules showed.

    Attributes
    ----------
    seed : int
        What they were drawn from.
    walks, steps : int
        How many schedules there were, and steps in all.
    edges : int
        Different steps of the model that were taken.
    undecided : int
        Different steps of which it stayed open whether they are the model's.
    seconds : float
        How long it took, without the shortening.
    failure : Played, optional
        The first schedule with a finding, shortened.
    length : int
        How long it was before.
    """

    seed: int
    walks: int = 0
    steps: int = 0
    edges: int = 0
    undecided: int = 0
    seconds: float = 0.0
    failure: Played | None = None
    length: int = 0


def fuzz(
    cluster: Cluster,
    *,
    seed: int = 0,
    depth: int = 200,
    walks: int | None = None,
    seconds: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Fuzzing:
    """Play random schedules until something is found, or enough was played.

    Parameters
    ----------
    cluster : Cluster
        With the faults that it may have.
    seed : int
        Equal seeds give equal schedules.
    depth : int
        Steps of a schedule at most.
    walks : int, optional
        Schedules at most.
    seconds : float, optional
        Time at most; a schedule that was begun is played to its end.
    clock : callable
        What tells the time.
    """
    judge = Judge(cluster)
    with judge.active():
        return _Fuzzer(judge, seed, depth).run(walks, seconds, clock)


@dataclass
class _Way:
    """A way to where a step of the model was taken for the first time."""

    edge: Edge
    steps: tuple[Step, ...]
    worlds: tuple[FrozenWorld, ...]


@dataclass
class _Fuzzer:
    judge: Judge
    seed: int
    depth: int
    found: Fuzzing = field(init=False)
    ways: list[_Way] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.found = Fuzzing(self.seed)
        self.starts = self.judge.starts()

    def run(self, walks: int | None, seconds: float | None, clock: Callable[[], float]) -> Fuzzing:
        found, began, failed = self.found, clock(), None
        while (walks is None or found.walks < walks) and (seconds is None or clock() - began < seconds):
            played = self._walk()
            found.walks += 1
            if played.finding is not None:
                failed = played
                break
        found.seconds, found.edges, found.undecided = clock() - began, len(self.judge.edges), self.judge.undecided
        if failed is not None:
            found.length, found.failure = len(failed.steps), shortened(self.judge, failed)
        return found

    def _walk(self) -> Played:
        steps, worlds = self._beginning()
        preference = prefer(self.random)
        finding = self.judge.world(worlds[-1])
        # Many short ones: most clusters are done before long.
        most = min(self.depth, len(steps) + math.ceil(self.depth ** math.sqrt(self.random.random())))
        while finding is None and len(steps) < most:
            try:
                possible = self.judge.possible(worlds[-1])
            except NodeError as error:
                finding = Finding("rules", error.message)
                break
            if not possible:
                break
            step, after = self._chosen(worlds[-1], possible, preference)
            finding = self.judge.step(worlds[-1], after)
            steps.append(step)
            worlds.append(after)
            self.found.steps += 1
            if finding is None:
                self._keep(steps, worlds)
        return Played(tuple(steps), tuple(worlds), finding or self.judge.ending(worlds[-1]))

    def _beginning(self) -> tuple[list[Step], list[FrozenWorld]]:
        """Return a first world, or a way to go on from: of some, the one whose last step was seen least."""
        if self.ways and self.random.random() < _GOING_ON:
            some = [self.random.choice(self.ways) for _ in range(_LOOKED_AT)]
            way = min(some, key=lambda way: self.judge.edges[way.edge])
            return list(way.steps), list(way.worlds)
        return [], [self.random.choice(self.starts)]

    def _keep(self, steps: list[Step], worlds: list[FrozenWorld]) -> None:
        """Keep a way that has just taken a step of the model for the first time, if need be for another one."""
        edge = self.judge.edge(worlds[-2], worlds[-1])
        if edge is None or edge[0] == edge[1] or self.judge.edges[edge] != 1 or len(steps) >= self.depth:
            return
        way = _Way(edge, tuple(steps), tuple(worlds))
        if len(self.ways) < _MOST_KEPT:
            self.ways.append(way)
        else:
            self.ways[self.random.randrange(_MOST_KEPT)] = way

    def _chosen(
        self, world: FrozenWorld, possible: list[tuple[Step, FrozenWorld]], preference: Preference
    ) -> tuple[Step, FrozenWorld]:
        """Choose a step: of some, the one that was seen least in the model."""
        some = preference.some(possible, _LOOKED_AT)
        return min(some, key=lambda each: self._seen(world, each[1]))

    def _seen(self, before: FrozenWorld, after: FrozenWorld) -> int:
        edge = self.judge.edge(before, after)
        return 0 if edge is None else self.judge.edges[edge]
