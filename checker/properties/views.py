"""Map explored states to the abstract model with the interpreter, the oracle of the native mapping."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from assay.checker.engine.classes import FairnessCondition, classes_of
from assay.checker.engine.steps import Behaviours
from assay.checker.engine.views import Mask, Numbers
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.properties.refinement_mapping import RefinementMapping

__all__ = ["InterpretedViews", "ManyViews", "interpreted_views"]


class ManyViews(Exception):
    """The mapping would have to be evaluated for more states than the caller allows the interpreter."""


def interpreted_views(mapping: RefinementMapping, behaviours: Behaviours, most: int | None = None) -> InterpretedViews:
    """Return the view of each state: the state of the abstract model that it maps to. The instance must be active.

    The mapping is evaluated once for all states that agree in the variables that it reads.

    Parameters
    ----------
    mapping : RefinementMapping
        The refinement.
    behaviours : Behaviours
        The states.
    most : int, optional
        The most states for which the mapping may be evaluated; by default any number.

    Raises
    ------
    ManyViews
        If there are more.
    ModelError
        If the mapping raises, or returns something other than a state of the abstract model.
    """
    reads: frozenset[str] = frozenset()
    while True:
        firsts, groups = behaviours.grouped(reads)
        if most is not None and len(firsts) > most:
            raise ManyViews
        views: dict[Frozen, int] = {}
        of_group = np.zeros(len(firsts), np.int64)
        for group, first in enumerate(firsts.tolist()):
            view, read = mapping.view(behaviours.decode(first))
            if not read <= reads:
                reads |= read
                break
            of_group[group] = views.setdefault(view, len(views))
        else:
            return InterpretedViews(mapping, list(views), of_group[groups])


class InterpretedViews:
    """The views of a refinement as frozen states; see `assay.checker.engine.views.Views`.

    Parameters
    ----------
    mapping : RefinementMapping
        The refinement.
    views : sequence of frozen states
        The views, each once.
    numbers : int64 array of shape (n,)
        The view of each state.
    """

    def __init__(self, mapping: RefinementMapping, views: Sequence[Frozen], numbers: Numbers) -> None:
        self._mapping, self._views = mapping, views
        self.numbers, self.size = numbers, len(views)

    def decode(self, view: int) -> Frozen:
        """Return a view as a state of the abstract model."""
        return self._views[view]

    def first_refused(self, before: Numbers, after: Numbers) -> int | None:
        """Return the index of the first pair of views that is no step of the abstract model, or None if all are."""
        pairs = zip(before.tolist(), after.tolist(), strict=True)
        allows, views = self._mapping.allows, self._views
        return next((place for place, (v, w) in enumerate(pairs) if not allows(views[v], views[w])), None)

    def enabling(self, conditions: Sequence[FairnessCondition]) -> Sequence[tuple[Mask, Numbers]]:
        """Return, for each condition, the views in which it is enabled, and the pairs of views that take it."""
        return [self._enabling(condition) for condition in conditions]

    def _enabling(self, condition: FairnessCondition) -> tuple[Mask, Numbers]:
        numbers = {view: number for number, view in enumerate(self._views)}
        enabled, taken = np.zeros(self.size, np.bool_), set()
        with self._mapping.abstract_instance.active():
            told_apart = classes_of(self._mapping.abstract_instance)
            for number, view in enumerate(self._views):
                for call, after in self._mapping.successors(view):
                    if after != view and condition.classes[told_apart.number(call)]:
                        enabled[number] = True
                        if after in numbers:
                            taken.add(number * self.size + numbers[after])
        return enabled, np.array(sorted(taken), np.int64)
