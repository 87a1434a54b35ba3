"""Recorded steps, which refute that a candidate is preserved without asking the solver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.grounding import Step
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.terms import Sort, Term

__all__ = ["Steps"]

Sizes = tuple[tuple[Sort, int], ...]


class Steps:
    """Steps out of small structures that satisfied all hypotheses when they were found, by the sizes of these."""

    def __init__(self) -> None:
        self._alike: dict[Sizes, _Alike] = {}

    def add(self, step: Step) -> None:
        """Note a step."""
        self._alike.setdefault(tuple(step.before.sizes.items()), _Alike()).fresh.append(step)

    def within(self, hypotheses: Iterable[Term]) -> list[tuple[World, World]]:
        """Return the states before and after the steps that begin where hypotheses are true, grouped by their sizes."""
        hypotheses, found = list(hypotheses), []
        for steps in self._alike.values():
            before, after = steps.worlds()
            where = np.flatnonzero(steps.inside(hypotheses))
            found += [(before.only(where), after.only(where))] if len(where) else []
        return found

    def refute(self, formula: Term, hypotheses: Iterable[Term]) -> bool:
        """Return whether some recorded step from a state satisfying the formula and hypotheses violates the formula."""
        hypotheses = list(hypotheses)
        return any(steps.refute(formula, hypotheses) for steps in self._alike.values())


class _Alike:
    """Steps out of structures of the same sizes.

    Steps keep being added, and the hypotheses are nearly the same each time. So the arrays grow by what is new, and
    each hypothesis is evaluated only once for each step.
    """

    def __init__(self) -> None:
        self.fresh: list[Step] = []
        self._worlds: tuple[World, World] | None = None
        self._true: dict[Term, npt.NDArray[np.bool_]] = {}

    def worlds(self) -> tuple[World, World]:
        """Return the states before and after the steps."""
        if self.fresh:
            known = [[], []] if self._worlds is None else [[world] for world in self._worlds]
            before = [*known[0], *(of_structure(step.before) for step in self.fresh)]
            after = [*known[1], *(of_structure(step.after) for step in self.fresh)]
            self._worlds = together(before), together(after)
            self.fresh = []
        assert self._worlds is not None
        return self._worlds

    def inside(self, hypotheses: Sequence[Term]) -> npt.NDArray[np.bool_]:
        """Return a mask of the steps out of states in which hypotheses are true."""
        before, _ = self.worlds()
        inside = np.ones(before.states, np.bool_)
        for hypothesis in hypotheses:
            inside &= self._truth(hypothesis)
        return inside

    def _truth(self, formula: Term) -> npt.NDArray[np.bool_]:
        before, _ = self.worlds()
        known = self._true.get(formula, np.zeros(0, np.bool_))
        if len(known) < before.states:
            rest = before.only(np.arange(len(known), before.states))
            known = self._true[formula] = np.concatenate([known, holds(formula, rest)])
        return known

    def refute(self, formula: Term, hypotheses: Sequence[Term]) -> bool:
        """Return whether a step out of a state in which all of these are true leads to one where the formula is not."""
        before, after = self.worlds()
        broken = holds(formula, before) & ~holds(formula, after)
        return bool(broken.any()) and bool((broken & self.inside(hypotheses)).any())
