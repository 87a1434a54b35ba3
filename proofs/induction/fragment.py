"""In which fragment of logic the queries of some obligations are, and what brings them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assay.checker.immutable import immutable
from assay.proofs.encoding.problem import Problem
from assay.proofs.induction.obligations import Claim, Obligation
from assay.proofs.logic.abstraction import Abstraction
from assay.proofs.logic.cardinalities import counted_in
from assay.proofs.logic.epr import Alternation, alternations, cycle, described, functions_on_cycles
from assay.proofs.logic.expansion import written_out
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.terms import Sort, Symbol, Term

__all__ = ["Fragment", "ordered_sorts"]


@immutable
class _Denial:
    """The formula that denies a claim."""

    claim: Claim

    def __str__(self) -> str:
        return f"the denial of {self.claim.name}"


@dataclass(eq=False)
class Fragment:
    """What is known about the alternations of sorts in the queries of some obligations.

    Attributes
    ----------
    problem : Problem
        The model.
    obligations : sequence of Obligation
        The obligations; guards, and those that are obviously true, do not count.
    """

    problem: Problem
    obligations: Sequence[Obligation] = ()
    _known_edges: dict[Term, list[Alternation]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def abstraction(self) -> Abstraction | None:
        """The relations that replace functions in a cycle of sorts; None if there are none."""
        functions = functions_on_cycles(alternations(self._named))
        return Abstraction(functions, ordered_sorts(self.problem)) if functions else None

    def prepare(self) -> None:
        """Compute what all queries need, before the processes that ask them are forked."""
        if self.abstraction is not None:
            self.abstraction.query(self.problem.assumptions)

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

    def written_out(self, obligation: Obligation) -> tuple[Term, ...]:
        """Return the whole query of an obligation with its quantifiers written out over the sorts of stated sizes."""
        return written_out(self.query(obligation, abstract=False), self._sizes)

    @cached_property
    def _sizes(self) -> dict[Sort, int]:
        """The stated sizes of sorts."""
        theory = self.problem.theory
        return {sort: size for sort in theory.sorts if (size := theory.size(sort)) is not None}

    def cycle_in(self, obligation: Obligation) -> tuple[str, ...]:
        """Return a cycle of sorts in the query of one obligation, in words."""
        if counted_in(obligation.query):
            return ("sizes of sets are numbers",)
        edges: list[Alternation] = []
        for formula in (*self.problem.assumptions, *obligation.query):
            edges += self._edges(self._name(formula, obligation, "the denial"), formula)
        return described(cycle(edges))

    @cached_property
    def _named(self) -> list[tuple[object, Term]]:
        """Every formula that is asked about, once, after what its text calls it."""
        found: dict[Term, object] = {formula: name for name, formula in self.problem.axioms}
        for obligation in self.obligations:
            if obligation.claim.kind.is_guard or obligation.on_sight:
                continue
            denial = _Denial(obligation.claim)
            for formula in obligation.query:
                found.setdefault(formula, self._name(formula, obligation, denial))
        return [(name, formula) for formula, name in found.items()]

    def _name(self, formula: Term, obligation: Obligation, denial: object) -> object:
        transition = obligation.claim.transition
        if transition is not None and formula is transition.guard:
            return f"the guard of {transition.name}"
        return self._names.get(formula, denial)

    @cached_property
    def _names(self) -> dict[Term, str]:
        problem = self.problem
        predicates = (*problem.invariants, *problem.steps, *problem.constraints)
        return {**{p.formula: p.name for p in predicates}, **{formula: name for name, formula in problem.axioms}}

    def _edges(self, name: object, formula: Term) -> list[Alternation]:
        found = self._known_edges.get(formula)
        if found is None:
            asked = formula if self.abstraction is None else self.abstraction.formula(formula)
            found = self._known_edges[formula] = alternations([(name, asked)])
        return found


def ordered_sorts(problem: Problem) -> list[Sort]:
    """Return the sorts whose order the axioms speak of."""
    said = frozenset[Symbol]().union(*(formula.symbols for _, formula in problem.axioms))
    return [sort for sort in problem.theory.sorts if order_of(sort) in said]
