"""Reduce federations to a single tree where every core is symmetric, as in most real networks."""

from __future__ import annotations

from assay.proofs.quorums.intersection.cores import cores, distinct_trees, restricted
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import ALWAYS, NEVER, Tree, any_of

__all__ = ["as_tree"]


def as_tree(kind: QuorumClass) -> Tree | None:
    """Return a tree that a set satisfies if and only if it contains a quorum of the class; None if none is found.

    For a federation: the disjunction of its cores, if all members of each have the same tree. Sets that satisfy
    it *contain* quorums; they need not be quorums, since others may be among them.
    """
    if not isinstance(kind, Federation):
        return simplify(kind)
    found = []
    for core in cores(kind):
        trees = distinct_trees(restricted(kind, core))
        if len(trees) != 1:
            return None
        found.append(any_of(core) if trees[0] == ALWAYS else trees[0])
    return simplify(any_of(found)) if found else NEVER
