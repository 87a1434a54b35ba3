"""The values of a type, case by case: within a case, a fixed number of terms determines the value.

``Prepare | Promise`` where a Promise holds a ``Proposal | None`` has three cases. A set of such values is one relation
for each case, and no relation has an argument without a meaning.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from enum import Enum

from assay.checker.immutable import immutable
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
    is_container,
    subtypes,
)
from assay.checker.wording import article
from assay.proofs.encoding.symbols.unencodable import MOST_CASES_OF_A_TYPE, Unencodable
from assay.proofs.encoding.symbols.values import ABSENT, Atom, Choice, Optional, Product, Value
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Sort, Term, element

__all__ = ["Case", "cases", "demand_no_container", "is_part_of_values", "sort_of"]

Match = tuple[Term, tuple[Term, ...]]


@immutable
class Case:
    """One case of a type.

    Attributes
    ----------
    label : str
        A suffix for names by which a reader can tell the cases apart.
    sorts : tuple of Sort
        The sorts of its terms.
    build : callable
        Makes the value from its terms.
    match : callable
        Returns whether a value is of this case, and its terms if it is.
    ranges : tuple
        For each term, its type of whole numbers, or None.
    """

    label: str
    sorts: tuple[Sort, ...]
    build: Callable[[Sequence[Term]], Value]
    match: Callable[[Value], Match]
    ranges: tuple[IntType | None, ...] = ()


@functools.cache
def sort_of(type_: Type) -> Sort:
    """Return the sort of the term for a type whose values are a single term.

    A container inside of a value is one term, too: see `assay.proofs.encoding.symbols.contents`.
    """
    match type_:
        case BoolType():
            return BOOL
        case IntType():
            return INT
        case EnumType(cls):
            return Sort(cls, tuple(member.name for member in cls))
        case SortType(cls) | QuorumType(cls):
            return Sort(cls)
        case MapType() | SetType() | SeqType() | BagType():
            return Sort(type_)
    raise AssertionError(type_)


def is_part_of_values(sort: Sort) -> bool:
    """Return whether a sort is one of containers that are parts of values."""
    return isinstance(sort.of, MapType | SetType | SeqType | BagType)


def demand_no_container(type_: Type) -> None:
    """Refuse keys that contain a container.

    Raises
    ------
    Unencodable
        If there is one: a map has a value at every key, and there would be endlessly many sets of nodes as keys.
    """
    inside = next((part for part in subtypes(type_) if is_container(part)), None)
    if inside is not None:
        raise Unencodable(f"a map with {article(inside)} in its keys", finite=True)


@functools.cache
def cases(type_: Type) -> tuple[Case, ...]:
    """Return the cases of a scalar type.

    Raises
    ------
    Unencodable
        If there are too many: optionals and unions inside each other multiply.
    """
    # Count before making any: a million cases would take the very time and memory that the limit is meant to save.
    if _count(type_) > MOST_CASES_OF_A_TYPE:
        raise Unencodable(f"{type_}, which is of more than {MOST_CASES_OF_A_TYPE} cases,", finite=True)
    match type_:
        case NoneOnly():
            return (Case("", (), lambda _: ABSENT, lambda _: (TRUE, ())),)
        case OptionalType(inner):
            return (Case(".None", (), lambda _: ABSENT, _absent), *map(_present, cases(inner)))
        case RecordType(_, fields):
            return _products(tuple(part for _, part in fields))
        case TupleType(items):
            return _products(items)
        case UnionType(alternatives):
            return tuple(_alternative(type_, kind, case) for kind in alternatives for case in cases(kind))
        case _:
            range_ = type_ if isinstance(type_, IntType) and type_.low is not None else None
            return (Case("", (sort_of(type_),), lambda terms: Atom(terms[0]), _atom(sort_of(type_)), (range_,)),)


@functools.cache
def _count(type_: Type) -> int:
    """Return the number of cases of a type, without making them."""
    match type_:
        case OptionalType(inner):
            return 1 + _count(inner)
        case RecordType(_, fields):
            return math.prod(_count(part) for _, part in fields)
        case TupleType(items):
            return math.prod(map(_count, items))
        case UnionType(alternatives):
            return sum(map(_count, alternatives))
        case _:
            return 1


def _atom(sort: Sort) -> Callable[[Value], Match]:
    def match(value: Value) -> Match:
        assert isinstance(value, Atom)
        if value.term.sort is not sort:
            raise Unencodable(f"a {value.term.sort} where there is to be a {sort}", finite=True)
        return TRUE, (value.term,)

    return match


def _absent(value: Value) -> Match:
    assert isinstance(value, Optional)
    return negation(value.present), ()


def _present(case: Case) -> Case:
    def match(value: Value) -> Match:
        assert isinstance(value, Optional)
        if value.value is None:
            return FALSE, ()
        test, terms = case.match(value.value)
        return conjunction((value.present, test)), terms

    return Case(f".Some{case.label}", case.sorts, lambda terms: Optional(TRUE, case.build(terms)), match, case.ranges)


def _products(parts: tuple[Type, ...]) -> tuple[Case, ...]:
    return tuple(_product(combination) for combination in itertools.product(*map(cases, parts)))


def _product(parts: tuple[Case, ...]) -> Case:
    starts = list(itertools.accumulate((len(part.sorts) for part in parts), initial=0))

    def build(terms: Sequence[Term]) -> Value:
        return Product(tuple(p.build(terms[a:b]) for p, a, b in zip(parts, starts, starts[1:], strict=False)))

    def match(value: Value) -> Match:
        assert isinstance(value, Product)
        matches = [part.match(item) for part, item in zip(parts, value.parts, strict=True)]
        terms = tuple(term for _, found in matches for term in found)
        return conjunction(test for test, _ in matches), terms

    label, sorts = "".join(part.label for part in parts), tuple(s for p in parts for s in p.sorts)
    return Case(label, sorts, build, match, tuple(r for p in parts for r in p.ranges))


def _alternative(union: UnionType, kind: RecordType, case: Case) -> Case:
    def build(terms: Sequence[Term]) -> Value:
        value = case.build(terms)
        assert isinstance(value, Product)
        return Choice(tuple((k, TRUE, value) if k == kind else (k, FALSE, None) for k in union.alternatives))

    def match(value: Value) -> Match:
        assert isinstance(value, Choice)
        test, record = value.of(kind)
        if record is None:
            return FALSE, ()
        inner, terms = case.match(record)
        return conjunction((test, inner)), terms

    return Case(f".{kind}{case.label}", case.sorts, build, match, case.ranges)


def enum_value(type_: EnumType, member: Enum) -> Term:
    """Return the term for a member of an enumeration."""
    return element(sort_of(type_), list(type_.cls).index(member))
