"""From a solver's structure to a counterexample in the model's own words, checked against the model's own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.errors import FalseAssertion, InternalError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.checker.language.model import Kind
from assay.checker.properties.refinement_mapping import RefinementMapping
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.states import call_in, has_all_containers, instance_of, state_in
from assay.proofs.encoding.symbols.theory import primed
from assay.proofs.induction.obligations import Claim, ClaimKind
from assay.proofs.induction.results import Counterexample
from assay.proofs.induction.runs import path_to
from assay.proofs.induction.unlisted import assumed_kind, false_assumption
from assay.proofs.induction.violated import violated_conjunct
from assay.proofs.logic.structures import Structure, in_order

__all__ = ["Incomplete", "counterexample", "demand_true", "executed_in", "in_a_state"]


def _doubts(problem: Problem, claim: Claim | None) -> Failure | None:
    """Return what the code may do that formulas do not follow, where a claim is judged: in an action or a property.

    Of an action it matters whether it may come to that at all: the condition is one on a single state, and the
    structure of a longer run has other symbols for each of its states.
    """
    transitions = problem.transitions if claim is None or claim.transition is None else (claim.transition,)
    predicates = (*problem.invariants, *problem.steps, *problem.constraints, *problem.step_constraints)
    found = (failure for one in (*transitions, *predicates) for failure in one.failures)
    return next((failure for failure in found if failure.remedy), None)


class Incomplete(Exception):
    """A structure that shows nothing: it lacks a container that the code makes, or formulas do not follow the code."""


def counterexample(problem: Problem, claim: Claim, found: Structure, seconds: float) -> Counterexample:
    """Return the counterexample that a structure describes.

    Parameters
    ----------
    problem : Problem
        The model.
    claim : Claim
        The refuted claim, about an initial state or a step.
    found : Structure
        The solver's structure.
    seconds : float
        The time for finding out whether the state before the step is reachable.

    Raises
    ------
    InternalError
        If the model's own code takes a different step than the formulas.
    Incomplete
        If it does so in a structure that lacks some containers.
    """
    structure = in_order(found)
    instance = instance_of(problem.theory, structure)
    with instance.active(), executed_in(problem, structure, instance, claim):
        if claim.transition in problem.initial:
            example = _initially(problem, claim, structure, instance)
        else:
            example = _after_a_step(problem, claim, structure, instance, seconds)
    if example.path is None or example.about is not None:
        return example
    return replace(example, about=_culprit(problem, example))


def in_a_state(problem: Problem, claim: Claim, found: Structure, seconds: float) -> Counterexample:
    """Return the counterexample that a structure describes in which the lemmas are true and a property is false.

    Raises
    ------
    InternalError
        If the property is true there under the model's own code.
    Incomplete
        If it is so in a structure that lacks some containers.
    """
    structure = in_order(found)
    instance = instance_of(problem.theory, structure)
    with instance.active(), executed_in(problem, structure, instance):
        state = state_in(problem.theory, structure, instance)
        demand_true(problem, instance, state, Kind.AXIOM, Kind.CONSTRAINT, Kind.LEMMA)
        reachable, path = path_to(instance, state, seconds)
        failed = _failure_of_property(problem, claim, instance, state)
        words = "" if failed is None else failed.message
        part, place = violated_conjunct(problem, claim, structure, instance)
    about = None if path is None or claim.predicate is None else problem.declaration(claim.predicate)
    return Counterexample(claim, instance, state, None, None, part, place, reachable, path, words, about)


@contextmanager
def executed_in(
    problem: Problem, structure: Structure, instance: Instance, claim: Claim | None = None
) -> Iterator[None]:
    """Check a structure against the model's own code, which may do what the formulas do not say.

    It may make a container that the structure lacks; or go on where formulas do not follow it, with a map that has a
    wrong key or a container outside its bounds, and then find the action disabled or the property true.
    """
    try:
        yield
    except InternalError:
        doubt = _doubts(problem, claim)
        if doubt is not None:
            raise Incomplete(f"{doubt.location}: {doubt.what}, which formulas do not follow; {doubt.remedy}") from None
        if has_all_containers(problem.theory, structure, instance):
            raise
        raise Incomplete("the solver's counterexample lacks a container that the code would make") from None


def _culprit(problem: Problem, example: Counterexample) -> Method | Predicate:
    """Return what is false or whose code fails: that of the action, if the step has no state after it."""
    claim, predicate = example.claim, example.claim.predicate
    fails = example.after is None and claim.kind is not ClaimKind.INITIATION
    if predicate is None or (fails and problem.declaration(predicate) is not None):
        return next(method for method in problem.specification.actions if method.name == claim.action)
    return problem.declaration(predicate) or predicate


def _if_asserted(failed: ModelError) -> Assertions | None:
    return ASSERTIONS if isinstance(failed, FalseAssertion) else None


def _initially(problem: Problem, claim: Claim, structure: Structure, instance: Instance) -> Counterexample:
    assert claim.transition is not None
    begun = structure.after(claim.transition.definitions)
    state = state_in(problem.theory, begun, instance)
    demand_true(problem, instance, state, Kind.AXIOM)
    try:
        possible = state in Interpreter(instance).initial_states()
    except ModelError as error:
        return Counterexample(claim, instance, state, location=error.location, failure=error.message)
    if not possible or claim.kind is ClaimKind.DEFINED:
        raise InternalError(f"{claim.name}: the solver's initial state is none under the model's own code")
    trace = Trace(instance, (TraceStep(None, state),))
    failed = _failure_of_property(problem, claim, instance, state)
    if failed is not None:
        about = _if_asserted(failed)
        return Counterexample(
            claim, instance, state, None, None, "", failed.location, True, trace, failed.message, about
        )
    part, place = violated_conjunct(problem, claim, begun, instance)
    return Counterexample(claim, instance, state, None, None, part, place, True, trace)


def _after_a_step(
    problem: Problem, claim: Claim, structure: Structure, instance: Instance, seconds: float
) -> Counterexample:
    transition = claim.transition
    assert transition is not None
    method = next(m for m in problem.specification.actions if m.name == transition.name)
    before = state_in(problem.theory, structure, instance)
    _demand_assumed(problem, claim, instance, before)
    call = call_in(problem.theory, transition, dict(method.parameters), structure, instance)
    reachable, path = path_to(instance, before, seconds)
    failed = _failure_of_step(instance, before, call)
    if failed is not None:
        place = failed.location or transition.location
        about = _if_asserted(failed)
        return Counterexample(claim, instance, before, call, None, "", place, reachable, path, failed.message, about)
    stepped = structure.after(transition.definitions)
    after = state_in(problem.theory, stepped, instance)
    _demand_step(claim, instance, before, call, after)
    if path is not None:
        path = Trace(instance, (*path.steps, TraceStep(call, after)))
    failed = _failure_of_property(problem, claim, instance, before, after)
    if failed is not None:
        place, words, about = failed.location, failed.message, _if_asserted(failed)
        return Counterexample(claim, instance, before, call, after, "", place, reachable, path, words, about)
    if claim.kind is ClaimKind.NEVER:
        return Counterexample(claim, instance, before, call, after, "", transition.location, reachable, path)
    judged = _both(problem, structure, stepped) if claim.kind is ClaimKind.STEP else stepped
    part, place = violated_conjunct(problem, claim, judged, instance)
    return Counterexample(claim, instance, before, call, after, part, place, reachable, path)


def demand_true(problem: Problem, instance: Instance, state: Frozen, *kinds: Kind) -> None:
    """Refuse a structure that satisfies what is assumed about all containers of a type only because it lacks some.

    Raises
    ------
    Incomplete
        If the interpreter, which has all of them, finds an axiom or property of one of the kinds false.
    """
    false = false_assumption(problem, instance, state, *kinds)
    if false is not None:
        raise Incomplete(f"the solver's counterexample lacks a container for which {false.name} is false")


def _demand_assumed(problem: Problem, claim: Claim, instance: Instance, before: Frozen) -> None:
    """Refuse a structure in which the state before a step does not satisfy what is assumed of it."""
    assumed = assumed_kind(problem)
    demand_true(problem, instance, before, Kind.AXIOM, Kind.CONSTRAINT, assumed)
    own = None if claim.predicate is None else problem.declaration(claim.predicate)
    if claim.kind is ClaimKind.CONSECUTION and own is not None and own.kind is not assumed:
        demand_true(problem, instance, before, own.kind)


def _failure_of_step(instance: Instance, before: Frozen, call: Call) -> ModelError | None:
    """Return how the model's own code fails in a step, or None if it takes it."""
    try:
        list(Interpreter(instance).outcomes(before, call))
    except ModelError as error:
        return error
    return None


