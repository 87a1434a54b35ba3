"""Counts and sums, which need the elements one by one: of a sort with a size, a sequence, or a known range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from assay.checker.errors import Location
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, Type
from assay.proofs.encoding.expressions.bags import copies_at
from assay.proofs.encoding.expressions.context import Context, Predicate
from assay.proofs.encoding.expressions.places import Holding, containers, root_of, type_of
from assay.proofs.encoding.expressions.ranges import demand_items_within
from assay.proofs.encoding.expressions.sequences import in_order
from assay.proofs.encoding.symbols.cases import cases, is_part_of_values, sort_of
from assay.proofs.encoding.symbols.layout import BagLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import all_values, few_numbers
from assay.proofs.encoding.symbols.values import Value, are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import count
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Term, number, variable

__all__ = ["count_compared", "count_of", "one_by_one", "size_of", "sum_of"]

FEW = 4
"""The largest number with which `len` is compared by naming elements, where sorts have no sizes. Each named element
is one more nested quantifier, and differs from all before it, so the formula grows with the square of the number."""

SHORT = 256
"""The most combinations of elements to write out for such a comparison. Beyond that, they are counted, which takes
one term for each element."""


def count_compared(c: Context, expr: ir.Compare) -> Term | None:
    """Return a comparison of a set's size with a small number, without counting; None if it is not of that form."""
    match expr:
        case ir.Compare(operator, ir.Cardinality(collection), ir.Literal(int() as few, _)):
            return _few(c, operator, collection, few) if _is_short(c, collection, few + 1) else None
        case ir.Compare(ir.Comparison.EQ, ir.Literal(int() as few, _), ir.Cardinality(collection)):
            return _few(c, ir.Comparison.EQ, collection, few) if _is_short(c, collection, few + 1) else None
        case ir.Compare(operator, ir.Literal(int() as few, _), ir.Cardinality(collection)):
            count = few + (operator is ir.Comparison.LT)
            return at_least(c, collection, count) if _is_short(c, collection, count) else None
    return None


def _is_short(c: Context, collection: ir.Collection, count: int) -> bool:
    """Return whether naming that many elements, each out of all, makes a short formula.

    An element of a sort is a variable, whatever the size of the sort. Numbers are written out, so each of `count`
    numbers multiplies the cases by the size of its range.
    """
    if count > FEW + 1:
        return False
    combinations = 0
    for case in cases(collection.element):
        few = [few_numbers(c.theory, s, r) or () for s, r in zip(case.sorts, case.ranges, strict=True)]
        combinations += math.prod(max(1, len(numbers)) for numbers in few)
    return math.prod([combinations] * count) <= SHORT


def _few(c: Context, operator: ir.Comparison, collection: ir.Collection, few: int) -> Term:
    more = logic.negation(at_least(c, collection, few + (operator is not ir.Comparison.LT)))
    return more if operator is not ir.Comparison.EQ else logic.conjunction((at_least(c, collection, few), more))


def at_least(c: Context, collection: ir.Collection, count: int, chosen: tuple[Value, ...] = ()) -> Term:
    """Return whether a collection has at least `count` elements besides those in `chosen`."""
    if count <= 0:
        return TRUE

    # One element after the other, each different from those before: as many quantifiers as elements, and no numbers,
    # so the query stays first-order whatever the size of the sort.
    def another(value: Value) -> Term:
        new = logic.conjunction(logic.negation(are_equal(value, old)) for old in chosen)
        return logic.conjunction((new, at_least(c, collection, count - 1, (*chosen, value))))

    return c.any_of(collection, another)


def size_of(c: Context, universe: ir.Universe, location: Location | None) -> Term:
    """Return the number of elements of a sort."""
    size = c.theory.size(sort_of(universe.of))
    if size is None and c.theory.counting:
        return _size_of_set(c, universe, lambda _: TRUE)
    if size is None:
        raise Unencodable(f"the size of {universe.of}", location, remedy=_QUORUMS)
    return number(size)


def count_of(c: Context, collection: ir.Collection, location: Location | None) -> Term:
    """Return the number of elements of a collection."""
    return _counted(c, collection, lambda _: TRUE, location)


def _counted(c: Context, collection: ir.Collection, counts: Predicate, location: Location | None) -> Term:
    """Return the number of elements of a collection for which something is true.

    The elements of a union are counted part by part, since its parts may have different types.
    """
    match collection:
        case ir.SetOperation(ir.SetOperator.UNION, left, right):
            # From the right part, count only what is not in the left one, or an element of both would count twice.
            new = _among(c, left, counts, inside=False)
            return logic.add((_counted(c, left, counts, location), _counted(c, right, new, location)))
        case ir.SetOperation(operator, left, right):
            both = operator is ir.SetOperator.INTERSECTION
            return _counted(c, left, _among(c, right, counts, inside=both), location)
        case ir.SetChoice(test, then, otherwise):
            chosen = [_counted(c, part, counts, location) for part in (then, otherwise)]
            return logic.ite(c.formula(test), *chosen)
        case ir.SetOf(items, _):
            return logic.add(_ones(list(map(c.value, items)), counts))
    demand_items_within(c, collection)
    if c.theory.counting and _is_of_any_size(c, collection.element):
        return _size_of_set(c, collection, counts)
    try:
        values = list(all_values(c.theory, collection.element, "a count (len)", location))
    except Unencodable as error:
        raise Unencodable(error.construct, error.location, finite=error.finite, remedy=_QUORUMS) from None
    tests = (logic.conjunction((c.member(value, collection), counts(value))) for value in values)
    return logic.add(logic.ite(test, number(1), number(0)) for test in tests)


