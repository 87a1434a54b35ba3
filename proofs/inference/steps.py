"""Steps that were met on the way: each refutes at once that a candidate is preserved, without the solver."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from assay.proofs.encoding.execution import Transition
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["Steps"]


class Steps:
    """Steps out of small structures, all of the same sizes, that satisfied all hypotheses when they were found."""

    def __init__(self) -> None:
        self._before: list[World] = []
        self._after: list[World] = []
        self._joined: tuple[World, World] | None = None

    def add(self, before: Structure, transition: Transition) -> None:
        """Note a step."""
        self._before.append(of_structure(before))
        self._after.append(of_structure(before.after(transition.definitions)))
        self._joined = None

    def refute(self, formula: Term, hypotheses: Iterable[Term]) -> bool:
        """Return whether some step from where a formula and the hypotheses are true leads to where it is not."""
        if not self._before:
            return False
        before, after = self._both()
        broken = holds(formula, before) & ~holds(formula, after)
        if not broken.any():
            return False
        before = before.only(np.flatnonzero(broken))
        inside = np.ones(before.states, np.bool_)
        for hypothesis in hypotheses:
            inside = inside & holds(hypothesis, before)
        return bool(inside.any())

    def _both(self) -> tuple[World, World]:
        if self._joined is None:
            self._joined = together(self._before), together(self._after)
        return self._joined
