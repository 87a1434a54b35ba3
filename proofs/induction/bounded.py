"""Several steps in a row over unbounded sorts: bounded model checking, and induction over more than one step.

Each step has its own copy of the symbols that some action changes; the rest is shared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assay.checker.language.expectations import Holds
from assay.checker.language.instance import Instance
from assay.checker.language.model import Kind
from assay.checker.language.reading import Frozen
from assay.checker.language.specification import Specification
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import instance_of, state_in
from assay.proofs.encoding.theory import primed
from assay.proofs.encoding.universes import numbers
from assay.proofs.induction.finite import along, failure_after
from assay.proofs.induction.obligations import Claim, Obligation
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.prover import encoded
from assay.proofs.induction.results import ObligationResult, ProofResult, Refutation
from assay.proofs.induction.search import find_small
from assay.proofs.induction.solving import Solver
from assay.proofs.logic.binders import Definition, for_all, replace_symbols
from assay.proofs.logic.connectives import conjunction, disjunction, equal, negation
from assay.proofs.logic.structures import Structure, in_order
from assay.proofs.logic.terms import Symbol, Term, variable

__all__ = ["Unrolling", "induct", "search_steps"]


class Unrolling:
    """Copies of a problem's state, one a step.

    Parameters
    ----------
    problem : Problem
        The model.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        changed = {symbol for transition in problem.transitions for symbol in transition.definitions}
        self.changing = tuple(s for s in problem.theory.state_symbols if s in changed)

    def symbol(self, symbol: Symbol, step: int) -> Symbol:
        """Return the copy of a symbol after so many steps."""
        return symbol.copy(step) if symbol in self.changing else symbol

    def at(self, formula: Term, step: int) -> Term:
        """Return what a formula says after so many steps; of primed symbols, after one more."""
        copies = {s: _same(s, self.symbol(s, step)) for s in self.changing}
        later = {primed(s): _same(primed(s), self.symbol(s, step + 1)) for s in self.problem.theory.state_symbols}
        return replace_symbols(formula, {**copies, **later})

    def beginning(self) -> Term:
        """Return that the first state is initial."""
        return disjunction(self._began(transition) for transition in self.problem.beginnings)

    def _began(self, transition: Transition) -> Term:
        """Return that the first state is what this makes of a state of which nothing is known."""
        symbols = self.problem.theory.state_symbols
        unknown = {s: _same(s, s.copy("start")) for s in symbols}
        facts = [transition.guard]
        for symbol in symbols:
            names = [variable(sort) for sort in symbol.arguments]
            definition = transition.definitions.get(symbol, _same(symbol, symbol))
            facts.append(for_all(names, equal(_first(self.symbol(symbol, 0))(*names), definition(*names))))
        begun = replace_symbols(conjunction(facts), unknown)
        return replace_symbols(begun, {_first(self.symbol(s, 0)): _same(s, self.symbol(s, 0)) for s in symbols})

    def step(self, step: int) -> Term:
        """Return that some action leads from the state after so many steps to the next."""
        return disjunction(self._taken(transition, step) for transition in self.problem.transitions)

    def kept(self, step: int) -> Term:
        """Return that the state after so many steps keeps to the bounds of its variables."""
        return conjunction(self.at(predicate.formula, step) for predicate in self.problem.bounds)

    def failure(self, transition: Transition, step: int) -> Term:
        """Return that the model's own code fails in the middle of an action, after so many steps."""
        return replace_symbols(self.at(transition.failure, step), self._own(transition, step))

    @staticmethod
    def _own(transition: Transition, step: int) -> dict[Symbol, Definition]:
        """Return the copies of the constants of an action."""
        return {s: _same(s, s.copy(step)) for s in transition.constants}

    def _taken(self, transition: Transition, step: int) -> Term:
        own = self._own(transition, step)
        facts = [replace_symbols(self.at(transition.guard, step), own)]
        for symbol in self.changing:
            names = tuple(variable(sort) for sort in symbol.arguments)
            definition = transition.definitions.get(symbol, Definition(names, symbol(*names)))
            body = replace_symbols(self.at(definition(*names), step), own)
            facts.append(for_all(names, equal(self.symbol(symbol, step + 1)(*names), body)))
        return conjunction(facts)

    def path(self, structure: Structure, instance: Instance, length: int) -> list[Frozen]:
        """Return the states of a structure, so many steps on."""
        return [state_in(self.problem.theory, self._seen(structure, step), instance) for step in range(length + 1)]

    def _seen(self, structure: Structure, step: int) -> Structure:
        tables = dict(structure.tables)
        for symbol in self.changing:
            tables[symbol] = structure.tables.get(self.symbol(symbol, step), {})
        return Structure(structure.sizes, tables, structure.low)


