"""A model as a proof problem: its axioms, invariants and transitions as formulas, and what cannot be encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeVar

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR
from assay.checker.language.model import Kind
from assay.proofs.encoding.carrying import make_portable
from assay.proofs.encoding.execution import Transition, transition
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.definedness import Failure, failures
from assay.proofs.encoding.expressions.forms import context_of
from assay.proofs.encoding.initial_states import initial_states
from assay.proofs.encoding.refinement import Alternative, refinement
from assay.proofs.encoding.symbols.background import background
from assay.proofs.encoding.symbols.bounds import bounds, structure_bounds
from assay.proofs.encoding.symbols.cases import cases
from assay.proofs.encoding.symbols.contents import container_axioms
from assay.proofs.encoding.symbols.embedding import as_given
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import in_window
from assay.proofs.encoding.symbols.values import Value
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.terms import FALSE, TRUE, Term, variable

__all__ = ["Predicate", "Problem", "Unencodable", "encode", "translated"]

T = TypeVar("T")


@immutable
class Predicate:
    """A property as a closed formula, and the ways in which evaluating it raises.

    Attributes
    ----------
    name : str
        Its name.
    kind : Kind
        The kind of property.
    formula : Term
        Its meaning, provided that nothing raises.
    ir : PredicateIR, optional
        Its code; None if it follows from the types of variables.
    failures : tuple of Failure
        The ways in which evaluating it raises.
    about : Predicate, optional
        If this is the claim that evaluating a predicate never raises, that predicate.
    ways : tuple of Alternative
        If this is a refinement, the ways in which a step may be seen.
    denied : Term, optional
        The formula to use where it is negated, if that is a different one: see `Context.denied`.
    """

    name: str
    kind: Kind
    formula: Term
    ir: PredicateIR | None = None
    failures: tuple[Failure, ...] = ()
    about: Predicate | None = None
    ways: tuple[Alternative, ...] = ()
    denied: Term | None = None

    @property
    def goal(self) -> Term:
        """The formula to use where it is negated."""
        return self.formula if self.denied is None else self.denied

    @property
    def definedness(self) -> Predicate:
        """The claim that evaluating it never raises."""
        never = logic.conjunction(logic.negation(failure.condition) for failure in self.failures)
        kind = Kind.STEP_INVARIANT if self.kind.is_about_steps else Kind.LEMMA
        return Predicate(f"{self.name} is defined", kind, never, about=self)


@dataclass
class Problem:
    """A model as formulas.

    Attributes
    ----------
    theory : Theory
        The vocabulary.
    axioms : list of (name, Term)
        What is assumed about every instance.
    invariants : list of Predicate
        Invariants, lemmas, and the bounds of variables.
    steps : list of Predicate
        Step invariants; symbols of the state after the step are primed.
    constraints : list of Predicate
        State constraints: no step is taken out of a state in which one of them is false.
    step_constraints : list of Predicate
        Step constraints: no step follows one in which one of them is false. Proofs do not use them, which is sound:
        what is proved then also holds in the states that they exclude.
    initial_claims : list of Predicate
        What is claimed about initial states only: that the model which this one implements may begin there.
    transitions, initial : list of Transition
        The actions, and the ways to make an initial state.
    unencodable : list of Unencodable
        What could not be translated, and is therefore missing from the rest.
    """

    theory: Theory
    axioms: list[tuple[str, Term]] = field(default_factory=list)
    invariants: list[Predicate] = field(default_factory=list)
    steps: list[Predicate] = field(default_factory=list)
    constraints: list[Predicate] = field(default_factory=list)
    step_constraints: list[Predicate] = field(default_factory=list)
    initial_claims: list[Predicate] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    initial: list[Transition] = field(default_factory=list)
    unencodable: list[Unencodable] = field(default_factory=list)

    @property
    def specification(self) -> Specification:
        """The model."""
        return self.theory.specification

    def declaration(self, predicate: Predicate) -> Method | None:
        """Return the method that declares a property, or whose definedness is the property; None for bounds."""
        if predicate.about is not None:
            return self.declaration(predicate.about)
        if predicate.ir is None and predicate.kind is not Kind.REFINEMENT:
            return None
        return next((method for method in self.specification.methods if method.name == predicate.name), None)

    @property
    def assumptions(self) -> tuple[Term, ...]:
        """The axioms, as formulas."""
        return tuple(formula for _, formula in self.axioms)

    @property
    def raising(self) -> tuple[Transition, ...]:
        """The actions during which the model's own code may fail."""
        return tuple(transition for transition in self.transitions if transition.failure is not FALSE)

    @cached_property
    def definedness(self) -> tuple[Predicate, ...]:
        """The claims that evaluating invariants, lemmas and constraints never raises, where that is not obvious."""
        return tuple(p.definedness for p in (*self.invariants, *self.constraints) if p.failures)

    @cached_property
    def step_definedness(self) -> tuple[Predicate, ...]:
        """The claims that evaluating step invariants and constraints never raises, where that is not obvious."""
        return tuple(p.definedness for p in (*self.steps, *self.step_constraints) if p.failures)

    @property
    def bounds(self) -> tuple[Predicate, ...]:
        """The invariants that check every state against the bounds of its variables."""
        return tuple(predicate for predicate in self.invariants if predicate.ir is None)

    @cached_property
    def unbounded(self) -> bool:
        """Whether the sorts may have any number of elements."""
        return self.theory.instance is None

    def attempt(self, method: str, make: Callable[[], T], location: Location | None = None) -> T | None:
        """Return what `make` returns for a method, or note why the method has no translation."""
        # The limit of cases applies to each method by itself, so that one that is too large does not affect the others.
        self.theory.allowance.renew()
        try:
            return make()
        except Unencodable as error:
            self.unencodable.append(error.at(location).within(method))
            return None


