"""Several steps in a row over unbounded sorts: bounded model checking, and induction over more than one step.

Each step has its own copy of the symbols that some action changes; the rest is shared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assay.checker.engine.trace import execute
from assay.checker.errors import EngineFault
from assay.checker.language.expectations import Holds
from assay.checker.language.instance import Instance
from assay.checker.language.model import Kind
from assay.checker.language.reading import Frozen
from assay.checker.language.specification import Specification
from assay.proofs.encoding.connectives import conjunction, disjunction, equal, negation
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.obligations import Claim, Obligation
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.prover import ProofOptions, encoded
from assay.proofs.encoding.quantifiers import for_all
from assay.proofs.encoding.results import ObligationResult, ProofResult, Refutation
from assay.proofs.encoding.search import find_small
from assay.proofs.encoding.solving import Solver
from assay.proofs.encoding.states import instance_of, state_in
from assay.proofs.encoding.structures import Structure, in_order
from assay.proofs.encoding.substitution import Definition, replace_symbols
from assay.proofs.encoding.terms import BOOL, Symbol, Term, variable
from assay.proofs.encoding.theory import primed

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
        return Symbol(f"{symbol.name}@{step}", symbol.arguments, symbol.result) if symbol in self.changing else symbol

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
        unknown = {s: _same(s, Symbol(f"{s.name}@start", s.arguments, s.result)) for s in symbols}
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

    def _taken(self, transition: Transition, step: int) -> Term:
        own = {s: _same(s, Symbol(f"{s.name}@{step}", s.arguments, s.result)) for s in transition.constants}
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
        return Structure(structure.sizes, tables)


def _first(symbol: Symbol) -> Symbol:
    return Symbol(f"{symbol.name} first", symbol.arguments, symbol.result)


def _same(old: Symbol, new: Symbol) -> Definition:
    names = tuple(variable(sort) for sort in old.arguments)
    return Definition(names, new(*names))


@dataclass
class _Search:
    """Looking for violations, one more step at a time."""

    problem: Problem
    options: ProofOptions
    steps: int

    def __post_init__(self) -> None:
        self.unrolling = Unrolling(self.problem)
        only = self.options.only or _meant(self.problem.specification)
        wanted = [p for p in self.problem.invariants if p.kind is Kind.INVARIANT or p.name in only]
        self.invariants = [p for p in wanted if not only or p.name in only]
        self.step_invariants = [p for p in self.problem.steps if not only or p.name in only]

    def queries(self) -> Iterator[tuple[int, Predicate, tuple[Term, ...]]]:
        """Yield how many steps it takes, the property, and the query that a violation satisfies."""
        facts = [self.unrolling.beginning()]
        for step in range(self.steps + 1):
            for predicate in self.invariants:
                yield step, predicate, (*facts, negation(self.unrolling.at(predicate.formula, step)))
            if step < self.steps:
                facts.append(self.unrolling.step(step))
                for predicate in self.step_invariants:
                    yield step + 1, predicate, (*facts, negation(self.unrolling.at(predicate.formula, step)))

    def run(self) -> tuple[list[ObligationResult], list[Refutation], bool]:
        results: list[ObligationResult] = []
        try:
            for step, predicate, query in self.queries():
                result, refutation = self._decided(step, predicate, query)
                results.append(result)
                if refutation is not None:
                    return results, [refutation], False
        except KeyboardInterrupt:
            return results, [], True
        return results, [], False

    def _decided(
        self, step: int, predicate: Predicate, query: tuple[Term, ...]
    ) -> tuple[ObligationResult, Refutation | None]:
        started = time.monotonic()
        name = f"{predicate.name}: within {step} steps"
        obligation = Obligation(Claim.CONSECUTION, predicate.name, None, query)
        solver = Solver(self.problem, [obligation], self.options.memory)
        found, answer = None, "unsat"
        if not obligation.trivial:
            z3 = solver.z3.again()
            z3.declare((*self.problem.assumptions, *query))
            z3.add((*self.problem.assumptions, *query))
            answer = z3.check(self.options.timeout)
        if answer != "unsat":
            relations = [s for s in self.problem.theory.state_symbols if s.result == BOOL]
            needed = [self.unrolling.symbol(s, i) for i in range(step + 1) for s in self.problem.theory.state_symbols]
            found = find_small((*self.problem.assumptions, *query), relations[:0], needed, self.options.timeout)
        proved = True if answer == "unsat" else False if found is not None else None
        note = "" if proved is not None else f"not decided in {self.options.timeout:g} s"
        result = ObligationResult(
            name, f"within {step} steps", predicate.name, "", proved, time.monotonic() - started, note
        )
        return result, None if found is None else self._refutation(predicate, step, found)

    def _refutation(self, predicate: Predicate, step: int, found: Structure) -> Refutation:
        structure = in_order(found)
        instance = instance_of(self.problem.theory, structure)
        with instance.active():
            path = self.unrolling.path(structure, instance, step)
            trace = execute(instance, path)
            if step and len(trace) != step + 1:
                raise EngineFault("a bounded search took another number of steps than its trace has")
        return Refutation(predicate.name, predicate.kind.value, trace, "a run that the solver found")


def _meant(specification: Specification) -> tuple[str, ...]:
    """Return the property that a broken model is meant to violate; it is the one to look for."""
    expected = specification.expected
    return () if isinstance(expected, Holds) else (expected.property,)


def search_steps(specification: Specification, steps: int, options: ProofOptions) -> ProofResult:
    """Look for a violation within so many steps, for any sizes.

    Raises
    ------
    EngineFault
        If a run that violates something does not execute under the model's own code.
    """
    started = time.monotonic()
    problem, barriers = encoded(specification, options)
    results, refutations, interrupted = _Search(problem, options, steps).run()
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


def induct(specification: Specification, depth: int, options: ProofOptions) -> ProofResult:
    """Prove by induction over so many steps: the invariants in that many states in a row imply them in the next."""
    started = time.monotonic()
    problem, barriers = encoded(specification, options)
    base, refutations, interrupted = _Search(problem, replace(options, only=_all(problem)), depth - 1).run()
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
        yield _inductive(problem, predicate, query, depth, options)


def _inductive(
    problem: Problem, predicate: Predicate, query: Sequence[Term], depth: int, options: ProofOptions
) -> ObligationResult:
    obligation = Obligation(Claim.CONSECUTION, predicate.name, None, tuple(query))
    solver = Solver(problem, [obligation], options.memory)
    decision = solver.decide(0, options.timeout)
    name = f"{predicate.name}: after {depth} states"
    return ObligationResult(
        name, f"inductive over {depth}", predicate.name, "", decision.proved, decision.seconds, decision.how
    )
