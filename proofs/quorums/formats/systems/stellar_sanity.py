"""Which quorum sets stellar-core takes: others ignore a node with an insane one, and it refuses to start with one.

Source: `isQuorumSetSane` in `QuorumSetUtils.cpp` of stellar-core, without the extra check of the node's own set.
"""

from __future__ import annotations

from assay.proofs.quorums.formats.texts.source import shown
from assay.proofs.quorums.trees import Node, Threshold, Tree, leaves, names, subtrees

__all__ = ["MOST_LEVELS", "MOST_MEMBERS", "insanity", "repeated"]

MOST_LEVELS, MOST_MEMBERS = 4, 1000
"""The most levels of inner sets, where a set without inner ones has none (`MAXIMUM_QUORUM_NESTING_LEVEL`), and the most
nodes in all of them together."""


def insanity(tree: Tree) -> str:
    """Return why a quorum set is insane, in words; empty if it is not. Linear in the size of the tree."""
    levels = tree.depth - 2  # without the outermost set, and the nodes
    if levels > MOST_LEVELS:
        return f"{levels} levels of inner sets"
    for part in subtrees(tree):
        if isinstance(part, Threshold) and part.need < 1:
            return f"a threshold of {part.need}"
        if isinstance(part, Threshold) and part.need > len(part.parts):
            return f"a threshold of {part.need} over {len(part.parts)}"
    again = repeated(tree)
    if again is not None:
        return f"{shown(again.name)} twice"
    count = len(names(tree))
    return f"{count} nodes" if count > MOST_MEMBERS else ""


def repeated(tree: Tree) -> Node | None:
    """Return the first leaf whose node has occurred before, from left to right; None if no node occurs twice."""
    seen: set[str] = set()
    for leaf in leaves(tree):
        if leaf.name in seen:
            return leaf
        seen.add(leaf.name)
    return None
