"""From a solver's structure to a counterexample in the model's own words, held against the model's own code."""

from __future__ import annotations

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.errors import EngineFault, Location, ModelError
from assay.checker.language.instance import Instance
from assay.checker.language.model import Kind
from assay.checker.language.reading import Call, Frozen, Reading
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import call_in, instance_of, state_in
from assay.proofs.encoding.theory import primed
from assay.proofs.induction.claims import Claim, ClaimKind
from assay.proofs.induction.exploring import path_to
from assay.proofs.induction.results import Counterexample
from assay.proofs.induction.violated import violated_conjunct
from assay.proofs.logic.structures import Structure, in_order

__all__ = ["counterexample"]


def counterexample(problem: Problem, claim: Claim, found: Structure, seconds: float) -> Counterexample:
    """Return what a structure that refutes a claim means.

    Parameters
    ----------
    problem : Problem
        The model.
    claim : Claim
        What is refuted: about an initial state or a step.
    found : Structure
        The solver's structure.
    seconds : float
        The time for finding out whether the state before the step is reachable.

    Raises
    ------
    EngineFault
        If the model's own code does another step than the formulas say.
    """
    structure = in_order(found)
    instance = instance_of(problem.theory, structure)
    with instance.active():
        if claim.kind is ClaimKind.INITIATION:
            return _initially(problem, claim, structure, instance)
        return _after_a_step(problem, claim, structure, instance, seconds)


def _initially(problem: Problem, claim: Claim, structure: Structure, instance: Instance) -> Counterexample:
    assert claim.transition is not None
    begun = structure.after(claim.transition.definitions)
    state = state_in(problem.theory, begun, instance)
    try:
        possible = state in Reading(instance).initial_states()
    except ModelError as error:
        return Counterexample(claim, instance, state, failure=error.message)
    if not possible:
        raise EngineFault(f"{claim.name}: the solver's initial state is none under the model's own code")
    part, place = _violated(problem, claim, begun, instance)
    trace = Trace(instance, (TraceStep(None, state),))
    failure = _failure_of_property(problem, claim, instance, state)
    return Counterexample(claim, instance, state, None, None, part, place, True, trace, failure)


def _after_a_step(
    problem: Problem, claim: Claim, structure: Structure, instance: Instance, seconds: float
) -> Counterexample:
    transition = claim.transition
    assert transition is not None
    method = next(m for m in problem.specification.actions if m.name == transition.name)
    before = state_in(problem.theory, structure, instance)
    call = call_in(transition, dict(method.parameters), structure)
    reachable, path = path_to(instance, before, seconds)
    failure = _failure_of_step(instance, before, call)
    if failure:
        place = transition.location
        return Counterexample(claim, instance, before, call, None, "", place, reachable, path, failure)
    stepped = structure.after(transition.definitions)
    after = state_in(problem.theory, stepped, instance)
    _demand_step(claim, instance, before, call, after)
    judged = _both(problem, structure, stepped) if claim.kind is ClaimKind.STEP else stepped
    part, place = _violated(problem, claim, judged, instance)
    failure = _failure_of_property(problem, claim, instance, before, after)
    if path is not None:
        path = Trace(instance, (*path.steps, TraceStep(call, after)))
    return Counterexample(claim, instance, before, call, after, part, place, reachable, path, failure)


def _failure_of_step(instance: Instance, before: Frozen, call: Call) -> str:
    """Return how the model's own code fails in a step, or nothing if it takes it."""
    try:
        Reading(instance).step(before, call)
    except ModelError as error:
        return error.message
    return ""


def _demand_step(claim: Claim, instance: Instance, before: Frozen, call: Call, after: Frozen) -> None:
    """Hold the solver's step against the one that the model's own code takes."""
    if claim.kind is ClaimKind.DEFINED:
        raise EngineFault(f"{claim.name}: the model's own code does not fail in the solver's state")
    done = Reading(instance).step(before, call)
    if done != after:
        what = "is not enabled" if done is None else "leads to another state"
        raise EngineFault(f"{claim.name}: under the model's own code the step of the solver {what}")


def _failure_of_property(
    problem: Problem, claim: Claim, instance: Instance, state: Frozen, after: Frozen | None = None
) -> str:
    """Evaluate a property where the solver says that it is violated; return how its code fails, or nothing.

    Raises
    ------
    EngineFault
        If it is true.
    """
    predicate = claim.predicate
    method = next((m for m in problem.specification.methods if predicate and m.name == predicate.name), None)
    if method is None or predicate is None or predicate.ir is None:
        return ""
    interpreter = Reading(instance)
    states = [state] if after is None else [state, after] if method.kind is Kind.STEP_INVARIANT else [after]
    try:
        holds = interpreter.truth(method, *map(interpreter.thaw, states))
    except ModelError as error:
        return error.message
    if holds:
        raise EngineFault(f"{claim.name}: under the model's own code {method.name} is true in the solver's state")
    return ""


def _both(problem: Problem, before: Structure, after: Structure) -> Structure:
    """Return the structure before a step, with the symbols after it primed."""
    tables = dict(before.tables)
    tables.update({primed(symbol): after.tables.get(symbol, {}) for symbol in problem.theory.state_symbols})
    return Structure(before.sizes, tables, before.numbers)


def _violated(problem: Problem, claim: Claim, structure: Structure, instance: Instance) -> tuple[str, Location | None]:
    if claim.predicate is None or claim.predicate.ir is None:
        return "", None
    return violated_conjunct(problem.theory, claim.predicate.ir, structure, instance)