def encode(
    specification: Specification,
    fixed: Mapping[str, Any] | None = None,
    instance: Instance | None = None,
    *,
    counting: bool = False,
) -> Problem:
    """Translate a model.

    Parameters
    ----------
    specification : Specification
        The model.
    fixed : mapping from name to value, optional
        Instance parameters with a given value.
    instance : Instance, optional
        Sizes and quorums, for models that cannot be translated without them.
    counting : bool
        Whether sizes of sets may be compared when sorts are unbounded.
    """
    make_portable(specification)
    model = compile_model(specification)
    values = dict(instance.constants) if instance is not None else dict(fixed or {})
    problem = Problem(Theory(specification, values, instance, counting))
    problem.axioms += background(problem.theory)
    made = problem.attempt("the containers inside of values", lambda: list(container_axioms(problem.theory)))
    problem.axioms += made or []
    problem.axioms += problem.attempt("the structure", lambda: list(_structure(problem.theory))) or []
    for predicate in model.of(Kind.AXIOM):
        found = problem.attempt(predicate.name, partial(translated, problem.theory, predicate), predicate.location)
        problem.axioms += [(predicate.name, found.formula)] if found is not None else []
    _demand_symbols(problem)
    _predicates(problem, model)
    _transitions(problem, model)
    _refinements(problem)
    return problem


def _refinements(problem: Problem) -> None:
    """Add the claims that this model refines others."""
    for method in problem.specification.refinements:
        found = problem.attempt(method.name, partial(_refinement, problem.theory, method), method.location)
        if found is not None:
            begun, stepped, ways = found
            problem.initial_claims.append(Predicate(method.name, Kind.REFINEMENT, begun))
            problem.steps.append(Predicate(method.name, Kind.REFINEMENT, stepped, ways=ways))


def _refinement(theory: Theory, method: Method) -> tuple[Term, Term, tuple[Alternative, ...]]:
    begun, ways = refinement(theory, method)
    stepped = logic.disjunction(way.closed for way in ways)
    theory.demand_declared([begun, stepped])
    return begun, stepped, ways


def _structure(theory: Theory) -> Iterator[tuple[str, Term]]:
    """Yield what is known about immutable variables: that they keep to their bounds, and their given values."""
    yield from structure_bounds(theory)
    if theory.instance is not None:
        yield from as_given(theory, theory.instance)