def _demand_step(claim: Claim, instance: Instance, before: Frozen, call: Call, after: Frozen) -> None:
    """Compare the solver's step with the one that the model's own code takes."""
    if claim.kind is ClaimKind.DEFINED:
        raise InternalError(f"{claim.name}: the model's own code does not fail in the solver's state")
    done = list(Interpreter(instance).outcomes(before, call))
    if after not in done:
        what = "leads to another state" if done else "is not enabled"
        raise InternalError(f"{claim.name}: under the model's own code the step of the solver {what}")


def _failure_of_property(
    problem: Problem, claim: Claim, instance: Instance, state: Frozen, after: Frozen | None = None
) -> ModelError | None:
    """Evaluate a property that the solver says is violated or raises; return how it raises, or None.

    Raises
    ------
    InternalError
        If it is true, or does not raise although the solver says so.
    """
    predicate = claim.predicate
    method = None if predicate is None else problem.declaration(predicate)
    if method is None or predicate is None:
        return None
    if method.kind is Kind.REFINEMENT:
        return _failure_of_sight(claim, method, instance, state, after)
    interpreter = Interpreter(instance)
    states = [state] if after is None else [state, after] if method.kind.is_about_steps else [after]
    try:
        holds = interpreter.truth(method, *map(interpreter.thaw, states))
    except ModelError as error:
        return error
    if holds or predicate.about is not None:
        what = "does not raise" if predicate.about is not None else "is true"
        raise InternalError(f"{claim.name}: under the model's own code {method.name} {what} in the solver's state")
    return None


def _failure_of_sight(
    claim: Claim, method: Method, instance: Instance, state: Frozen, after: Frozen | None
) -> ModelError | None:
    """Check a state or step, as the other model sees it, against that model's code; return how the mapping raises."""
    mapping = RefinementMapping(instance, method)
    try:
        views = [mapping.view(one)[0] for one in (state, after) if one is not None]
    except ModelError as error:
        return error
    if mapping.is_initial(views[0]) if after is None else mapping.allows(views[0], views[-1]):
        raise InternalError(f"{claim.name}: under the models' own code, what is seen in the solver's state is allowed")
    return None


def _both(problem: Problem, before: Structure, after: Structure) -> Structure:
    """Return the structure before a step, with the symbols after it primed."""
    tables = dict(before.tables)
    tables.update({primed(symbol): after.tables.get(symbol, {}) for symbol in problem.theory.state_symbols})
    return Structure(before.sizes, tables, before.numbers)
