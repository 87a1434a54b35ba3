"""Federations as thresholds over atoms: nodes, and groups of which no two disjoint sets satisfy both copies.

Where many nodes have trees of their own, pairs of trees are too many to be looked at one by one. Over atoms they
are rows of a matrix: what two rows share is one product, and all rows together are a graph whose expansion can be
bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.cores import distinct_trees
from assay.proofs.quorums.intersection.disjointness import DisjointnessProver
from assay.proofs.quorums.systems import Federation
from assay.proofs.quorums.trees import Node, Threshold, Tree, names
from numpy.typing import NDArray

__all__ = ["Atoms", "all_pairs_exclude", "atoms_of"]

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Atoms:
    """The distinct trees of a federation, each a threshold over atoms that count one.

    Parameters
    ----------
    atoms : tuple of Tree
        Nodes and groups; no two disjoint sets of nodes satisfy the same one.
    rows : array of 0 and 1, trees by atoms
    needs : array
        What each tree asks for, of its atoms.
    row_of : mapping of Tree to int
    """

    atoms: tuple[Tree, ...]
    rows: Integers
    needs: Integers
    row_of: dict[Tree, int]


def atoms_of(core: Federation, deadline: Deadline) -> Atoms | None:
    """Return the atoms of a federation; None if a tree weighs its parts, or a part is no atom."""
    trees = distinct_trees(core)
    prover = DisjointnessProver(deadline)
    places: dict[Tree, int] = {}
    for tree in trees:
        parts = _parts(tree)
        if parts is None or deadline.passed:
            return None
        for part in parts:
            if part not in places:
                # Two disjoint sets cannot both satisfy an atom: only then may it be counted as one node is.
                if not prover.excludes(part, part):
                    return None
                places[part] = len(places)
    rows = np.zeros((len(trees), len(places)), dtype=np.int64)
    needs = np.array([tree.need if isinstance(tree, Threshold) else 1 for tree in trees], dtype=np.int64)
    for number, tree in enumerate(trees):
        rows[number, [places[part] for part in _parts(tree) or ()]] = 1
    return Atoms(tuple(places), rows, needs, {tree: number for number, tree in enumerate(trees)})


def _parts(tree: Tree) -> list[Tree] | None:
    if isinstance(tree, Node):
        return [tree]
    alike = all(weight == 1 for weight, _ in tree.parts) and len({part for _, part in tree.parts}) == len(tree.parts)
    return [part for _, part in tree.parts] if alike and 1 <= tree.need <= len(tree.parts) else None


def all_pairs_exclude(atoms: Atoms) -> bool:
    """Tell whether it is proved that no two disjoint sets satisfy any two of the trees, or one of them twice.

    Of each tree, what is not shared is used first; then the two ask for more of what they share than there is.
    In integers, for all pairs at once.
    """
    shared = atoms.rows @ atoms.rows.T
    own = atoms.rows.sum(axis=1)[:, None] - shared
    left = np.maximum(0, atoms.needs[:, None] - own)
    right = np.maximum(0, atoms.needs[None, :] - own.T)
    return bool(np.all(left + right > shared))


def members(atom: Tree) -> tuple[str, ...]:
    """Return the nodes of an atom."""
    return names(atom)