def _first(symbol: Symbol) -> Symbol:
    return symbol.copy("first")


def _same(old: Symbol, new: Symbol) -> Definition:
    names = tuple(variable(sort) for sort in old.arguments)
    return Definition(names, new(*names))


@dataclass(frozen=True)
class _Query:
    """Something to look for.

    Attributes
    ----------
    steps : int
        After how many steps.
    name, kind : str
        What is violated; of the model's own code failing, what claims that it does not.
    query : tuple of Term
        What it satisfies.
    length : int
        How many steps there are before it.
    """

    steps: int
    name: str
    kind: str
    query: tuple[Term, ...]
    length: int


_KINDS = frozenset(kind.value for kind in Kind)


@dataclass
class _Search:
    """Looking for violations, one more step at a time."""

    problem: Problem
    options: ProofOptions
    steps: int
    watch: Watch | None = None

    def __post_init__(self) -> None:
        self.unrolling = Unrolling(self.problem)
        only = self.options.only or _meant(self.problem.specification)
        wanted = [
            p for p in self.problem.invariants if p.ir is not None and (p.kind is Kind.INVARIANT or p.name in only)
        ]
        self.invariants = [p for p in wanted if not only or p.name in only]
        self.step_invariants = [p for p in self.problem.steps if not only or p.name in only]

    def queries(self) -> Iterator[_Query]:
        """Yield what to look for, step by step, and the query that it satisfies."""
        at = self.unrolling.at
        facts = [self.unrolling.beginning()]
        for step in range(self.steps + 1):
            for predicate in self.problem.bounds:
                query = (*facts, negation(at(predicate.formula, step)))
                yield _Query(step, predicate.name, "bound", query, max(step - 1, 0))
            facts.append(self.unrolling.kept(step))
            for predicate in self.invariants:
                query = (*facts, negation(at(predicate.formula, step)))
                yield _Query(step, predicate.name, predicate.kind.value, query, step)
            if step < self.steps:
                for transition in self.problem.faulty:
                    query = (*facts, self.unrolling.failure(transition, step))
                    yield _Query(step + 1, f"{transition.name} {Claim.WHOLE.value}", "claim", query, step)
                facts.append(self.unrolling.step(step))
                for predicate in self.step_invariants:
                    query = (*facts, self.unrolling.kept(step + 1), negation(at(predicate.formula, step)))
                    yield _Query(step + 1, predicate.name, predicate.kind.value, query, step + 1)

    def run(self) -> tuple[list[ObligationResult], list[Refutation], bool]:
        results: list[ObligationResult] = []
        try:
            for query in (queries := list(self.queries())):
                result, refutation = self._decided(query)
                if self.watch is not None:
                    self.watch(len(results) + 1, len(queries))
                results.append(result)
                if refutation is not None:
                    return results, [refutation], False
        except KeyboardInterrupt:
            return results, [], True
        return results, [], False

    def _decided(self, sought: _Query) -> tuple[ObligationResult, Refutation | None]:
        started, within = time.monotonic(), f"within {sought.steps} steps"
        obligation = Obligation(Claim.CONSECUTION, sought.name, None, sought.query)
        solver = Solver(self.problem, [obligation], self.options.memory)
        found, answer = None, "unsat"
        if not obligation.trivial:
            z3 = solver.z3.again()
            z3.declare((*self.problem.assumptions, *sought.query))
            z3.add((*self.problem.assumptions, *sought.query))
            answer = z3.check(self.options.timeout)
        if answer != "unsat":
            found = self._small(sought)
        proved = True if answer == "unsat" else False if found is not None else None
        note = "" if proved is not None else f"not decided in {self.options.timeout:g} s"
        seconds = time.monotonic() - started
        result = ObligationResult(f"{sought.name}: {within}", within, sought.name, "", proved, seconds, note)
        return result, None if found is None else self._refutation(sought, found)

    def _small(self, sought: _Query) -> Structure | None:
        symbols = self.problem.theory.state_symbols
        needed = [self.unrolling.symbol(s, i) for i in range(sought.steps + 1) for s in symbols]
        query = (*self.problem.assumptions, *sought.query)
        return find_small(query, (), needed, self.options.timeout, numbers(self.problem.theory))

    def _refutation(self, sought: _Query, found: Structure) -> Refutation:
        structure = in_order(found)
        instance = instance_of(self.problem.theory, structure)
        with instance.active():
            path = self.unrolling.path(structure, instance, sought.length)
            trace = along(instance, path)
            failure = "" if sought.kind in _KINDS else failure_after(instance, path[-1])
        return Refutation(sought.name, sought.kind, trace, "a run that the solver found", failure)


