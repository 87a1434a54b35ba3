"""The values of a type, if they can be listed one by one, and the ranges that they are in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from assay.checker.errors import Location
from assay.checker.language.types import (
    INTEGER,
    NATURAL,
    IntType,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
    subtypes,
)
from assay.proofs.encoding.symbols.cases import Case, cases
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Atom, Choice, Optional, Product, Value
from assay.proofs.logic.connectives import at_most, conjunction, implies
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Op, Sort, Term, element, number

__all__ = ["all_values", "few_numbers", "in_type", "in_window", "numbers", "within"]

MANY = 64
"""The size of the largest range that is written out."""

MOST_NUMBERS = 4096
"""The most numbers that a structure has tables over."""


def few_numbers(theory: Theory, sort: Sort, range_: IntType | None) -> list[Term] | None:
    """Return the numbers of a small range with known bounds; None for anything else."""
    if sort != INT or range_ is None or range_.low is None or range_.high is None:
        return None
    low, high = theory.bound(range_.low), theory.bound(range_.high)
    if low.op != Op.NUMBER or high.op != Op.NUMBER or high.of - low.of >= MANY:
        return None
    return [number(value) for value in range(low.of, high.of + 1)]


def all_values(theory: Theory, type_: Type, construct: str, location: Location | None) -> Iterator[Value]:
    """Yield all values of a scalar type.

    Raises
    ------
    Unencodable
        If this needs sizes that are not given.
    """
    for case in cases(type_):
        universes = [
            _elements(theory, sort, range_, construct, location)
            for sort, range_ in zip(case.sorts, case.ranges, strict=True)
        ]
        for terms in itertools.product(*universes):
            theory.allowance.spend()
            yield case.build(terms)


def _elements(
    theory: Theory, sort: Sort, range_: IntType | None, construct: str, location: Location | None
) -> list[Term]:
    if sort == BOOL:
        return [FALSE, TRUE]
    found = few_numbers(theory, sort, range_)
    if found is not None:
        return found
    size = None if sort == INT else theory.size(sort)
    if size is None:
        raise Unencodable(construct, location, finite=sort == INT and theory.instance is not None)
    return [element(sort, index) for index in range(size)]


# Ranges


def within(theory: Theory, type_: IntType, term: Term) -> Term:
    """Return whether a number is in a range; true if the type has no range."""
    if type_.low is None or type_.high is None or type_ == INTEGER:
        return TRUE
    if type_ == NATURAL:
        return at_most(number(0), term)
    return conjunction((at_most(theory.bound(type_.low), term), at_most(term, theory.bound(type_.high))))


def in_type(theory: Theory, type_: Type, value: Value) -> Term:
    """Return whether the numbers in a value are in their ranges."""
    match type_, value:
        case IntType(), Atom(term):
            return within(theory, type_, term)
        case OptionalType(inner), Optional(present, part):
            return TRUE if part is None else implies(present, in_type(theory, inner, part))
        case RecordType(_, fields), Product(parts):
            return conjunction(in_type(theory, t, part) for (_, t), part in zip(fields, parts, strict=True))
        case TupleType(items), Product(parts):
            return conjunction(in_type(theory, t, part) for t, part in zip(items, parts, strict=True))
        case UnionType(), Choice(alternatives):
            found = ((kind, test, part) for kind, test, part in alternatives if part is not None)
            return conjunction(implies(test, in_type(theory, kind, part)) for kind, test, part in found)
        case _:
            return TRUE


def in_window(theory: Theory, case: Case, terms: Sequence[Term]) -> Term:
    """Return whether the terms of a case are in the ranges of the case."""
    pairs = zip(case.ranges, terms, strict=True)
    return conjunction(within(theory, range_, term) for range_, term in pairs if range_ is not None)


def numbers(theory: Theory) -> tuple[int, ...] | None:
    """Return the numbers in the model's ranges, and 0, in order; None if they are not known, or too many."""
    found = {0}
    for part in (inner for type_ in theory.types for inner in subtypes(type_)):
        if isinstance(part, IntType) and part.low is not None and part.high is not None:
            bounds = theory.bound(part.low), theory.bound(part.high)
            if any(bound.op != Op.NUMBER for bound in bounds):
                return None
            low, high = (bound.of for bound in bounds)
            if high - low >= MOST_NUMBERS:
                return None
            found.update(range(low, high + 1))
    return tuple(sorted(found)) if len(found) <= MOST_NUMBERS else None
