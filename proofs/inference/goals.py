"""The obligations of a proof, as queries that take the current lemmas as hypotheses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from assay.checker.errors import Unsupported
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import (
    ClaimKind,
    Obligation,
    consecution,
    definedness,
    initiation,
    step_obligations,
)
from assay.proofs.induction.strategies import GOAL_FIRST
from assay.proofs.inference.grounding import Grounding, Step
from assay.proofs.inference.steps import Steps
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Sort, Term
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Answer", "Goals"]

T = TypeVar("T")

EFFORT = 3_000_000
"""What the solver may spend on a question that is asked often: about half a second, but in its own units, so that the
answer does not depend on how busy the machine is."""

SIZES = ((2, 3), (3, 3), (3, 4))
"""The sizes of small structures, smallest first: the number of elements of each unordered sort, and of each order."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer to a query: proved, a counterexample, or unknown."""

    proved: bool
    structure: Structure | None = None


@dataclass
class Goals:
    """The obligations of a problem; each query adds the current lemmas.

    Attributes
    ----------
    problem : Problem
        The model.
    patience : float
        Seconds of processor time per query, including the search for a small counterexample.
    left : callable
        Returns the seconds that are left for the whole search: a query gets no more.
    searched : int
        How many of the small sizes to search for steps that break a candidate. The larger ones are expensive and often
        tell nothing that the smallest do not, so they are searched only once one of them has told something.
    asked : int
        Number of solver queries.
    steps_met : Steps
        Steps that refuted preservation obligations, tried again before the solver is asked.
    """

    problem: Problem
    patience: float = 15.0
    left: Callable[[], float] = lambda: math.inf
    searched: int = 1
    asked: int = 0
    steps_met: Steps = field(default_factory=Steps)
    _of: dict[Predicate, tuple[Obligation, ...]] = field(default_factory=dict)
    _made: list[Grounding | None] = field(default_factory=list)
    _z3: Z3 = field(default_factory=Z3)

    @cached_property
    def claimed(self) -> list[Predicate]:
        """The model's invariants."""
        return [*self.problem.invariants, *self.problem.definedness]

    def steps(self) -> list[Obligation]:
        """Return the obligations about steps: action properties, and that no step raises."""
        plain = (p for p in self.problem.steps if p.kind is not Kind.REFINEMENT)
        found = [o for p in (*plain, *self.problem.step_definedness) for o in step_obligations(self.problem, p, ())]
        return [*found, *(o for o in definedness(self.problem, ()) if o.claim.transition in self.problem.transitions)]

    def initial(self, predicate: Predicate) -> Iterator[Obligation]:
        """Yield the obligations that a predicate holds initially."""
        return initiation(self.problem, predicate)

    def preserved(self, predicate: Predicate) -> tuple[Obligation, ...]:
        """Return the obligations that a predicate is preserved, with no hypothesis but itself."""
        if predicate not in self._of:
            self._of[predicate] = tuple(consecution(self.problem, predicate, [predicate]))
        return self._of[predicate]

    # In small structures

    @cached_property
    def _sizes(self) -> list[dict[Sort, int]]:
        plain = [sort for sort in self.problem.theory.sorts if not sort.members]
        return [{s: ordered if s in self._orders else other for s in plain} for other, ordered in SIZES]

    def _in_small(self, ask: Callable[[Grounding], T | None], *, larger: bool) -> T | None:
        """Return the first answer from small structures, smallest first."""
        for number, sizes in enumerate(self._sizes if larger else self._sizes[: self.searched]):
            if number == len(self._made):
                self._made.append(self._grounding(sizes))
            grounding = self._made[number]
            try:
                found = None if grounding is None else ask(grounding)
            except Unsupported:  # outside the propositional fragment: left to Z3
                return None
            if found:
                self.searched = max(self.searched, number + 1)
                return found
        return None

    def _grounding(self, sizes: dict[Sort, int]) -> Grounding | None:
        try:
            return Grounding(self.problem, sizes)
        except Unsupported:
            return None

    def breaking(self, obligation: Obligation, hypotheses: Sequence[Term], *, larger: bool = False) -> Structure | None:
        """Return a small counterexample to induction: the hypotheses hold, and a step violates the goal."""
        step = self.broken_by(obligation, hypotheses, larger=larger)
        return None if step is None else step.before

    def broken_by(self, obligation: Obligation, hypotheses: Sequence[Term], *, larger: bool = False) -> Step | None:
        """Return a small step that violates the goal, out of a state in which the hypotheses hold.

        With ``larger``, it may be in a structure that is too large to be searched for every candidate.
        """
        claim = obligation.claim
        if obligation.on_sight or claim.kind is not ClaimKind.CONSECUTION or not (claim.predicate and claim.transition):
            return None
        known = dict.fromkeys((*hypotheses, claim.predicate.formula))
        goal, transition = claim.predicate.goal, claim.transition
        step = self._in_small(lambda grounding: grounding.breaking(goal, known, transition), larger=larger)
        if step is not None:
            self.steps_met.add(step)
        return step

    def others(self, obligation: Obligation, hypotheses: Sequence[Term], count: int) -> list[Structure]:
        """Return further, diverse counterexamples to induction."""
        claim = obligation.claim
        if claim.kind is not ClaimKind.CONSECUTION or not (claim.predicate and claim.transition):
            return []
        known = dict.fromkeys((*hypotheses, claim.predicate.formula))
        goal, transition = claim.predicate.goal, claim.transition
        found = self._in_small(lambda grounding: grounding.several(goal, known, transition, count), larger=True)
        return found or []

    def enough(
        self, obligation: Obligation, hypotheses: Sequence[Term], *, least: bool = True, larger: bool = False
    ) -> frozenset[Term] | None:
        """Return hypotheses that suffice for an obligation in small structures.

        None if a step out of a small structure breaks what is to be preserved.
        """
        claim = obligation.claim
        if obligation.on_sight or claim.kind is not ClaimKind.CONSECUTION or not (claim.predicate and claim.transition):
            return frozenset()
        known = dict.fromkeys((claim.predicate.formula, *hypotheses))
        goal, transition, used = claim.predicate.goal, claim.transition, set[Term]()

        def ask(grounding: Grounding) -> bool:
            at_hand = [formula for formula in known if formula in used]
            if at_hand and grounding.enough(goal, at_hand, transition, least=False) is not None:
                return False  # what sufficed in smaller structures suffices in these
            found = grounding.enough(goal, known, transition, least=least and not used)
            used.update(found or ())
            return found is None

        return None if self._in_small(ask, larger=larger) else frozenset(used)

    # For any sizes

    def answer(self, obligation: Obligation, hypotheses: Sequence[Term]) -> Answer:
        """Decide whether an obligation follows from hypotheses; if not, find a small counterexample."""
        if obligation.on_sight:
            return Answer(True)
        self.asked += 1
        asked = replace(obligation, query=tuple(dict.fromkeys((*hypotheses, *obligation.query))))
        decision = Decider(self.problem, Fragment(self.problem, [asked])).decide(asked, self._allowed)
        return Answer(decision.proved is True, decision.structure)

    def holds(self, obligation: Obligation, hypotheses: Sequence[Term]) -> bool:
        """Return whether an obligation can quickly be shown to follow from hypotheses."""
        return obligation.on_sight or self._unsatisfiable(self._query(obligation, hypotheses), rlimit=EFFORT)

    def _query(self, obligation: Obligation, hypotheses: Sequence[Term]) -> tuple[Term, ...]:
        return (*self.problem.assumptions, *dict.fromkeys((*hypotheses, *obligation.query)))

    def _unsatisfiable(self, query: Sequence[Term], **options: object) -> bool:
        self.asked += 1
        solver = self._z3.again(**GOAL_FIRST, **options)
        solver.declare(query)
        solver.add(query)
        return solver.check(self._allowed) == "unsat"

    @property
    def _allowed(self) -> float:
        return max(min(self.patience, self.left()), 0.0)

    @cached_property
    def _orders(self) -> frozenset[Sort]:
        return frozenset(sort_of(type_) for type_ in self.problem.theory.orders())
