"""What must be proved with the lemmas: each obligation without them, and whether it holds with some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.induction.deciding import GOAL_FIRST
from assay.proofs.induction.obligations import Obligation, consecution, definedness, initiation, step_obligations
from assay.proofs.induction.small import find_small
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, Term
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Answer", "Goals"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a query: proved, a state in which it fails, or neither in time."""

    proved: bool
    structure: Structure | None = None


@dataclass
class Goals:
    """The obligations of a problem, as queries to which the lemmas of the moment are added.

    Attributes
    ----------
    problem : Problem
        The model.
    patience : float
        Seconds for a query; a small state in which it fails may take four times as many.
    asked : int
        How many queries were put to the solver.
    """

    problem: Problem
    patience: float = 5.0
    asked: int = 0
    _of: dict[Predicate, tuple[Obligation, ...]] = field(default_factory=dict)
    _z3: Z3 = field(default_factory=Z3)

    @cached_property
    def claimed(self) -> list[Predicate]:
        """What the model claims of its states."""
        return [*self.problem.invariants, *self.problem.definedness]

    def steps(self) -> list[Obligation]:
        """Return what is claimed of steps, and that nothing raises in the middle of one."""
        plain = (p for p in self.problem.steps if p.kind is not Kind.REFINEMENT)
        found = [o for p in (*plain, *self.problem.step_definedness) for o in step_obligations(self.problem, p, ())]
        return [*found, *(o for o in definedness(self.problem, ()) if o.claim.transition in self.problem.transitions)]

    def initial(self, predicate: Predicate) -> Iterator[Obligation]:
        """Yield the claims that a predicate is true initially."""
        return initiation(self.problem, predicate)

    def preserved(self, predicate: Predicate) -> tuple[Obligation, ...]:
        """Return the claims that a predicate is preserved, without any hypothesis but itself."""
        if predicate not in self._of:
            self._of[predicate] = tuple(consecution(self.problem, predicate, [predicate]))
        return self._of[predicate]

    def answer(self, obligation: Obligation, hypotheses: Sequence[Term], *, example: bool = True) -> Answer:
        """Ask whether an obligation holds where hypotheses are true; if not, for a small state in which it fails."""
        query = (*self.problem.assumptions, *dict.fromkeys((*hypotheses, *obligation.query)))
        self.asked += 1
        solver = self._z3.again(**GOAL_FIRST)
        solver.declare(query)
        solver.add(query)
        if solver.check(self.patience) == "unsat":
            return Answer(True)
        return Answer(False, self._example(query, obligation) if example else None)

    def used(self, obligation: Obligation, hypotheses: Sequence[Term]) -> list[Term]:
        """Return hypotheses that are enough for an obligation that holds with all of them; all, where that is open."""
        own = (*self.problem.assumptions, *obligation.query)
        others = [formula for formula in hypotheses if formula not in own]
        solver = self._z3.again(**GOAL_FIRST)
        solver.declare((*own, *others))
        solver.add(own)
        solver.add_named(others)
        self.asked += 1
        enough = solver.core() if solver.check(self.patience) == "unsat" else range(len(others))
        return [others[number] for number in enough]

    def _example(self, query: Sequence[Term], obligation: Obligation) -> Structure | None:
        theory = self.problem.theory
        relations = [s for s in theory.state_symbols if s.result is BOOL]
        transition = obligation.claim.transition
        constants = () if transition is None else transition.constants
        needed = (*constants, *theory.structure_symbols, *theory.state_symbols)
        return find_small(query, relations, needed, 4 * self.patience, numbers(theory))
