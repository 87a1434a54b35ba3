"""In which fragment of logic the queries of some obligations are, and what brings them there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from assay.proofs.encoding.problem import Problem
from assay.proofs.induction.obligations import Obligation
from assay.proofs.logic.abstraction import Abstraction
from assay.proofs.logic.cardinalities import counted_in
from assay.proofs.logic.epr import Alternation, alternations, cycle, described, functions_on_cycles
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.terms import Sort, Symbol, Term

__all__ = ["Fragment", "ordered_sorts"]


class Fragment:
    """What is known about the alternations of sorts in the queries of some obligations.

    Parameters
    ----------
    problem : Problem
        The model.
    obligations : sequence of Obligation
        The obligations; guards, and those that are obviously true, do not count.
    """

    def __init__(self, problem: Problem, obligations: Sequence[Obligation] = ()) -> None:
        self.problem = problem
        self._asked = [o for o in obligations if not o.claim.kind.is_guard and not o.on_sight]
        self._known_edges: dict[Term, list[Alternation]] = {}

    @cached_property
    def abstraction(self) -> Abstraction | None:
        """The relations that replace functions in a cycle of sorts; None if there are none."""
        functions = functions_on_cycles(alternations(self._named))
        return Abstraction(functions, ordered_sorts(self.problem)) if functions else None

    @cached_property
    def cycle(self) -> tuple[str, ...]:
        """A cycle of sorts that remains after the abstraction, in words; empty if everything is in EPR."""
        named = self._named
        counted = next((name for name, formula in named if counted_in([formula])), None)
        if counted is not None:
            return (f"sizes of sets are numbers, in {counted}",)
        if self.abstraction is not None:
            named = [(name, self.abstraction.formula(term)) for name, term in named]
        return described(cycle(alternations(named)))

    def query(self, obligation: Obligation, *, abstract: bool) -> tuple[Term, ...]:
        """Return the whole query of an obligation as the solver gets it, with relations for functions or without."""
        query = (*self.problem.assumptions, *obligation.query)
        return self.abstraction.query(query) if abstract and self.abstraction is not None else query

    def cycle_in(self, obligation: Obligation) -> tuple[str, ...]:
        """Return a cycle of sorts in the query of one obligation, in words."""
        if counted_in(obligation.query):
            return ("sizes of sets are numbers",)
        edges: list[Alternation] = []
        for formula in (*self.problem.assumptions, *obligation.query):
            edges += self._edges(self._name(formula, obligation, "the denial"), formula)
        return described(cycle(edges))

    @cached_property
    def _named(self) -> list[tuple[str, Term]]:
        """Every formula that is asked about, once, with a name for it."""
        found: dict[Term, str] = {formula: name for name, formula in self.problem.axioms}
        for obligation in self._asked:
            for formula in obligation.query:
                denied = f"the denial of {obligation.claim.name}"
                found.setdefault(formula, self._name(formula, obligation, denied))
        return [(name, formula) for formula, name in found.items()]

    def _name(self, formula: Term, obligation: Obligation, denied: str) -> str:
        transition = obligation.claim.transition
        if transition is not None and formula is transition.guard:
            return f"the guard of {transition.name}"
        return self._names.get(formula, denied)

    @cached_property
    def _names(self) -> dict[Term, str]:
        problem = self.problem
        predicates = (*problem.invariants, *problem.steps, *problem.constraints)
        return {**{p.formula: p.name for p in predicates}, **{formula: name for name, formula in problem.axioms}}

    def _edges(self, name: str, formula: Term) -> list[Alternation]:
        found = self._known_edges.get(formula)
        if found is None:
            asked = formula if self.abstraction is None else self.abstraction.formula(formula)
            found = self._known_edges[formula] = alternations([(name, asked)])
        return found


def ordered_sorts(problem: Problem) -> list[Sort]:
    """Return the sorts whose order the axioms speak of."""
    said = frozenset[Symbol]().union(*(formula.symbols for _, formula in problem.axioms))
    return [sort for sort in problem.theory.sorts if order_of(sort) in said]
