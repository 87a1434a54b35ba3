"""Counts and sums, which need the elements one by one: sizes, a sequence, or a range of numbers that is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from assay.checker.errors import Location
from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import cases, sort_of
from assay.proofs.encoding.sequences import Sequences
from assay.proofs.encoding.universes import all_values, few_numbers
from assay.proofs.encoding.values import Value, are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Term, number

__all__ = ["Counting"]

FEW = 4
"""Up to how many elements `len` is compared with by naming them, where there are no sizes."""

SHORT = 256
"""Up to how many combinations of elements are written out for that; counting them takes one term for each."""


class Counting(Sequences):
    """Counts and sums in a state."""

    def count_compared(self, expr: ir.Compare) -> Term | None:
        """Return a comparison of a set's size with a small number, without counting; None if it is no such."""
        match expr:
            case ir.Compare(operator, ir.Cardinality(collection), ir.Literal(int() as few, _)):
                return self._few(operator, collection, few) if self._is_short(collection, few + 1) else None
            case ir.Compare(ir.Comparison.EQ, ir.Literal(int() as few, _), ir.Cardinality(collection)):
                return self._few(ir.Comparison.EQ, collection, few) if self._is_short(collection, few + 1) else None
            case ir.Compare(operator, ir.Literal(int() as few, _), ir.Cardinality(collection)):
                count = few + (operator is ir.Comparison.LT)
                return self.at_least(collection, count) if self._is_short(collection, count) else None
        return None

    def _is_short(self, collection: ir.Collection, count: int) -> bool:
        """Return whether it is short to name that many elements one after the other, each out of all.

        Elements of sorts are named by variables; numbers are written out, and so many times as are named.
        """
        if count > FEW + 1:
            return False
        combinations = 0
        for case in cases(collection.element):
            few = [few_numbers(self.theory, s, r) or () for s, r in zip(case.sorts, case.ranges, strict=True)]
            combinations += math.prod(max(1, len(numbers)) for numbers in few)
        return combinations**count <= SHORT

    def _few(self, operator: ir.Comparison, collection: ir.Collection, few: int) -> Term:
        more = logic.negation(self.at_least(collection, few + (operator is not ir.Comparison.LT)))
        return more if operator is not ir.Comparison.EQ else logic.conjunction((self.at_least(collection, few), more))

    def at_least(self, collection: ir.Collection, count: int, chosen: tuple[Value, ...] = ()) -> Term:
        """Return whether a collection has at least so many elements besides those that are chosen."""
        if count <= 0:
            return TRUE

        def another(value: Value) -> Term:
            new = logic.conjunction(logic.negation(are_equal(value, old)) for old in chosen)
            return logic.conjunction((new, self.at_least(collection, count - 1, (*chosen, value))))

        return self.any_of(collection, another)

    def size_of(self, universe: ir.Universe, location: Location | None) -> Term:
        """Return the number of elements of a sort."""
        size = self.theory.size(sort_of(universe.of))
        if size is None:
            raise Barrier(f"the size of {universe.of}", location)
        return number(size)

    def count(self, collection: ir.Collection, location: Location | None) -> Term:
        """Return the number of elements of a collection."""
        values = all_values(self.theory, collection.element, "a count (len)", location)
        return logic.add(logic.ite(self.member(value, collection), number(1), number(0)) for value in values)

    def sum(self, part: ir.Expr, generators: Sequence[ir.Generator], location: Location | None) -> Term:
        """Return a sum over generators."""
        if not generators:
            return self.term(part)
        first, rest = generators[0], generators[1:]
        return logic.add(
            [
                self._summand(there, value, first, part, rest, location)
                for there, value in self.one_by_one(first.domain, "a sum", location)
            ]
        )

    def _summand(
        self,
        there: Term,
        value: Value,
        first: ir.Generator,
        part: ir.Expr,
        rest: Sequence[ir.Generator],
        location: Location | None,
    ) -> Term:
        self.names[first.variable.name] = value
        condition = TRUE if first.condition is None else self.formula(first.condition)
        test = logic.conjunction((there, condition))
        return number(0) if test is FALSE else logic.ite(test, self.sum(part, rest, location), number(0))

    def one_by_one(
        self, collection: ir.Collection, construct: str, location: Location | None
    ) -> Iterator[tuple[Term, Value]]:
        """Yield each element that there may be with whether it is there, repeats of a sequence included.

        Raises
        ------
        Barrier
            If that needs sizes that are not given.
        """
        ordered = self.in_order(collection)
        if ordered is not None:
            yield from ordered
            return
        for value in all_values(self.theory, collection.element, construct, location):
            yield self.member(value, collection), value
