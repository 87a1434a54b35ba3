"""The claims about a model, one query each: unsatisfiable if the claim is true, but satisfiable for a guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from assay.checker.immutable import immutable
from assay.checker.language.model import Fires, Kind
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.symbols.theory import primed
from assay.proofs.induction.refinements import on_both_sides, with_own_arguments
from assay.proofs.logic.binders import Definition, replace_symbols
from assay.proofs.logic.connectives import conjunction, disjunction, negation
from assay.proofs.logic.terms import FALSE, Symbol, Term, variable

__all__ = [
    "Claim",
    "ClaimKind",
    "Obligation",
    "consecution",
    "definedness",
    "guards",
    "implied",
    "inductive",
    "initiation",
    "never_enabled",
    "step_obligations",
]

Predicates = Sequence[Predicate]


class ClaimKind(Enum):
    """The kinds of claims; the value is the name in reports.

    Attributes
    ----------
    is_guard : bool
        Whether it guards against a vacuous proof: its query must have a model, that of any other claim none.
    """

    _value_: str
    is_guard: bool

    def __new__(cls, words: str, is_guard: bool = False) -> ClaimKind:
        kind = object.__new__(cls)
        kind._value_, kind.is_guard = words, is_guard
        return kind

    INITIATION = "initially"
    CONSECUTION = "preserved"
    IMPLIED = "implied"
    STEP = "step"
    DEFINED = "defined"
    WITHIN = "within"
    INDUCTIVE = "inductive"
    NEVER = "never enabled"
    AXIOMS = "axioms consistent", True
    HYPOTHESES = "invariants consistent", True
    BEGINS = "initial state exists", True
    ENABLED = "enabled", True
    CONTENT = "not by the axioms alone", True


_SUBJECTS = {
    ClaimKind.AXIOMS: "axioms",
    ClaimKind.HYPOTHESES: "invariants",
    ClaimKind.BEGINS: "model",
}
"""The subject of a claim that is about neither a property nor an action."""


@immutable(eq=False)
class Claim:
    """One claim; claims are identified by their subjects, never by their names.

    Attributes
    ----------
    kind : ClaimKind
        The kind of claim.
    predicate : Predicate, optional
        The property in question.
    transition : Transition, optional
        The step in question, or the way to make an initial state.
    steps : int, optional
        For a bounded search, within how many steps; for an induction over several steps, from how many states.
    is_one_start : bool
        Whether the way to make an initial state is one of several.
    failure : Failure, optional
        If it is that a step never raises, the way in which it might.
    """

    kind: ClaimKind
    predicate: Predicate | None = None
    transition: Transition | None = None
    steps: int | None = None
    is_one_start: bool = False
    failure: Failure | None = None

    @property
    def key(self) -> tuple[ClaimKind, int, int, int, int | None]:
        """The identity of the claim, which is the same if the same claim is made again."""
        return self.kind, id(self.predicate), id(self.transition), id(self.failure), self.steps

    @property
    def subject(self) -> str:
        """The name of its subject: the property, or else the action."""
        if self.predicate is not None:
            return self.predicate.name
        return _SUBJECTS.get(self.kind) or self.action

    @property
    def action(self) -> str:
        """The name of the action, or an empty text."""
        return "" if self.transition is None else self.transition.name

    @property
    def case(self) -> str:
        """Which case of the action's parameters it is about, if they have several; a guard is about all of them."""
        return "" if self.transition is None or self.kind.is_guard else self.transition.case

    @property
    def words(self) -> str:
        """What it says about its subject."""
        if self.kind is ClaimKind.WITHIN:
            return f"within {self.steps} step{'' if self.steps == 1 else 's'}"
        if self.kind is ClaimKind.INDUCTIVE:
            return f"inductive over {self.steps} states"
        if self.kind is ClaimKind.CONSECUTION:
            return f"preserved by {self.action}"
        if self.failure is not None:
            return f"never {self.failure.what}" + (f" (line {place.line})" if (place := self.failure.location) else "")
        if self.is_one_start:
            return f"{self.kind.value}, by {self.action}"
        return f"in {self.action}" if self.kind is ClaimKind.STEP else self.kind.value

    @property
    def name(self) -> str:
        """Subject and claim in one; the cases of an action's parameters share it."""
        if self.kind in (ClaimKind.CONSECUTION, ClaimKind.STEP):
            return f"{self.subject}: {self.kind.value} {self.action}"
        return f"{self.subject}: {self.words}"


