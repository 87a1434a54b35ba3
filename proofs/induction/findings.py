"""What is false for certain: runs that the reference interpreter takes, from counterexamples and from explorations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.checker.language.specification import Method
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.obligations import Claim, ClaimKind, declared
from assay.proofs.induction.results import Exploration, ObligationResult, Refutation

__all__ = ["refutations"]


def refutations(
    problem: Problem, results: Iterable[ObligationResult], explorations: Iterable[Exploration], only: tuple[str, ...]
) -> list[Refutation]:
    """Return what is false, each property or action once, in the order of the model; of what ``only`` names."""
    explored = (refutation for exploration in explorations for refutation in exploration.refutations)
    found = {refutation.name: refutation for refutation in (*_reached(problem, results), *explored)}
    order = [predicate.name for predicate in (*problem.invariants, *problem.steps)]
    asked = [refutation for refutation in found.values() if not only or refutation.about.name in only]
    return sorted(asked, key=lambda r: order.index(r.name) if r.name in order else len(order))


def _reached(problem: Problem, results: Iterable[ObligationResult]) -> Iterator[Refutation]:
    """Yield what counterexamples show that begin in a reachable state."""
    for result in results:
        example = result.counterexample
        if example is not None and example.reachable and example.path is not None:
            settings = ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())
            source = f"an instance with {settings}" if settings else "its one instance"
            about = _culprit(problem, result.claim, in_step=example.after is None)
            yield Refutation(about, example.path, source, example.failure)


def _culprit(problem: Problem, claim: Claim, *, in_step: bool) -> Method | Predicate:
    """Return what is false, or whose code fails: that of the action, if the step has no state after it."""
    predicate = claim.predicate
    fails = in_step and claim.kind is not ClaimKind.INITIATION
    if predicate is None or (fails and declared(problem, predicate) is not None):
        return next(method for method in problem.specification.actions if method.name == claim.action)
    return declared(problem, predicate) or predicate
