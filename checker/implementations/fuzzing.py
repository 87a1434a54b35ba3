"""Fuzz a cluster with seeded random schedules and faults, biased towards what was seen least."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from assay.checker.implementations.preferences import Preference, prefer
from assay.checker.implementations.refinement import Edge
from assay.checker.implementations.schedules import ClaimViolation, Judge, Played, shortened
from assay.checker.implementations.semantics import FrozenWorld
from assay.checker.implementations.steps import Act, Crash, Step, Stop
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
    """The result of fuzzing.

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
    steps: int | None = None,
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
    steps : int, optional
        Steps in all, after which no further schedule is begun.
    seconds : float, optional
        Time at most; a schedule that was begun is played to its end.
    clock : callable
        What tells the time.
    """
    judge = Judge(cluster)
    with judge.active():
        return _Fuzzer(judge, seed, depth).run(_Enough(walks, steps, seconds, clock))


@dataclass(frozen=True)
class _Enough:
    """When enough was played."""

    walks: int | None
    steps: int | None
    seconds: float | None
    clock: Callable[[], float]

    def reached(self, found: Fuzzing, began: float) -> bool:
        return (
            (self.walks is not None and found.walks >= self.walks)
            or (self.steps is not None and found.steps >= self.steps)
            or (self.seconds is not None and self.clock() - began >= self.seconds)
        )


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
        self.numbers = self.judge.semantics.number
        self.taken: Counter[Hashable] = Counter()

    def run(self, enough: _Enough) -> Fuzzing:
        found, began, failed = self.found, enough.clock(), None
        while not enough.reached(found, began):
            played = self._walk()
            found.walks += 1
            if played.finding is not None:
                failed = played
                break
        found.seconds, found.edges, found.undecided = (
            enough.clock() - began,
            len(self.judge.edges),
            self.judge.undecided,
        )
        if failed is not None:
            found.length, found.failure = len(failed.steps), shortened(self.judge, failed)
        return found

    def _walk(self) -> Played:
        steps, worlds = self._beginning()
        preference = prefer(self.random)
        finding = self.judge.world(worlds[-1]) if steps else self.judge.first(worlds[0])
        # Lengths are drawn so that short schedules prevail: most clusters become idle soon.
        most = min(self.depth, len(steps) + math.ceil(self.depth ** math.sqrt(self.random.random())))
        while finding is None and len(steps) < most:
            try:
                chosen = self._chosen(worlds[-1], preference)
            except NodeError as error:
                finding = ClaimViolation("rules", error.message)
                break
            if chosen is None:
                break
            step, after = chosen
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

    def _chosen(self, world: FrozenWorld, preference: Preference) -> tuple[Step, FrozenWorld] | None:
        """Choose a step: of some, the one whose like was taken least; None if none leads anywhere.

        Alike are steps in which a node holds the same and the same happens to it. To ask what each of them is in the
        model would take longer than to take them all.
        """
        possible = self.judge.anywhere(world)
        while possible:
            some = preference.some(possible, _LOOKED_AT)
            for step, after in sorted(some, key=lambda each: self.taken[self._kind(world, each[0])]):
                if self.judge.is_inside(after):
                    self.taken[self._kind(world, step)] += 1
                    return step, after
            possible = [each for each in possible if each not in some]
        return None

    def _kind(self, world: FrozenWorld, step: Step) -> Hashable:
        match step:
            case Act(node, event, choices, crash):
                return node, world.locals[self.numbers[node]], event, choices, crash
            case Crash(node) | Stop(node):
                return type(step), node, world.locals[self.numbers[node]]
        return step
