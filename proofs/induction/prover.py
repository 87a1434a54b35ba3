"""Proving a model: encode it, decide its obligations, and put the result together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assay.checker.errors import ModelError, UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import demand_own_instances, instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.model import Kind
from assay.checker.wording import nearest
from assay.proofs.encoding.problem import Problem, Unencodable, encode
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.obligations import Claim, ClaimKind
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.processes import can_fork
from assay.proofs.induction.results import Counterexample, ObligationResult, ProofResult, Refutation

__all__ = ["ProofOptions", "demand_known", "described", "encoded", "prove_model"]


def prove_model(
    specification: Specification,
    options: ProofOptions = ProofOptions(),  # noqa: B008 - frozen
    watch: Watch = Watch(),  # noqa: B008 - frozen
) -> ProofResult:
    """Prove that a model's properties hold for any sizes, or return what prevents it.

    Raises
    ------
    ModelError
        If a part of it can be translated neither for any sizes nor for given ones.
    InternalError
        If the model's own code does not confirm a counterexample.
    """
    started = time.monotonic()
    problem, unencodable = encoded(specification, options)
    demand_known(problem, options.only)
    attempt = Attempt(problem, options, watch)
    attempt.run()
    beyond = attempt.given_up
    if beyond is not None:
        watch.tell(f"{beyond.name} is not decided for any number of nodes: going on with the default instance's sizes")
        problem, unencodable = encoded(specification, options, counting=False)
        attempt = Attempt(problem, options, watch)
        attempt.run()
    _explore(attempt)
    if attempt.is_open and not attempt.interrupted:
        attempt.find_gaps()
    attempt.withdraw_what_rests_on_violated()
    return ProofResult(
        **described(problem, unencodable),
        obligations=_in_order(attempt),
        refutations=tuple(_found(attempt)),
        fragment=attempt.fragment,
        explorations=tuple(attempt.explorations),
        warnings=(*_not_decided(beyond, options.only), *_warnings(attempt)),
        seconds=time.monotonic() - started,
        dropped=attempt.dropped,
        partial=_actions(specification, options.only),
        interrupted=attempt.interrupted,
        gaps=tuple(attempt.gaps),
    )


def _actions(specification: Specification, only: Sequence[str]) -> tuple[str, ...]:
    """Return the actions that were asked for: the claims are about their steps only, so no property is proved."""
    return tuple(dict.fromkeys(action.name for action in specification.actions if action.name in only))


def _not_decided(beyond: Claim | None, only: Sequence[str]) -> Iterator[str]:
    """Yield for which claim the proof is one for stated sizes."""
    if beyond is not None:
        rest = "" if only else "; --only PROPERTY proves for any number a property that does not rest on it"
        yield f"{beyond.name} compares sizes of sets, and was not decided for any number of nodes{rest}"


def described(problem: Problem, unencodable: Sequence[Unencodable]) -> dict[str, Any]:
    """Return what every result says about its problem: the instances that it covers, and what it assumes."""
    return {
        "specification": problem.specification,
        "fixed": problem.theory.fixed,
        "instance": problem.theory.instance,
        "unencodable": tuple(unencodable),
        "axioms": tuple(name for name, _ in problem.axioms),
        "constraints": tuple(constraint.name for constraint in problem.constraints),
    }


def encoded(
    specification: Specification, options: ProofOptions, *, counting: bool = True
) -> tuple[Problem, list[Unencodable]]:
    """Return the problem for any sizes or, if it cannot be encoded so, for an instance, with the reasons.

    With ``counting``, comparing sizes of sets is not such a reason.
    """
    demand_own_instances(specification, options.fixed, ("default", "smoke"))
    constants = {constant.name for constant in specification.constants}
    sizes = [name for name in options.fixed if name not in constants]
    if not sizes:
        problem = encode(specification, _values(specification, options.fixed), counting=counting)
        if not problem.unencodable:
            return problem, []
        unencodable = problem.unencodable
        _demand_encoded([one for one in unencodable if one.finite])  # no sizes would help
    else:
        unencodable = []
    instance = instantiate(specification, options.fixed)
    problem = encode(specification, instance=instance)
    _demand_encoded(problem.unencodable)
    return problem, unencodable


def _demand_encoded(unencodable: Sequence[Unencodable]) -> None:
    for first in unencodable:
        raise ModelError(
            f"{first.method} cannot be proved: {first.construct} has no translation to logic",
            location=first.location,
            help=first.remedy or "prove a model without it, or explore this one: assay check",
        )


def _values(specification: Specification, fixed: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the parameters that were set, or else those of the model's default instance."""
    stated = {c.name for c in specification.constants if c.name in fixed or c.name in specification.cls.default}
    if not stated:
        return {}
    instance: Instance = instantiate(specification, fixed)
    return {name: instance.constants[name] for name in stated}


