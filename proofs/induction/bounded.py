"""Bounded model checking over unbounded sorts: looking for violations within some steps, for any sizes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from assay.checker.errors import InternalError, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.states import instance_of
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.induction.counterexamples import Incomplete, demand_true, executed_in
from assay.proofs.induction.decisions import Decision, undecided
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.processes import SEARCH_LATENESS, Clock
from assay.proofs.induction.prover import demand_known, described, encoded
from assay.proofs.induction.results import ObligationResult, ProofResult, Refutation
from assay.proofs.induction.runs import along, failure_at_the_end
from assay.proofs.induction.small import find_small
from assay.proofs.induction.unrolling import Unrolling
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.structures import Structure, in_order
from assay.proofs.logic.terms import FALSE, Term
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Search", "search_steps"]

COUNTEREXAMPLE = 0.3
"""The fraction of each query's time that is reserved for a small structure, if the solver finds no contradiction."""


@immutable
class _Sought:
    """Something to look for: what it would violate, and after how many steps of the run."""

    obligation: Obligation
    length: int


@dataclass
class Search:
    """A bounded search for violations, one step deeper each time.

    It goes on while every query is decided: one that takes too long after some steps would not be quicker after more.

    Attributes
    ----------
    problem : Problem
        The model.
    options : ProofOptions
        The options of the search.
    steps : int
        The most steps.
    wanted : frozenset of str
        The properties and actions to consider; all if empty.
    watch : Watch
        Receives the progress.
    """

    problem: Problem
    options: ProofOptions
    steps: int
    wanted: frozenset[str]
    watch: Watch = field(default_factory=Watch)
    results: list[ObligationResult] = field(default_factory=list)
    refutations: list[Refutation] = field(default_factory=list)
    interrupted: bool = False
    reached: int = -1

    def run(self) -> None:
        """Search until something is found or left undecided, or there are no more steps."""
        self.unrolling = Unrolling(self.problem)
        self._facts: list[Term] = [self.unrolling.initial()]
        self._z3 = Z3(memory=self.options.memory)
        try:
            for step in range(self.steps + 1):
                if not self._after(step):
                    return
                self.reached = step
        except KeyboardInterrupt:
            self.interrupted = True

    def _after(self, step: int) -> bool:
        """Search after some number of steps; return whether to go on."""
        decided = True
        for sought in self._queries(step):
            result = self._decided(sought)
            self.results.append(result)
            self.watch.progress(len(self.results), max(self._expected, len(self.results)))
            decided = decided and result.proved is not None
            if self.refutations:
                return False
        return decided

    @property
    def _expected(self) -> int:
        """The approximate number of queries in all."""
        steps = len(self.problem.steps) + len(self.problem.raising)
        return (len(self._invariants) + len(self.problem.bounds)) * (self.steps + 1) + steps * self.steps

    def _queries(self, step: int) -> Iterator[_Sought]:
        """Yield what to look for after some steps: first what the last of them violates, then the state."""
        at, facts = self.unrolling.at, self._facts
        if not step:
            yield from self._initialisation_raises()
        if step:
            for transition in (t for t in self.problem.raising if self._is_wanted(t.name)):
                query = (*facts, self.unrolling.failure(transition, step - 1))
                yield _Sought(Obligation(Claim(ClaimKind.WITHIN, None, transition, step), query), step - 1)
            facts.append(self.unrolling.step(step - 1))
        # Ask about bounds before assuming them: a state outside of them is an error of the model, and properties are
        # judged only in states without one.
        for predicate in self.problem.bounds:
            yield self._sought(predicate, step, at(predicate.goal, step), max(step - 1, 0))
        facts.append(self.unrolling.kept(step))
        for predicate in self._step_invariants if step else ():
            yield self._sought(predicate, step, at(predicate.goal, step - 1), step)
        for predicate in self._invariants:
            yield self._sought(predicate, step, at(predicate.goal, step), step)

    def _initialisation_raises(self) -> Iterator[_Sought]:
        """Yield the query whether making an initial state raises: if it does, there is no run to show."""
        for start in self.problem.initial:
            if start.failures:
                claim = Claim(ClaimKind.WITHIN, None, start, 0)
                yield _Sought(Obligation(claim, (start.failure,)), 0)

    def _sought(self, predicate: Predicate, step: int, formula: Term, length: int) -> _Sought:
        query = (*self._facts, negation(formula))
        claim = Claim(ClaimKind.WITHIN, predicate, None, step)
        return _Sought(Obligation(claim, query, on_sight=conjunction(query) is FALSE), length)

    def _is_wanted(self, name: str) -> bool:
        return not self.wanted or name in self.wanted

    @property
    def _invariants(self) -> list[Predicate]:
        """The invariants, and those lemmas that were asked for by name."""
        kinds = (Kind.INVARIANT, Kind.CONSTRAINT)
        found = [p for p in self.problem.definedness if p.about is not None and self._is_looked_at(p.about, kinds)]
        return found + [p for p in self.problem.invariants if p.ir is not None and self._is_looked_at(p, kinds)]

    @property
    def _step_invariants(self) -> list[Predicate]:
        found = (*self.problem.step_definedness, *self.problem.steps)
        return [p for p in found if self._is_wanted((p.about or p).name)]

    def _is_looked_at(self, predicate: Predicate, kinds: tuple[Kind, ...]) -> bool:
        """Return whether to look for violations of a property; of a lemma, only if it was asked for by name."""
        if predicate.kind is Kind.CONSTRAINT:
            return True
        return predicate.name in self.wanted or (not self.wanted and predicate.kind in kinds)

    def _decided(self, sought: _Sought) -> ObligationResult:
        clock, obligation = Clock(self.options.each), sought.obligation
        claim = obligation.claim
        if obligation.on_sight:
            return ObligationResult(obligation, Decision(True))
        query = (*self.problem.assumptions, *obligation.query)
        z3 = self._z3.again()
        z3.declare(query)
        z3.add(query)
        if clock.apart(z3.check, (1 - COUNTEREXAMPLE) * clock.limit) == "unsat":
            return ObligationResult(obligation, Decision(True, clock.spent))
        # If there is no contradiction, only a small structure helps: it becomes a run that the interpreter executes.
        found = None if claim.transition in self.problem.initial else self._small(sought, query, clock)
        spent = clock.spent
        if found is None:
            return ObligationResult(obligation, Decision(None, spent, reason=undecided(spent, clock.limit)))
        try:
            self.refutations.append(self._refutation(sought, found))
        except Incomplete as lacking:
            return ObligationResult(obligation, Decision(None, spent, reason=str(lacking)))
        return ObligationResult(obligation, Decision(False, spent))

    def _small(self, sought: _Sought, query: tuple[Term, ...], clock: Clock) -> Structure | None:
        steps, symbols = sought.obligation.claim.steps or 0, self.problem.theory.state_symbols
        needed = [self.unrolling.symbol(s, i) for i in range(steps + 1) for s in symbols]
        needed += self.problem.theory.structure_symbols
        look = partial(find_small, query, (), needed, numbers=numbers(self.problem.theory))
        found = clock.apart(look, max(clock.left, 1.0), lateness=SEARCH_LATENESS)
        return None if found is None else found.structure

    def _refutation(self, sought: _Sought, found: Structure) -> Refutation:
        structure, claim = in_order(found), sought.obligation.claim
        instance = instance_of(self.problem.theory, structure)
        source = "a run that the solver found"
        with instance.active(), executed_in(self.problem, structure, instance, claim):
            path = self.unrolling.path(structure, instance, sought.length)
            demand_true(self.problem, instance, path[0], Kind.AXIOM)
            trace = along(instance, path)
            predicate = claim.predicate
            method = None if predicate is None else self.problem.declaration(predicate)
            if predicate is None or predicate.about is not None or method is None:
                about, failure = failure_at_the_end(trace)
                is_bound = predicate is not None and predicate.about is None
                return Refutation(predicate if is_bound and predicate else about, trace, source, failure)
            return Refutation(method, trace, source, _confirmed(instance, method, path))


