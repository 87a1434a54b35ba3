"""How far candidates go, level by level: how many variables, how heavy atoms, how many literals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assay.checker.language.types import QuorumType
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.inference.grammar import Grammar, Ranging
from assay.proofs.inference.spaces import Space

__all__ = ["Level", "Outline", "levels", "space_of"]

MOST_ATOMS = 512
"""Atoms of a space, at most: the lightest."""


@dataclass(frozen=True)
class Outline:
    """What a space is over.

    Attributes
    ----------
    counts : tuple of int
        How many variables there are of each type of the grammar.
    heaviest : int
        What an atom weighs at most.
    pairs : bool
        Whether two things may be said of a member of a quorum.
    """

    counts: tuple[int, ...]
    heaviest: int
    pairs: bool = False


@dataclass(frozen=True)
class Level:
    """Spaces that join the candidates together, and how many literals a clause has at most from then on."""

    outlines: tuple[Outline, ...]
    most: int


def space_of(grammar: Grammar, outline: Outline) -> Space:
    """Return the space over an outline."""
    variables = grammar.bound(list(zip(grammar.types, outline.counts, strict=True)))
    return Space(variables, grammar.atoms(variables, outline.heaviest, pairs=outline.pairs)[:MOST_ATOMS], outline)


def levels(grammar: Grammar) -> Iterator[Level]:
    """Yield the levels, the cheapest first."""
    types, ones = grammar.types, (1,) * len(grammar.types)
    singles = [_more(ones, [index]) for index in range(len(types))] or [ones]
    pairs = [_more(ones, chosen) for chosen in itertools.combinations(range(len(types)), 2)] or [ones]
    wide = list(_wide(grammar, ones))
    inside = _inside(grammar)
    yield Level(_outlines([*singles, *wide], 2), 3)
    if inside:
        yield Level(tuple(Outline(counts, 2, pairs=True) for counts in inside), 4)
    yield Level(_outlines([*pairs, *wide], 3), 4)
    yield Level(_outlines([tuple(1 if isinstance(t, QuorumType) else 2 for t in types)], 2), 4)
    yield Level(_outlines([*singles, *wide], 4), 4)
    yield Level((*(Outline(counts, 4, pairs=True) for counts in inside), *_outlines(pairs, 3)), 5)
    yield Level(_outlines([_more(_more(ones, [index]), [index]) for index in range(len(types))], 3), 5)


def _outlines(counts: Sequence[tuple[int, ...]], heaviest: int) -> tuple[Outline, ...]:
    return tuple(Outline(one, heaviest) for one in dict.fromkeys(counts))


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
