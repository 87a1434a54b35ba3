"""Cardinalities of finite sets, axiomatised by facts of first-order logic with integers.

All of it is one theorem. If at every element the factors of those sets that it is in add up to nothing less than
zero, then so do the sizes of the sets, each times its factor; and if the factors add up to more at some elements,
then so do the sizes. That two majorities of a set meet is an instance of it: if ``a`` and ``b`` were disjoint parts
of ``c``, then at every element ``1[c] - 1[a] - 1[b]`` would not be less than zero, so ``len(a) + len(b) <= len(c)``.
By Farkas' lemma every contradiction between sizes follows from such instances, but for one that hangs on sizes being
whole. So the instances need not be listed beforehand: `contradiction` finds the one that a structure is against.

Threshold arguments are put to solvers in this manner by Berkovits, Lazic, Losa, Padon and Shoham, *Verification of
threshold-based distributed algorithms by decomposition to decidable logics* (CAV 2019), who instantiate beforehand.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.proofs.logic.binders import count, exists, for_all, replace_variables
from assay.proofs.logic.connectives import add, at_most, conjunction, disjunction, equal, ite, multiply, negation
from assay.proofs.logic.structures import Structure, members
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Counted, Symbol, Term, element, number, variable
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Fact", "Part", "contradiction", "counted_in", "definition", "is_one", "meaning", "of_one"]

MOST_FACTORS = 8
"""The largest sum of the absolute values of the factors in a fact."""

MOST_WITNESSES = 3
"""The most elements that a fact may name, at which its factors have a positive sum."""


@dataclass(frozen=True)
class Part:
    """A set whose size is spoken of, times a factor."""

    factor: int
    size: Symbol

    @property
    def counted(self) -> Counted:
        """What the size is of."""
        assert isinstance(self.size.of, Counted)
        return self.size.of


@dataclass(frozen=True)
class Fact:
    """An instance of the theorem.

    Attributes
    ----------
    parts : tuple of Part
        The sets.
    least : tuple of int
        To how much the factors add up, at least, at some elements that are given: one number for each of them.
    """

    parts: tuple[Part, ...]
    least: tuple[int, ...] = ()

    @property
    def formula(self) -> Term:
        """What it says, of whatever the sets are about."""
        sorts = [name.sort for name in self.parts[0].counted.elements]
        here = [variable(sort) for sort in sorts]
        given = [tuple(variable(sort) for sort in sorts) for _ in self.least]
        formals = [tuple(variable(name.sort) for name in part.counted.formals) for part in self.parts]

        def reaches(place: Sequence[Term], bound: int) -> Term:
            inside = [
                (p.factor, is_in(p.counted, values, place)) for p, values in zip(self.parts, formals, strict=True)
            ]
            return _reaches(inside, bound)

        total = add(
            multiply(number(part.factor), part.size(*values)) for part, values in zip(self.parts, formals, strict=True)
        )
        missing = [negation(reaches(place, least)) for place, least in zip(given, self.least, strict=True)]
        missing += [_same(one, other) for one, other in itertools.combinations(given, 2)]
        less = exists(here, negation(reaches(here, 0)))
        bound = [name for names in (*formals, *given) for name in names]
        return for_all(bound, disjunction((less, *missing, at_most(number(sum(self.least)), total))))


def _same(left: Sequence[Term], right: Sequence[Term]) -> Term:
    return conjunction(equal(one, other) for one, other in zip(left, right, strict=True))


def _reaches(parts: Sequence[tuple[int, Term]], bound: int) -> Term:
    """Return whether the factors of what is true add up to a bound."""
    if bound <= sum(factor for factor, _ in parts if factor < 0):
        return TRUE
    if bound > sum(factor for factor, _ in parts if factor > 0):
        return FALSE
    (factor, inside), rest = parts[0], parts[1:]
    # Monotone in `helps`: reaching the bound without it implies reaching it with it, so no negated guard is needed.
    helps = inside if factor > 0 else negation(inside)
    harder, easier = (0, factor) if factor > 0 else (factor, 0)
    return disjunction((_reaches(rest, bound - harder), conjunction((helps, _reaches(rest, bound - easier)))))


def is_in(counted: Counted, formals: Sequence[Term], place: Sequence[Term]) -> Term:
    """Return whether an element is counted, for some values of the formals."""
    values = dict(zip((*counted.elements, *counted.formals), (*place, *formals), strict=True))
    return replace_variables(counted.body, values)


def of_one(element: Sequence[Term]) -> Symbol:
    """Return the size of the set that holds one element; of its variables, the size is a function."""
    names = [variable(term.sort) for term in element]
    size = count(names, conjunction(equal(name, term) for name, term in zip(names, element, strict=True))).of
    assert isinstance(size, Symbol)
    return size


def is_one(size: Symbol) -> Term:
    """Return that the size of a set which holds one element is 1."""
    formals = [variable(sort) for sort in size.arguments]
    return for_all(formals, equal(size(*formals), number(1)))


def counted_in(formulas: Iterable[Term]) -> list[Symbol]:
    """Return the sizes that formulas speak of, in order, with those that what is counted speaks of."""
    found: dict[Symbol, None] = {}
    waiting = list(formulas)
    while waiting:
        formula = waiting.pop(0)
        new = [s for s in sorted(formula.mentioned, key=lambda symbol: symbol.order) if s not in found]
        for symbol in new:
            if isinstance(symbol.of, Counted):
                found[symbol] = None
                waiting.append(symbol.of.body)
    return list(found)


def definition(size: Symbol, sizes: Structure) -> Term:
    """Return the definition of a size as a sum, for sorts with the given numbers of named elements."""
    counted = size.of
    assert isinstance(counted, Counted)
    formals = tuple(variable(name.sort) for name in counted.formals)
    places = sizes.tuples(tuple(name.sort for name in counted.elements))
    named = [tuple(_named(n, i) for n, i in zip(counted.elements, place, strict=True)) for place in places]
    ones = add(ite(is_in(counted, formals, place), number(1), number(0)) for place in named)
    return for_all(formals, equal(size(*formals), ones))


def _named(name: Term, index: int) -> Term:
    if name.sort.of is bool:
        return TRUE if index else FALSE
    return element(name.sort, index)


@dataclass(frozen=True)
class _Counts:
    """Stands for whether something is counted, by whatever size is named with it."""

    def __str__(self) -> str:
        return "counted"


def meaning(size: Symbol) -> Term:
    """Return a formula that expresses what a size counts, by which queries are distinguished; it is not a fact.

    The size itself occurs in it, so that queries that ask the same about different sizes are different.
    """
    counted = size.of
    assert isinstance(counted, Counted)
    elements, formals = ([variable(name.sort) for name in names] for names in (counted.elements, counted.formals))
    inside = Symbol(_Counts(), (INT, *(term.sort for term in elements)), BOOL)
    body = is_in(counted, formals, elements)
    counts = inside(size(*formals), *elements)
    return for_all((*elements, *formals), counts if body is TRUE else equal(counts, body))


# Which fact a structure is against


@dataclass(frozen=True)
class _Set:
    """A set of a structure, and what the structure says is its size."""

    size: Symbol
    members: frozenset[tuple[int, ...]]
    says: int


def contradiction(structure: Structure, sizes: Sequence[Symbol], seconds: float) -> list[Fact]:
    """Return facts that a structure is against, one for each sort of elements; none if its sizes could be true.

    Sizes could be true if every element of the structure could stand for one or more, so that they are.

    Parameters
    ----------
    structure : Structure
        What a solver has found, with a table for each size.
    sizes : sequence of Symbol
        The sizes that are spoken of.
    seconds : float
        The processor time that a fact of one sort may take to find.
    """
    found = []
    kinds = dict.fromkeys(tuple(name.sort for name in _counted(size).elements) for size in sizes)
    for kind in kinds:
        own = [size for size in sizes if tuple(name.sort for name in _counted(size).elements) == kind]
        fact = _against(list(_sets(structure, own)), list(structure.tuples(kind)), seconds)
        found += [fact] if fact is not None else []
    return found


def _counted(size: Symbol) -> Counted:
    assert isinstance(size.of, Counted)
    return size.of


def _sets(structure: Structure, sizes: Sequence[Symbol]) -> Iterator[_Set]:
    """Yield the sets of a structure that differ, or of which it gives the size differently."""
    seen = set()
    for size in sizes:
        for point in structure.tuples(size.arguments):
            inside, says = members(_counted(size), structure, point), structure.value(size, point)
            if (inside, says) not in seen:
                seen.add((inside, says))
                yield _Set(size, inside, says)


def _against(sets: Sequence[_Set], elements: Sequence[tuple[int, ...]], seconds: float) -> Fact | None:
    """Return a fact with few and small factors that sets of a structure are against."""
    each = seconds / (MOST_FACTORS + 1)
    if _factors(sets, elements, MOST_FACTORS, each) is None:
        return None
    for limit in range(1, MOST_FACTORS + 1):
        factors = _factors(sets, elements, limit, each)
        if factors is None:
            continue
        parts = [(factor, one) for factor, one in zip(factors, sets, strict=True) if factor]
        said = sum(factor * one.says for factor, one in parts)
        at = sorted((sum(f for f, one in parts if place in one.members) for place in elements), reverse=True)
        for given in range(MOST_WITNESSES + 1):
            if said < sum(at[:given]):
                return Fact(tuple(Part(factor, one.size) for factor, one in parts), tuple(at[:given]))
    return None


def _factors(sets: Sequence[_Set], elements: Sequence[tuple[int, ...]], limit: int, seconds: float) -> list[int] | None:
    """Return factors that are nowhere less than nothing, and of the sizes less than of one for each element."""
    solver = Z3(alone=True)
    plus = [variable(INT) for _ in sets]
    minus = [variable(INT) for _ in sets]
    factors = [add((p, multiply(number(-1), m))) for p, m in zip(plus, minus, strict=True)]
    solver.add([at_most(number(0), part) for part in (*plus, *minus)])
    solver.add([at_most(add((*plus, *minus)), number(limit))])
    at = [add(f for f, one in zip(factors, sets, strict=True) if place in one.members) for place in elements]
    solver.add([at_most(number(0), total) for total in at])
    said = add(multiply(number(one.says), f) for f, one in zip(factors, sets, strict=True))
    solver.add([at_most(add((said, number(1))), add(at))])
    if solver.check(seconds) != "sat":
        return None
    value = solver.model()
    return [value(p) - value(m) for p, m in zip(plus, minus, strict=True)]
