"""Deciding one obligation: some strategies, the most promising first, and a small counterexample if it is false."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.induction.apart import asked_apart
from assay.proofs.induction.decisions import Decision, Means
from assay.proofs.induction.learning import learned
from assay.proofs.induction.obligations import ClaimKind, Obligation
from assay.proofs.induction.pool import can_fork
from assay.proofs.induction.small import find_small
from assay.proofs.induction.strategies import Reach, Strategy, ways
from assay.proofs.logic.abstraction import Abstraction
from assay.proofs.logic.answers import Answer
from assay.proofs.logic.cardinalities import counted_in
from assay.proofs.logic.enums import only_these, sorts_in
from assay.proofs.logic.epr import Alternation, alternations, cycle, described, functions_on_cycles
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Sort, Symbol, Term

if TYPE_CHECKING:
    from assay.proofs.logic.z3_backend import Z3

__all__ = ["Decider", "Fragment", "undecided"]

NOT_SMALL = "no counterexample with up to four elements a sort"
NOT_CHOSEN = "not proved with what was tried for the container that the other model chooses"

LEARNING = 0.5
"""The share of an obligation's time in which what it needs of sizes of sets may be found out."""

SEARCH = 0.1
"""The fraction of an obligation's time that is reserved for a counterexample if no strategy decides it."""


class _Clock:
    """The time limit of one obligation, in processor time of this process, so that other processes do not matter."""

    def __init__(self, seconds: float) -> None:
        self.limit = seconds
        self.started = time.process_time()
        self.apart = 0.0  # what other processes have used for it
        self.is_fresh = True  # nothing has been asked yet

    @property
    def spent(self) -> float:
        return time.process_time() - self.started + self.apart

    @property
    def left(self) -> float:
        return self.limit - self.spent


def undecided(spent: float, limit: float) -> str:
    """Return why something is not known: time ran out, or the solver gave up before."""
    if spent < 0.9 * limit:
        return f"not decided: the solver gave up after {spent:.1f} of {limit:g} s"
    return f"not decided in {limit:g} s"


class Fragment:
    """What is known about the alternations of sorts in the queries of some obligations.

    Parameters
    ----------
    problem : Problem
        The model.
    obligations : sequence of Obligation
        The obligations; guards, and those that are obviously true, do not count.
    """

    def __init__(self, problem: Problem, obligations: Sequence[Obligation] = ()) -> None:
        self.problem = problem
        self._asked = [o for o in obligations if not o.satisfiable and not o.on_sight]
        self._known_edges: dict[Term, list[Alternation]] = {}

    @cached_property
    def abstraction(self) -> Abstraction | None:
        """The relations that replace functions in a cycle of sorts; None if there are none."""
        functions = functions_on_cycles(alternations(self._named))
        orders = [sort for sort in self.problem.theory.sorts if self._is_order(sort)]
        return Abstraction(functions, orders) if functions else None

    @cached_property
    def cycle(self) -> tuple[str, ...]:
        """A cycle of sorts that remains after the abstraction, in words; empty if everything is in EPR."""
        named = self._named
        counted = next((name for name, formula in named if counted_in([formula])), None)
        if counted is not None:
            return (f"sizes of sets are numbers, in {counted}",)
        if self.abstraction is not None:
            named = [(name, self.abstraction.formula(term)) for name, term in named]
        return described(cycle(alternations(named)))

    def query(self, obligation: Obligation, *, abstract: bool) -> tuple[Term, ...]:
        """Return the whole query of an obligation as the solver gets it, with relations for functions or without."""
        query = (*self.problem.assumptions, *obligation.query)
        return self.abstraction.query(query) if abstract and self.abstraction is not None else query

    def cycle_in(self, obligation: Obligation) -> tuple[str, ...]:
        """Return a cycle of sorts in the query of one obligation, in words."""
        if counted_in(obligation.query):
            return ("sizes of sets are numbers",)
        edges: list[Alternation] = []
        for formula in (*self.problem.assumptions, *obligation.query):
            edges += self._edges(self._name(formula, obligation, "the denial"), formula)
        return described(cycle(edges))

    @cached_property
    def _named(self) -> list[tuple[str, Term]]:
        """Yield every formula that is asked about, once, with a name for it."""
        found: dict[Term, str] = {formula: name for name, formula in self.problem.axioms}
        for obligation in self._asked:
            for formula in obligation.query:
                denied = f"the denial of {obligation.claim.name}"
                found.setdefault(formula, self._name(formula, obligation, denied))
        return [(name, formula) for formula, name in found.items()]

    def _name(self, formula: Term, obligation: Obligation, denied: str) -> str:
        transition = obligation.claim.transition
        if transition is not None and formula is transition.guard:
            return f"the guard of {transition.name}"
        return self._names.get(formula, denied)

    @cached_property
    def _names(self) -> dict[Term, str]:
        problem = self.problem
        predicates = (*problem.invariants, *problem.steps, *problem.constraints)
        return {**{p.formula: p.name for p in predicates}, **{formula: name for name, formula in problem.axioms}}

    def _edges(self, name: str, formula: Term) -> list[Alternation]:
        found = self._known_edges.get(formula)
        if found is None:
            asked = formula if self.abstraction is None else self.abstraction.formula(formula)
            found = self._known_edges[formula] = alternations([(name, asked)])
        return found

    def _is_order(self, sort: Sort) -> bool:
        symbol = order_of(sort)
        return any(symbol in formula.symbols for _, formula in self.problem.axioms)


