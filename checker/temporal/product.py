"""The product of a graph of states with an automaton: the reachable part, built level by level as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from assay.checker.engine.graph.rows import Rows
from assay.checker.engine.memory import default_limit
from assay.checker.engine.steps import Behaviours, TemporalClaim
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.formulas import Happens, Now
from assay.checker.temporal.arena import STUTTER, Arena, Mask
from assay.checker.temporal.automaton import Automaton, AutomatonState
from assay.checker.temporal.paths import edges_of

__all__ = ["ProductGraph", "product"]

_BYTES_AN_EDGE = 64
"""An upper bound on the memory that an edge of the product takes while the product is built and sorted."""

_TOGETHER = 1 << 24
"""Edges for which occurrences of an action are looked up at once, which bounds the temporary arrays."""


@immutable(eq=False)
class ProductGraph:
    """The reachable product.

    Attributes
    ----------
    arena : Arena
        Its graph.
    states : int array of shape (n,)
        The state of the graph that each node is about.
    initial : int
        How many nodes, from 0 on, are initial.
    """

    arena: Arena
    states: npt.NDArray[np.int64]
    initial: int


def product(behaviours: Behaviours, arena: Arena, claim: TemporalClaim, machine: Automaton) -> ProductGraph | None:
    """Return the reachable product of the states with an automaton, or None if there is none.

    A node is a state of the graph with a state of the automaton that can read it. Its edges are the steps that the
    automaton can read, and stuttering, which it reads as a step in which nothing happens.

    Raises
    ------
    Unsupported
        If it needs more memory than there is.
    """
    return _Builder(behaviours, arena, claim, machine).build()


@dataclass(eq=False)
class _Builder:
    behaviours: Behaviours
    arena: Arena
    claim: TemporalClaim
    machine: Automaton
    numbers: npt.NDArray[np.int32] = field(init=False)
    found: list[npt.NDArray[np.int64]] = field(default_factory=list)
    size: int = 0
    edges: list[npt.NDArray[np.int64]] = field(default_factory=list)
    room: int = 0

    def build(self) -> ProductGraph | None:
        self.room = default_limit() // _BYTES_AN_EDGE
        self._demand(self.behaviours.size * len(self.machine.states) // 8)
        self.numbers = np.full(self.behaviours.size * len(self.machine.states), -1, np.int32)
        self._readable = [self._can_read(state) for state in self.machine.states]
        self._happening = _Happening(self.behaviours, self.arena)
        self._steps = [self._reads_step(state) for state in self.machine.states]
        starts = np.arange(self.behaviours.initial, dtype=np.int64)
        level = self._numbered(np.concatenate([self._at(q, starts) for q in self.machine.initial] or [starts[:0]]))
        initial = self.size
        if not initial:
            return None
        while len(level):
            level = self._level(level)
        return self._product(initial)

    def _demand(self, edges: int) -> None:
        if edges > self.room:
            raise Unsupported(
                "the product with the formula's automaton needs more memory than there is",
                help="make the instance smaller, or the formula simpler",
            )

    def _can_read(self, state: AutomatonState) -> Mask:
        """Return which states of the graph an automaton's state can read."""
        readable = np.ones(self.behaviours.size, np.bool_)
        for literal in state.literals:
            if isinstance(literal.atom, Now):
                label = self.behaviours.labels[self.claim.first + literal.atom.value]
                readable &= label if literal.positive else ~label
        return readable

    def _reads_step(self, state: AutomatonState) -> Mask | None:
        """Return which edges an automaton's state can read, or None if it can read all."""
        readable: Mask | None = None
        for occurrence, positive in _occurrences(state):
            happening = self._happening(occurrence) if positive else ~self._happening(occurrence)
            readable = happening if readable is None else readable & happening
        return readable

    def _at(self, q: int, states: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the codes of the nodes that pair some states with one automaton state, where it can read them."""
        return states[self._readable[q][states]] * len(self.machine.states) + q

    def _numbered(self, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Number the nodes that are new, and return their codes."""
        # Numbers are given level by level: a node's number is then its place in `found`, concatenated.
        fresh = np.unique(codes[self.numbers[codes] < 0])
        self.numbers[fresh] = np.arange(self.size, self.size + len(fresh), dtype=np.int32)
        self.size += len(fresh)
        self.found.append(fresh)
        return fresh

    def _level(self, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Record the edges out of some nodes, and return the codes of the nodes that are new."""
        reached = [np.zeros(0, np.int64)]
        pending: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        for before, after, labels in self._moves(codes):
            reached.append(after)
            pending.append((before, after, labels))
        level = self._numbered(np.concatenate(reached))
        for before, after, labels in pending:
            self.edges.append(np.stack([self.numbers[before], self.numbers[after], labels]).astype(np.int32))
        self._demand(sum(len(block[0]) for block in self.edges))
        return level

    def _moves(
        self, codes: npt.NDArray[np.int64]
    ) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Yield edges in blocks: the codes of the nodes before and after, and the classes of the calls."""
        count = len(self.machine.states)
        for q, state in enumerate(self.machine.states):
            states = codes[codes % count == q] // count
            edges = edges_of(self.arena.rows, states)
            sources, targets = self.arena.sources[edges], self.arena.rows.targets[edges].astype(np.int64)
            kept = (targets < self.behaviours.size) & (sources != targets)
            readable = self._steps[q]
            if readable is not None:
                kept &= readable[edges]
            sources, targets, labels = sources[kept], targets[kept], self.arena.classes[edges][kept]
            # No action occurs in a stuttering step, so a state that demands an occurrence cannot read it.
            rests = not any(positive for _, positive in _occurrences(state))
            for after in state.successors:
                fits = self._readable[after][targets]
                yield (
                    sources[fits].astype(np.int64) * count + q,
                    self._at(after, targets),
                    labels[fits].astype(np.int64),
                )
                # A stuttering step stays at its state of the graph: `resting - after + q` is where it comes from.
                if rests:
                    resting = self._at(after, states)
                    yield resting - after + q, resting, np.full(len(resting), STUTTER, np.int64)

    def _product(self, initial: int) -> ProductGraph:
        codes = np.concatenate(self.found)
        states, places = codes // len(self.machine.states), codes % len(self.machine.states)
        before, after, labels = np.concatenate(self.edges, axis=1) if self.edges else np.zeros((3, 0), np.int32)
        # A loop of one node is no edge of the product: the search needs to know only that the node may rest.
        resting = np.zeros(self.size, np.bool_)
        resting[before[before == after]] = True
        order = np.argsort(before, kind="stable")
        order = order[before[order] != after[order]]
        indptr = np.zeros(self.size + 1, np.int64)
        np.cumsum(np.bincount(before[order], minlength=self.size), out=indptr[1:])
        arena = Arena(
            Rows(indptr, after[order]),
            labels[order],
            resting,
            self.arena.conditions,
            [enabled[states] for enabled in self.arena.enabled],
            [np.isin(places, list(accepting)) for accepting in self.machine.accepting],
        )
        return ProductGraph(arena, states, initial)


def _occurrences(state: AutomatonState) -> list[tuple[Happens, bool]]:
    """Return the actions that must occur, or must not, in the step that an automaton's state reads."""
    return [(literal.atom, literal.positive) for literal in state.literals if isinstance(literal.atom, Happens)]


class _Happening:
    """In which steps an action occurs: those that change the state as one of its calls does, by whichever call.

    A step is a pair of states, as in TLA+. Where calls of two actions lead from one state to the same other one, both
    actions occur in that step.
    """

    def __init__(self, behaviours: Behaviours, arena: Arena) -> None:
        self._behaviours, self._arena = behaviours, arena

    def __call__(self, occurrence: Happens) -> Mask:
        """Return which edges it occurs in."""
        told_apart = self._behaviours.told_apart
        classes = told_apart.members(occurrence.action, dict(occurrence.arguments))
        own = classes[self._arena.classes]
        pairs = np.unique(self._pairs(own))
        occurs = np.zeros(len(own), np.bool_)
        for first in range(0, len(own), _TOGETHER):
            some = slice(first, first + _TOGETHER)
            occurs[some] = np.isin(self._pairs(some), pairs)
        return occurs

    def _pairs(self, edges: Mask | slice) -> npt.NDArray[np.int64]:
        """Return a number for each of some edges, the same for edges between the same states."""
        # Convert to 64 bits first: NumPy 1 would multiply in the 32 bits of the sources and overflow.
        sources, targets = self._arena.sources[edges], self._arena.rows.targets[edges]
        return np.asarray(sources.astype(np.int64) * (self._behaviours.size + 1) + targets.astype(np.int64))
