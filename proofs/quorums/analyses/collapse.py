"""Reduce a federation to a single tree, which is possible if all nodes of a core trust alike, as in most networks."""

from __future__ import annotations

from assay.proofs.quorums.intersection.cores import cores, distinct_trees, restricted
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import ALWAYS, NEVER, Tree, any_of

__all__ = ["as_tree"]


def as_tree(kind: QuorumClass) -> Tree | None:
    """Return a tree that a set satisfies if and only if it contains a quorum of the class; None if none is found.

    For a federation: the disjunction of its cores, if all members of each have the same tree. A set that satisfies it
    *contains* a quorum and need not be one itself, since other nodes may be in it.
    """
    if not isinstance(kind, Federation):
        return simplify(kind)
    found = []
    for core in cores(kind):
        trees = distinct_trees(restricted(kind, core))
        if len(trees) != 1:
            return None
        # A node that asks for nobody (its own vote was left out) is a quorum by itself; no node at all is none.
        found.append(any_of(core) if trees[0] == ALWAYS else trees[0])
    return simplify(any_of(found)) if found else NEVER
