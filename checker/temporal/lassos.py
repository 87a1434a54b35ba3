"""Find lassos: a path to a fair cycle and the cycle itself, kept short by a greedy search."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from assay.checker.immutable import immutable
from assay.checker.temporal.arena import Arena, Mask, Subgraph
from assay.checker.temporal.fair import fair_components
from assay.checker.temporal.paths import SearchTree, nearest

__all__ = ["Cycle", "FairLasso", "find"]

_TRIED = 32
"""Nodes from which a cycle is looked for, nearest first, before the shortest lasso so far is taken."""

_TRIED_OF_EACH = 8
"""Nodes of one component of these."""


@immutable
class Cycle:
    """A cycle from a node: its edges, in order; none where the node is to be stayed at forever."""

    node: int
    edges: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many steps it takes, where staying is one."""
        return max(1, len(self.edges))


@immutable
class FairLasso:
    """A fair lasso: the edges that lead to its cycle, in a tree; and the cycle."""

    stem: tuple[int, ...]
    cycle: Cycle


def find(arena: Arena, reach: SearchTree) -> FairLasso | None:
    """Return a fair lasso among the nodes that a tree reaches, or None if there is none.

    Parameters
    ----------
    arena : Arena
        The graph.
    reach : SearchTree
        Where the search may go, and how it gets there.
    """
    best: Cycle | None = None
    for distance, node, component in _candidates(arena, reach.distance):
        # Candidates come nearest first and every cycle takes at least one step, so none of the rest is better.
        if best is not None and distance + 1 >= _length(reach, best):
            break
        cycle = _cycle(arena, component, node)
        if best is None or distance + cycle.length < _length(reach, best):
            best = cycle
    return None if best is None else FairLasso(tuple(reach.path(best.node)), best)


def _length(reach: SearchTree, cycle: Cycle) -> int:
    return int(reach.distance[cycle.node]) + cycle.length


def _candidates(arena: Arena, distance: npt.NDArray[np.int32]) -> list[tuple[int, int, npt.NDArray[np.int64]]]:
    """Return the nodes that are nearest, some of each of the nearest components, with the component."""
    found = []
    for nodes, labels in fair_components(arena, distance >= 0):
        order = np.argsort(distance[nodes], kind="stable")
        _, first = np.unique(labels[order], return_index=True)
        for label in labels[order[np.sort(first)[:_TRIED]]]:
            component = nodes[labels == label]
            near = component[np.argsort(distance[component], kind="stable")[:_TRIED_OF_EACH]]
            found += [(int(distance[node]), int(node), component) for node in near]
    return sorted(found, key=lambda item: item[:2])[:_TRIED]


def _cycle(arena: Arena, component: npt.NDArray[np.int64], node: int) -> Cycle:
    """Return a fair cycle from a node within a fair component, shortest where staying is fair."""
    if _may_stay(arena, node):
        return Cycle(node, ())
    mask = np.zeros(arena.size, np.bool_)
    mask[component] = True
    part = arena.part(mask)
    start = int(np.searchsorted(part.nodes, node))
    return Cycle(node, tuple(int(part.edges[edge]) for edge in _Walk(part, start).edges))


def _may_stay(arena: Arena, node: int) -> bool:
    """Return whether it is fair to stay at a node forever: nothing that is fair is enabled there."""
    visited = all(nodes[node] for nodes in arena.visits)
    return bool(arena.resting[node]) and visited and not any(enabled[node] for enabled in arena.enabled)


class _Walk:
    """A closed walk in a fair component that grows until it is fair.

    It extends to the nearest place that satisfies another unmet condition, until closing it makes it fair.
    """

    def __init__(self, part: Subgraph, start: int) -> None:
        self._arena, self._start = part.arena, start
        self._taken = [part.arena.taken(index) for index in range(len(part.arena.conditions))]
        self._walked: list[int] = []
        self.edges = self._closed()

    def _closed(self) -> list[int]:
        while True:
            closed = [*self._walked, *self._way_back()]
            owed = self._owed(closed)
            if owed is None:
                return closed
            self._walked += self._way(*owed)

    @property
    def _end(self) -> int:
        return int(self._arena.rows.targets[self._walked[-1]]) if self._walked else self._start

    def _way_back(self) -> list[int]:
        if self._end == self._start and self._walked:
            return []
        home = np.zeros(self._arena.size, np.bool_)
        home[self._start] = True
        if self._walked:
            return self._way(home, None)
        edges = np.asarray(self._arena.rows.targets == self._start)
        return self._way(None, edges)

    def _way(self, nodes: Mask | None, edges: Mask | None) -> list[int]:
        way = nearest(self._arena.rows, self._arena.sources, self._end, nodes, edges)
        return [] if way is None else way

    def _owed(self, closed: list[int]) -> tuple[Mask | None, Mask | None] | None:
        """Return where something that a closed walk lacks can be had, or None if it lacks nothing."""
        arena = self._arena
        met = np.array([self._start, *(int(arena.rows.targets[edge]) for edge in closed)])
        for visited in arena.visits:
            if not visited[met].any():
                return visited, None
        for index, condition in enumerate(arena.conditions):
            enabled = arena.enabled[index]
            if self._taken[index][closed].any() or not enabled[met].any():
                continue
            if condition.is_strong or not (~enabled[met]).any():
                return (None if condition.is_strong else ~enabled), self._taken[index]
        return None
