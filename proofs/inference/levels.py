"""The levels of the search: numbers of variables, weights of atoms, numbers of literals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assay.checker.language.types import QuorumType
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.inference.atoms import Ranging
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.spaces import Space
from assay.proofs.inference.valuations import told_apart
from assay.proofs.inference.worlds import World
from assay.proofs.logic.terms import BOOL

__all__ = ["Level", "Outline", "levels", "space_of"]

MOST_ATOMS = 1024
"""The most atoms of a space: the lightest ones that the states tell apart."""

MOST_VARIABLES = 6
"""The most variables of a space for how two relations are connected."""


@dataclass(frozen=True)
class Outline:
    """The shape of a space of clauses.

    Attributes
    ----------
    counts : tuple of int
        The number of variables of each type of the grammar.
    heaviest : int
        The maximum weight of an atom.
    pairs : bool
        Whether two things may be said of a member of a quorum.
    some : bool
        Whether it may be said that there is an element of a sort of which one or two things are true.
    """

    counts: tuple[int, ...]
    heaviest: int
    pairs: bool = False
    some: bool = False


@dataclass(frozen=True)
class Level:
    """The spaces that a level adds, and the limits of clauses from then on.

    Attributes
    ----------
    outlines : tuple of Outline
        The spaces.
    most : int
        The maximum number of literals of a clause.
    budget : int
        The maximum total weight of its literals.
    """

    outlines: tuple[Outline, ...]
    most: int
    budget: int


def space_of(grammar: Grammar, outline: Outline, worlds: Sequence[World] = ()) -> Space:
    """Return the space of an outline, without atoms that are equivalent in the given states."""
    variables = grammar.bound(list(zip(grammar.types, outline.counts, strict=True)))
    found = grammar.atoms(variables, outline.heaviest, pairs=outline.pairs, some=outline.some)
    atoms = [a for a in found if a.weight <= outline.heaviest]
    joined = outline.pairs or outline.some
    return Space(variables, told_apart(atoms, variables, worlds)[:MOST_ATOMS], outline, joined=joined)


def levels(grammar: Grammar) -> Iterator[Level]:
    """Yield the levels, the cheapest first."""
    types, ones = grammar.types, (1,) * len(grammar.types)
    singles = [_more(ones, [index]) for index in range(len(types))] or [ones]
    pairs = [_more(ones, chosen) for chosen in itertools.combinations(range(len(types)), 2)] or [ones]
    wide, joined = list(_wide(grammar, ones)), list(_joined(grammar))
    inside = _inside(grammar)
    doubled = _outlines(list(_doubled(grammar)), 2)
    yield Level(_outlines([*singles, *wide], 3), 3, 6)
    if doubled and len(types) == 1:  # with several sorts, there are too many valuations to begin with
        yield Level(doubled, 4, 9)
    yield Level(
        (*_outlines(_plain(grammar, [*pairs, *joined]), 2), *(Outline(counts, 5, pairs=True) for counts in inside)),
        4,
        9,
    )
    yield Level(_outlines([*pairs, *wide], 4), 4, 9)
    yield Level(_outlines([*singles, *wide], 5), 4, 11)
    yield Level((*(Outline(counts, 6, pairs=True) for counts in inside), *_outlines(pairs, 4)), 5, 12)
    yield Level(_outlines([_more(_more(ones, [index]), [index]) for index in range(len(types))], 3), 5, 12)
    if doubled and len(types) > 1:
        yield Level(doubled, 4, 9)
    if grammar.specification.sorts:
        yield Level(tuple(Outline(counts, 4, some=True) for counts in _plain(grammar, [ones, *singles])), 3, 8)


def _outlines(counts: Sequence[tuple[int, ...]], heaviest: int) -> tuple[Outline, ...]:
    return tuple(Outline(one, heaviest) for one in dict.fromkeys(counts))


def _plain(grammar: Grammar, counts: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the same counts without quorums, and without those that are part of others."""
    found = [
        tuple(0 if isinstance(type_, QuorumType) else count for type_, count in zip(grammar.types, one, strict=True))
        for one in counts
    ]
    return [one for one in dict.fromkeys(found) if not any(_is_part(one, other) for other in found)]


def _is_part(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _joined(grammar: Grammar) -> Iterator[tuple[int, ...]]:
    """Yield the variables of pairs of relations that share their first argument."""
    relations = [s for s in grammar.theory.state_symbols if s.result is BOOL and s.arguments]
    for left, right in itertools.combinations(relations, 2):
        shared = left.arguments[0] if left.arguments[0] is right.arguments[0] else None
        counts = tuple(
            left.arguments.count(sort) + right.arguments.count(sort) - (sort is shared)
            for sort in map(sort_of, grammar.types)
        )
        if sum(counts) <= MOST_VARIABLES:
            yield counts


def _doubled(grammar: Grammar) -> Iterator[tuple[int, ...]]:
    """Yield the variables of two places of one relation, as in *at most one message is on its way*."""
    for symbol in grammar.theory.state_symbols:
        counts = tuple(2 * symbol.arguments.count(sort_of(type_)) for type_ in grammar.types)
        if symbol.result is BOOL and len(symbol.arguments) > 1 and sum(counts) <= MOST_VARIABLES:
            yield counts


def _more(counts: tuple[int, ...], which: Sequence[int]) -> tuple[int, ...]:
    return tuple(count + (index in which) for index, count in enumerate(counts))


def _wide(grammar: Grammar, ones: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield what the relations of the model are about, where that is three or more of one sort."""
    for symbol in (*grammar.theory.state_symbols, *grammar.theory.structure_symbols):
        counts = [symbol.arguments.count(sort_of(type_)) for type_ in grammar.types]
        if max(counts, default=0) > 2:
            yield tuple(map(max, counts, ones))


def _inside(grammar: Grammar) -> list[tuple[int, ...]]:
    """Return how many variables go with what is said of the members of a quorum: that one, and two of all others."""
    found = []
    for whole, part in grammar.quorum_types:
        found.append(tuple(_count(type_, whole, part) for type_ in grammar.types))
    return list(dict.fromkeys(found))


def _count(type_: Ranging, whole: Ranging, part: Ranging) -> int:
    if type_ == whole:
        return 1
    return 0 if type_ == part or isinstance(type_, QuorumType) else 2
