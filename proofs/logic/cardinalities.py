"""Cardinalities of finite sets, axiomatised by facts of first-order logic with integers.

Everything here rests on one theorem. Give each set a whole factor. If, at every element, the factors of the sets that
contain it sum to at least zero, then the sizes of the sets, each times its factor, also sum to at least zero; and if
some distinct elements are known to have larger sums, the sizes sum to at least the total of those. That two majorities
of a set intersect is an instance: if ``a`` and ``b`` were disjoint subsets of ``c``, then ``1[c] - 1[a] - 1[b]`` would
be at least zero at every element, so ``len(a) + len(b) <= len(c)``. By Farkas' lemma every contradiction between sizes
follows from such instances, except one that depends on sizes being integers. So the instances need not be listed
beforehand: `contradiction` finds one that a given structure violates.

Berkovits, Lazic, Losa, Padon and Shoham encode threshold arguments in this way in *Verification of threshold-based
distributed algorithms by decomposition to decidable logics* (CAV 2019); they instantiate beforehand.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.proofs.logic.binders import count, exists, for_all, replace_variables
from assay.proofs.logic.connectives import add, at_most, conjunction, disjunction, equal, ite, multiply, negation
from assay.proofs.logic.regions import factors
from assay.proofs.logic.structures import Structure, members
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Counted, Symbol, Term, element, number, variable

__all__ = ["MOST_FACTORS", "Fact", "Part", "contradiction", "counted_in", "definition", "instance", "is_in", "is_one"]
__all__ += ["meaning", "of_one"]

MOST_FACTORS = 8
"""The largest sum of the absolute values of the factors in a fact. That two majorities intersect needs 3.

Each smaller limit is tried before a larger one, so this also bounds the calls of the solver.
"""

MOST_WITNESSES = 3
"""The largest number of elements with a positive sum of factors that a fact may name.

A fact says of those that it names that they differ, each from each. Of 176 facts that the tests of sizes of sets learn,
99 name none, 51 one, 25 two, and one three.
"""


@dataclass(frozen=True)
class Part:
    """The size of a set, times a factor."""

    factor: int
    size: Symbol

    @property
    def counted(self) -> Counted:
        """The set that the size counts."""
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
        For each of some distinct elements, a lower bound on the sum of the factors there.
    """

    parts: tuple[Part, ...]
    least: tuple[int, ...] = ()

    @property
    def formula(self) -> Term:
        """The instance as a closed formula, for all values of the formals of the sets."""
        sorts = [name.sort for name in self.parts[0].counted.elements]
        given = [tuple(variable(sort) for sort in sorts) for _ in self.least]
        formals = [tuple(variable(name.sort) for name in part.counted.formals) for part in self.parts]
        sizes = [(part.factor, part.size(*values)) for part, values in zip(self.parts, formals, strict=True)]
        bound = [name for names in (*formals, *given) for name in names]
        return for_all(bound, instance(sizes, list(zip(self.least, given, strict=True))))


def instance(sizes: Sequence[tuple[int, Term]], least: Sequence[tuple[int, Sequence[Term]]] = ()) -> Term:
    """Return an instance of the theorem.

    Parameters
    ----------
    sizes : sequence of (int, Term)
        The sizes, with their factors.
    least : sequence of (int, element)
        Lower bounds on the sum of the factors at some elements, for the case that these differ.
    """
    here = tuple(variable(name.sort) for name in sizes[0][1].of.of.elements)

    def reaches(place: Sequence[Term], bound: int) -> Term:
        return _reaches([(factor, is_in(size.of.of, size.args, place)) for factor, size in sizes], bound)

    total = add(multiply(number(factor), size) for factor, size in sizes)
    missing = [negation(reaches(place, bound)) for bound, place in least]
    missing += [_same(one, other) for (_, one), (_, other) in itertools.combinations(least, 2)]
    less = exists(here, negation(reaches(here, 0)))
    return disjunction((less, *missing, at_most(number(sum(bound for bound, _ in least)), total)))


