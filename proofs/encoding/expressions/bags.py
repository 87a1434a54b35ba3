"""Bags in a state: how many copies there are of each element."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType
from assay.proofs.encoding.expressions.context import Context, Predicate, Target
from assay.proofs.encoding.expressions.places import targets
from assay.proofs.encoding.expressions.ranges import demand_within
from assay.proofs.encoding.expressions.ranging import some_terms
from assay.proofs.encoding.symbols.cases import Case
from assay.proofs.encoding.symbols.layout import BagLayout
from assay.proofs.encoding.symbols.universes import all_values
from assay.proofs.encoding.symbols.values import Value
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, Symbol, Term, number

__all__ = ["any_in_bag", "copies", "copies_at", "total"]


def any_in_bag(c: Context, place: ir.Place, holds: Predicate) -> Iterator[Term]:
    """Yield formulas one of which is true if something is true of some element of a bag."""
    demand_within(c, place)
    for test, arguments, layout in targets(c, place):
        assert isinstance(layout, BagLayout)
        for case, symbol in layout.counts:
            held = functools.partial(_held, c, place.root, symbol, (test, arguments), case, holds)
            yield from some_terms(c, case, held)


def _held(
    c: Context,
    root: ir.Root,
    symbol: Symbol,
    where: tuple[Term, tuple[Term, ...]],
    case: Case,
    holds: Predicate,
    terms: Sequence[Term],
) -> Term:
    test, keys = where
    some = logic.less(number(0), c.applied(root)(symbol, (*keys, *terms)))
    return logic.conjunction((test, some, holds(case.build(terms))))


def copies(c: Context, value: Value, place: ir.Place) -> Term:
    """Return how many copies of a value a bag holds."""
    return copies_at(c, value, targets(c, place), place.root)


def copies_at(c: Context, value: Value, places: Sequence[Target], root: ir.Root = ir.Root.STATE) -> Term:
    """Return how many copies of a value the bag at one of these places holds."""
    apply, found = c.applied(root), []
    for test, arguments, layout in places:
        assert isinstance(layout, BagLayout)
        for case, symbol in layout.counts:
            matches, terms = case.match(value)
            here = logic.conjunction((test, matches))
            if here is not FALSE:
                found.append(logic.ite(here, apply(symbol, (*arguments, *terms)), number(0)))
    return logic.add(found)


def total(c: Context, expr: ir.BagTotal) -> Term:
    """Return how many elements a bag holds in all."""
    assert isinstance(expr.place.type, BagType)
    demand_within(c, expr.place)
    values = all_values(c.theory, expr.place.type.element, "the size of a bag", expr.location)
    return logic.add(copies(c, value, expr.place) for value in values)
