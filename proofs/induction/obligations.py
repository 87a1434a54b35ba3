"""What is to be proved, one query each: unsatisfiable if the claim is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assay.checker.language.model import Kind
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.theory import primed
from assay.proofs.logic.binders import Definition, replace_symbols
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.terms import FALSE, Symbol, Term, variable

__all__ = ["Claim", "Obligation", "consecution", "implied", "initiation", "step_obligations", "vacuity"]
__all__ += ["wholeness"]


class Claim(Enum):
    """What kind of claim an obligation is."""

    INITIATION = "initially"
    CONSECUTION = "preserved"
    IMPLIED = "implied"
    STEP = "step"
    WHOLE = "never fails"
    AXIOMS = "axioms consistent"
    INVARIANTS = "invariants consistent"
    ENABLED = "enabled"
    CONTENT = "not by the axioms alone"


@dataclass(frozen=True)
class Obligation:
    """One claim, as a query.

    Attributes
    ----------
    claim : Claim
        What kind of claim.
    subject : str
        The property; of `ENABLED`, the action.
    transition : Transition, optional
        The step it is about.
    query : tuple of Term
        The formulas that must not be satisfiable together with the axioms; or must be, if ``satisfiable``.
    satisfiable : bool
        Whether the claim is that the query has a model.
    negated : Term, optional
        Of the query, the formula that says that the property is violated.
    """

    claim: Claim
    subject: str
    transition: Transition | None
    query: tuple[Term, ...]
    satisfiable: bool = False
    negated: Term | None = None

    @property
    def action(self) -> str:
        """The name of the action, or nothing."""
        return "" if self.transition is None else self.transition.name

    @property
    def name(self) -> str:
        """The name of the obligation, unique but for cases of one action's parameters."""
        where = f" {self.action}" if self.claim in (Claim.CONSECUTION, Claim.STEP) else ""
        return f"{self.subject}: {self.claim.value}{where}"

    @property
    def trivial(self) -> bool:
        """Whether it holds on sight."""
        return not self.satisfiable and FALSE in self.query


def initiation(problem: Problem, predicate: Predicate) -> Iterator[Obligation]:
    """Yield the claims that a predicate is true in every initial state."""
    for beginning in problem.beginnings:
        after = replace_symbols(predicate.formula, beginning.definitions)
        yield _refuted(Claim.INITIATION, predicate.name, beginning, (), after)


def consecution(problem: Problem, predicate: Predicate) -> Iterator[Obligation]:
    """Yield the claims that a predicate is preserved by each action, if all invariants are true before."""
    hypotheses = tuple(invariant.formula for invariant in problem.invariants)
    for transition in problem.transitions:
        after = replace_symbols(predicate.formula, transition.definitions)
        known = conjunction((*hypotheses, negation(after)))
        if after in hypotheses:
            known = FALSE
        yield _refuted(Claim.CONSECUTION, predicate.name, transition, (known,) if known is FALSE else hypotheses, after)


def step_obligations(problem: Problem, predicate: Predicate) -> Iterator[Obligation]:
    """Yield the claims that each action satisfies a step invariant where all invariants are true."""
    hypotheses = tuple(invariant.formula for invariant in problem.invariants)
    for transition in problem.transitions:
        formula = replace_symbols(predicate.formula, _afterwards(predicate.formula, problem, transition))
        yield _refuted(Claim.STEP, predicate.name, transition, hypotheses, formula)


def _afterwards(formula: Term, problem: Problem, transition: Transition) -> dict[Symbol, Definition]:
    """Return what each primed symbol is in terms of the state before."""
    found = {}
    for symbol in problem.theory.state_symbols:
        if primed(symbol) in formula.symbols:
            formals = tuple(variable(sort) for sort in symbol.arguments)
            unchanged = Definition(formals, symbol(*formals))
            found[primed(symbol)] = transition.definitions.get(symbol, unchanged)
    return found


def wholeness(problem: Problem) -> Iterator[Obligation]:
    """Yield the claims that the model's own code never fails in the middle of an action where all invariants are true.

    What is left open by them: an expression that fails, such as an item beyond the end of a sequence.
    """
    hypotheses = tuple(invariant.formula for invariant in problem.invariants)
    for transition in problem.faulty:
        query = (*hypotheses, transition.failure)
        yield Obligation(Claim.WHOLE, transition.name, transition, query, negated=transition.failure)


def implied(problem: Problem, predicate: Predicate) -> Obligation:
    """Return the claim that the lemmas alone imply a predicate, which then needs no induction of its own."""
    lemmas = tuple(p.formula for p in problem.invariants if p.kind is Kind.LEMMA)
    return _refuted(Claim.IMPLIED, predicate.name, None, lemmas, predicate.formula)


def _refuted(
    claim: Claim, subject: str, transition: Transition | None, hypotheses: tuple[Term, ...], formula: Term
) -> Obligation:
    guard = () if transition is None else (transition.guard,)
    negated = negation(formula)
    query = (*hypotheses, *guard, negated)
    return Obligation(claim, subject, transition, query, negated=negated)


def vacuity(problem: Problem) -> Iterator[Obligation]:
    """Yield the claims that guard against a proof of nothing."""
    invariants = tuple(invariant.formula for invariant in problem.invariants)
    yield Obligation(Claim.AXIOMS, "axioms", None, (), satisfiable=True)
    yield Obligation(Claim.INVARIANTS, "invariants", None, invariants, satisfiable=True)
    for transition in problem.transitions:
        yield Obligation(Claim.ENABLED, transition.name, transition, (*invariants, transition.guard), satisfiable=True)
    for predicate in problem.invariants:
        if predicate.kind is Kind.INVARIANT:
            query = (negation(predicate.formula),)
            yield Obligation(Claim.CONTENT, predicate.name, None, query, satisfiable=True)
