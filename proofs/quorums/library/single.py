"""Systems with one class of quorums, any two of which must intersect: the most common form."""

from __future__ import annotations

from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree

__all__ = ["single_class"]


def single_class(name: str, nodes: tuple[str, ...], tree: Tree, source: str) -> QuorumSystem:
    """Return the system whose only class is ``quorum``, with the obligation that any two quorums meet."""
    obligation = QuorumObligation(("quorum", "quorum"), words="any two quorums have a node in common", source=source)
    return QuorumSystem(name, nodes, {"quorum": tree}, (obligation,))