def _demand_symbols(problem: Problem) -> None:
    """Note immutable variables without symbols: no query may mention one, and a counterexample still has to show it."""
    for variable_ in problem.specification.structure:
        problem.attempt(variable_.name, partial(problem.theory.layout, variable_.name, variable_.location))


def _predicates(problem: Problem, model: ModelIR) -> None:
    rooms = {Kind.STEP_INVARIANT: problem.steps, Kind.CONSTRAINT: problem.constraints}
    rooms[Kind.STEP_CONSTRAINT] = problem.step_constraints
    for predicate in model.of(Kind.INVARIANT, Kind.LEMMA, *rooms):
        found = problem.attempt(predicate.name, partial(translated, problem.theory, predicate), predicate.location)
        if found is not None:
            rooms.get(predicate.kind, problem.invariants).append(found)
    for name, formula in problem.attempt("the bounds", lambda: list(bounds(problem.theory))) or ():
        problem.invariants.append(Predicate(name, Kind.LEMMA, formula))


def translated(theory: Theory, predicate: PredicateIR) -> Predicate:
    """Return a property as a formula.

    Raises
    ------
    Unencodable
        If it has none.
    """
    undefined = tuple(_failures_of(theory, predicate))
    formula, goal = closed(theory, predicate), closed(theory, predicate, denied=True)
    found = Predicate(predicate.name, predicate.kind, formula, predicate, undefined, denied=goal)
    theory.demand_declared([formula, goal, *(failure.condition for failure in undefined)])
    return found


def _transitions(problem: Problem, model: ModelIR) -> None:
    for action in model.actions:
        problem.transitions += (
            problem.attempt(action.name, partial(_steps, problem.theory, action), action.location) or []
        )
    makes = partial(_initial, problem.theory, model)
    problem.initial += problem.attempt("initial state", makes) or []


def _steps(theory: Theory, action: ActionIR) -> list[Transition]:
    return [_declared(theory, found) for found in transition(theory, action)]


def _initial(theory: Theory, model: ModelIR) -> list[Transition]:
    return [_declared(theory, found) for found in initial_states(theory, model)]


def _declared(theory: Theory, found: Transition) -> Transition:
    bodies = [definition.body for definition in found.definitions.values()]
    theory.demand_declared([found.guard, found.failure, *bodies], found.constants)
    return found


def closed(theory: Theory, predicate: PredicateIR, *, denied: bool = False) -> Term:
    """Return a predicate closed over its parameters: for all values, or for some if it is a `@reachable`.

    With ``denied``, return the form to use where the formula will be negated: see `Context.denied`.
    """
    c = context_of(theory)
    c.denied = denied
    parts = [(names, known, c.formula(predicate.body)) for names, known in _bindings(c, predicate.parameters)]
    if predicate.kind is Kind.REACHABLE:
        return logic.disjunction(exists(names, logic.conjunction((known, body))) for names, known, body in parts)
    return logic.conjunction(for_all(names, logic.implies(known, body)) for names, known, body in parts)


def _failures_of(theory: Theory, predicate: PredicateIR) -> Iterator[Failure]:
    """Yield the ways in which evaluating a predicate raises, for some of its arguments."""
    c = context_of(theory)
    for names, known in _bindings(c, predicate.parameters):
        for failure in failures(c, predicate.body):
            yield replace(failure, condition=exists(names, logic.conjunction((known, failure.condition))))


def _bindings(c: Context, parameters: tuple[Any, ...]) -> Iterator[tuple[list[Term], Term]]:
    """Bind the parameters, case by case; yield the variables that they consist of, and their ranges as a formula."""
    if not parameters:
        yield [], TRUE
        return
    for case in cases(parameters[0].type):
        names = [variable(sort) for sort in case.sorts]
        value: Value = case.build(names)
        known = in_window(c.theory, case, names)
        for rest, others in _bindings(c, parameters[1:]):
            c.names[parameters[0].name] = value
            yield [*names, *rest], logic.conjunction((known, others))
