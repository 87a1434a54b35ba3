"""Quorums inside a set of nodes: the greatest one, and minimal ones."""

from __future__ import annotations

from collections.abc import Iterable, Set

from assay.proofs.quorums.answers import MOST_SETS, Enumerated
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import Federation, QuorumClass, class_names
from assay.proofs.quorums.trees import Node, Tree, is_read_once, satisfied

__all__ = ["greatest_quorum", "minimal_quorum", "minimal_quorums", "quorum_within"]


def quorum_within(kind: QuorumClass, nodes: Set[str]) -> bool:
    """Tell whether some quorum lies within these nodes."""
    if isinstance(kind, Federation):
        return bool(greatest_quorum(kind, nodes))
    return satisfied(kind, nodes)


def greatest_quorum(kind: Federation, nodes: Iterable[str]) -> frozenset[str]:
    """Return the union of all quorums of the federation within these nodes; empty if there is none.

    Nodes that are not satisfied are dropped until none is. Nodes with the same tree fall together, and a tree
    is looked at again only when a node that it names has fallen.
    """
    left = {node for node in nodes if node in kind.trees}
    members: dict[Tree, list[str]] = {}
    for node in left:
        members.setdefault(kind.trees[node], []).append(node)
    pending: Iterable[Tree] = list(members)
    while failing := [tree for tree in pending if tree in members and not satisfied(tree, left)]:
        fallen = [node for tree in failing for node in members.pop(tree)]
        left.difference_update(fallen)
        pending = {tree for node in fallen for tree in kind.named_in.get(node, ())}
    return frozenset(left)


def minimal_quorum(kind: QuorumClass, nodes: Iterable[str], deadline: Deadline | None = None) -> frozenset[str] | None:
    """Return a minimal quorum within these nodes, preferring to keep those that come first; None if none.

    Minimal: no proper subset of it is a quorum. At most one evaluation per node. In a federation, if the
    deadline passes, it is a quorum and perhaps not minimal.
    """
    ordered = list(dict.fromkeys(nodes))
    if isinstance(kind, Federation):
        return _minimal_in_federation(kind, ordered, deadline or Deadline())
    if not satisfied(kind, set(ordered)):
        return None
    kept = _pruned(kind, set(ordered), {node: place for place, node in enumerate(ordered)})
    if is_read_once(kind):
        return frozenset(kept)
    # A node in two parts may have been taken for one and be spared by the other: each is tried without, latest first.
    for node in [node for node in reversed(ordered) if node in kept]:
        kept.discard(node)
        if not satisfied(kind, kept):
            kept.add(node)
    return frozenset(kept)


def minimal_quorums(kind: QuorumClass, deadline: Deadline, most: int = MOST_SETS) -> Enumerated:
    """Return the minimal quorums of a resolved class, smallest first.

    Every minimal quorum but one that was found misses some node of that one. So the search takes a minimal
    quorum and goes on without each of its nodes in turn. It stops, and says so, when the time is up or
    ``most`` quorums were found.

    Returns
    -------
    Enumerated
        ``up_to`` is the number of nodes: quorums of every size are sought.
    """
    everyone = frozenset(class_names(kind))
    found: set[frozenset[str]] = set()
    seen = {everyone}
    pending = [everyone]
    while pending:
        if deadline.passed or len(found) >= most:
            break
        within = pending.pop()
        quorum = next((one for one in found if one <= within), None) or minimal_quorum(kind, sorted(within))
        if quorum is None:
            continue
        found.add(quorum)
        smaller = {within - {node} for node in quorum} - seen
        seen |= smaller
        pending.extend(smaller)
    sets = tuple(sorted(found, key=lambda one: (len(one), sorted(one))))
    return Enumerated(sets, len(everyone), is_complete=not pending)


def _pruned(tree: Tree, nodes: Set[str], places: dict[str, int]) -> set[str]:
    """Return enough of the nodes to satisfy a tree that they satisfy, taking parts as they come.

    No part that is taken can be spared, so the result is minimal if no node occurs in two of them.
    """
    if isinstance(tree, Node):
        return {tree.name}
    options = [(weight, _pruned(part, nodes, places)) for weight, part in tree.parts if satisfied(part, nodes)]
    options.sort(key=lambda option: max((places[node] for node in option[1]), default=-1))
    spare = sum(weight for weight, _ in options) - tree.need
    taken: set[str] = set()
    for weight, chosen in reversed(options):
        if weight <= spare:
            spare -= weight
        else:
            taken |= chosen
    return taken


def _minimal_in_federation(kind: Federation, ordered: list[str], deadline: Deadline) -> frozenset[str] | None:
    kept = greatest_quorum(kind, ordered)
    trees = {kind.trees[node] for node in kept}
    # Where all trust alike, a quorum is what satisfies the one tree: one evaluation a node, no fixed points.
    if len(trees) == 1 and not satisfied(tree := trees.pop(), frozenset()):
        return minimal_quorum(tree, [node for node in ordered if node in kept])
    kept = _halved(kind, kept, ordered, deadline)
    for node in reversed(ordered):
        if deadline.passed:
            break
        if node in kept and (smaller := greatest_quorum(kind, kept - {node})):
            kept = smaller
    return kept or None


def _halved(kind: Federation, kept: frozenset[str], ordered: list[str], deadline: Deadline) -> frozenset[str]:
    """Return a smaller quorum, if there is one without whole stretches of nodes: ever shorter ones are tried."""
    length = len(kept) // 2
    while length > 1:
        left = [node for node in ordered if node in kept]
        for end in range(len(left), 0, -length):
            if deadline.passed:
                return kept
            if smaller := greatest_quorum(kind, kept.difference(left[max(0, end - length) : end])):
                kept = smaller
        length //= 2
    return kept
