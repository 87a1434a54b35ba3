"""Proving a model: encode it, decide its obligations, say what is known."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from assay.checker.errors import ModelError, UsageError
from assay.checker.language.instance import Instance, instantiate
from assay.checker.language.loader import nearest
from assay.checker.language.specification import Specification
from assay.proofs.encoding.problem import Barrier, Problem, encode
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.results import ProofResult

__all__ = ["ProofOptions", "demand_known", "described", "encoded", "prove_model"]


def prove_model(
    specification: Specification,
    options: ProofOptions = ProofOptions(),  # noqa: B008 - frozen
    watch: Watch = Watch(),  # noqa: B008 - frozen
) -> ProofResult:
    """Prove that a model's properties hold for any sizes, or say what stands in the way.

    Raises
    ------
    ModelError
        If something in it can be translated neither for any sizes nor for given ones.
    EngineFault
        If a counterexample is none under the model's own code.
    """
    started = time.monotonic()
    problem, barriers = encoded(specification, options)
    demand_known(problem, options.only)
    attempt = Attempt(problem, options, watch)
    attempt.run()
    refutations = attempt.refutations()
    abstraction = attempt.fragment.abstraction
    return ProofResult(
        **described(problem, barriers),
        obligations=attempt.in_order(),
        refutations=tuple(refutations),
        cycle=attempt.fragment.cycle,
        relational=tuple(sorted(f.name for f in abstraction.functions)) if abstraction else (),
        explorations=tuple(attempt.explorations),
        warnings=tuple(attempt.warnings()),
        seconds=time.monotonic() - started,
        dropped=attempt.dropped,
        partial=attempt.selection.actions,
        interrupted=attempt.interrupted,
    )


def described(problem: Problem, barriers: Sequence[Barrier]) -> dict[str, Any]:
    """Return what every result says of its problem: for which instances it is, and what it assumes."""
    return {
        "specification": problem.specification,
        "fixed": problem.theory.fixed,
        "instance": problem.theory.instance,
        "barriers": tuple(barriers),
        "axioms": tuple(name for name, _ in problem.axioms),
        "constraints": tuple(constraint.name for constraint in problem.constraints),
    }


def encoded(specification: Specification, options: ProofOptions) -> tuple[Problem, list[Barrier]]:
    """Return the problem for any sizes; where that cannot be, for an instance, with what stood in the way."""
    constants = {constant.name for constant in specification.constants}
    sizes = [name for name in options.fixed if name not in constants]
    if not sizes:
        problem = encode(specification, _values(specification, options.fixed))
        if not problem.barriers:
            return problem, []
        barriers = problem.barriers
    else:
        barriers = []
    instance = instantiate(specification, options.fixed)
    problem = encode(specification, instance=instance)
    if problem.barriers:
        first = problem.barriers[0]
        raise ModelError(
            f"{first.method} cannot be proved: {first.construct} has no translation to logic",
            location=first.location,
            help="prove a model without it, or explore this one: assay check",
        )
    return problem, barriers


def _values(specification: Specification, fixed: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the parameters that are set, and of those that the model's default instance sets."""
    stated = {c.name for c in specification.constants if c.name in fixed or c.name in specification.cls.default}
    if not stated:
        return {}
    instance: Instance = instantiate(specification, fixed)
    return {name: instance.constants[name] for name in stated}


def demand_known(problem: Problem, only: Sequence[str]) -> None:
    """Refuse names that are neither a property's nor an action's.

    Raises
    ------
    UsageError
        If there is one, with the nearest that there is.
    """
    known = [p.name for p in (*problem.invariants, *problem.steps)] + [m.name for m in problem.specification.actions]
    for name in only:
        if name not in known:
            raise UsageError(
                f"--only {name}: {problem.specification.name} has no such property or action{nearest(name, known)}",
                help=f"it has {', '.join(dict.fromkeys(known))}",
            )
