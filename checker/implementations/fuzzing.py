"""Fuzz a cluster with seeded random schedules and faults, biased towards what was seen least."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from assay.checker.implementations.judging import ClaimViolation, Judge
from assay.checker.implementations.preferences import Preference, prefer
from assay.checker.implementations.refinement import Edge
from assay.checker.implementations.schedules import Played, shortened
from assay.checker.implementations.steps import Act, Crash, Step, Stop
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["Fuzzing", "fuzz"]

_LOOKED_AT = 3
"""The number of candidates at each choice; the one taken least often so far is chosen."""

_MOST_KEPT = 256
"""The most prefixes to keep for later schedules; each ends with a step of the model that was new."""

_GOING_ON = 0.5
"""The probability that a schedule continues one of these prefixes."""


@dataclass
class Fuzzing:
    """The result of fuzzing.

    Attributes
    ----------
    seed : int
        The seed of the schedules.
    walks, steps : int
        The number of schedules, and of all their steps.
    edges : int
        The number of distinct model steps taken.
    undecided : int
        The number of judgements that were given up: of steps and beginnings in the model, and of histories.
    seconds : float
        How long it took, without the shortening.
    failure : Played, optional
        The first schedule with a violation, shortened.
    length : int
        Its length before it was shortened.
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
    """Run random schedules until a violation is found or a limit is reached.

    Parameters
    ----------
    cluster : Cluster
        The cluster, with its budgets of faults.
    seed : int
        Equal seeds give equal schedules.
    depth : int
        Maximum length of a schedule.
    walks : int, optional
        Maximum number of schedules.
    steps : int, optional
        Total number of steps after which no further schedule begins. A schedule counts as one step at least: where
        nothing is possible, it has none, and playing would never end.
    seconds : float, optional
        Time limit; a schedule that has begun is finished.
    clock : callable
        Returns the time in seconds.
    """
    judge = Judge(cluster)
    with judge.active():
        return _Fuzzer(judge, seed, depth).run(_Limits(walks, steps, seconds, clock))


@dataclass(frozen=True)
class _Limits:
    """The limits of fuzzing."""

    walks: int | None
    steps: int | None
    seconds: float | None
    clock: Callable[[], float]

    def reached(self, found: Fuzzing, began: float) -> bool:
        return (
            (self.walks is not None and found.walks >= self.walks)
            or (self.steps is not None and max(found.steps, found.walks) >= self.steps)
            or (self.seconds is not None and self.clock() - began >= self.seconds)
        )


@dataclass
class _Way:
    """A prefix of a schedule whose last step was the first to take some step of the model."""

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

    def run(self, limits: _Limits) -> Fuzzing:
        found, began, failed = self.found, limits.clock(), None
        while not limits.reached(found, began):
            played = self._walk()
            found.walks += 1
            if played.finding is not None:
                failed = played
                break
        found.seconds = limits.clock() - began
        found.edges, found.undecided = len(self.judge.edges), self.judge.undecided
        if failed is not None:
            found.length, found.failure = len(failed.steps), shortened(self.judge, failed)
        return found

    def _walk(self) -> Played:
        steps, worlds = self._beginning()
        preference = prefer(self.random)
        finding = None if steps else self.judge.first(worlds[0])  # what is kept was judged before
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
        """Return an initial world or a kept prefix: of a few random ones, the one with the rarest last step."""
        if self.ways and self.random.random() < _GOING_ON:
            some = [self.random.choice(self.ways) for _ in range(_LOOKED_AT)]
            way = min(some, key=lambda way: self.judge.edges[way.edge])
            return list(way.steps), list(way.worlds)
        return [], [self.random.choice(self.starts)]

    def _keep(self, steps: list[Step], worlds: list[FrozenWorld]) -> None:
        """Keep a prefix that has just taken a new step of the model; beyond the limit it replaces a random one."""
        edge = self.judge.edge(worlds[-2], worlds[-1])
        if edge is None or edge[0] == edge[1] or self.judge.edges[edge] != 1 or len(steps) >= self.depth:
            return
        way = _Way(edge, tuple(steps), tuple(worlds))
        if len(self.ways) < _MOST_KEPT:
            self.ways.append(way)
        else:
            self.ways[self.random.randrange(_MOST_KEPT)] = way

    def _chosen(self, world: FrozenWorld, preference: Preference) -> tuple[Step, FrozenWorld] | None:
        """Choose a step: of some candidates, the one of the rarest kind; None if no step is possible.

        Steps are of the same kind if the same event happens to a node in the same local state. Mapping every candidate
        to the model instead would cost more than executing it.
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
