"""Decide whether a formula holds on all fair behaviours: directly for simple forms, else by an automaton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import FairnessCondition
from assay.checker.engine.steps import Behaviours, TemporalClaim
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.formulas import Always, Eventually, Formula, Not, Now, Or
from assay.checker.temporal.arena import Arena, arena_of
from assay.checker.temporal.automaton import automaton, negated
from assay.checker.temporal.lassos import FairLasso, find
from assay.checker.temporal.paths import SearchTree, tree
from assay.checker.temporal.product import ProductGraph, product

__all__ = ["Lasso", "Searches", "Step"]

Mask = npt.NDArray[np.bool_]


@immutable
class Step:
    """A step of a lasso: the state before it, and the class of its call; None where nothing happens."""

    state: int
    call: int | None


@immutable
class Lasso:
    """A behaviour of the numbered states that comes back to where it was.

    Attributes
    ----------
    steps : tuple of Step
        From an initial state on; after the last one follows the state of step number `loop`.
    loop : int
        Where the loop begins.
    """

    steps: tuple[Step, ...]
    loop: int


@immutable
class _Simple:
    """A negated formula that needs no automaton: from some state on, stay among some others forever.

    Attributes
    ----------
    starts : bool array of shape (n,)
        Where to begin to stay; with ``at_once`` only in initial states.
    among : bool array of shape (n,)
        Where to stay.
    """

    starts: Mask
    among: Mask
    at_once: bool = False


class Searches:
    """What all searches in the behaviours of an instance share.

    Parameters
    ----------
    behaviours : Behaviours
        Its states and steps.
    conditions : sequence of FairnessCondition
        Its fairness assumptions.
    """

    def __init__(self, behaviours: Behaviours, conditions: Sequence[FairnessCondition]) -> None:
        self._behaviours = behaviours
        self.arena = arena_of(behaviours, conditions)
        self._whole: SearchTree | None = None

    @property
    def whole(self) -> SearchTree:
        """The breadth-first tree over all states."""
        if self._whole is None:
            roots = np.arange(self._behaviours.initial, dtype=np.int64)
            self._whole = tree(self.arena.rows, self.arena.sources, roots)
        return self._whole

    def violation(self, claim: TemporalClaim) -> Lasso | None:
        """Return a fair behaviour of which a claim is false, or None if there is none.

        Raises
        ------
        Unsupported
            If there is no room for the product with the formula's automaton.
        """
        simple = self._simple(claim)
        return self._by_automaton(claim) if simple is None else self._directly(simple)

    def is_vacuous(self, claim: TemporalClaim) -> bool:
        """Return whether a claim is a *leads to* whose left side is true nowhere in any fair behaviour."""
        match claim.formula:
            case Always(Or(Not(Now(condition)), Eventually())):
                return not bool(self._behaviours.labels[claim.first + condition].any())
            case Always(Or(Not(left), Eventually())):
                return self._never(claim, left)
        return False

    def _never(self, claim: TemporalClaim, formula: Formula) -> bool:
        """Return whether a part of a claim's formula is never true; not where there is no room to find out."""
        try:
            return self._by_automaton(replace(claim, formula=Always(Not(formula)))) is None
        except Unsupported:
            return False

    def _simple(self, claim: TemporalClaim) -> _Simple | None:
        def where(predicate: int) -> Mask:
            return np.asarray(self._behaviours.labels[claim.first + predicate])

        return _recognised(claim.formula, where, self._behaviours.size)

    def _directly(self, search: _Simple) -> Lasso | None:
        starts = search.starts & search.among
        if search.at_once:
            starts[self._behaviours.initial :] = False
        # The lasso is to be shortest from an initial state on, so each start counts with its own depth.
        depths = None if search.at_once else self.whole.distance
        roots = np.flatnonzero(starts if depths is None else starts & (depths >= 0))
        if not len(roots):
            return None
        reach = tree(self.arena.rows, self.arena.sources, roots, search.among, depths)
        found = find(self.arena, reach)
        if found is None:
            return None
        first = int(self.arena.sources[found.stem[0]]) if found.stem else found.cycle.node
        return self.lasso(found, [] if search.at_once else self.whole.path(first))

    def lasso(self, found: FairLasso, way: list[int]) -> Lasso:
        """Return what was found on the graph of states as a lasso, after a way to where its stem begins."""
        arena, cycle = self.arena, found.cycle
        edges = [*way, *found.stem, *cycle.edges]
        steps = [Step(int(arena.sources[edge]), int(arena.classes[edge])) for edge in edges]
        steps += [] if cycle.edges else [Step(cycle.node, None)]
        return Lasso(tuple(steps), len(way) + len(found.stem))

    def _by_automaton(self, claim: TemporalClaim) -> Lasso | None:
        made = product(self._behaviours, self.arena, claim, automaton(negated(claim.formula)))
        if made is None:
            return None
        reach = tree(made.arena.rows, made.arena.sources, np.arange(made.initial, dtype=np.int64))
        found = find(made.arena, reach)
        return None if found is None else _projected(made, found)


def _recognised(formula: Formula, where: Callable[[int], Mask], size: int) -> _Simple | None:
    match formula:
        case Eventually(Now(goal)):
            return _Simple(~where(goal), ~where(goal), at_once=True)
        # A violation is a behaviour on which, from some state on, the goal never holds; that state may be any.
        case Always(Eventually(Now(goal))):
            return _Simple(np.ones(size, np.bool_), ~where(goal))
        case Always(Or(Not(Now(condition)), Eventually(Now(goal)))):
            return _Simple(where(condition), ~where(goal))
    return None


def _projected(made: ProductGraph, found: FairLasso) -> Lasso:
    """Return what a lasso of a product is in the graph of states."""
    arena, cycle = made.arena, found.cycle
    steps = [_step(made, arena, edge) for edge in (*found.stem, *cycle.edges)]
    steps += [] if cycle.edges else [Step(int(made.states[cycle.node]), None)]
    return Lasso(tuple(steps), len(found.stem))


def _step(made: ProductGraph, arena: Arena, edge: int) -> Step:
    label = int(arena.classes[edge])
    return Step(int(made.states[arena.sources[edge]]), label if label >= 0 else None)