def _is_of_any_size(c: Context, type_: Type) -> bool:
    """Return whether a type has finitely many values, an unknown number, and no numbers or containers in them."""
    sorts = [sort for case in cases(type_) for sort in case.sorts]
    unknown = [sort for sort in sorts if sort not in (BOOL, INT) and c.theory.size(sort) is None]
    return bool(unknown) and INT not in sorts and not any(map(is_part_of_values, sorts))


def _size_of_set(c: Context, collection: ir.Collection, counts: Predicate) -> Term:
    """Return the number of elements of a collection, as uninterpreted numbers, one for each case."""
    found = []
    for case in cases(collection.element):
        names = [variable(sort) for sort in case.sorts]
        value = case.build(names)
        inside = c.closed(partial(_both, c, value, collection, counts))
        found.append(count(names, inside) if names else logic.ite(inside, number(1), number(0)))
    return logic.add(found)


def _both(c: Context, value: Value, collection: ir.Collection, counts: Predicate) -> Term:
    return logic.conjunction((c.member(value, collection), counts(value)))


_QUORUMS = (
    "that a set is large, a proof for any sizes takes from quorums: a QuorumSystem, or a Relation to a sort of them, "
    "with the axiom that any two meet; then ask any(all(n in self.heard for n in q) for q in Quorum)"
)
"""First-order logic cannot express sizes, but axioms can state what follows from them for quorums."""


def _among(c: Context, collection: ir.Collection, counts: Predicate, *, inside: bool) -> Predicate:
    """Return whether a value counts, and is inside (or outside) a collection."""

    def holds(value: Value) -> Term:
        there = c.member(value, collection)
        return logic.conjunction((there if inside else logic.negation(there), counts(value)))

    return holds


def _ones(values: Sequence[Value], counts: Predicate) -> Iterator[Term]:
    """Yield, for each value, 1 if it counts and differs from those before it, else 0."""
    for new, value in _written_out(values):
        yield logic.ite(logic.conjunction((new, counts(value))), number(1), number(0))


def sum_of(c: Context, part: ir.Expr, generators: Sequence[ir.Generator], location: Location | None) -> Term:
    """Return a sum over generators."""
    if not generators:
        return c.term(part)
    first, rest = generators[0], generators[1:]
    return logic.add(
        [
            _summand(c, there, value, first, part, rest, location)
            for there, value in one_by_one(c, first.domain, "a sum", location)
        ]
    )


def _summand(
    c: Context,
    there: Term,
    value: Value,
    first: ir.Generator,
    part: ir.Expr,
    rest: Sequence[ir.Generator],
    location: Location | None,
) -> Term:
    c.names[first.variable.name] = value
    condition = TRUE if first.condition is None else c.formula(first.condition)
    test = logic.conjunction((there, condition))
    return number(0) if test is FALSE else logic.ite(test, sum_of(c, part, rest, location), number(0))


def one_by_one(
    c: Context, collection: ir.Collection, construct: str, location: Location | None
) -> Iterator[tuple[Term, Value]]:
    """Yield each possible element with whether it is there, including repeats in a sequence or bag.

    Raises
    ------
    Unencodable
        If this needs sizes that are not given.
    """
    ordered = in_order(c, collection)
    if ordered is not None:
        yield from ordered
        return
    if isinstance(collection, ir.SetOf):
        values = list(map(c.value, collection.items))
        yield from ((TRUE, value) for value in values) if collection.ordered else _written_out(values)
        return
    demand_items_within(c, collection)
    for value in all_values(c.theory, collection.element, construct, location):
        if isinstance(collection, ir.Stored | ir.Elements) and isinstance(type_of(collection), BagType):
            yield from _copies(c, value, collection)
        else:
            yield c.member(value, collection), value


def _copies(c: Context, value: Value, bag: Holding) -> Iterator[tuple[Term, Value]]:
    """Yield a value once for each copy that a bag may hold, with whether the bag holds that many."""
    found = containers(c, bag)
    most = max(layout.capacity for _, _, layout in found if isinstance(layout, BagLayout))
    count = copies_at(c, value, found, root_of(bag))
    for index in range(most):
        yield logic.less(number(index), count), value


def _written_out(values: Sequence[Value]) -> Iterator[tuple[Term, Value]]:
    """Yield each value of a set display, and whether it differs from those before it."""
    for index, value in enumerate(values):
        yield logic.negation(logic.disjunction(are_equal(value, before) for before in values[:index])), value