class Decider:
    """Everything needed to decide the obligations of a problem.

    Parameters
    ----------
    problem : Problem
        The model.
    fragment : Fragment
        What is known about the obligations' queries.
    memory : int, optional
        Mebibytes that the solver may use.
    """

    def __init__(self, problem: Problem, fragment: Fragment, memory: int | None = None) -> None:
        self.problem = problem
        self.fragment = fragment
        self.abstraction = fragment.abstraction
        self.memory = memory
        self._z3: Z3 | None = None

    def prepare(self) -> None:
        """Compute what all obligations need, before the processes that decide them are forked."""
        if self.abstraction is not None:
            self.abstraction.query(self.problem.assumptions)

    def decide(self, obligation: Obligation, seconds: float) -> Decision:
        """Decide one obligation within some seconds."""
        if obligation.on_sight:
            return Decision(True, means=Means.SIGHT)
        clock = _Clock(seconds)
        facts, found = self._facts(obligation, clock)
        if found is not None:
            return Decision(False, clock.spent, structure=found)
        if facts:
            asked = replace(
                obligation,
                query=(*obligation.query, *facts),
                stronger=tuple((*query, *facts) for query in obligation.stronger),
            )
            return replace(self._decided(asked, clock), facts=facts)
        return self._decided(obligation, clock)

    def _facts(self, obligation: Obligation, clock: _Clock) -> tuple[tuple[Term, ...], Structure | None]:
        """Return what is to be assumed of sizes of sets, or a structure with true sizes that refutes the claim."""
        if obligation.satisfiable or not counted_in(obligation.query):
            return (), None
        found: list[Structure | None] = []

        def is_false(seconds: float) -> bool:
            found.append(self._counterexample(obligation, seconds))
            return found[-1] is not None

        query = self.fragment.query(obligation, abstract=False)
        facts = learned(query, LEARNING * clock.limit, numbers(self.problem.theory), is_false)
        return facts, next((structure for structure in found if structure is not None), None)

    def _decided(self, obligation: Obligation, clock: _Clock) -> Decision:
        for index, query in enumerate(obligation.stronger):
            limit = clock.limit / 2 * (index + 1) / len(obligation.stronger)
            means = self._proved_first(replace(obligation, query=query), clock, limit)
            if means is not None:
                return Decision(True, clock.spent, means, by_stronger=index)
        if obligation.sufficient:
            means = self._proved_first(obligation, clock, clock.limit)
            if means is not None:
                return Decision(True, clock.spent, means)
            return Decision(None, clock.spent, reason=NOT_CHOSEN)
        decided = self._witness if obligation.satisfiable else self._refutation
        return replace(decided(obligation, clock), seconds=clock.spent)

    def _proved_first(self, obligation: Obligation, clock: _Clock, limit: float) -> Means | None:
        """Try the stronger claims until some fraction of the time is spent; return how one was proved, or None."""
        waiting = list(self._ways(obligation))
        while waiting and clock.spent < limit:
            share = (limit - clock.spent) / len(waiting)
            strategy, asked = waiting.pop(0)
            if self._answer(asked, strategy, max(share, 0.05), clock) == "unsat":
                return Means.RELATIONS if strategy.abstract else Means.SOLVER
        return None

    # Claims whose query must have no model

    def _refutation(self, obligation: Obligation, clock: _Clock) -> Decision:
        """Try to prove a claim; if the solver finds a model instead, look for a small counterexample."""
        searched = False
        waiting = list(self._ways(obligation))
        while waiting:
            left = max(clock.left - clock.limit * (0 if searched else SEARCH), 0.0)
            strategy, asked = waiting.pop(0)
            share = strategy.weight / (strategy.weight + sum(other.weight for other, _ in waiting))
            answer = self._answer(asked, strategy, max(left * share, 0.05), clock)
            if answer == "unsat":
                return Decision(True, means=Means.RELATIONS if strategy.abstract else Means.SOLVER)
            if answer != "sat" or strategy.reach is not Reach.ALL:
                continue
            if not searched:
                # A model with relations need not be one with functions, so from here on ask the query itself.
                searched, waiting = True, [way for way in waiting if not way[0].abstract]
                found = self._counterexample(obligation, clock.left / 2)
                if found is not None:
                    return Decision(False, structure=found)
            if not strategy.abstract:
                # The solver's model may lack a container that the code would make, or have sizes that no set has.
                if self.problem.theory.inside or counted_in(obligation.query):
                    return Decision(None, reason=NOT_SMALL)
                return Decision(False, reason="" if obligation.claim.kind is ClaimKind.IMPLIED else NOT_SMALL)
        found = None if searched else self._counterexample(obligation, clock.left)
        return (
            Decision(None, reason=undecided(clock.spent, clock.limit))
            if found is None
            else Decision(False, structure=found)
        )

    def _ways(self, obligation: Obligation) -> Iterator[tuple[Strategy, Obligation]]:
        return ways(self.problem, obligation, abstraction=self.abstraction is not None)

    def _answer(self, obligation: Obligation, strategy: Strategy, seconds: float, clock: _Clock) -> Answer:
        solver = self.z3.again(**strategy.options)
        query = self.fragment.query(obligation, abstract=strategy.abstract)
        solver.declare(query)
        solver.add(query)
        if (clock.is_fresh and self.abstraction is None) or not can_fork():
            clock.is_fresh = False  # most such obligations are decided at once, and another process takes longer
            return solver.check(seconds)
        answer, spent = asked_apart(solver.check, seconds)
        clock.apart += spent
        return answer

    @property
    def z3(self) -> Z3:
        """The back end, made only in the process that solves."""
        if self._z3 is None:
            from assay.proofs.logic.z3_backend import Z3

            self._z3 = Z3(memory=self.memory)
        return self._z3

    def _counterexample(self, obligation: Obligation, seconds: float) -> Structure | None:
        """Return a small structure that refutes a claim; if lemmas merely do not imply it, that is asked at the end."""
        return None if obligation.claim.kind is ClaimKind.IMPLIED else self.example(obligation, seconds)

    def example(self, obligation: Obligation, seconds: float) -> Structure | None:
        """Return a small structure that refutes a claim, or None if none was found in time."""
        relations = [s for s in self.problem.theory.state_symbols if s.result == BOOL]
        query = self.fragment.query(obligation, abstract=False)
        window = numbers(self.problem.theory)
        return find_small(query, relations, self._needed(obligation), max(seconds, 1.0), window)

    def _needed(self, obligation: Obligation) -> tuple[Symbol, ...]:
        transition = obligation.claim.transition
        constants = () if transition is None else transition.constants
        after = obligation.claim.kind is ClaimKind.INITIATION
        theory = self.problem.theory
        return (*constants, *theory.structure_symbols, *(() if after else theory.state_symbols))

    # Claims whose query must have a model

    def _witness(self, obligation: Obligation, clock: _Clock) -> Decision:
        """Look for a model with few elements, then for any model."""
        query = self.fragment.query(obligation, abstract=False)
        counted = counted_in(query)
        if counted:
            return self._counted_witness(obligation, clock)
        for bound in (2, 3, None):
            solver = self.z3.again()
            sizes = [] if bound is None else [only_these(sort, bound) for sort in self._sorts(query)]
            solver.declare([*query, *sizes], exactly=not self.problem.unbounded)
            solver.add([*query, *sizes])
            answer = solver.check(max(0.1, clock.left))
            if answer == "sat":
                return Decision(True)
        if answer == "unsat":
            return Decision(False)
        return Decision(None, reason=undecided(clock.spent, clock.limit))

    def _counted_witness(self, obligation: Obligation, clock: _Clock) -> Decision:
        """Look for a small model in which the sizes of sets are what they are."""
        if self.example(obligation, clock.left) is not None:
            return Decision(True)
        return Decision(None, reason=undecided(clock.spent, clock.limit))

    def _sorts(self, query: Sequence[Term]) -> list[Sort]:
        if not self.problem.unbounded:
            return []
        return [sort for sort in sorts_in(query) if sort not in (BOOL, INT) and not sort.members]
