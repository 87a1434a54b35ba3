"""Does a model implement another one? Its initial states and steps, mapped to those of the other model, are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import Condition, classes_of, conditions_of
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.steps import Behaviours
from assay.checker.engine.trace import execute
from assay.checker.errors import InternalError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.introspection.specification import Method, meaning_of
from assay.checker.properties.lassos import ExecutedLasso
from assay.checker.properties.liveness import lasso_trace
from assay.checker.properties.result import PropertyResult
from assay.checker.properties.sight import Sight
from assay.checker.temporal.arena import Arena
from assay.checker.temporal.lassos import find
from assay.checker.temporal.search import Searches
from assay.checker.verdicts import Verdict

__all__ = ["judge_refinements"]

Pairs = npt.NDArray[np.int64]


def judge_refinements(instance: Instance, exploration: Exploration, behaviours: Behaviours) -> Iterator[PropertyResult]:
    """Yield the verdict on each refinement, after a search that explored everything. The instance must be active.

    Raises
    ------
    ModelError
        If the mapping raises, or gives no state of the other model.
    """
    for method in instance.specification.refinements:
        yield _Judge(Sight(instance, method), exploration, behaviours).verdict()


@dataclass(frozen=True, eq=False)
class _Judge:
    sight: Sight
    exploration: Exploration
    behaviours: Behaviours

    @property
    def method(self) -> Method:
        return self.sight.method

    def verdict(self) -> PropertyResult:
        views, seen = self._views()
        found = self._initial_step(views, seen)
        found = found or self._step(views, seen)
        if found is not None:
            return found
        if self.exploration.cut:
            note = "no step inside the state constraint breaks it; steps that leave it were not looked at"
            return PropertyResult(self.method, Verdict.UNKNOWN, note=note)
        return self._unfair(views, seen) or PropertyResult(self.method, meaning_of(self.method).unfired)

    def _views(self) -> tuple[list[Frozen], npt.NDArray[np.int64]]:
        """Return the other model's states, and to which of them each state is mapped.

        The mapping is evaluated once for all states that agree in the variables that it reads.
        """
        reads: frozenset[str] = frozenset()
        while True:
            firsts, groups = self.behaviours.grouped(reads)
            numbers: dict[Frozen, int] = {}
            of_group = np.zeros(len(firsts), np.int64)
            for group, first in enumerate(firsts.tolist()):
                view, read = self.sight.view(self.behaviours.decode(first))
                if not read <= reads:
                    reads |= read
                    break
                of_group[group] = numbers.setdefault(view, len(numbers))
            else:
                return list(numbers), of_group[groups]

    def _initial_step(self, views: Sequence[Frozen], seen: npt.NDArray[np.int64]) -> PropertyResult | None:
        for state in range(self.behaviours.initial):
            if not self.sight.begins(views[seen[state]]):
                return self._violated([state], "it is seen as no initial state")
        return None

    def _step(self, views: Sequence[Frozen], seen: npt.NDArray[np.int64]) -> PropertyResult | None:
        edges, pairs = self._changing(seen)
        _, first = np.unique(pairs[0] * len(views) + pairs[1], return_index=True)
        for position in np.sort(first).tolist():
            before, after = int(pairs[0][position]), int(pairs[1][position])
            if not self.sight.allows(views[before], views[after]):
                edge = int(edges[position])
                whole = self._searches.whole
                source, target = int(whole.sources[edge]), int(self.behaviours.targets[edge])
                path = [*(int(whole.sources[e]) for e in whole.path(source)), source, target]
                return self._violated(path, "no step leads there")
        return None

    def _changing(self, seen: npt.NDArray[np.int64]) -> tuple[Pairs, tuple[Pairs, Pairs]]:
        """Return the steps that change what the other model sees, with both views; the nearest to a start first."""
        sources, targets = self._searches.arena.sources, self.behaviours.targets
        inside = np.flatnonzero(targets < self.behaviours.size)
        before, after = seen[sources[inside]], seen[targets[inside]]
        changing = before != after
        return inside[changing], (before[changing], after[changing])

    @cached_property
    def _searches(self) -> Searches:
        return Searches(self.behaviours, conditions_of(self.behaviours.told_apart))

    def _violated(self, path: Sequence[int], reason: str) -> PropertyResult:
        trace = execute(self.sight.instance, [self.behaviours.decode(state) for state in path])
        implementation = self.sight.implementation(trace, reason)
        if not implementation.attempts and len(path) > 1 and implementation.refused is None:
            raise InternalError(f"{self.method.name} was found violated by a step that the other model allows")
        return PropertyResult(self.method, meaning_of(self.method).fired, trace, implementation=implementation)

    # Liveness of the other model

    def _unfair(self, views: Sequence[Frozen], seen: npt.NDArray[np.int64]) -> PropertyResult | None:
        """Return a fair behaviour that the other model sees as an unfair one, if there is any."""
        with self.sight.abstract_instance.active():
            told_apart = classes_of(self.sight.abstract_instance)
            conditions = conditions_of(told_apart)
        for condition in conditions:
            enabled, taking = self._of_condition(condition, views)
            found = self._without(condition, enabled[seen], taking, seen, len(views))
            if found is not None:
                return found
        return None

    def _of_condition(
        self, condition: Condition, views: Sequence[Frozen]
    ) -> tuple[npt.NDArray[np.bool_], set[tuple[int, int]]]:
        """Return which views enable a condition, and the steps between views that fulfil it."""
        numbers = {view: number for number, view in enumerate(views)}
        enabled, taking = np.zeros(len(views), np.bool_), set()
        with self.sight.abstract_instance.active():
            told_apart = classes_of(self.sight.abstract_instance)
            for number, view in enumerate(views):
                for call, after in self.sight.successors(view):
                    if after != view and condition.classes[told_apart.number(call)]:
                        enabled[number] = True
                        taking.add((number, numbers.get(after, -1)))
        return enabled, taking

    def _without(
        self,
        condition: Condition,
        enabled: npt.NDArray[np.bool_],
        taking: set[tuple[int, int]],
        seen: npt.NDArray[np.int64],
        count: int,
    ) -> PropertyResult | None:
        """Return a fair behaviour in which a condition of the other model is broken."""
        searches = self._searches
        arena, whole = searches.arena, searches.whole
        targets = self.behaviours.targets.astype(np.int64)
        inside = np.flatnonzero(targets < self.behaviours.size)
        keys = seen[arena.sources[inside]] * count + seen[targets[inside]]
        fulfils = np.isin(keys, np.array([before * count + after for before, after in taking], np.int64))
        targets[inside[fulfils]] = self.behaviours.size
        rows = replace(arena.rows, targets=targets)
        visits = [enabled] if condition.is_strong else []
        left = Arena(rows, arena.classes, arena.resting, arena.conditions, arena.enabled, visits)
        mask = np.ones(len(seen), np.bool_) if condition.is_strong else enabled
        found = find(left, replace(whole, distance=np.where(mask, whole.distance, -1)))
        if found is None:
            return None
        trace = lasso_trace(self.sight.instance, self.behaviours, searches.lasso(found, []))
        flaw, broken = ExecutedLasso(trace).flaw(), ExecutedLasso(trace).broken()
        if flaw is not None or broken is not None:
            raise InternalError(f"the lasso found for {self.method.name} is no fair behaviour: {flaw or broken}")
        implementation = self.sight.implementation(trace, "the loop is seen as one that is not fair")
        return PropertyResult(
            self.method,
            meaning_of(self.method).fired,
            trace,
            fulfilments=ExecutedLasso(trace).fulfilments(),
            implementation=replace(implementation, unfair=self.sight.demand_unfair(implementation.trace)),
        )
