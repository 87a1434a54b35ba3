"""Federations as thresholds over atoms: nodes, and groups that no two disjoint sets can both satisfy.

Where many nodes have trees of their own, there are too many pairs of trees to examine one by one. As thresholds over
atoms, trees are rows of a matrix: one product computes what all pairs share, and all rows together are a graph whose
expansion can be bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.cores import distinct_trees
from assay.proofs.quorums.intersection.disjointness import DisjointnessProver
from assay.proofs.quorums.systems import Federation
from assay.proofs.quorums.trees import Node, Threshold, Tree
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
    rows : array of 0 and 1, of shape (trees, atoms)
        Which atoms each tree has.
    needs : array of int, of shape (trees,)
        How many of its atoms each tree asks for.
    row_of : mapping of Tree to int
    """

    atoms: tuple[Tree, ...]
    rows: Integers
    needs: Integers
    row_of: dict[Tree, int]


def atoms_of(core: Federation, deadline: Deadline) -> Atoms | None:
    """Return the atoms of a federation; None if a tree weighs its parts differently, or a part is not an atom."""
    trees = distinct_trees(core)
    prover = DisjointnessProver(deadline)
    places: dict[Tree, int] = {}
    for tree in trees:
        parts = _parts(tree)
        if parts is None or deadline.passed:
            return None
        for part in parts:
            if part not in places:
                # Counting treats an atom like a node, which is sound only if disjoint sets cannot both satisfy it.
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
    """Tell whether it is proved that disjoint sets cannot satisfy two of the trees, or both the same one."""
    # For all pairs at once: each tree first uses the atoms that only it has. Disjoint sets are impossible if the two
    # together then need more shared atoms than there are.
    shared = atoms.rows @ atoms.rows.T
    own = atoms.rows.sum(axis=1)[:, None] - shared
    left = np.maximum(0, atoms.needs[:, None] - own)
    right = np.maximum(0, atoms.needs[None, :] - own.T)
    return bool(np.all(left + right > shared))
