"""Spaces of clauses: what the atoms over some variables are, together, in the reachable states.

A clause over some atoms holds in all reachable states if and only if no *valuation* of the atoms that occurs in one of
them makes it false; and there are far fewer valuations than states and choices of variables. A clause that is false at
one place of a state, and at no valuation that occurs, must have for each of these an atom in which it differs from
that place: such clauses are the hitting sets of the sets of differences, and the strongest are the least of these.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from assay.proofs.inference.evaluation import evaluated
from assay.proofs.inference.grammar import Atom, Bound
from assay.proofs.inference.worlds import World
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.connectives import disjunction
from assay.proofs.logic.terms import Term

__all__ = ["Clause", "Space", "Valuations"]

Valuations = npt.NDArray[np.uint64]
"""Valuations, one a row; atom number i is bit i % 64 of word i // 64."""

POINTS = 1 << 20
"""Entries that are evaluated at once."""

SAMPLE = 1 << 19
"""Words of valuations that a world is looked at for, before each is told from the others.

What is missed is learned from the states that refute a clause, when it is held against all of them.
"""


@dataclass(frozen=True, eq=False)
class Clause:
    """A candidate: for all values of its variables, one of the literals is true.

    Attributes
    ----------
    space : Space
        Where it is from.
    literals : tuple of (Atom, bool)
        The atoms, and whether they are to be true or false.
    """

    space: Space
    literals: tuple[tuple[Atom, bool], ...]

    @property
    def variables(self) -> tuple[Bound, ...]:
        """The variables that its space is about."""
        return self.space.variables

    @cached_property
    def formula(self) -> Term:
        """What it says."""
        body = disjunction(atom.signed(positive=positive)[0] for atom, positive in self.literals)
        return for_all([bound.term for bound in self.variables], body)

    @cached_property
    def weight(self) -> int:
        """How complicated it is."""
        return sum(atom.weight for atom, _ in self.literals) + len(self.used)

    @cached_property
    def used(self) -> tuple[Bound, ...]:
        """The variables that occur."""
        free = frozenset[Term]().union(*(atom.term.free for atom, _ in self.literals))
        return tuple(bound for bound in self.variables if bound.term in free)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What it says as text, the same however variables of one type are called."""
        texts = [atom.signed(positive=positive)[1] for atom, positive in self.literals]
        return min(_renamed(texts, naming) for naming in _namings(self.used))


def _namings(used: Sequence[Bound]) -> Iterator[dict[str, str]]:
    groups = [[b.name for b in used if b.type == type_] for type_ in dict.fromkeys(b.type for b in used)]
    for orders in itertools.product(*(itertools.permutations(range(1, len(g) + 1)) for g in groups)):
        yield {
            name: f"{name.rstrip('0123456789')}{number}"
            for group, order in zip(groups, orders, strict=True)
            for name, number in zip(group, order, strict=True)
        }


def _renamed(texts: Iterable[str], naming: dict[str, str]) -> tuple[str, ...]:
    import re

    pattern = re.compile(r"\b(" + "|".join(map(re.escape, naming)) + r")\b") if naming else None
    return tuple(sorted(_symmetric(pattern.sub(lambda m: naming[m.group()], t) if pattern else t) for t in texts))


def _symmetric(text: str) -> str:
    """Return an equation with its sides in order, and any other text as it is."""
    import re

    sides = re.fullmatch(r"([^ ()]+) (==|!=) ([^ ()]+)", text)
    if sides is None:
        return text
    left, sign, right = sides.groups()
    return text if left <= right else f"{right} {sign} {left}"


class Space:
    """The clauses over some atoms, and the valuations of these that are known to occur in reachable states.

    Parameters
    ----------
    variables : sequence of Bound
        The variables that clauses are about.
    atoms : sequence of Atom
        What their literals are made of.
    outline : object, optional
        What it was made by, for who makes it again.
    """

    def __init__(self, variables: Sequence[Bound], atoms: Sequence[Atom], outline: object = None) -> None:
        self.outline = outline
        self.variables = tuple(variables)
        self.atoms = tuple(atoms)
        self.heavy = [number for number, atom in enumerate(atoms) if atom.term.depth]
        self.words = max(1, -(-len(atoms) // 64))
        self.known: Valuations = np.zeros((0, self.words), np.uint64)

    def learn(self, world: World) -> None:
        """Add the valuations that occur in the states of a world; of very many states, in some of them."""
        most = max(64, SAMPLE // max(1, self._points(world) * self.words))
        if world.states > most:
            world = world.only(np.unique(np.linspace(0, world.states - 1, most).astype(np.intp)))
        self.known = _distinct(np.concatenate([self.known, self.valuations(world)]))

    def _points(self, world: World) -> int:
        """Return how many values the variables have together."""
        return int(np.prod([world.size(bound.term.sort) for bound in self.variables]))

    def valuations(self, world: World) -> Valuations:
        """Return the valuations of the atoms in the states of a world, for all values of the variables, each once."""
        sizes = [world.size(bound.term.sort) for bound in self.variables]
        most = max(1, POINTS // max(1, self._points(world)))
        parts = []
        for start in range(0, world.states, most):
            part = world.only(np.arange(start, min(start + most, world.states)))
            parts.append(_distinct(self._packed(part, (part.states, *sizes))))
        return _distinct(np.concatenate(parts)) if parts else self.known[:0]

    def _packed(self, world: World, shape: tuple[int, ...]) -> Valuations:
        names = [bound.term for bound in self.variables]
        packed = np.zeros((*shape, self.words), np.uint64)
        for number, atom in enumerate(self.atoms):
            word, bit = divmod(number, 64)
            packed[..., word] |= evaluated(atom.term, world, names).astype(np.uint64) << np.uint64(bit)
        return packed.reshape(-1, self.words)

    # Clauses that exclude a state

    def excluding(self, state: World, most: int, *, limit: int) -> list[Clause]:
        """Return the least clauses of at most so many literals that are true in all known states, but not in one.

        At most one literal of a clause has a quantifier inside.

        Parameters
        ----------
        state : World
            The one state.
        most : int
            How many literals a clause has at most.
        limit : int
            How many clauses to find at each place, at most.
        """
        found: dict[tuple[str, ...], Clause] = {}
        for place in self.valuations(state):
            differences = _least(self.known ^ place)
            if differences is None:
                continue
            for hit in _hitting_sets(differences, most, limit, self.heavy):
                clause = self._clause(hit, place)
                found.setdefault(clause.key, clause)
        return list(found.values())

    def _clause(self, hit: Sequence[int], place: npt.NDArray[np.uint64]) -> Clause:
        literals = tuple((self.atoms[i], not int(place[i // 64]) >> (i % 64) & 1) for i in sorted(hit))
        return Clause(self, literals)


def _distinct(rows: Valuations) -> Valuations:
    if rows.shape[1] == 1:
        return np.unique(rows[:, 0])[:, np.newaxis]
    if not len(rows):
        return rows
    order = np.lexsort(rows.T)
    ordered = rows[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]


def _least(differences: Valuations) -> Valuations | None:
    """Return the rows that matter, the smallest first; None if one is empty, so that nothing hits it."""
    if not differences.any(axis=1).all():
        return None
    counts = np.unpackbits(np.ascontiguousarray(differences).view(np.uint8), axis=1).sum(axis=1, dtype=np.int64)
    return differences[np.argsort(counts, kind="stable")]


FIRST = 1024
"""Rows that hitting sets are computed of at first: the smallest ones, which few others add anything to."""


def _hitting_sets(rows: Valuations, most: int, limit: int, heavy: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield least sets of at most so many atoms with one in each row, at most one of them among the heavy ones."""
    light = ~_mask(heavy, rows.shape[1])
    found: list[frozenset[int]] = []
    for chosen in ((), *((atom,) for atom in heavy)):
        left = _without(rows, chosen[0]) if chosen else rows
        left = left & light
        if most > len(chosen) and left.any(axis=1).all():
            for hit in _least_sets(left, most - len(chosen), limit if not chosen else max(1, limit // 4)):
                whole = hit | frozenset(chosen)
                if not any(smaller <= whole for smaller in found):
                    found.append(whole)
                    yield tuple(whole)


def _least_sets(rows: Valuations, most: int, limit: int) -> Iterator[frozenset[int]]:
    """Yield least sets of at most so many atoms with one in each row, the smallest first."""
    found: list[frozenset[int]] = []
    few = rows[:FIRST]
    for size in range(most + 1):
        exact = False
        while not exact:
            hits = [hit for hit in dict.fromkeys(_of_size(few, size, ())) if not any(f <= hit for f in found)]
            missed = [row for row in (_missed(rows, hit) for hit in hits[: 4 * limit]) if row is not None]
            few, exact = np.concatenate([few, *missed]) if missed else few, not missed
        for hit in hits:
            found.append(hit)
            yield hit
            if len(found) >= limit:
                return


def _mask(atoms: Iterable[int], words: int) -> npt.NDArray[np.uint64]:
    """Return the row that has just these atoms."""
    mask = np.zeros(words, np.uint64)
    for atom in atoms:
        mask[atom // 64] |= np.uint64(1) << np.uint64(atom % 64)
    return mask


def _without(rows: Valuations, atom: int) -> Valuations:
    """Return the rows that do not have an atom."""
    word, bit = divmod(atom, 64)
    found: Valuations = rows[(rows[:, word] >> np.uint64(bit)) & np.uint64(1) == 0]
    return found


def _missed(rows: Valuations, hit: frozenset[int]) -> Valuations | None:
    """Return a row without any of some atoms, if there is one."""
    if not len(rows):
        return None
    outside = np.asarray(~(rows & _mask(hit, rows.shape[1])).any(axis=1))
    first = int(outside.argmax())
    return rows[first : first + 1] if outside[first] else None


def _of_size(rows: Valuations, size: int, chosen: tuple[int, ...]) -> Iterator[frozenset[int]]:
    if not len(rows):
        yield frozenset(chosen)
    elif size == 1:
        common = np.bitwise_and.reduce(rows, axis=0)
        yield from (frozenset((*chosen, atom)) for atom in _bits(common))
    elif size:
        for atom in _bits(rows[0]):  # some atom of the smallest row must be in the set
            yield from _of_size(_without(rows, atom), size - 1, (*chosen, atom))


def _bits(row: npt.NDArray[np.uint64]) -> list[int]:
    return [64 * word + bit for word, value in enumerate(row.tolist()) for bit in range(64) if value >> bit & 1]
