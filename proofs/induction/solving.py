"""Deciding one obligation: a few attempts, the most promising first, and a small counterexample where there is one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.universes import numbers
from assay.proofs.induction.obligations import Claim, Obligation
from assay.proofs.induction.search import find_small
from assay.proofs.logic.abstraction import Abstraction
from assay.proofs.logic.enums import only_these, sorts_in
from assay.proofs.logic.epr import Alternation, alternations, cycle, described, functions_on_cycles
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Sort, Symbol, Term

if TYPE_CHECKING:
    from assay.proofs.logic.z3_backend import Z3

__all__ = ["Answer", "Decision", "Solver"]

Answer = str


@dataclass(frozen=True)
class Decision:
    """What came of an obligation.

    Attributes
    ----------
    proved : bool or None
        Whether the claim is true; None if that is not known.
    seconds : float
        How long it took.
    how : str
        By which attempt, or why it is not known.
    structure : Structure, optional
        A counterexample; for a claim of satisfiability, a witness.
    """

    proved: bool | None
    seconds: float
    how: str = ""
    structure: Structure | None = None


RELATIONAL = "relations for functions"
NOT_SMALL = "no counterexample with up to four elements a sort"


def _undecided(seconds: float) -> str:
    return f"not decided in {seconds:g} s"


@dataclass(frozen=True)
class Attempt:
    """One way to put a query to the solver; the share of the time left that it may take."""

    abstract: bool
    options: dict[str, object]
    share: float


GOAL_FIRST: dict[str, object] = {"case_split": 3, "auto_config": False}
"""Decide on what the goal needs first: on the library's obligations the steadiest of fifteen settings, over seeds."""

PORTFOLIO = (
    Attempt(True, GOAL_FIRST, 0.1),
    Attempt(False, GOAL_FIRST, 0.1),
    Attempt(True, {"pull_nested_quantifiers": True}, 0.3),
    Attempt(False, {}, 0.3),
    Attempt(True, {"qi.eager_threshold": 20.0}, 0.9),
)


