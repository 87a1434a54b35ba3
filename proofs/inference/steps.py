"""Steps that were met on the way: each refutes at once that a candidate is preserved, without the solver."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
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

    def refute(self, formula: Term, hypotheses: Iterable[Term]) -> bool:
        """Return whether some step from where a formula and the hypotheses are true leads to where it is not."""
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
    before = before.only(broken)
    inside = np.ones(before.states, np.bool_)
    for hypothesis in hypotheses:
        inside = inside & holds(hypothesis, before)
    return bool(inside.any())
