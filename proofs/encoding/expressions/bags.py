"""Bags in a state: how many copies there are of each element."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from assay.checker.errors import Location
from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.expressions.context import Context, Predicate, Target
from assay.proofs.encoding.expressions.places import Holding, containers, root_of, targets
from assay.proofs.encoding.expressions.ranges import demand_within
from assay.proofs.encoding.expressions.ranging import some_terms
from assay.proofs.encoding.symbols.cases import Case
from assay.proofs.encoding.symbols.layout import BagLayout
from assay.proofs.encoding.symbols.universes import all_values
from assay.proofs.encoding.symbols.values import Value
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, Symbol, Term, number

__all__ = ["any_in_bag", "copies", "copies_at", "size", "total"]


def any_in_bag(c: Context, bag: Holding, holds: Predicate) -> Iterator[Term]:
    """Yield formulas of which at least one is true iff something is true of some element of a bag."""
    demand_within(c, bag)
    for test, arguments, layout in containers(c, bag):
        assert isinstance(layout, BagLayout)
        for case, symbol in layout.counts:
            held = functools.partial(_held, c, root_of(bag), symbol, (test, arguments), case, holds)
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
    """Return the total number of elements in a bag of the state."""
    return size(c, ir.Stored(expr.place), expr.location)


def size(c: Context, bag: Holding, location: Location | None) -> Term:
    """Return the total number of elements in a bag."""
    demand_within(c, bag)
    found, root = containers(c, bag), root_of(bag)
    values = all_values(c.theory, bag.element, "the size of a bag", location)
    return logic.add(copies_at(c, value, found, root) for value in values)
