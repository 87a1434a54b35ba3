"""Random schedules of a cluster, with its faults: many, seeded, and drawn to what was seen least."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assay.checker.implementations.refinement import Edge
from assay.checker.implementations.schedules import Finding, Judge, Played, shortened
from assay.checker.implementations.semantics import FrozenWorld
from assay.checker.implementations.steps import Act, Step
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["Fuzzing", "fuzz"]

_LOOKED_AT = 3
"""Possible steps of which the one is taken that leads where the walk has been least."""

_FAULTY = 0.1
"""How often a fault is taken where there is one."""


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
class _Fuzzer:
    judge: Judge
    seed: int
    depth: int
    found: Fuzzing = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.found = Fuzzing(self.seed)
        self.starts = list(self.judge.semantics.initial())

    def run(self, walks: int | None, seconds: float | None, clock: Callable[[], float]) -> Fuzzing:
        found, began = self.found, clock()
        while (walks is None or found.walks < walks) and (seconds is None or clock() - began < seconds):
            played = self._walk()
            found.walks += 1
            found.steps += len(played.steps)
            if played.finding is not None:
                found.length = len(played.steps)
                found.seconds = clock() - began
                found.edges = len(self.judge.edges)
                found.failure = shortened(self.judge, played)
                return found
        found.seconds, found.edges = clock() - began, len(self.judge.edges)
        return found

    def _walk(self) -> Played:
        worlds, steps = [self.random.choice(self.starts)], list[Step]()
        finding = self.judge.world(worlds[0])
        most = math.ceil(self.depth ** self.random.random())  # many short ones: most clusters are done before long
        while finding is None and len(steps) < most:
            try:
                possible = self.judge.possible(worlds[-1])
            except NodeError as error:
                finding = Finding("rules", error.message)
                break
            if not possible:
                break
            step, after = self._chosen(worlds[-1], possible)
            finding = self.judge.step(worlds[-1], after)
            steps.append(step)
            worlds.append(after)
        return Played(tuple(steps), tuple(worlds), finding or self.judge.ending(worlds[-1]))

    def _chosen(self, world: FrozenWorld, possible: list[tuple[Step, FrozenWorld]]) -> tuple[Step, FrozenWorld]:
        """Choose a step: a fault now and then, else of some the one that was seen least in the model."""
        plain = [each for each in possible if isinstance(each[0], Act) and each[0].crash is None]
        faults = [each for each in possible if not (isinstance(each[0], Act) and each[0].crash is None)]
        if faults and (not plain or self.random.random() < _FAULTY):
            return self.random.choice(faults)
        looked_at = [self.random.choice(plain) for _ in range(min(_LOOKED_AT, len(plain)))]
        return min(looked_at, key=lambda each: self._seen(self.judge.edge(world, each[1])))

    def _seen(self, edge: Edge | None) -> int:
        return 0 if edge is None else self.judge.edges[edge]
