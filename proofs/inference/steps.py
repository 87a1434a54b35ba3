"""Recorded steps, which refute that a candidate is preserved without asking the solver."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.grounding import Step
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.terms import Sort, Term

__all__ = ["Steps"]


class Steps:
    """Steps out of small structures that satisfied all hypotheses when they were found, by the sizes of these."""

    def __init__(self) -> None:
        self._steps: dict[tuple[tuple[Sort, int], ...], list[Step]] = {}
        self._joined: dict[tuple[tuple[Sort, int], ...], tuple[World, World]] = {}

    def add(self, step: Step) -> None:
        """Note a step."""
        sizes = tuple(step.before.sizes.items())
        self._steps.setdefault(sizes, []).append(step)
        self._joined.pop(sizes, None)

    def within(self, hypotheses: Iterable[Term]) -> list[tuple[World, World]]:
        """Return the states before and after the steps out of where hypotheses are true, by the sizes of these."""
        hypotheses = list(hypotheses)
        return [(b.only(w), a.only(w)) for b, a in map(self._both, self._steps) if len(w := _inside(hypotheses, b))]

    def refute(self, formula: Term, hypotheses: Iterable[Term]) -> bool:
        """Return whether some recorded step from a state satisfying the formula and hypotheses violates the formula."""
        hypotheses = list(hypotheses)
        return any(_refuted(formula, hypotheses, *self._both(sizes)) for sizes in self._steps)

    def _both(self, sizes: tuple[tuple[Sort, int], ...]) -> tuple[World, World]:
        if sizes not in self._joined:
            steps = self._steps[sizes]
            before, after = [of_structure(s.before) for s in steps], [of_structure(s.after) for s in steps]
            self._joined[sizes] = together(before), together(after)
        return self._joined[sizes]


def _refuted(formula: Term, hypotheses: Iterable[Term], before: World, after: World) -> bool:
    broken = np.flatnonzero(holds(formula, before) & ~holds(formula, after))
    if not len(broken):
        return False
    return bool(len(_inside(hypotheses, before.only(broken))))


def _inside(hypotheses: Iterable[Term], states: World) -> npt.NDArray[np.intp]:
    """Return the numbers of the states in which hypotheses are true."""
    inside = np.ones(states.states, np.bool_)
    for hypothesis in hypotheses:
        inside = inside & holds(hypothesis, states)
    return np.flatnonzero(inside)
