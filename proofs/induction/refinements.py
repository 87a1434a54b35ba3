"""What is claimed of a step where a model implements another one: that it is seen as one of the other's steps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.refinement import Alternative
from assay.proofs.logic.binders import exists, replace_symbols, replace_variables
from assay.proofs.logic.connectives import disjunction
from assay.proofs.logic.terms import BOOL, INT, Sort, Term

__all__ = ["on_both_sides", "with_own_arguments"]

_MOST_HELD = 8
"""The most values of the state to try for a value that the other model chooses."""


def on_both_sides(formulas: Sequence[Term], transition: Transition) -> tuple[Term, ...]:
    """Return what formulas say of the state before a step, and of the one after it."""
    return (*formulas, *(replace_symbols(formula, transition.definitions) for formula in formulas))


def with_own_arguments(problem: Problem, ways: Sequence[Alternative], transition: Transition) -> Term:
    """Return that a step is seen in one of the ways, with the step's own arguments for what the other model chooses.

    If it has none of the sort, what the state holds for its arguments is chosen. This is stronger than the claim, and
    easier to decide: a solver need not find out what to choose.
    """
    own = [constant() for constant in transition.constants if not constant.arguments]
    found = []
    for way in ways:
        candidates = [
            [c for c in own if c.sort is name.sort] or _held_for(problem, own, name.sort) or [name]
            for name in way.names
        ]
        for choice in itertools.product(*candidates):
            chosen = replace_variables(way.formula, dict(zip(way.names, choice, strict=True)))
            left = [name for name, value in zip(way.names, choice, strict=True) if name is value]
            found.append(exists(left, chosen))
    return disjunction(found)


def _held_for(problem: Problem, own: Sequence[Term], sort: Sort) -> list[Term]:
    """Return what the state holds of a sort, for arguments of a step."""
    if sort in (BOOL, INT):
        return []
    symbols = [symbol for symbol in problem.theory.state_symbols if symbol.result is sort]
    keys = [(s, list(itertools.product(*([c for c in own if c.sort is a] for a in s.arguments)))) for s in symbols]
    return [symbol(*chosen) for symbol, choices in keys for chosen in choices][:_MOST_HELD]
