"""Find a few schedules, chosen greedily, that together take every step of the model that the cluster can take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from assay.checker.errors import UsageError
from assay.checker.implementations.judging import ClaimViolation, Judge
from assay.checker.implementations.modelling import Tally, edges_of, successors_of
from assay.checker.implementations.refinement import Edge, ModelPaths, PathUndecided
from assay.checker.implementations.schedules import Played, Schedule, play
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["Covering", "cover"]


@dataclass(frozen=True)
class Covering:
    """Schedules, with their coverage of the model.

    Attributes
    ----------
    schedules : tuple of Schedule
        The schedules.
    starts : tuple of FrozenWorld
        The initial world of each schedule.
    taken : int
        The number of distinct model steps that the schedules take.
    all : int, optional
        The number of steps between distinct reachable states of the model; None if there are too many.
    never : dict from str to int
        For each action, the number of its steps that the cluster never took, as far as it was explored.
    worlds : int
        The number of explored worlds.
    complete : bool
        Whether these are all reachable worlds.
    failure : Played, optional
        A schedule that violates a claim; the exploration ended there.
    undecided : int
        The number of judgements that were given up; see `Judge.undecided`.
    """

    schedules: tuple[Schedule, ...]
    starts: tuple[FrozenWorld, ...]
    taken: int
    all: int | None
    never: dict[str, int] = field(default_factory=dict)
    worlds: int = 0
    complete: bool = True
    failure: Played | None = None
    undecided: int = 0


def cover(cluster: Cluster, *, max_worlds: int = 20_000) -> Covering:
    """Find schedules that cover the model.

    Parameters
    ----------
    cluster : Cluster
        A cluster that refines a model.
    max_worlds : int
        Maximum number of worlds to explore, breadth first.

    Raises
    ------
    UsageError
        If the cluster refines no model.
    """
    judge = Judge(cluster)
    if judge.abstraction is None:
        raise UsageError(
            "the cluster does not say which model it refines",
            help="state refines= (a model) and abstract= (its variables in a world)",
        )
    with judge.active():
        return _Covering(judge, max_worlds).result()


_Origin = tuple[FrozenWorld, Step] | None


class _Covering:
    def __init__(self, judge: Judge, max_worlds: int) -> None:
        assert judge.abstraction is not None
        self.judge = judge
        self.max_worlds = max_worlds
        self.paths = ModelPaths(judge.abstraction)
        self.tally = Tally()
        self.interpreter = Interpreter(judge.abstraction.instance, self.tally)
        self.origins: dict[FrozenWorld, _Origin] = {}
        self.first: dict[Edge, tuple[FrozenWorld, Step, FrozenWorld]] = {}

    def result(self) -> Covering:
        failure, complete = self._explore()
        chosen = [] if failure is not None else list(self._chosen())
        again = Judge(self.judge.cluster)
        failure = failure or self._played_again(again, chosen)
        edges = edges_of(self.interpreter, self.tally, partial(successors_of, self.interpreter))
        taken = {part for edge in self.first for part in self._parts(edge)}
        never = Counter(name for edge, name in (edges or {}).items() if edge not in taken)
        return Covering(
            tuple(schedule for _, schedule in chosen),
            tuple(start for start, _ in chosen),
            len(taken),
            None if edges is None else len(edges),
            dict(never),
            len(self.origins),
            complete,
            failure,
            max(self.judge.undecided, again.undecided),
        )

    def _explore(self) -> tuple[Played | None, bool]:
        """Explore worlds breadth first, and record where each step of the model is first taken."""
        frontier = self.judge.starts()
        self.origins = dict.fromkeys(frontier)
        for world in frontier:
            found = self.judge.first(world)
            if found is not None:
                return self._failed(world, (), found), True
        while frontier:
            following: list[FrozenWorld] = []
            for world in frontier:
                try:
                    failure = self._expand(world, following)
                except NodeError as error:
                    failure = self._failed(world, (), ClaimViolation("rules", error.message))
                if failure is not None:
                    return failure, True
                if len(self.origins) >= self.max_worlds:
                    return None, False
            frontier = following
        return None, True

    def _expand(self, world: FrozenWorld, following: list[FrozenWorld]) -> Played | None:
        for step, after in self.judge.steps(world):
            edge = self.judge.edge(world, after)
            assert edge is not None
            is_new = after not in self.origins
            if edge not in self.first:
                found = self.judge.step(world, after)
                if found is not None:
                    return self._failed(world, ((step, after),), found)
                self.first[edge] = (world, step, after)
            elif is_new and (found := self.judge.world(after)) is not None:
                return self._failed(world, ((step, after),), found)
            if is_new:
                self.origins[after] = (world, step)
                following.append(after)
        return None

    def _way(self, world: FrozenWorld) -> tuple[FrozenWorld, list[tuple[Step, FrozenWorld]]]:
        """Return a shortest path to a world: its initial world, and its steps."""
        way: list[tuple[Step, FrozenWorld]] = []
        origin = self.origins[world]
        while origin is not None:
            way.append((origin[1], world))
            world = origin[0]
            origin = self.origins[world]
        return world, way[::-1]

    def _failed(self, world: FrozenWorld, more: Iterable[tuple[Step, FrozenWorld]], found: ClaimViolation) -> Played:
        start, way = self._way(world)
        way = [*way, *more]
        return Played(tuple(step for step, _ in way), (start, *(after for _, after in way)), found)

    def _chosen(self) -> Iterator[tuple[FrozenWorld, Schedule]]:
        """Yield schedules until every step is covered. The steps found last come first: their paths are the longest."""
        covered: set[Edge] = set()
        for edge, (world, step, after) in reversed(self.first.items()):
            if edge in covered or edge[0] == edge[1]:
                continue
            start, way = self._way(world)
            way = [*way, (step, after)]
            before = start
            for _, reached in way:
                passed = self.judge.edge(before, reached)
                assert passed is not None
                covered.add(passed)
                before = reached
            yield start, tuple(step for step, _ in way)

    def _played_again(self, judge: Judge, chosen: Iterable[tuple[FrozenWorld, Schedule]]) -> Played | None:
        """Run the schedules again, calling every handler anew, and return the first that fails."""
        with judge.active():
            played = (play(judge, start, schedule) for start, schedule in chosen)
            return next((each for each in played if each.finding is not None), None)

    def _parts(self, edge: Edge) -> Iterator[Edge]:
        """Yield the steps of the model that a step of the cluster consists of."""
        try:
            way = self._states(edge)
        except PathUndecided:  # counted by the judge
            return iter(())
        return ((before, after) for before, after in pairwise(way) if before != after)

    def _states(self, edge: Edge) -> list[Frozen]:
        """Return the model states on the path of a cluster step; its actions may have several outcomes."""
        ways: dict[Frozen, list[Frozen]] = {edge[0]: [edge[0]]}
        for call in self.paths.path(*edge) or ():
            ways = {
                after: [*way, after]
                for state, way in ways.items()
                for taken, after in self.interpreter.successors(state)
                if taken == call
            }
        return ways[edge[1]]