def _confirmed(instance: Instance, method: Method, path: list[Frozen]) -> str:
    """Check a violation against the model's own code; return how that fails, or an empty text."""
    interpreter = Interpreter(instance)
    states = path[-2:] if method.kind.is_about_steps else path[-1:]
    try:
        holds = interpreter.truth(method, *map(interpreter.thaw, states))
    except ModelError as error:
        return error.message
    if holds:
        raise InternalError(f"under the model's own code {method.name} is true at the end of the solver's run")
    return ""


def search_steps(
    specification: Specification,
    steps: int,
    options: ProofOptions,
    watch: Watch = Watch(),  # noqa: B008 - frozen
) -> ProofResult:
    """Look for a violation within some steps, for any sizes.

    Raises
    ------
    InternalError
        If a run that violates something does not execute under the model's own code.
    """
    started = time.monotonic()
    problem, unencodable = encoded(specification, options, counting=False)
    demand_known(problem, options.only)
    search = Search(problem, options, steps, frozenset(options.only or _meant(specification)), watch)
    search.run()
    return ProofResult(
        **described(problem, unencodable),
        obligations=tuple(search.results),
        refutations=tuple(search.refutations),
        seconds=time.monotonic() - started,
        bounded="" if search.refutations else _told(search),
        interrupted=search.interrupted,
    )


def _told(search: Search) -> str:
    open_ = [result for result in search.results if not result.proved]
    if open_:
        return f"{open_[0].claim.name}: {open_[0].decision.note}"
    if not search.results:
        return "there was nothing to look for"
    return f"no violation within {search.reached} step{'' if search.reached == 1 else 's'}"


def _meant(specification: Specification) -> tuple[str, ...]:
    """Return the property that a broken model is meant to violate, which is the one to look for."""
    expected = specification.expected_violation
    return (expected.name,) if expected is not None and expected.kind.is_claim else ()