@immutable(eq=False)
class Obligation:
    """One claim, as a query.

    Attributes
    ----------
    claim : Claim
        The claim.
    query : tuple of Term
        Formulas that must not be satisfiable together with the axioms; for a guard, formulas that must be.
    on_sight : bool
        Whether the query is obviously unsatisfiable: it assumes the very formula that it negates.
    supporting : bool
        Whether it was not asked for itself, but is needed for what was.
    stronger : tuple of queries
        Queries of claims that imply it, which are tried first. It means nothing if such a claim is not proved.
    sufficient : bool
        Whether the query itself is that of a claim that implies it, so that a model of it means nothing.
    """

    claim: Claim
    query: tuple[Term, ...]
    on_sight: bool = False
    supporting: bool = False
    stronger: tuple[tuple[Term, ...], ...] = ()
    sufficient: bool = False


def inductive(problem: Problem, predicates: Predicates, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the claims that predicates hold initially and are preserved if the hypotheses hold before."""
    for predicate in predicates:
        yield from initiation(problem, predicate)
        yield from consecution(problem, predicate, hypotheses)


def initiation(problem: Problem, predicate: Predicate) -> Iterator[Obligation]:
    """Yield the claims that a predicate is true in every initial state, however it is made."""
    for start in problem.initial:
        claim = Claim(ClaimKind.INITIATION, predicate, start, is_one_start=len(problem.initial) > 1)
        yield _refuted(claim, (start.guard,), replace_symbols(predicate.goal, start.definitions))


def consecution(problem: Problem, predicate: Predicate, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the claims that each action preserves a predicate if all hypotheses are true before."""
    before = assumed_before(problem, hypotheses)
    for transition in problem.transitions:
        after = replace_symbols(predicate.goal, transition.definitions)
        same = predicate.formula in before and after is predicate.goal
        claim = Claim(ClaimKind.CONSECUTION, predicate, transition)
        yield _refuted(claim, (*before, transition.guard), after, known_to_hold=same)


def step_obligations(problem: Problem, predicate: Predicate, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the claims that each action satisfies a step invariant if all hypotheses are true."""
    before = assumed_before(problem, hypotheses)
    for transition in problem.transitions:
        formula = replace_symbols(predicate.goal, _afterwards(predicate.goal, problem, transition))
        known, claim = (*before, transition.guard), Claim(ClaimKind.STEP, predicate, transition)
        if predicate.kind is not Kind.REFINEMENT:
            yield _refuted(claim, known, formula)
            continue
        # What holds before a step holds after it, by the proofs of the hypotheses.
        known = (*before, transition.guard, *on_both_sides(formulas_of(hypotheses), transition))
        named = with_own_arguments(problem, predicate.ways, transition)
        named = replace_symbols(named, _afterwards(named, problem, transition))
        general = on_both_sides(formulas_of([h for h in hypotheses if h.kind is Kind.INVARIANT]), transition)
        yield replace(
            _refuted(claim, known, formula),
            stronger=((*general, negation(named)), (*known, negation(named))),
            sufficient=not all(way.exact for way in predicate.ways),
        )


def definedness(problem: Problem, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the claims that nothing raises in the middle of an action, or while an initial state is made.

    For an action that is where all hypotheses are true. There is one claim for each place, in the order in which the
    code comes to them: nothing has raised before, so asserts are the steps of a proof.
    """
    before = assumed_before(problem, hypotheses)
    for transition, known in (*((t, ()) for t in problem.initial), *((t, before) for t in problem.transitions)):
        for failure in transition.failures:
            if failure.condition is not FALSE:
                claim = Claim(ClaimKind.DEFINED, None, transition, failure=failure)
                yield Obligation(claim, (*known, failure.condition))


def never_enabled(problem: Problem, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the claims that actions which are expected never to fire are not enabled where all hypotheses are true."""
    before = assumed_before(problem, hypotheses)
    for transition in problem.transitions:
        if _fires(problem, transition.name) == "never":
            yield Obligation(Claim(ClaimKind.NEVER, None, transition), (*before, transition.guard))


def _fires(problem: Problem, name: str) -> Fires:
    return next(method.fires for method in problem.specification.actions if method.name == name)


def implied(predicate: Predicate, lemmas: Predicates) -> Obligation:
    """Return the claim that lemmas alone imply a predicate, which then needs no induction of its own."""
    return _refuted(Claim(ClaimKind.IMPLIED, predicate), formulas_of(lemmas), predicate.goal)


def guards(problem: Problem, hypotheses: Predicates) -> Iterator[Obligation]:
    """Yield the guards against a vacuous proof, under exactly the assumptions of the proof."""
    before = assumed_before(problem, hypotheses)
    yield Obligation(Claim(ClaimKind.AXIOMS), ())
    yield Obligation(Claim(ClaimKind.HYPOTHESES), before)
    yield Obligation(Claim(ClaimKind.BEGINS), (disjunction(_begun(problem, b) for b in problem.initial),))
    for name in dict.fromkeys(t.name for t in problem.transitions if _fires(problem, t.name) == "somewhere"):
        # An action whose parameters have several cases is enabled if it is enabled in one of them.
        cases = [transition for transition in problem.transitions if transition.name == name]
        query = (*before, disjunction(case.guard for case in cases))
        yield Obligation(Claim(ClaimKind.ENABLED, None, cases[0]), query)
    for predicate in problem.invariants:
        if predicate.kind is Kind.INVARIANT:
            yield Obligation(Claim(ClaimKind.CONTENT, predicate), (negation(predicate.goal),))


def formulas_of(predicates: Predicates) -> tuple[Term, ...]:
    """Return what predicates say."""
    return tuple(predicate.formula for predicate in predicates)


def assumed_before(problem: Problem, hypotheses: Predicates) -> tuple[Term, ...]:
    """Return what is assumed about the state before a step: the hypotheses and the state constraints."""
    return formulas_of((*hypotheses, *problem.constraints))


def _begun(problem: Problem, start: Transition) -> Term:
    """Return the formula that an initial state satisfies the constraints: no behaviour starts outside of them."""
    inside = (replace_symbols(c.formula, start.definitions) for c in problem.constraints)
    return conjunction((start.guard, *inside))


def _afterwards(formula: Term, problem: Problem, transition: Transition) -> dict[Symbol, Definition]:
    """Return the value of each primed symbol in terms of the state before."""
    found = {}
    for symbol in problem.theory.state_symbols:
        if primed(symbol) in formula.mentioned:
            formals = tuple(variable(sort) for sort in symbol.arguments)
            unchanged = Definition(formals, symbol(*formals))
            found[primed(symbol)] = transition.definitions.get(symbol, unchanged)
    return found


def _refuted(claim: Claim, known: tuple[Term, ...], goal: Term, *, known_to_hold: bool = False) -> Obligation:
    """Return the claim that what is known implies a goal, which may be a form of something known."""
    query = (*known, negation(goal))
    # The negation of an implication is flattened into conjuncts, among which the assumption could not be recognised.
    return Obligation(claim, query, on_sight=known_to_hold or goal in known or conjunction(query) is FALSE)