def demand_known(problem: Problem, only: Sequence[str]) -> None:
    """Refuse names that belong to neither a property nor an action.

    Raises
    ------
    UsageError
        If there is such a name; the message suggests the nearest one.
    """
    known = [p.name for p in (*problem.invariants, *problem.steps)] + [m.name for m in problem.specification.actions]
    for name in only:
        if name not in known:
            raise UsageError(
                f"--only {name}: {problem.specification.name} has no such property or action{nearest(name, known)}",
                help=f"it has {', '.join(dict.fromkeys(known))}",
            )


# The result of an attempt


def _in_order(attempt: Attempt) -> tuple[ObligationResult, ...]:
    """Return the results in the order of the model, properties before guards, whichever was decided first."""
    problem = attempt.problem
    declared_ = (*problem.invariants, *problem.steps)
    predicates = [id(p) for p in (*declared_, *problem.definedness, *problem.step_definedness)]
    transitions = [id(t) for t in (*problem.initial, *problem.transitions)]
    failures = [id(f) for t in (*problem.initial, *problem.transitions) for f in t.failures]
    kinds = list(ClaimKind)

    def place(result: ObligationResult) -> tuple[int, ...]:
        claim = result.claim
        subject = _index(predicates, id(claim.predicate), len(predicates))
        ranks = subject, kinds.index(claim.kind)
        ordered = reversed(ranks) if result.guard else ranks
        step = _index(transitions, id(claim.transition), -1), _index(failures, id(claim.failure), -1)
        return (result.guard, result.obligation.supporting, *ordered, *step)

    return tuple(sorted(attempt.results.values(), key=place))


def _index(items: Sequence[int], item: int, otherwise: int) -> int:
    return items.index(item) if item in items else otherwise


def _warnings(attempt: Attempt) -> Iterator[str]:
    """Yield warnings: what is odd about the model, what holds only vacuously, and what was done differently."""
    yield from compile_model(attempt.problem.specification).remarks
    if attempt.options.workers > 1 and not can_fork():
        yield "no process can be forked here: one obligation after the other, and a solver that hangs is not ended"
    for exploration in attempt.explorations:
        if exploration.trouble:
            yield f"{exploration.source} was not explored beside the proof: {exploration.trouble}"
    for name in attempt.dropped:
        yield f"{name} is false, or not proved: nothing here is proved with it"
    for result in attempt.results.values():
        if result.claim.kind is ClaimKind.CONTENT and result.proved is False:
            yield f"{result.claim.subject} follows from the axioms alone: it says nothing of the protocol"


def _explore(attempt: Attempt) -> None:
    """Search for a violation where the proof failed."""
    may_go_on = not attempt.interrupted and not attempt.options.only
    if attempt.has_open_refinements and may_go_on:
        attempt.explore_refinements()
    found = _found(attempt)
    if (attempt.is_open or found) and not _is_enough(attempt.problem, found) and may_go_on:
        attempt.explore()


def _is_enough(problem: Problem, found: Sequence[Refutation]) -> bool:
    """Return whether a violation was found; for a broken model, whether it is the one that it is meant to show."""
    meant = problem.specification.expected_violation
    if meant is not None:
        return any(refutation.about is meant for refutation in found)
    enough = (Kind.INVARIANT, Kind.STEP_INVARIANT, Kind.ASSERTION, Kind.REFINEMENT)
    return any(refutation.kind in enough for refutation in found)


def _found(attempt: Attempt) -> list[Refutation]:
    """Return what is false among what was asked for, each property or action once, in the order of the model."""
    problem, only = attempt.problem, attempt.options.only
    explored = (refutation for exploration in attempt.explorations for refutation in exploration.refutations)
    examples = [result.counterexample for result in attempt.results.values()]
    found = {refutation.name: refutation for refutation in (*_reached([*examples, *attempt.gaps]), *explored)}
    order = [predicate.name for predicate in (*problem.invariants, *problem.steps)]
    asked = [refutation for refutation in found.values() if not only or refutation.about.name in only]
    return sorted(asked, key=lambda r: order.index(r.name) if r.name in order else len(order))


def _reached(examples: Iterable[Counterexample | None]) -> Iterator[Refutation]:
    """Yield the refutations by counterexamples that begin in a reachable state."""
    for example in examples:
        if example is not None and example.about is not None and example.path is not None:
            settings = ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())
            source = f"an instance with {settings}" if settings else "its one instance"
            yield Refutation(example.about, example.path, source, example.failure)
