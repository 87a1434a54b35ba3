"""One attempt at the obligations of a model: decided in parallel, in two rounds, and explained where they fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction import cache
from assay.proofs.induction.explaining import explained
from assay.proofs.induction.finite import screened, violation
from assay.proofs.induction.obligations import (
    Claim,
    Obligation,
    consecution,
    implied,
    initiation,
    step_obligations,
    vacuity,
    wholeness,
)
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.pool import Lost, can_fork, run_all
from assay.proofs.induction.results import Counterexample, ObligationResult, Refutation
from assay.proofs.induction.solving import Decision, Solver

__all__ = ["Attempt", "obligations_of"]

SCREENING = -1
"""The task of looking for violations in the smoke instance, among the obligations."""


def obligations_of(problem: Problem, hypotheses: Sequence[Predicate]) -> list[Obligation]:
    """Return what is to be proved of some invariants, assuming them and nothing else before each step."""
    assumed = replace(problem, invariants=list(hypotheses))
    found: list[Obligation] = []
    for predicate in hypotheses:
        found += initiation(problem, predicate)
        found += consecution(assumed, predicate)
    for predicate in problem.steps:
        found += step_obligations(assumed, predicate)
    found += wholeness(assumed)
    return found


class Attempt:
    """One attempt at one problem: first with the lemmas as hypotheses, then with what that leaves open."""

    def __init__(self, problem: Problem, options: ProofOptions, watch: Watch | None) -> None:
        self.problem = problem
        self.options = options
        self.watch = watch
        self.results: dict[tuple[str, int], ObligationResult] = {}
        self.screened: list[Refutation] = []
        self.warnings: list[str] = []
        self.interrupted = False
        self.dropped: frozenset[str] = frozenset()
        self.lemmas = [p for p in problem.invariants if p.kind is Kind.LEMMA]
        self.invariants = [p for p in problem.invariants if p.kind is Kind.INVARIANT]
        self.hypotheses = self.lemmas or self.invariants
        self.solver = Solver(problem, [])

    # Rounds

    def first_round(self) -> None:
        """Decide with the lemmas as hypotheses, and what of the invariants they imply."""
        self._round(screen=True)

    def _round(self, *, screen: bool) -> None:
        assumed = replace(self.problem, invariants=[*self.lemmas, *self.invariants])
        found = [implied(assumed, p) for p in self.invariants] if self.lemmas else []
        self._decide(found + obligations_of(self.problem, self.hypotheses), screen=screen, guards=self._guards())

    def second_round(self) -> None:
        """Begin again without the lemmas that a finite instance refutes; then let invariants be hypotheses too."""
        refuted = {refutation.name for refutation in self.screened if refutation.kind == Kind.LEMMA.value}
        if refuted and not self.interrupted:
            self.results.clear()
            self.dropped = frozenset(refuted)
            self.lemmas = [p for p in self.lemmas if p.name not in refuted]
            self.hypotheses = self.lemmas or self.invariants
            self._round(screen=False)
        if not self.interrupted and self.lemmas:
            self._strengthen()

    def _strengthen(self) -> None:
        """Where lemmas do not imply an invariant, let it be proved by induction, and be a hypothesis for the rest."""
        rest = [p for p in self.invariants if not self._is_implied(p)]
        if not rest:
            return
        failed = {r.name for r in self.results.values() if not r.proved}
        for key in [key for key, r in self.results.items() if not r.proved]:
            del self.results[key]
        self.hypotheses = [*self.lemmas, *rest]
        own = {p.name for p in rest}
        again = [o for o in obligations_of(self.problem, self.hypotheses) if o.subject in own or o.name in failed]
        self._decide(again, screen=False)

    def _is_implied(self, predicate: Predicate) -> bool:
        found = [r for r in self.results.values() if r.subject == predicate.name and r.claim == Claim.IMPLIED.value]
        return all(r.proved for r in found)

    def _guards(self) -> list[Obligation]:
        """Return the claims that the proof is about anything."""
        if self.options.only:
            return []
        return list(vacuity(replace(self.problem, invariants=[*self.lemmas, *self.invariants])))

    def in_order(self) -> tuple[ObligationResult, ...]:
        """Return the results in the order of the model, whatever came first: the properties, then the guards."""
        problem = self.problem
        subjects = [p.name for p in (*problem.invariants, *problem.steps)]
        actions = ["", *(m.name for m in problem.specification.methods if m.kind in (Kind.INITIAL, Kind.ACTION))]
        claims = [claim.value for claim in Claim]

        def place(key: tuple[str, int]) -> tuple[int, ...]:
            result = self.results[key]
            subject = subjects.index(result.subject) if result.subject in subjects else len(subjects)
            action = actions.index(result.action) if result.action in actions else 0
            ranks = subject, claims.index(result.claim)
            return (result.guard, *(reversed(ranks) if result.guard else ranks), action, key[1])

        return tuple(self.results[key] for key in sorted(self.results, key=place))

    def warn(self) -> None:
        """Note what is proved of nothing, and what is not as it was asked for."""
        if self.options.workers > 1 and not can_fork():
            self.warnings.append(
                "no process can be forked here: one obligation after the other, and a solver that hangs is not ended"
            )
        for result in self.results.values():
            if result.guard and result.claim == Claim.CONTENT.value and result.proved is False:
                self.warnings.append(f"{result.subject} follows from the axioms alone: it says nothing of the protocol")

    # Deciding

    def _decide(self, obligations: Sequence[Obligation], *, screen: bool, guards: Sequence[Obligation] = ()) -> None:
        wanted = [o for o in obligations if self._is_wanted(o)]
        solver = Solver(self.problem, [*wanted, *guards], self.options.memory)
        if wanted:
            self.solver = solver
        keys = _keys(solver.obligations)
        known = cache.Known(self.problem, solver) if self.options.use_cache else None
        hard = []
        for index, obligation in enumerate(solver.obligations):
            if obligation.trivial or (known is not None and known.is_proved(index)):
                note = "on sight" if obligation.trivial else "proved before"
                self.results[keys[index]] = _result(obligation, Decision(True, 0.0, note), None)
            else:
                self.results[keys[index]] = _result(obligation, Decision(None, 0.0, "interrupted"), None)
                hard.append(index)
        tasks = ([SCREENING] if screen and self.options.screening > 0 else []) + hard
        try:
            self._collect(solver, tasks, keys, known)
        except KeyboardInterrupt:
            self.interrupted = True
        for key, obligation in zip(keys, solver.obligations, strict=True):
            if not obligation.trivial and not obligation.satisfiable:
                self.results[key] = replace(self.results[key], cycle=solver.fragment(obligation))

    def _collect(
        self, solver: Solver, tasks: list[int], keys: list[tuple[str, int]], known: cache.Known | None
    ) -> None:
        solver.prepare()

        def work(task: int) -> Any:
            if task == SCREENING:
                return screened(self.problem.specification, dict(self.options.fixed), self.options.screening)
            return solver.decide(task, self.options.timeout)

        done = 0
        for task, outcome in run_all(tasks, work, workers=self.options.workers, seconds=self.options.timeout):
            done += 1
            if self.watch is not None:
                self.watch(done, len(tasks))
            if task == SCREENING:
                self.screened = [] if isinstance(outcome, Lost) else outcome
                continue
            decision = Decision(None, 0.0, outcome.reason) if isinstance(outcome, Lost) else outcome
            self.results[keys[task]] = self._explained(solver.obligations[task], decision)
            if known is not None and decision.proved:
                known.remember(task)

    def _is_wanted(self, obligation: Obligation) -> bool:
        only = self.options.only
        return not only or obligation.subject in only or obligation.action in only

    def _explained(self, obligation: Obligation, decision: Decision) -> ObligationResult:
        if decision.proved is not False or decision.structure is None:
            return _result(obligation, decision, None)
        if obligation.claim is Claim.IMPLIED:
            return _result(obligation, decision, None)
        found = explained(self.problem, obligation, decision.structure, self.options.search)
        return _result(obligation, decision, found)

    # What is false for certain

    def refutations(self) -> list[Refutation]:
        """Return the violations that were found, or that a search finds now that a proof failed."""
        found = list({refutation.name: refutation for refutation in (*self._reached(), *self.screened)}.values())
        names = {refutation.name for refutation in found}
        wanted = {p.name for p in (*self.invariants, *self.problem.steps)}
        open_ = any(not r.proved and not r.guard for r in self.results.values())
        if (open_ or found) and not names & wanted and not self.interrupted and not self.options.only:
            found += self._further()
        order = [p.name for p in (*self.problem.invariants, *self.problem.steps)]
        return sorted(found, key=lambda r: order.index(r.name) if r.name in order else len(order))

    def _further(self) -> list[Refutation]:
        try:
            further = violation(self.problem.specification, self.options.search)
        except KeyboardInterrupt:
            self.interrupted = True
            return []
        return [further] if further is not None else []

    def _reached(self) -> Iterator[Refutation]:
        for result in self.results.values():
            example = result.counterexample
            if example is not None and example.reachable and example.path is not None:
                failing = result.claim == Claim.WHOLE.value
                name = f"{result.subject} {result.claim}" if failing else result.subject
                source = f"an instance with {_sizes(example)}"
                yield Refutation(name, result.claim, example.path, source, example.note if failing else "")


def _sizes(example: Counterexample) -> str:
    return ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())


def _keys(obligations: Sequence[Obligation]) -> list[tuple[str, int]]:
    """Return a key for each obligation; those of one action that differ in the case of a parameter are numbered."""
    seen: dict[str, int] = {}
    keys = []
    for obligation in obligations:
        keys.append((obligation.name, seen.get(obligation.name, 0)))
        seen[obligation.name] = seen.get(obligation.name, 0) + 1
    return keys


def _result(obligation: Obligation, decision: Decision, example: Counterexample | None) -> ObligationResult:
    return ObligationResult(
        obligation.name,
        obligation.claim.value,
        obligation.subject,
        obligation.action,
        decision.proved,
        decision.seconds,
        decision.how,
        example,
        guard=obligation.satisfiable,
    )