class Solver:
    """The obligations of a problem, and what it takes to decide them.

    Parameters
    ----------
    problem : Problem
        The model.
    obligations : sequence of Obligation
        What is to be decided.
    memory : int, optional
        Mebibytes that the solver may use.
    """

    def __init__(self, problem: Problem, obligations: Sequence[Obligation], memory: int | None = None) -> None:
        self.problem = problem
        self.obligations = list(obligations)
        self.memory = memory
        self._z3: Z3 | None = None
        self._known_edges: dict[Term, list[Alternation]] = {}

    # The fragment

    @cached_property
    def _named(self) -> list[tuple[str, Term]]:
        known = {p.formula: p.name for p in (*self.problem.invariants, *self.problem.steps)}
        found: dict[Term, str] = {formula: name for name, formula in self.problem.axioms}
        for obligation in (o for o in self.obligations if not o.satisfiable and not o.trivial):
            guard = None if obligation.transition is None else obligation.transition.guard
            for formula in obligation.query:
                denied = f"the denial of {obligation.name}"
                name = f"the guard of {obligation.action}" if formula is guard else known.get(formula, denied)
                found.setdefault(formula, name)
        return [(name, formula) for formula, name in found.items()]

    @cached_property
    def abstraction(self) -> Abstraction | None:
        """The relations in place of functions that lead back to a sort they come from; None if there are none."""
        functions = functions_on_cycles(alternations(self._named))
        orders = [sort for sort in self.problem.theory.sorts if self._is_order(sort)]
        return Abstraction(functions, orders) if functions else None

    def _is_order(self, sort: Sort) -> bool:
        symbol = order_of(sort)
        return any(symbol in formula.symbols for _, formula in self.problem.axioms)

    @cached_property
    def alternation(self) -> list[Alternation]:
        """A cycle of sorts that is left after the abstraction; empty where the queries are in EPR."""
        abstraction = self.abstraction
        if abstraction is None:
            return cycle(alternations(self._named))
        return cycle(alternations([(name, abstraction.formula(term)) for name, term in self._named]))

    def fragment(self, obligation: Obligation) -> tuple[str, ...]:
        """Return a cycle of sorts that leads out of EPR in the query of one obligation, in words; none inside."""
        edges: list[Alternation] = []
        guard = None if obligation.transition is None else obligation.transition.guard
        for formula in (*self.problem.assumptions, *obligation.query):
            name = f"the guard of {obligation.action}" if formula is guard else self._names.get(formula, "the denial")
            edges += self._edges(name, formula)
        return described(cycle(edges))

    @cached_property
    def _names(self) -> dict[Term, str]:
        named = [(p.formula, p.name) for p in (*self.problem.invariants, *self.problem.steps)]
        return {**dict(named), **{formula: name for name, formula in self.problem.axioms}}

    def _edges(self, name: str, formula: Term) -> list[Alternation]:
        found = self._known_edges.get(formula)
        if found is None:
            asked = formula if self.abstraction is None else self.abstraction.formula(formula)
            found = self._known_edges[formula] = alternations([(name, asked)])
        return found

    # Deciding

    def prepare(self) -> None:
        """Do what all obligations need, before the processes part that decide them."""
        if any(not o.trivial and not o.satisfiable for o in self.obligations) and self.abstraction is not None:
            self.abstraction.query(self.problem.assumptions)

    def decide(self, index: int, seconds: float) -> Decision:
        """Decide one obligation."""
        obligation, started = self.obligations[index], time.monotonic()
        if obligation.trivial:
            return Decision(True, 0.0, "on sight")
        if obligation.satisfiable:
            return self._witness(obligation, seconds, started)
        return self._refutation(obligation, seconds, started)

    def _refutation(self, obligation: Obligation, seconds: float, started: float) -> Decision:
        """Try to prove a claim; where the solver sees a way out, look for a small counterexample."""
        searched = False
        for attempt in self._portfolio():
            if searched and attempt.abstract:
                continue
            left = seconds - (time.monotonic() - started)
            answer = self._attempt(obligation, attempt, max(left * attempt.share, 0.05))
            if answer == "unsat":
                return Decision(True, time.monotonic() - started, RELATIONAL if attempt.abstract else "")
            if answer == "sat" and not searched:
                searched = True
                found = self._counterexample(obligation, (seconds - (time.monotonic() - started)) / 2)
                if found is not None:
                    return Decision(False, time.monotonic() - started, "", found)
            if answer == "sat" and not attempt.abstract:
                return Decision(False, time.monotonic() - started, "no counterexample with up to four elements a sort")
        found = None if searched else self._counterexample(obligation, seconds - (time.monotonic() - started))
        spent = time.monotonic() - started
        return Decision(None, spent, _undecided(seconds)) if found is None else Decision(False, spent, "", found)

    def _portfolio(self) -> tuple[Attempt, ...]:
        if self.abstraction is not None:
            return PORTFOLIO
        return tuple(replace(attempt, abstract=False) for attempt in PORTFOLIO if attempt.abstract)

    def _attempt(self, obligation: Obligation, attempt: Attempt, seconds: float) -> Answer:
        solver = self.z3.again(**attempt.options)
        query = (*self.problem.assumptions, *obligation.query)
        if attempt.abstract and self.abstraction is not None:
            query = self.abstraction.query(query)
        solver.declare(query)
        solver.add(query)
        return solver.check(seconds)

    @property
    def z3(self) -> Z3:
        """The back end, made where it is used: in the process that solves."""
        if self._z3 is None:
            from assay.proofs.logic.z3_backend import Z3

            self._z3 = Z3(memory=self.memory)
        return self._z3

    def _counterexample(self, obligation: Obligation, seconds: float) -> Structure | None:
        relations = [s for s in self.problem.theory.state_symbols if s.result == BOOL]
        needed = self._needed(obligation)
        window = numbers(self.problem.theory)
        return find_small(self._whole(obligation), relations, needed, max(seconds, 1.0), window)

    def _witness(self, obligation: Obligation, seconds: float, started: float) -> Decision:
        """Look for a model with few elements, then for any."""
        query = self._whole(obligation)
        for bound in (2, 3, None):
            solver = self.z3.again()
            sizes = [] if bound is None else [only_these(sort, bound) for sort in self._sorts(query)]
            solver.declare([*query, *sizes], exactly=not self.problem.unbounded)
            solver.add([*query, *sizes])
            answer = solver.check(max(0.1, seconds - (time.monotonic() - started)))
            if answer == "sat" or bound is None:
                proved = {"sat": True, "unsat": False}.get(answer)
                return Decision(proved, time.monotonic() - started, _undecided(seconds) if proved is None else "")
        raise AssertionError

    def _sorts(self, query: Sequence[Term]) -> list[Sort]:
        if not self.problem.unbounded:
            return []
        return [sort for sort in sorts_in(query) if sort not in (BOOL, INT) and not sort.members]

    def _whole(self, obligation: Obligation) -> tuple[Term, ...]:
        return (*self.problem.assumptions, *obligation.query)

    def _needed(self, obligation: Obligation) -> tuple[Symbol, ...]:
        constants = () if obligation.transition is None else obligation.transition.constants
        after = obligation.claim is Claim.INITIATION
        return (*constants, *(() if after else self.problem.theory.state_symbols))
