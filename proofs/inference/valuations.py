"""Valuations: which atoms are true, in the states of a world and for all values of the variables, as rows of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from assay.proofs.inference.atoms import Atom, Bound
from assay.proofs.inference.evaluation import Plan
from assay.proofs.inference.hitting import Rows
from assay.proofs.inference.worlds import World

__all__ = ["POINTS", "Valuations", "distinct", "sampled", "told_apart"]

POINTS = 1 << 20
"""The most entries to evaluate at once, which bounds the memory."""

FEW = 1 << 14
"""About how many words of valuations of a world to tell atoms apart by."""

_WORD = np.dtype("<u8")

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio of 2^64, by which hashes are spread (Knuth, *The Art of Computer Programming*, 6.4)."""


class Valuations:
    """What evaluates some atoms in states, for all values of some variables.

    Parameters
    ----------
    variables : sequence of Bound
        The variables.
    atoms : sequence of Atom
        The atoms, each of which is a bit of a row.
    """

    def __init__(self, variables: Sequence[Bound], atoms: Sequence[Atom]) -> None:
        self.variables = tuple(variables)
        self.words = max(1, -(-len(atoms) // 64))
        self._plan = _plan(variables, atoms)

    def distinct(self, world: World) -> Rows:
        """Return the valuations in the states of a world, each once."""
        most = max(1, POINTS // max(1, _points(world, self.variables)))
        parts = []
        for start in range(0, world.states, most):
            part = world.only(np.arange(start, min(start + most, world.states)))
            parts.append(distinct(self.packed(part)))
        return distinct(np.concatenate(parts)) if parts else np.zeros((0, self.words), np.uint64)

    def packed(self, world: World) -> Rows:
        """Return the valuations in the states of a world: a row for each choice of values and state, states last."""
        shape = (*(world.size(bound.term.sort) for bound in self.variables), world.states)
        # Bytes are filled separately and joined into words only at the end, so an atom touches an eighth of the memory.
        packed = np.zeros((8 * self.words, *shape), np.uint8)
        for number, values in enumerate(self._plan.values(world)):
            byte, bit = divmod(number, 8)
            packed[byte] |= values.view(np.uint8) << np.uint8(bit)
        return np.ascontiguousarray(packed.reshape(8 * self.words, -1).T).view(_WORD)


def _plan(variables: Sequence[Bound], atoms: Sequence[Atom]) -> Plan:
    return Plan([atom.term for atom in atoms], [bound.term for bound in variables])


def told_apart(atoms: Sequence[Atom], variables: Sequence[Bound], worlds: Sequence[World]) -> list[Atom]:
    """Return the atoms, without quantified ones that equal an earlier one or its negation in all sampled states."""
    small = [sampled(world, variables, FEW) for world in worlds]
    quantified = [atom for atom in atoms if atom.term.depth]
    # Most differ in a few states already.
    few = _columns(quantified, variables, [sampled(world, variables, FEW // 64) for world in small])
    alike = Counter(few.values())
    columns = few | _columns([atom for atom in quantified if alike[few[atom]] > 1], variables, small)
    found, seen = list[Atom](), set[bytes]()
    for atom in atoms:
        if columns.get(atom) not in seen:
            found.append(atom)
        if atom in columns:
            seen.add(columns[atom])
    return found


def _columns(atoms: Sequence[Atom], variables: Sequence[Bound], worlds: Sequence[World]) -> dict[Atom, bytes]:
    """Return the values of each atom in the states of some worlds; an atom and its negation get the same."""
    plan = _plan(variables, atoms)
    shapes = [(*(world.size(bound.term.sort) for bound in variables), world.states) for world in worlds]
    found = {}
    for atom, *values in zip(atoms, *map(plan.values, worlds), strict=True):
        parts = [np.broadcast_to(one, shape).ravel() for one, shape in zip(values, shapes, strict=True)]
        column = np.concatenate([np.zeros(0, np.bool_), *parts])
        found[atom] = np.packbits(column ^ column[:1]).tobytes()
    return found


def _points(world: World, variables: Sequence[Bound]) -> int:
    """Return the number of assignments to the variables."""
    return int(np.prod([world.size(bound.term.sort) for bound in variables]))


def sampled(world: World, variables: Sequence[Bound], words: int) -> World:
    """Return some of the states of a world, of all depths: as many as have so many words of valuations."""
    most = max(64, words // max(1, _points(world, variables)))
    if world.states <= most:
        return world
    return world.only(np.unique(np.linspace(0, world.states - 1, most).astype(np.intp)))


def _sparser(rows: Rows) -> Rows:
    """Return the rows without most of those that occur more than once: few are sorted much faster than many.

    Each row is compared with one of the rows of its hash.
    """
    mixed = np.zeros(len(rows), np.uint64)
    for word in range(rows.shape[1]):
        mixed = (mixed ^ rows[:, word]) * _ODD
        mixed ^= mixed >> np.uint64(32)
    size = 1 << len(rows).bit_length()
    places = (mixed & np.uint64(size - 1)).astype(np.intp)
    numbers, one = np.arange(len(rows)), np.empty(size, np.intp)
    one[places] = numbers
    of_hash = one[places]
    kept: Rows = rows[(of_hash == numbers) | _differ(rows, rows[of_hash])]
    return kept


def _differ(left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Return which rows differ from those of the same numbers: word by word, for there are few words and many rows."""
    found = np.zeros(len(left), np.bool_)
    for word in range(left.shape[1]):
        found |= left[:, word] != right[:, word]
    return found


def distinct(rows: Rows) -> Rows:
    """Return the rows that occur, each once, in the order of their words."""
    if rows.shape[1] == 1:
        return np.unique(rows[:, 0])[:, np.newaxis]
    if not len(rows):
        return rows
    rows = _sparser(rows)
    order = np.lexsort(rows.T)
    ordered = rows[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = _differ(ordered[1:], ordered[:-1])
    return ordered[new]
