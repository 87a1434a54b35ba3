"""From a solver's structure to a counterexample in the model's own words, held against the model's own code."""

from __future__ import annotations

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.errors import EngineFault, ModelError
from assay.checker.language.instance import Instance
from assay.checker.language.reading import Frozen, Reading
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.states import call_in, instance_of, state_in
from assay.proofs.encoding.theory import primed
from assay.proofs.induction.blame import violated_part
from assay.proofs.induction.finite import path_to
from assay.proofs.induction.obligations import Claim, Obligation
from assay.proofs.induction.results import Counterexample
from assay.proofs.logic.structures import Structure, in_order
from assay.proofs.logic.terms import Symbol

__all__ = ["explained"]


def explained(problem: Problem, obligation: Obligation, found: Structure, seconds: float) -> Counterexample:
    """Return what a structure that refutes an obligation means.

    Raises
    ------
    EngineFault
        If the model's own code does another step than the formulas say.
    """
    structure = in_order(found)
    instance = instance_of(problem.theory, structure)
    with instance.active():
        if obligation.claim is Claim.INITIATION:
            return _initially(problem, obligation, structure, instance)
        if obligation.transition is None:
            return _in_one_state(problem, obligation, structure, instance, seconds)
        return _after_a_step(problem, obligation, structure, instance, seconds)


def _initially(problem: Problem, obligation: Obligation, structure: Structure, instance: Instance) -> Counterexample:
    assert obligation.transition is not None
    begun = structure.after(obligation.transition.definitions)
    state = state_in(problem.theory, begun, instance)
    if state not in Reading(instance).initial_states():
        raise EngineFault(f"{obligation.name}: the solver's initial state is none under the model's own code")
    part, place = _blamed(problem, obligation, begun, instance)
    trace = Trace(instance, (TraceStep(None, state),))
    return Counterexample(instance, state, None, None, obligation.subject, part, place, True, trace)


def _in_one_state(
    problem: Problem, obligation: Obligation, structure: Structure, instance: Instance, seconds: float
) -> Counterexample:
    state = state_in(problem.theory, structure, instance)
    part, place = _blamed(problem, obligation, structure, instance)
    reachable, path = path_to(instance, state, seconds)
    return Counterexample(instance, state, None, None, obligation.subject, part, place, reachable, path)


def _after_a_step(
    problem: Problem, obligation: Obligation, structure: Structure, instance: Instance, seconds: float
) -> Counterexample:
    transition = obligation.transition
    assert transition is not None
    method = next(m for m in problem.specification.methods if m.name == transition.name)
    before = state_in(problem.theory, structure, instance)
    call = call_in(transition, dict(method.parameters), structure)
    if obligation.claim is Claim.WHOLE:
        note = _failing(instance, before, call, obligation)
        reachable, path = path_to(instance, before, seconds)
        place = transition.location
        return Counterexample(instance, before, call, None, obligation.subject, "", place, reachable, path, note)
    stepped = structure.after(transition.definitions)
    after = state_in(problem.theory, stepped, instance)
    note = _confirmed(instance, before, call, after, obligation)
    judged = _both(problem, structure, stepped) if obligation.claim is Claim.STEP else stepped
    part, place = _blamed(problem, obligation, judged, instance)
    reachable, path = path_to(instance, before, seconds)
    if path is not None:
        path = Trace(instance, (*path.steps, TraceStep(call, after)))
    return Counterexample(instance, before, call, after, obligation.subject, part, place, reachable, path, note)


def _confirmed(instance: Instance, before: Frozen, call: object, after: Frozen, obligation: Obligation) -> str:
    """Hold the step against the model's own code; return what there is to say, if the code raises."""
    try:
        done = Reading(instance).step(before, call)  # type: ignore[arg-type]
    except ModelError as error:
        return f"in this state the model's own code fails: {error.message}"
    if done != after:
        what = "is not enabled" if done is None else "leads to another state"
        raise EngineFault(f"{obligation.name}: under the model's own code the step of the solver {what}")
    return ""


def _failing(instance: Instance, before: Frozen, call: object, obligation: Obligation) -> str:
    """Return how the model's own code fails."""
    try:
        Reading(instance).step(before, call)  # type: ignore[arg-type]
    except ModelError as error:
        return error.message
    raise EngineFault(f"{obligation.name}: the model's own code does not fail in the solver's state")


def _both(problem: Problem, before: Structure, after: Structure) -> Structure:
    """Return the structure before a step, with the symbols after it primed."""
    tables = dict(before.tables)
    symbols: tuple[Symbol, ...] = problem.theory.state_symbols
    tables.update({primed(symbol): after.tables.get(symbol, {}) for symbol in symbols})
    return Structure(before.sizes, tables, before.low)


def _blamed(problem: Problem, obligation: Obligation, structure: Structure, instance: Instance):  # type: ignore[no-untyped-def]
    predicates: list[Predicate] = [*problem.invariants, *problem.steps]
    predicate = next(p for p in predicates if p.name == obligation.subject)
    if predicate.ir is None:
        return "", None
    return violated_part(problem.theory, predicate.ir, structure, instance)
