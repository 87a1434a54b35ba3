"""Proving a model: encode it, decide its obligations in parallel, explain those that fail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assay.checker.errors import ModelError, UsageError
from assay.checker.language.instance import Instance, instantiate
from assay.checker.language.loader import nearest
from assay.checker.language.model import Kind
from assay.checker.language.specification import Specification
from assay.proofs.encoding import cache
from assay.proofs.encoding.epr import described
from assay.proofs.encoding.explaining import explained
from assay.proofs.encoding.finite import screened, violation
from assay.proofs.encoding.obligations import (
    Claim,
    Obligation,
    consecution,
    implied,
    initiation,
    step_obligations,
    vacuity,
    wholeness,
)
from assay.proofs.encoding.pool import Lost, can_fork, run_all
from assay.proofs.encoding.problem import Predicate, Problem, encode
from assay.proofs.encoding.results import Counterexample, ObligationResult, ProofResult, Refutation
from assay.proofs.encoding.solving import Decision, Solver

__all__ = ["ProofOptions", "Watch", "obligations_of", "prove_model"]

SCREENING = -1
"""The task of looking for violations in the smoke instance, among the obligations."""


@dataclass(frozen=True)
class ProofOptions:
    """How to prove.

    Attributes
    ----------
    timeout : float
        Seconds for each obligation.
    only : tuple of str
        Properties or actions to which to keep; all if empty.
    fixed : mapping from name to text
        Instance parameters that have a value; with sizes, a finite instance.
    workers : int
        Processes.
    memory : int
        Mebibytes for each.
    use_cache : bool
        Whether to remember what was proved.
    screening : int
        States of the smoke instance that are explored beside the proof.
    search : float
        Seconds for finding out whether a counterexample is reachable, and whether the model is broken.
    """

    timeout: float = 30.0
    only: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    workers: int = field(
        default_factory=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    )
    memory: int = 4096
    use_cache: bool = False
    screening: int = 1000
    search: float = 5.0


Watch = Callable[[int, int], None]
"""Called with how many obligations are decided, of how many."""


def prove_model(
    specification: Specification, options: ProofOptions = ProofOptions(), watch: Watch | None = None
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
    _demand_known(problem, options.only)
    run = _Run(problem, options, watch)
    run.first_round()
    run.second_round()
    run.warn()
    refutations = run.refutations()
    solver = run.solver
    return ProofResult(
        specification=specification,
        fixed=problem.theory.fixed,
        instance=problem.theory.instance,
        barriers=tuple(barriers),
        obligations=run.in_order(),
        refutations=tuple(refutations),
        cycle=described(solver.alternation),
        relational=tuple(sorted(f.name for f in solver.abstraction.functions)) if solver.abstraction else (),
        assumptions=tuple(name for name, _ in problem.axioms),
        warnings=tuple(run.warnings),
        seconds=time.monotonic() - started,
        dropped=tuple(sorted(run.dropped)),
        interrupted=run.interrupted,
    )


def encoded(specification: Specification, options: ProofOptions) -> tuple[Problem, list[Any]]:
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


def _demand_known(problem: Problem, only: Sequence[str]) -> None:
    known = [p.name for p in (*problem.invariants, *problem.steps)] + [m.name for m in problem.specification.actions]
    for name in only:
        if name not in known:
            raise UsageError(
                f"--only {name}: {problem.specification.name} has no such property or action{nearest(name, known)}",
                help=f"it has {', '.join(dict.fromkeys(known))}",
            )


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


class _Run:
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
        self._round(screen=self.options.screening > 0)

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
