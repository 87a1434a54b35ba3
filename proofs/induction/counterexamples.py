"""From a solver's structure to a counterexample in the model's own words, held against the model's own code."""

from __future__ import annotations

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.errors import EngineFault, Location, ModelError
from assay.checker.language.instance import Instance
from assay.checker.language.interpreter import Call, Frozen, Interpreter
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import call_in, instance_of, state_in
from assay.proofs.encoding.theory import primed
from assay.proofs.induction.exploring import path_to
from assay.proofs.induction.findings import declared
from assay.proofs.induction.obligations import Claim, ClaimKind
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
        if claim.transition in problem.initial:
            return _initially(problem, claim, structure, instance)
        return _after_a_step(problem, claim, structure, instance, seconds)


def _initially(problem: Problem, claim: Claim, structure: Structure, instance: Instance) -> Counterexample:
    assert claim.transition is not None
    begun = structure.after(claim.transition.definitions)
    state = state_in(problem.theory, begun, instance)
    try:
        possible = state in Interpreter(instance).initial_states()
    except ModelError as error:
        return Counterexample(claim, instance, state, location=error.location, failure=error.message)
    if not possible or claim.kind is ClaimKind.DEFINED:
        raise EngineFault(f"{claim.name}: the solver's initial state is none under the model's own code")
    trace = Trace(instance, (TraceStep(None, state),))
    failed = _failure_of_property(problem, claim, instance, state)
    if failed is not None:
        return Counterexample(claim, instance, state, None, None, "", failed.location, True, trace, failed.message)
    part, place = _violated(problem, claim, begun, instance)
    return Counterexample(claim, instance, state, None, None, part, place, True, trace)


def _after_a_step(
    problem: Problem, claim: Claim, structure: Structure, instance: Instance, seconds: float
) -> Counterexample:
    transition = claim.transition
    assert transition is not None
    method = next(m for m in problem.specification.actions if m.name == transition.name)
    before = state_in(problem.theory, structure, instance)
    call = call_in(transition, dict(method.parameters), structure)
    reachable, path = path_to(instance, before, seconds)
    failed = _failure_of_step(instance, before, call)
    if failed is not None:
        place = failed.location or transition.location
        return Counterexample(claim, instance, before, call, None, "", place, reachable, path, failed.message)
    stepped = structure.after(transition.definitions)
    after = state_in(problem.theory, stepped, instance)
    _demand_step(claim, instance, before, call, after)
    if path is not None:
        path = Trace(instance, (*path.steps, TraceStep(call, after)))
    failed = _failure_of_property(problem, claim, instance, before, after)
    if failed is not None:
        place, words = failed.location, failed.message
        return Counterexample(claim, instance, before, call, after, "", place, reachable, path, words)
    judged = _both(problem, structure, stepped) if claim.kind is ClaimKind.STEP else stepped
    part, place = _violated(problem, claim, judged, instance)
    return Counterexample(claim, instance, before, call, after, part, place, reachable, path)


def _failure_of_step(instance: Instance, before: Frozen, call: Call) -> ModelError | None:
    """Return how the model's own code fails in a step, or None if it takes it."""
    try:
        Interpreter(instance).step(before, call)
    except ModelError as error:
        return error
    return None


def _demand_step(claim: Claim, instance: Instance, before: Frozen, call: Call, after: Frozen) -> None:
    """Hold the solver's step against the one that the model's own code takes."""
    if claim.kind is ClaimKind.DEFINED:
        raise EngineFault(f"{claim.name}: the model's own code does not fail in the solver's state")
    done = Interpreter(instance).step(before, call)
    if done != after:
        what = "is not enabled" if done is None else "leads to another state"
        raise EngineFault(f"{claim.name}: under the model's own code the step of the solver {what}")


def _failure_of_property(
    problem: Problem, claim: Claim, instance: Instance, state: Frozen, after: Frozen | None = None
) -> ModelError | None:
    """Evaluate a property where the solver says that it is violated, or raises; return how it raises, or None.

    Raises
    ------
    EngineFault
        If it is true, or does not raise where that is what the solver says.
    """
    predicate = claim.predicate
    method = None if predicate is None else declared(problem, predicate)
    if method is None or predicate is None:
        return None
    interpreter = Interpreter(instance)
    states = [state] if after is None else [state, after] if method.kind is Kind.STEP_INVARIANT else [after]
    try:
        holds = interpreter.truth(method, *map(interpreter.thaw, states))
    except ModelError as error:
        return error
    if holds or predicate.about is not None:
        what = "does not raise" if predicate.about is not None else "is true"
        raise EngineFault(f"{claim.name}: under the model's own code {method.name} {what} in the solver's state")
    return None


def _both(problem: Problem, before: Structure, after: Structure) -> Structure:
    """Return the structure before a step, with the symbols after it primed."""
    tables = dict(before.tables)
    tables.update({primed(symbol): after.tables.get(symbol, {}) for symbol in problem.theory.state_symbols})
    return Structure(before.sizes, tables, before.numbers)


def _violated(problem: Problem, claim: Claim, structure: Structure, instance: Instance) -> tuple[str, Location | None]:
    if claim.predicate is None or claim.predicate.ir is None:
        return "", None
    return violated_conjunct(problem.theory, claim.predicate.ir, structure, instance)