def _same(left: Sequence[Term], right: Sequence[Term]) -> Term:
    return conjunction(equal(one, other) for one, other in zip(left, right, strict=True))


def _reaches(parts: Sequence[tuple[int, Term]], bound: int) -> Term:
    """Return the formula that the factors of the true parts sum to at least ``bound``."""
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
    """Return the formula that ``place`` is counted when the formals have these values."""
    values = dict(zip((*counted.elements, *counted.formals), (*place, *formals), strict=True))
    return replace_variables(counted.body, values)


def of_one(element: Sequence[Term]) -> Symbol:
    """Return the size of the set that holds only ``element``, as a function of the free variables in it."""
    names = [variable(term.sort) for term in element]
    size = count(names, conjunction(equal(name, term) for name, term in zip(names, element, strict=True))).of
    assert isinstance(size, Symbol)
    return size


def is_one(size: Symbol) -> Term:
    """Return the formula that ``size``, the size of a one-element set, is 1."""
    formals = [variable(sort) for sort in size.arguments]
    return for_all(formals, equal(size(*formals), number(1)))


def counted_in(formulas: Iterable[Term]) -> list[Symbol]:
    """Return the sizes that formulas mention, in order, and those mentioned in turn by the bodies of these."""
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
    """Return the definition of ``size`` as a sum over named elements, as many of each sort as ``sizes`` has."""
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
    """Stands for the relation between a size and the elements that it counts."""

    def __str__(self) -> str:
        return "counted"


def meaning(size: Symbol) -> Term:
    """Return a formula that expresses what ``size`` counts. It tells queries apart and is never asserted.

    A size is uninterpreted to the solver, so two queries may look alike although their sizes count different things.
    The size itself occurs in the formula, so that the same question about different sizes is a different query.
    """
    counted = size.of
    assert isinstance(counted, Counted)
    elements, formals = ([variable(name.sort) for name in names] for names in (counted.elements, counted.formals))
    inside = Symbol(_Counts(), (INT, *(term.sort for term in elements)), BOOL)
    body = is_in(counted, formals, elements)
    counts = inside(size(*formals), *elements)
    return for_all((*elements, *formals), counts if body is TRUE else equal(counts, body))


# Which fact a structure violates


@dataclass(frozen=True)
class _Set:
    """A set in a structure, and the size that the structure claims for it."""

    size: Symbol
    members: frozenset[tuple[int, ...]]
    says: int


def contradiction(structure: Structure, sizes: Sequence[Symbol], seconds: float) -> list[Fact]:
    """Return facts that a structure violates, at most one for each kind of elements; none if its sizes are possible.

    Sizes are possible if they become true when each element of the structure is replaced by one or more copies of it.

    Parameters
    ----------
    structure : Structure
        A solver's model, with a table for each size.
    sizes : sequence of Symbol
        The sizes that the query mentions.
    seconds : float
        The processor time allowed for the fact about one kind of elements.
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
    """Yield the sets of a structure, without repeats; a set with two claimed sizes is yielded with each."""
    seen = set()
    for size in sizes:
        for point in structure.tuples(size.arguments):
            inside, says = members(_counted(size), structure, point), structure.value(size, point)
            if (inside, says) not in seen:
                seen.add((inside, says))
                yield _Set(size, inside, says)


def _against(sets: Sequence[_Set], elements: Sequence[tuple[int, ...]], seconds: float) -> Fact | None:
    """Return a fact, with factors as few and small as possible, that the sets of a structure violate."""
    regions = Counter(tuple(place in one.members for one in sets) for place in elements)
    found = factors([one.says for one in sets], regions, MOST_FACTORS, seconds)
    if found is None:
        return None
    parts = [(factor, one) for factor, one in zip(found, sets, strict=True) if factor]
    said = sum(factor * one.says for factor, one in parts)
    at = sorted((sum(f for f, one in parts if place in one.members) for place in elements), reverse=True)
    for given in range(MOST_WITNESSES + 1):
        if said < sum(at[:given]):
            return Fact(tuple(Part(factor, one.size) for factor, one in parts), tuple(at[:given]))
    return None
