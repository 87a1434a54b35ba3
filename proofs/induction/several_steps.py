"""Induction over several steps (k-induction): invariants in some consecutive states imply them in the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace

from assay.checker.language.introspection.specification import Specification
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.bounded import Search
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import LATE, Decision, Means, undecided
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation, guards
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.prover import demand_known, described, encoded
from assay.proofs.induction.results import ObligationResult, ProofResult
from assay.proofs.induction.unrolling import Unrolling
from assay.proofs.logic.connectives import negation
from assay.proofs.logic.terms import Term

__all__ = ["Advice", "decided_by_cases", "induct"]

Query = tuple[Term, ...]

Advice = Callable[[Problem], Callable[[Predicate, Transition], Sequence[Predicate] | None]]
"""Returns the invariants that may suffice for an action to preserve a predicate; None if no advice is given.

Advice only affects how soon a proof is found, not whether there is one.
"""


def induct(
    specification: Specification,
    depth: int,
    options: ProofOptions,
    watch: Watch = Watch(),  # noqa: B008 - frozen
    advice: Advice | None = None,
) -> ProofResult:
    """Prove by induction over several steps: first that no run of that many states violates anything, then the step.

    All properties are proved together, since each is assumed for the others. With ``only``, the named ones are
    requested, and the others are supporting. With ``advice``, the step is tried first from what is advised.
    """
    started = time.monotonic()
    problem, unencodable = encoded(specification, options, counting=False)
    demand_known(problem, options.only)
    search = Search(problem, options, depth - 1, _all(problem), watch)
    search.run()
    results, interrupted = list(search.results), search.interrupted
    if not search.refutations and not interrupted and search.reached == depth - 1:
        try:
            for result in _steps(problem, depth, options, advice):
                results.append(result)
        except KeyboardInterrupt:
            interrupted = True
    asked = [r for r in search.refutations if not options.only or r.about.name in options.only]
    return ProofResult(
        **described(problem, unencodable),
        obligations=tuple(_as_asked(result, options.only) for result in results),
        refutations=tuple(asked),
        warnings=tuple(f"{r.name} is violated, and all rests on it" for r in search.refutations if r not in asked),
        seconds=time.monotonic() - started,
        interrupted=interrupted,
    )


def _as_asked(result: ObligationResult, only: tuple[str, ...]) -> ObligationResult:
    """Mark a result as supporting unless it was requested by name."""
    if not only or result.claim.subject in only:
        return result
    return replace(result, obligation=replace(result.obligation, supporting=True))


def _all(problem: Problem) -> frozenset[str]:
    """Return the names of everything that is assumed and must be true initially, including lemmas."""
    properties = (predicate.name for predicate in (*problem.invariants, *problem.steps))
    return frozenset((*properties, *(transition.name for transition in problem.transitions)))


def _steps(problem: Problem, depth: int, options: ProofOptions, advice: Advice | None) -> Iterator[ObligationResult]:
    for obligation, cases in _obligations(problem, depth, advice):
        if options.left() <= 0:
            yield ObligationResult(obligation, Decision(None, reason=LATE))
            continue
        decider = Decider(problem, Fragment(problem, [obligation]), options.memory)
        yield ObligationResult(obligation, decided_by_cases(decider.decide, obligation, cases, options.each))


def decided_by_cases(
    decide: Callable[[Obligation, float], Decision], obligation: Obligation, cases: Sequence[Obligation], seconds: float
) -> Decision:
    """Decide a claim by cases: it is true if it is in all of them, and false if it is in one.

    Parameters
    ----------
    decide : callable
        Decides an obligation within the given seconds.
    obligation : Obligation
        The claim.
    cases : sequence of Obligation
        The same claim, by queries that together say what its own says. Without any, it is decided as it is.
    seconds : float
        The processor time for all cases together.
    """
    if not cases:
        return decide(obligation, seconds)
    found, spent = dict[int, Decision](), 0.0
    for _ in range(2):  # in the second round, the undecided cases share the time that the easy ones left
        waiting = [number for number in range(len(cases)) if number not in found or found[number].proved is None]
        for done, number in enumerate(waiting):
            share = max(seconds - spent, 0.0) / (len(waiting) - done)
            if share or number not in found:
                decision = decide(cases[number], share)
                found[number], spent = decision, spent + decision.seconds
                if decision.proved is False:
                    return replace(decision, seconds=spent)
    return _all_of([found[number] for number in range(len(cases))], spent, seconds)


def _all_of(decisions: Sequence[Decision], spent: float, limit: float) -> Decision:
    """Return the decision on a claim of whose cases none is false."""
    if any(decision.proved is None for decision in decisions):
        return Decision(None, spent, reason=undecided(spent, limit))
    facts = dict.fromkeys(fact for decision in decisions for fact in decision.facts)
    return Decision(True, spent, _common({decision.means for decision in decisions}), facts=tuple(facts))


def _common(means: Set[Means]) -> Means:
    """Return the means by which all cases together have no model, which is how their certificate is written.

    With relations for functions a query says less, so it has none only if no case needed the functions.
    """
    asked = means - {Means.SIGHT}
    if Means.WRITTEN_OUT in asked:
        return Means.WRITTEN_OUT
    return Means.RELATIONS if asked == {Means.RELATIONS} else Means.SOLVER


def _obligations(problem: Problem, depth: int, advice: Advice | None) -> Iterator[tuple[Obligation, list[Obligation]]]:
    """Yield what is to be proved, and the cases: which action takes the last of the steps."""
    unrolling = Unrolling(problem)
    invariants = (*problem.invariants, *problem.definedness)
    known = _known(unrolling, depth, invariants)
    steps, last_steps = [unrolling.step(step) for step in range(depth)], unrolling.cases(depth - 1)
    advised = None if advice is None else advice(problem)
    for predicate in (*invariants, *problem.steps, *problem.step_definedness):
        last = depth - 1 if predicate.kind.is_about_steps else depth
        false = negation(unrolling.at(predicate.goal, last))
        claim = Claim(ClaimKind.INDUCTIVE, predicate, None, depth)
        cases = []
        for transition, case in zip(problem.transitions, last_steps, strict=True):
            few = None if advised is None else advised(predicate, transition)
            rest = (*steps[:-1], case, false)
            stronger = () if few is None else ((*_known(unrolling, depth, few), *rest),)
            cases.append(Obligation(claim, (*known, *rest), stronger=stronger))
        yield Obligation(claim, (*known, *steps, false)), cases
    for transition in problem.raising:
        query = (*known, *steps[:-1], unrolling.failure(transition, depth - 1))
        yield Obligation(Claim(ClaimKind.INDUCTIVE, None, transition, depth), query), []
    vacuous = (ClaimKind.AXIOMS, ClaimKind.HYPOTHESES, ClaimKind.BEGINS)
    yield from ((guard, []) for guard in guards(problem, invariants) if guard.claim.kind in vacuous)


def _known(unrolling: Unrolling, depth: int, invariants: Sequence[Predicate]) -> Query:
    """Return that some invariants are true in all states but the last."""
    return tuple(unrolling.at(predicate.formula, step) for step in range(depth) for predicate in invariants)
