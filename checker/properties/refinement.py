"""Judge refinements: map initial states and steps to the abstract model, and check that it allows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from time import perf_counter

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import FairnessCondition, classes_of, conditions_of
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.limits import Limits
from assay.checker.engine.steps import Behaviours
from assay.checker.engine.trace import execute
from assay.checker.engine.views import Mask, Numbers, Views
from assay.checker.errors import InternalError, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.specification import Method, semantics_of
from assay.checker.properties.lassos import ExecutedLasso
from assay.checker.properties.liveness import lasso_trace
from assay.checker.properties.refinement_mapping import RefinementMapping
from assay.checker.properties.result import PropertyResult
from assay.checker.properties.views import ManyViews, interpreted_views
from assay.checker.temporal.arena import Arena
from assay.checker.temporal.lassos import find
from assay.checker.temporal.search import Searches
from assay.checker.verdicts import Verdict

__all__ = ["judge_refinements"]

FEW = 1000
"""Up to this many states, the interpreter evaluates the mapping: compiling it would take longer."""

_CHUNK = 1 << 24
"""Steps whose views are compared at once: the temporary arrays take some forty bytes a step."""


class _NoTimeLeft(Exception):
    """The time limit was reached while the models' own code ran."""


def judge_refinements(
    instance: Instance,
    exploration: Exploration,
    behaviours: Behaviours,
    limits: Limits = Limits(),  # noqa: B008
    *,
    few: int | None = None,
) -> Iterator[PropertyResult]:
    """Yield the verdict on each refinement, after an exhaustive search. The instance must be active.

    Parameters
    ----------
    instance : Instance
        The instance.
    exploration : Exploration
        An exhaustive one.
    behaviours : Behaviours
        Its states and steps.
    limits : Limits
        Where to stop.
    few : int, optional
        The number of states up to which the interpreter evaluates the mapping; by default `FEW`.

    Raises
    ------
    ModelError
        If the mapping raises, or returns something other than a state of the abstract model.
    """
    started = perf_counter() - exploration.seconds

    def pulse() -> None:
        if limits.seconds is not None and perf_counter() - started > limits.seconds:
            raise _NoTimeLeft

    for method in instance.specification.refinements:
        left = limits.after(perf_counter() - started)
        mapping = RefinementMapping(instance, method, pulse)
        judge = _Judge(mapping, exploration, behaviours, left, FEW if few is None else few)
        try:
            yield judge.verdict()
        except _NoTimeLeft:
            yield PropertyResult(method, Verdict.UNKNOWN, note="no time was left to look at what is seen of the steps")