def _meant(specification: Specification) -> tuple[str, ...]:
    """Return the property that a broken model is meant to violate; it is the one to look for."""
    expected = specification.expected
    return () if isinstance(expected, Holds) else (expected.property,)


def search_steps(
    specification: Specification, steps: int, options: ProofOptions, watch: Watch | None = None
) -> ProofResult:
    """Look for a violation within so many steps, for any sizes.

    Raises
    ------
    EngineFault
        If a run that violates something does not execute under the model's own code.
    """
    started = time.monotonic()
    problem, barriers = encoded(specification, options)
    results, refutations, interrupted = _Search(problem, options, steps, watch).run()
    undecided = [r for r in results if r.proved is None]
    told = f"no violation within {steps} steps" if not undecided else f"{undecided[0].name}: {undecided[0].note}"
    return ProofResult(
        specification=specification,
        fixed=problem.theory.fixed,
        instance=problem.theory.instance,
        barriers=tuple(barriers),
        obligations=tuple(results),
        refutations=tuple(refutations),
        assumptions=tuple(name for name, _ in problem.axioms),
        seconds=time.monotonic() - started,
        bounded="" if refutations else told,
        interrupted=interrupted,
    )


def induct(specification: Specification, depth: int, options: ProofOptions, watch: Watch | None = None) -> ProofResult:
    """Prove by induction over so many steps: the invariants in that many states in a row imply them in the next."""
    started = time.monotonic()
    problem, barriers = encoded(specification, options)
    base, refutations, interrupted = _Search(problem, replace(options, only=_all(problem)), depth - 1, watch).run()
    results = list(base)
    if not refutations and not interrupted:
        results += _steps(problem, depth, options)
    return ProofResult(
        specification=specification,
        fixed=problem.theory.fixed,
        instance=problem.theory.instance,
        barriers=tuple(barriers),
        obligations=tuple(results),
        refutations=tuple(refutations),
        assumptions=tuple(name for name, _ in problem.axioms),
        seconds=time.monotonic() - started,
        interrupted=interrupted,
    )


def _all(problem: Problem) -> tuple[str, ...]:
    return tuple(p.name for p in (*problem.invariants, *problem.steps))


def _steps(problem: Problem, depth: int, options: ProofOptions) -> Iterator[ObligationResult]:
    unrolling = Unrolling(problem)
    known = [unrolling.at(p.formula, step) for step in range(depth) for p in problem.invariants]
    steps = [unrolling.step(step) for step in range(depth)]
    for predicate in (*problem.invariants, *problem.steps):
        last = depth - 1 if predicate in problem.steps else depth
        query = (*known, *steps, negation(unrolling.at(predicate.formula, last)))
        yield _inductive(problem, predicate.name, query, depth, options)
    for transition in problem.faulty:
        query = (*known, *steps[:-1], unrolling.failure(transition, depth - 1))
        yield _inductive(problem, f"{transition.name} {Claim.WHOLE.value}", query, depth, options)


def _inductive(
    problem: Problem, subject: str, query: Sequence[Term], depth: int, options: ProofOptions
) -> ObligationResult:
    obligation = Obligation(Claim.CONSECUTION, subject, None, tuple(query))
    solver = Solver(problem, [obligation], options.memory)
    decision = solver.decide(0, options.timeout)
    name = f"{subject}: after {depth} states"
    return ObligationResult(
        name, f"inductive over {depth}", subject, "", decision.proved, decision.seconds, decision.how
    )
