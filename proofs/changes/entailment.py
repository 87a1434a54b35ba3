"""Decide whether a statement about states or steps of a model follows from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.kinds import Kind
from assay.proofs.encoding.problem import Predicate, Problem, translated
from assay.proofs.encoding.symbols.theory import primed
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation
from assay.proofs.logic.answers import SolverFailure
from assay.proofs.logic.binders import Definition, replace_symbols
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.terms import Symbol, Term, variable

__all__ = ["EntailmentChecker", "UntranslatableError"]


class UntranslatableError(Exception):
    """A statement that has no formula; the message says why."""


@dataclass(frozen=True)
class EntailmentChecker:
    """The states of one model in which statements are compared, for instances of any size or of one.

    Attributes
    ----------
    problem : Problem
        The model as formulas.
    assumed : tuple of Term
        Further assumptions about its instances.
    seconds : float
        The time for each question.
    """

    problem: Problem
    assumed: tuple[Term, ...] = ()
    seconds: float = 5.0

    @property
    def where(self) -> str:
        """The instances for which an answer holds, in words; empty if for all."""
        instance = self.problem.theory.instance
        return "" if instance is None else f" for {_sizes(instance)}"

    def formula(self, ir: PredicateIR, kind: Kind | None = None) -> Predicate:
        """Return the formula of a statement.

        Raises
        ------
        UntranslatableError
            If it has none.
        """
        known = len(self.problem.unencodable)
        try:
            make = partial(translated, self.problem.theory, ir if kind is None else replace(ir, kind=kind))
            found = self.problem.attempt(ir.name, make, ir.location)
        except ModelError as error:
            raise UntranslatableError(str(error)) from None
        if found is None:
            raise UntranslatableError(str(self.problem.unencodable[known]))
        return found

    def follows(self, claim: Predicate, premises: Sequence[Predicate]) -> bool | None:
        """Return whether a statement follows from others, in every state or step within bounds.

        A statement includes that evaluating it never raises. None means that it was not decided.
        """
        denied = negation(conjunction((claim.goal, *_never(claim))))
        known = [term for premise in premises for term in (premise.formula, *_never(premise))]
        query = (*self.assumed, *self._bounds(claim.kind.is_about_steps), *known, denied)
        return self._decided(Obligation(Claim(ClaimKind.IMPLIED, claim), query), claim)

    def _decided(self, obligation: Obligation, claim: Predicate) -> bool | None:
        fragment = Fragment(self.problem, [obligation])
        decider = Decider(self.problem, fragment)
        try:
            if decider.decide(obligation, self.seconds / 2).proved:
                return True
            # Counterexamples are searched for separately, smallest first, which often succeeds where Z3 gives up.
            witness = Obligation(Claim(ClaimKind.CONTENT, claim), obligation.query)
            found = decider.decide(witness, self.seconds / 2).proved
        except SolverFailure:
            return None
        if found and self.problem.theory.inside:
            return None  # the structure may lack a container that the code would construct
        return None if found is None else not found

    def _bounds(self, is_about_steps: bool) -> Iterator[Term]:
        for predicate in self.problem.bounds:
            yield predicate.formula
            if is_about_steps:
                yield self.afterwards(predicate).formula

    def afterwards(self, predicate: Predicate) -> Predicate:
        """Return a statement about states as one about the state after a step."""
        definitions = dict(self._primed())
        failures = tuple(
            replace(failure, condition=replace_symbols(failure.condition, definitions))
            for failure in predicate.failures
        )
        denied = None if predicate.denied is None else replace_symbols(predicate.denied, definitions)
        formula = replace_symbols(predicate.formula, definitions)
        return replace(predicate, formula=formula, denied=denied, failures=failures)

    def _primed(self) -> Iterator[tuple[Symbol, Definition]]:
        for symbol in self.problem.theory.state_symbols:
            formals = tuple(variable(sort) for sort in symbol.arguments)
            yield symbol, Definition(formals, primed(symbol)(*formals))


def _never(predicate: Predicate) -> Iterator[Term]:
    """Yield that evaluating a statement does not raise."""
    return (negation(failure.condition) for failure in predicate.failures)


def _sizes(instance: Instance) -> str:
    return " ".join(f"{name}={value}" for name, value in instance.settings().items())
