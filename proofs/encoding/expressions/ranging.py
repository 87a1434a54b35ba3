"""Quantifying over the values of a type: a variable for each of its terms, or each number of a small range."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

from assay.checker.language.types import Type
from assay.proofs.encoding.expressions.context import Context, Predicate
from assay.proofs.encoding.symbols.cases import Case, cases
from assay.proofs.encoding.symbols.universes import few_numbers, in_window
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import exists
from assay.proofs.logic.terms import Op, Term, variable

__all__ = ["some_terms", "some_value"]


def some_value(c: Context, type_: Type, holds: Predicate) -> Iterator[Term]:
    """Yield formulas of which at least one is true iff something is true of some value of a type."""
    for case in cases(type_):
        yield from some_terms(c, case, functools.partial(_built, case, holds))


def _built(case: Case, holds: Predicate, terms: Sequence[Term]) -> Term:
    return holds(case.build(terms))


def some_terms(c: Context, case: Case, holds: Callable[[Sequence[Term]], Term]) -> Iterator[Term]:
    """Yield formulas of which at least one is true iff something is true of some terms of a case; expand ranges."""
    choices = [
        few_numbers(c.theory, sort, range_) or [variable(sort)]
        for sort, range_ in zip(case.sorts, case.ranges, strict=True)
    ]
    for (first, *_), range_ in zip(choices, case.ranges, strict=True):
        if range_ is not None and first.op is Op.VARIABLE:
            c.ranges[first] = range_
    names = [terms[0] for terms in choices if terms[0].op is Op.VARIABLE]
    for terms in itertools.product(*choices):
        c.theory.allowance.spend()
        told = c.closed(functools.partial(holds, terms))
        yield exists(names, logic.conjunction((in_window(c.theory, case, terms), told)))
