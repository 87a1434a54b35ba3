"""What a search ends with: the proof of the model with the lemmas as written, or the run that violates it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.exploring import explore_instance
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.results import ProofResult
from assay.proofs.induction.several_steps import induct
from assay.proofs.inference.extension import extended
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.instances import Explored
from assay.proofs.inference.spelling import Names

__all__ = ["proved_with", "violated_in"]


def proved_with(
    methods: Sequence[str], specification: Specification, names: Names, options: ProofOptions
) -> tuple[ProofResult, list[str]]:
    """Prove a model with inferred lemmas in both encodings; return the proof, and the lemmas that no instance refutes.

    The model does not claim the lemmas, so one that an instance refutes is no violation of it.

    Parameters
    ----------
    methods : sequence of str
        The lemmas, as Python.
    specification : Specification
        The model.
    names : Names
        The names of its module.
    options : ProofOptions
        The options of the proof.
    """
    methods = list(methods)
    while True:
        with extended(specification, methods, names) as model:
            proof = prove_model(model, options)
            if proof.verdict is Verdict.HOLDS:
                proof = _proved_again(model, proof, options)
            own = {method.name for method in model.of(Kind.LEMMA)}
        false = own & {refutation.about.name for refutation in proof.refutations}
        if not false or proof.interrupted:
            return proof, methods
        methods = [method for method in methods if not any(f"def {name}(" in method for name in false)]


def _proved_again(model: Specification, proof: ProofResult, options: ProofOptions) -> ProofResult:
    """Add to a proof what fails in the other encoding, where the states before and after have symbols of their own."""
    again = induct(model, 1, options, advice=_enough_in_small_structures)
    if again.verdict is Verdict.HOLDS:
        return proof
    obligations = (*proof.obligations, *again.failed, *again.guards_failed)
    return replace(proof, obligations=obligations, interrupted=again.interrupted)


def _enough_in_small_structures(problem: Problem) -> Callable[[Predicate, Transition], list[Predicate] | None]:
    """Return which invariants are enough for a predicate to be preserved in small structures."""
    goals, invariants = Goals(problem), [*problem.invariants, *problem.definedness]
    formulas = [predicate.formula for predicate in invariants]

    def advised(predicate: Predicate, transition: Transition) -> list[Predicate] | None:
        if predicate not in invariants:
            return None
        obligation = next(o for o in goals.preserved(predicate) if o.claim.transition is transition)
        few = goals.enough(obligation, formulas, least=False, larger=True)
        return None if few is None else [one for one in invariants if one.formula in few or one is predicate]

    return advised


def violated_in(wrong: Explored, model: Specification, options: ProofOptions, seconds: float) -> ProofResult:
    """Return the result on a model, without lemmas, that an instance violates: with a run that shows it.

    The prover's own explorations find the run in most cases; otherwise that instance is searched for `seconds`.
    """
    proof = prove_model(model, options)
    if proof.verdict is Verdict.VIOLATED or proof.interrupted:
        return proof
    where = ", ".join(f"{name}={value}" for name, value in wrong.settings.items())
    seen = explore_instance(model, wrong.settings, f"an instance with {where}", seconds)
    return replace(proof, refutations=(*proof.refutations, *seen.refutations), explorations=(*proof.explorations, seen))
