"""Decide entailment between statements, by Z3 or by the structure of temporal formulas."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from assay.checker.changes.statements import Vocabulary, written
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.ir.conditions import Implies
from assay.checker.language.ir.nodes import Expr
from assay.checker.language.ir.program import PredicateIR, TemporalIR
from assay.checker.language.kinds import Kind
from assay.proofs.changes.entailment import EntailmentChecker, UntranslatableError
from assay.proofs.changes.temporal import follows_by_form, with_parameters
from assay.proofs.changes.versions import Said
from assay.proofs.encoding.problem import Predicate

__all__ = ["Questions"]


class Questions:
    """Decides which statements follow from which, in the vocabulary of the new version.

    Parameters
    ----------
    checkers : sequence of EntailmentChecker
        Asked in turn: the first for instances of any size, the next for statements with a formula at one size only.
    seconds : float
        The time for all questions together; later ones stay open.
    clock : callable
        Returns the processor time that was used.
    """

    def __init__(
        self, checkers: Sequence[EntailmentChecker], seconds: float, clock: Callable[[], float] = time.process_time
    ) -> None:
        self.checkers = checkers
        self._vocabulary = Vocabulary.of(compile_model(checkers[0].problem.specification))
        self._clock = clock
        self._until = clock() + seconds
        self._formulas: dict[tuple[int, int], Predicate | str] = {}
        self._kept: list[Said] = []  # keeps the objects alive: else the id of one that is gone could be reused

    def are_the_same(self, one: Said, other: Said) -> bool:
        """Return whether two statements are the same up to local names, layout and comments."""
        return self._written(one) == self._written(other)

    def _written(self, said: Said) -> str:
        same = Kind.INVARIANT if said.kind is Kind.LEMMA else said.kind
        return written(replace(said, kind=same), self._vocabulary)

    def follows(self, goal: Said, premises: Sequence[Said]) -> bool | None:
        """Return whether a statement follows from others; None if that was not decided."""
        if any(self.are_the_same(goal, premise) for premise in premises):
            return True
        if isinstance(goal, TemporalIR):
            return True if any(self._by_form(goal, premise) for premise in premises) else None
        return self._solved(goal, [each for each in premises if isinstance(each, PredicateIR)])

    def why_open(self, goal: Said) -> str:
        """Return why entailment is undecided; empty if the time was too short."""
        if isinstance(goal, TemporalIR):
            return "temporal formulas are compared where they have one form"
        found = [self._formula(number, goal) for number in range(len(self.checkers))]
        reasons = [each for each in found if isinstance(each, str)]
        return reasons[-1] if len(reasons) == len(found) else ""

    def _solved(self, goal: PredicateIR, premises: Sequence[PredicateIR]) -> bool | None:
        for number, checker in enumerate(self.checkers):
            claim = self._formula(number, goal)
            made = [self._formula(number, premise) for premise in premises]
            known = [each for each in made if isinstance(each, Predicate)]
            if isinstance(claim, str) or self._clock() >= self._until:
                continue
            found = checker.follows(claim, known)
            # What follows from some premises follows from all. What does not may follow from those without a formula,
            # so a negative answer counts only if none was left out.
            if found or (found is False and len(known) == len(made)):
                return found
        return None

    def _formula(self, number: int, said: PredicateIR) -> Predicate | str:
        key = (number, id(said))
        if key not in self._formulas:
            self._kept.append(said)
            try:
                self._formulas[key] = self.checkers[number].formula(said)
            except UntranslatableError as error:
                self._formulas[key] = str(error)
        return self._formulas[key]

    def _by_form(self, goal: TemporalIR, premise: Said) -> bool:
        if not isinstance(premise, TemporalIR) or _types(goal) != _types(premise):
            return False
        return follows_by_form(goal.formula, with_parameters(premise, goal.parameters), partial(self._entails, goal))

    def _entails(self, goal: TemporalIR, stronger: Expr, weaker: Expr) -> bool:
        both = Implies(stronger, weaker)
        return bool(self._solved(PredicateIR(goal.name, Kind.INVARIANT, goal.parameters, both, goal.location), ()))


def _types(said: TemporalIR) -> list[object]:
    return [parameter.type for parameter in said.parameters]
