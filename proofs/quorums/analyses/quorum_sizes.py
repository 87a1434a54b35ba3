"""The smallest quorums of a class."""

from __future__ import annotations

from assay.proofs.quorums.analyses.cheapest import smallest_quorum
from assay.proofs.quorums.analyses.minimise import fewest_true
from assay.proofs.quorums.analyses.smallest import Smallest
from assay.proofs.quorums.clauses import Encoding, TooLarge, quorum_variables
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.cores import cores, restricted
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.systems import Federation, QuorumClass, class_names, is_quorum
from assay.proofs.quorums.trees import Tree, is_read_once

__all__ = ["smallest_quorum_of"]


def smallest_quorum_of(kind: QuorumClass, deadline: Deadline) -> Smallest:
    """Return a smallest quorum of a resolved class, checked by direct evaluation.

    For a federation: the smallest of any core, since every minimal quorum lies within one of them.
    """
    if not quorum_within(kind, set(class_names(kind))):
        return Smallest(None)
    if not isinstance(kind, Federation):
        return _of_tree(kind, deadline)
    best = Smallest(None)
    for core in cores(kind):
        best |= _by_maxsat(restricted(kind, core), deadline)
    return best


def _of_tree(tree: Tree, deadline: Deadline) -> Smallest:
    if is_read_once(tree) and (best := smallest_quorum(tree)) is not None and is_quorum(tree, best):
        return Smallest(len(best), best)
    return _by_maxsat(tree, deadline)


def _by_maxsat(kind: QuorumClass, deadline: Deadline) -> Smallest:
    nodes = tuple(kind.trees) if isinstance(kind, Federation) else class_names(kind)
    encoding = Encoding(deadline=deadline)
    try:
        chosen = quorum_variables(encoding, kind, nodes)
        fewest = fewest_true(encoding, list(chosen.values()), deadline)
    except TooLarge:
        return Smallest(0, minimal_quorum(kind, nodes))
    if fewest.true is None:
        return Smallest(0, minimal_quorum(kind, nodes))
    return Smallest(fewest.at_least, frozenset(node for node, var in chosen.items() if var in fewest.true))
