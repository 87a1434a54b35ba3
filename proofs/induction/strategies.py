"""The ways to ask a solver about an obligation, and which of its hypotheses are left out in some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from assay.checker.immutable import immutable
from assay.proofs.induction.decisions import Means
from assay.proofs.logic.terms import Op, Symbol, Term, subterms

if TYPE_CHECKING:
    from assay.proofs.encoding.problem import Problem
    from assay.proofs.induction.obligations import Obligation

__all__ = ["BRIEFLY", "GOAL_FIRST", "PORTFOLIO", "PRODUCTS", "Reach", "Strategy"]
__all__ += ["hypotheses_of", "multiplies", "ways", "within_reach"]


class Reach(Enum):
    """Which hypotheses the solver gets: fewer of them make a weaker query, whose contradictions are found sooner."""

    ALL = "all of them"
    CLAIM = "those whose symbols all occur in the claim, the guard, or the effects of the step on the claim"
    STEP = "those whose symbols all occur there, or anywhere else in the step"
    NEEDED = "those that are false in small structures that satisfy the rest: see `premises`"


@immutable
class Strategy:
    """One way to ask the solver, and its weight: the remaining time is divided among the remaining strategies.

    With ``triggers``, the solver gets `assay.proofs.logic.triggers` and can refute a query, but not satisfy it. With
    ``written_out``, it gets the query with quantifiers written out over the stated sizes, which has a model of these
    sizes if and only if the query has.
    """

    abstract: bool
    options: dict[str, object]
    weight: float
    reach: Reach = Reach.ALL
    triggers: bool = False
    written_out: bool = False

    @property
    def means(self) -> Means:
        """How an obligation is decided that is asked in this way."""
        if self.written_out:
            return Means.WRITTEN_OUT
        return Means.RELATIONS if self.abstract else Means.SOLVER


GOAL_FIRST: dict[str, object] = {"case_split": 3, "auto_config": False}
"""Z3's case splits follow relevancy to the goal: of fifteen settings the one whose time on the library's obligations
depended least on the seed."""

BY_TRIGGERS: dict[str, object] = {"mbqi": False, "auto_config": False}
"""Z3 instantiates quantifiers by their triggers alone. Where relations replace functions, it ends in a fifth of a
second with every seed if its case splits follow the goal, and seldom if not; with functions it is the other way."""

BRIEFLY = Strategy(False, GOAL_FIRST, 1)
"""Asked first if relations can replace functions: often the functions do no harm, and it is answered at once."""

PRODUCTS = Strategy(False, GOAL_FIRST, 100, written_out=True)
"""For queries that multiply variables, of which sizes are stated. Z3 splits cases of products between its rounds of
instantiating quantifiers, and did not end in 60 s where, with nothing to instantiate, it takes 2 s with every seed."""

PORTFOLIO = (
    PRODUCTS,
    Strategy(True, GOAL_FIRST, 8),
    Strategy(True, {**GOAL_FIRST, **BY_TRIGGERS}, 8, Reach.STEP, triggers=True),
    Strategy(True, GOAL_FIRST, 8, Reach.CLAIM),
    Strategy(True, GOAL_FIRST, 8, Reach.STEP),
    Strategy(False, GOAL_FIRST, 8),
    Strategy(False, GOAL_FIRST, 80, Reach.NEEDED),
    Strategy(False, GOAL_FIRST, 8, Reach.STEP),
    Strategy(False, {}, 15),
    Strategy(True, {"pull_nested_quantifiers": True}, 20),
    Strategy(True, {"qi.eager_threshold": 20.0}, 25),
)


def ways(problem: Problem, obligation: Obligation, *, abstraction: bool) -> Iterator[tuple[Strategy, Obligation]]:
    """Yield the strategies for an obligation, each with what it asks; those that would ask the same again are left out.

    Parameters
    ----------
    problem : Problem
        The model.
    obligation : Obligation
        What is to be proved.
    abstraction : bool
        Whether relations can replace some of the functions. If not, no strategy replaces any.
    """
    if abstraction:
        yield BRIEFLY, obligation
    asked: set[tuple[Means, str, bool, tuple[Term, ...]]] = set()
    for strategy in PORTFOLIO:
        if strategy.written_out and (problem.unbounded or not multiplies((*problem.assumptions, *obligation.query))):
            continue
        own = strategy if abstraction else replace(strategy, abstract=False)
        query = within_reach(problem, obligation, own.reach)
        key = own.means, str(own.options), own.reach is Reach.NEEDED, query
        if key not in asked:
            asked.add(key)
            fewer = own.reach is Reach.NEEDED or len(query) < len(obligation.query)
            yield (own, replace(obligation, query=query)) if fewer else (replace(own, reach=Reach.ALL), obligation)


def within_reach(problem: Problem, obligation: Obligation, reach: Reach) -> tuple[Term, ...]:
    """Return the query of an obligation with the hypotheses within reach; everything else is always part of it.

    Which hypotheses are *needed* is determined while the solver runs, so all of them are within that reach here.
    """
    if reach in (Reach.ALL, Reach.NEEDED):
        return obligation.query
    hypotheses = hypotheses_of(problem)
    near = _mentioned([formula for formula in obligation.query if formula not in hypotheses])
    near |= _mentioned(problem.assumptions)
    transition = obligation.claim.transition
    if reach is Reach.STEP and transition is not None:
        near |= set(transition.definitions)
        near |= _mentioned([definition.body for definition in transition.definitions.values()])
    return tuple(f for f in obligation.query if f not in hypotheses or f.mentioned <= near)


def multiplies(query: Sequence[Term]) -> bool:
    """Return whether a query has a product of two terms neither of which is a numeral."""
    products = (term for term in subterms(query) if term.op is Op.MULTIPLY)
    return any(all(factor.op is not Op.NUMBER for factor in product.args) for product in products)


def hypotheses_of(problem: Problem) -> frozenset[Term]:
    """Return all that a query may assume of the state before a step."""
    return frozenset(p.formula for p in (*problem.invariants, *problem.constraints))


def _mentioned(formulas: list[Term] | tuple[Term, ...]) -> set[Symbol]:
    return set[Symbol]().union(*(formula.mentioned for formula in formulas))
