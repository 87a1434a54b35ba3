"""The graph that is searched for fair cycles, with its fairness: the states, or their product with an automaton."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import FairnessCondition
from assay.checker.engine.graph.rows import Rows
from assay.checker.engine.steps import Behaviours
from assay.checker.immutable import immutable

__all__ = ["STUTTER", "Arena", "Subgraph", "arena_of"]

STUTTER = -1
"""The class of a stuttering step, which is no call: only the state of the automaton changes."""

_BITS = 64
"""Conditions that are evaluated in one pass, one bit each."""

Mask = npt.NDArray[np.bool_]


@immutable(eq=False)
class Arena:
    """A graph with fairness and acceptance.

    Attributes
    ----------
    rows : Rows
        Its edges; a target that is no node is outside, and part of no cycle.
    classes : int array of shape (m,)
        The class of each step, or `STUTTER`.
    resting : bool array of shape (n,)
        The nodes that may follow themselves forever, as every state may that stutters.
    conditions : sequence of FairnessCondition
        The fairness assumptions.
    enabled : sequence of bool arrays of shape (n,)
        For each of them, where one of its calls would change the state.
    visits : sequence of bool arrays of shape (n,)
        Sets of nodes each of which a cycle must meet.
    """

    rows: Rows
    classes: npt.NDArray[Any]
    resting: Mask
    conditions: Sequence[FairnessCondition]
    enabled: Sequence[Mask]
    visits: Sequence[Mask] = ()

    @property
    def size(self) -> int:
        """The number of nodes."""
        return self.rows.size

    def taken(self, condition: int) -> Mask:
        """Return which edges are calls of a condition, by its index. `part` has dropped edges that change nothing."""
        table = np.append(self.conditions[condition].classes, False)  # the last entry is for STUTTER, which is -1
        return np.asarray(table[self.classes])

    def part(self, mask: Mask) -> Subgraph:
        """Return the subgraph of some nodes, without edges from a node to itself. O(n + m)."""
        nodes = np.flatnonzero(mask)
        number = np.full(self.size + 1, -1, np.int32)
        number[nodes] = np.arange(len(nodes), dtype=np.int32)
        sources = number[self.sources]
        targets = number[self.rows.targets]
        kept = np.flatnonzero((sources >= 0) & (targets >= 0) & (sources != targets))
        indptr = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(np.bincount(sources[kept], minlength=len(nodes)), out=indptr[1:])
        inner = Arena(
            Rows(indptr, targets[kept]),
            self.classes[kept],
            self.resting[nodes],
            self.conditions,
            [enabled[nodes] for enabled in self.enabled],
            [visited[nodes] for visited in self.visits],
        )
        return Subgraph(inner, nodes, kept)

    @cached_property
    def sources(self) -> npt.NDArray[np.int32]:
        """The node that each edge leaves."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.rows.indptr))


@immutable(eq=False)
class Subgraph:
    """A subgraph: its arena, and the nodes and edges of the whole graph that its own correspond to."""

    arena: Arena
    nodes: npt.NDArray[np.int64]
    edges: npt.NDArray[np.int64]


def arena_of(behaviours: Behaviours, conditions: Sequence[FairnessCondition]) -> Arena:
    """Return the graph of states itself as an arena."""
    rows = Rows(behaviours.indptr, behaviours.targets)
    arena = Arena(rows, behaviours.classes, np.ones(behaviours.size, np.bool_), conditions, ())
    enabled: list[Mask] = []
    for first in range(0, len(conditions), _BITS):
        some = conditions[first : first + _BITS]
        found = _enabling(arena, behaviours, some)
        enabled += [found & found.dtype.type(1 << bit) != 0 for bit in range(len(some))]
    return Arena(rows, behaviours.classes, arena.resting, conditions, enabled)


def _enabling(arena: Arena, behaviours: Behaviours, conditions: Sequence[FairnessCondition]) -> npt.NDArray[Any]:
    """Return for each state the bits of the conditions that some step out of it takes, if it changes the state."""
    # One pass for all conditions: there are many steps, and many conditions if they are quantified over a sort.
    bits = np.zeros(behaviours.told_apart.size, np.min_scalar_type((1 << len(conditions)) - 1))
    for bit, condition in enumerate(conditions):
        bits[condition.classes] |= bits.dtype.type(1 << bit)
    fulfils = bits[behaviours.classes]
    fulfils[arena.sources == behaviours.targets] = 0
    found, leaving = np.zeros(behaviours.size, bits.dtype), np.diff(behaviours.indptr) > 0
    if leaving.any():
        found[leaving] = np.bitwise_or.reduceat(fulfils, behaviours.indptr[:-1][leaving])
    return found