@immutable(eq=False)
class _Judge:
    mapping: RefinementMapping
    exploration: Exploration
    behaviours: Behaviours
    limits: Limits
    few: int

    @property
    def method(self) -> Method:
        return self.mapping.method

    def verdict(self) -> PropertyResult:
        views = self._views()
        found = self._initial_step(views)
        found = found or self._step(views)
        if found is not None:
            return found
        if self.exploration.cut:
            note = "no step inside the state constraint breaks it; steps that leave it were not looked at"
            return PropertyResult(self.method, Verdict.UNKNOWN, note=note)
        return self._unfair(views) or PropertyResult(self.method, semantics_of(self.method).unfired)

    def _views(self) -> Views:
        """Return the views of all states, computed natively if there are many and both models can be compiled."""
        natively = self.behaviours.views
        try:
            return interpreted_views(self.mapping, self.behaviours, None if natively is None else self.few)
        except ManyViews:
            assert natively is not None
        abstract, decode = self.mapping.abstract_instance, self.behaviours.decode
        try:
            return natively(abstract, self.method, lambda state: self.mapping.view(decode(state))[0], self.limits)
        except ModelError:  # Unsupported where there is no machine code; else the interpreter will say what is wrong
            return interpreted_views(self.mapping, self.behaviours)

    def _initial_step(self, views: Views) -> PropertyResult | None:
        for state, view in enumerate(views.numbers[: self.behaviours.initial].tolist()):
            if not self.mapping.is_initial(views.decode(view)):
                return self._violated([state], "it maps to no initial state")
        return None

    def _step(self, views: Views) -> PropertyResult | None:
        edges, pairs = self._changing(views)
        refused = views.first_refused(pairs // views.size, pairs % views.size)
        if refused is None:
            return None
        edge, whole = int(edges[refused]), self._searches.whole
        source, target = int(whole.sources[edge]), int(self.behaviours.targets[edge])
        path = [*(int(whole.sources[e]) for e in whole.path(source)), source, target]
        return self._violated(path, "no step leads there")

    def _changing(self, views: Views) -> tuple[Numbers, Numbers]:
        """Return the first step that maps to each distinct pair of different views, and the pairs, nearest step first.

        A pair is the number ``before * size + after``.
        """
        edges, pairs = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for chunk in self._chunks():
            inside = np.flatnonzero(self.behaviours.targets[chunk] < self.behaviours.size)
            before, after = self._ends(views, chunk)
            before, after = before[inside], after[inside]
            changing = before != after
            edges = np.concatenate([edges, chunk.start + inside[changing]])
            pairs = np.concatenate([pairs, before[changing] * views.size + after[changing]])
            pairs, first = np.unique(pairs, return_index=True)
            edges = edges[first]
        order = np.argsort(edges)
        return edges[order], pairs[order]

    def _chunks(self) -> Iterator[slice]:
        count = len(self.behaviours.targets)
        return (slice(first, min(first + _CHUNK, count)) for first in range(0, count, _CHUNK))

    def _ends(self, views: Views, chunk: slice) -> tuple[Numbers, Numbers]:
        """Return the views before and after some steps; after a step to the outside, the view is arbitrary."""
        seen, last = views.numbers, self.behaviours.size - 1
        sources = self._searches.arena.sources[chunk]
        return seen[sources], seen[np.minimum(self.behaviours.targets[chunk], last)]

    @cached_property
    def _searches(self) -> Searches:
        return Searches(self.behaviours, conditions_of(self.behaviours.told_apart))

    def _violated(self, path: Sequence[int], reason: str) -> PropertyResult:
        trace = execute(self.mapping.instance, [self.behaviours.decode(state) for state in path])
        implementation = self.mapping.implementation(trace, reason)
        if not implementation.attempts and len(path) > 1 and implementation.refused is None:
            raise InternalError(f"{self.method.name} was found violated by a step that the other model allows")
        return PropertyResult(self.method, semantics_of(self.method).fired, trace, implementation=implementation)

    # Liveness of the other model

    def _unfair(self, views: Views) -> PropertyResult | None:
        """Return the verdict for a fair behaviour whose mapped behaviour is unfair, or None if there is none."""
        with self.mapping.abstract_instance.active():
            conditions = conditions_of(classes_of(self.mapping.abstract_instance))
        for condition, (enabled, taken) in zip(conditions, views.enabling(conditions), strict=True):
            found = self._without(condition, enabled[views.numbers], taken, views)
            if found is not None:
                return found
        return None

    def _without(
        self, condition: FairnessCondition, enabled: Mask, taken: Numbers, views: Views
    ) -> PropertyResult | None:
        """Return the verdict for a fair behaviour that breaks one condition of the abstract model, or None."""
        searches = self._searches
        arena, whole = searches.arena, searches.whole
        rows = replace(arena.rows, targets=self._targets_without(taken, views))
        visits = [enabled] if condition.is_strong else []
        left = Arena(rows, arena.classes, arena.resting, arena.conditions, arena.enabled, visits)
        mask = np.ones(len(enabled), np.bool_) if condition.is_strong else enabled
        found = find(left, replace(whole, distance=np.where(mask, whole.distance, -1)))
        if found is None:
            return None
        trace = lasso_trace(self.mapping.instance, self.behaviours, searches.lasso(found, []))
        flaw, broken = ExecutedLasso(trace).flaw(), ExecutedLasso(trace).broken()
        if flaw is not None or broken is not None:
            raise InternalError(f"the lasso found for {self.method.name} is no fair behaviour: {flaw or broken}")
        implementation = self.mapping.implementation(trace, "the loop maps to one that is not fair")
        return PropertyResult(
            self.method,
            semantics_of(self.method).fired,
            trace,
            fulfilments=ExecutedLasso(trace).fulfilments(),
            implementation=replace(implementation, unfair=self.mapping.demand_unfair(implementation.trace)),
        )

    def _targets_without(self, taken: Numbers, views: Views) -> npt.NDArray[np.int64] | npt.NDArray[np.uint32]:
        """Return the steps' targets, where steps that map to one of some pairs are made to lead outside."""
        targets = self.behaviours.targets.copy()
        for chunk in self._chunks():
            before, after = self._ends(views, chunk)
            targets[chunk][np.isin(before * views.size + after, taken)] = self.behaviours.size
        return targets
