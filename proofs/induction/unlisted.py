"""Where a solver's structure may lack containers over which the model quantifies.

``all(... for s in values_of(Set[Node]))`` is about every set, and in a structure about every set that the structure
has: see `assay.proofs.encoding.symbols.contents`. So what is proved of all structures is true, but a structure that
satisfies such a hypothesis need not do so in the model. The interpreter, which has all containers, is asked again.
"""

from __future__ import annotations

from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Method
from assay.checker.language.ir.nodes import Universe, walk
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.model import Kind
from assay.checker.language.types import is_container, subtypes
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import call_in, instance_of, state_in
from assay.proofs.encoding.symbols.contents import all_exist, container_axioms
from assay.proofs.encoding.symbols.vocabulary import Contents
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation
from assay.proofs.logic.structures import Structure, in_order

__all__ = ["LACKING", "assumed_kind", "false_assumption", "is_witness", "may_lack"]

LACKING = "the structures that a solver finds may lack containers that the model quantifies over"

_EXISTENCE = (ClaimKind.AXIOMS, ClaimKind.HYPOTHESES, ClaimKind.BEGINS, ClaimKind.ENABLED)
"""The guards that ask whether there is something, of which a structure that lacks containers is no witness."""


def may_lack(problem: Problem, guard: Obligation) -> bool:
    """Return whether a model of a guard's query may lack containers over which its formulas quantify."""
    theory = problem.theory
    lacking = {
        part
        for type_ in theory.quantified
        for part in subtypes(type_)
        if is_container(part) and part in theory.inside and not all_exist(theory, part)
    }
    if not lacking or guard.claim.kind not in _EXISTENCE:
        return False
    # What is assumed of all containers is true of those that a structure lacks, too.
    granted = {formula for _, formula in container_axioms(theory)}
    formulas = (formula for formula in (*problem.assumptions, *guard.query) if formula not in granted)
    symbols = (symbol for formula in formulas for symbol in formula.mentioned)
    about = {symbol.of.type for symbol in symbols if isinstance(symbol.of, Contents)}
    return not about.isdisjoint(lacking)


def false_assumption(problem: Problem, instance: Instance, state: Frozen, *kinds: Kind) -> Method | None:
    """Return an axiom or property about all containers of a type that is false in the state of a structure."""
    interpreter = Interpreter(instance)
    for method in _quantifying(problem, *kinds):
        try:
            if not interpreter.truth(method, interpreter.thaw(state)):
                return method
        except ModelError:
            continue  # that it is defined is a claim of its own
    return None


def is_witness(problem: Problem, claim: Claim, structure: Structure) -> bool:
    """Return whether the state of a structure is what a guard asks for, also where no container is lacking."""
    if claim.kind is ClaimKind.BEGINS:
        return False  # the structure says nothing of the state after the choices of a start
    structure = in_order(structure)
    instance = instance_of(problem.theory, structure)
    with instance.active():
        state = state_in(problem.theory, structure, instance)
        if false_assumption(problem, instance, state, Kind.AXIOM) is not None:
            return False
        if claim.kind is ClaimKind.AXIOMS:
            return True
        if false_assumption(problem, instance, state, Kind.CONSTRAINT, assumed_kind(problem)) is not None:
            return False
        return claim.transition is None or _is_enabled(problem, claim.transition, structure, instance, state)


def _is_enabled(
    problem: Problem, transition: Transition, structure: Structure, instance: Instance, state: Frozen
) -> bool:
    method = next(m for m in problem.specification.actions if m.name == transition.name)
    call = call_in(problem.theory, transition, dict(method.parameters), structure, instance)
    try:
        return any(True for _ in Interpreter(instance).outcomes(state, call))
    except ModelError:
        return False


def assumed_kind(problem: Problem) -> Kind:
    """Return the kind of the properties that are assumed of the state before a step."""
    return Kind.LEMMA if problem.specification.of(Kind.LEMMA) else Kind.INVARIANT


def _quantifying(problem: Problem, *kinds: Kind) -> list[Method]:
    """Return the methods of some kinds that quantify over containers."""
    compiled = compile_model(problem.specification).of(*kinds)
    names = {predicate.name for predicate in compiled if _is_about_containers(predicate)}
    return [method for method in problem.specification.of(*kinds) if method.name in names]


def _is_about_containers(predicate: PredicateIR) -> bool:
    ranged = [part.of for part in walk(predicate.body) if isinstance(part, Universe)]
    types = [*ranged, *(parameter.type for parameter in predicate.parameters)]
    return any(is_container(part) for type_ in types for part in subtypes(type_))
