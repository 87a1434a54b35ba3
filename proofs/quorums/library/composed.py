"""Systems composed of others: federations, and the joint configuration of a change."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checker.errors import UsageError
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree, all_of

__all__ = ["federated", "joint"]


def federated(trees: Mapping[str, Tree], name: str = "federation") -> QuorumSystem:
    """Return the federated system in which each node has its own quorum set (Mazières 2015)."""
    obligation = QuorumObligation(
        ("quorum", "quorum"),
        words="any two quorums have a node in common",
        source="Mazières, The Stellar Consensus Protocol, 2015",
    )
    return QuorumSystem(f"{name} of {len(trees)}", tuple(trees), {"quorum": Federation(dict(trees))}, (obligation,))


def joint(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the joint configuration: a quorum of each, in every class (Ongaro, Ousterhout 2014, section 6).

    Raises
    ------
    UsageError
        If the two do not have the same classes.
    """
    if set(old.classes) != set(new.classes):
        raise UsageError(f"the classes differ: {', '.join(old.classes)} and {', '.join(new.classes)}")
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    classes = {name: _both(kind, new.classes[name]) for name, kind in old.classes.items()}
    return QuorumSystem(
        f"joint: {old.name}, and {new.name}",
        nodes,
        classes,
        new.obligations,
        labels={**old.labels, **new.labels},
        absent=(old.absent | new.absent) - set(nodes),
        needed=new.needed,
    )


def _both(old: QuorumClass, new: QuorumClass) -> QuorumClass:
    if not isinstance(old, Federation) and not isinstance(new, Federation):
        return all_of([old, new])
    if isinstance(old, Federation) and isinstance(new, Federation):
        members = dict.fromkeys((*old.trees, *new.trees))
        return Federation({m: _and([f.trees[m] for f in (old, new) if m in f.trees]) for m in members})
    raise UsageError("a federation and a system with one tree have no joint configuration")


def _and(trees: list[Tree]) -> Tree:
    return trees[0] if len(trees) == 1 else all_of(trees)
