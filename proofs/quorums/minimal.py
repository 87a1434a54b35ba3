"""Quorums inside a set of nodes: the greatest one, and minimal ones."""

from __future__ import annotations

from collections.abc import Iterable, Set

from assay.proofs.quorums.answers import MOST_SETS, Enumerated
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import Federation, QuorumClass, class_names
from assay.proofs.quorums.trees import Node, Tree, is_read_once, satisfied

__all__ = ["greatest_quorum", "minimal_quorum", "minimal_quorums", "quorum_within"]


def quorum_within(kind: QuorumClass, nodes: Set[str]) -> bool:
    """Tell whether these nodes contain a quorum."""
    if isinstance(kind, Federation):
        return bool(greatest_quorum(kind, nodes))
    return satisfied(kind, nodes)


def greatest_quorum(kind: Federation, nodes: Iterable[str]) -> frozenset[str]:
    """Return the union of all quorums of the federation within these nodes; empty if there is none.

    Nodes whose trees are not satisfied are removed until all are. Nodes with the same tree are removed together, and a
    tree is evaluated again only if a node that it names was removed.
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
    """Return a minimal quorum within these nodes, preferably of those that come first; None if there is no quorum.

    No proper subset of it is a quorum. O(nodes) evaluations of the trees. In a federation, if the deadline passes, the
    result is a quorum that may not be minimal.
    """
    ordered = list(dict.fromkeys(nodes))
    if isinstance(kind, Federation):
        return _minimal_in_federation(kind, ordered, deadline or Deadline())
    if not satisfied(kind, set(ordered)):
        return None
    kept = _pruned(kind, set(ordered), {node: place for place, node in enumerate(ordered)})
    if is_read_once(kind):
        return frozenset(kept)
    # Where a node occurs twice, pruning part by part may keep more than all parts together need: try to drop each node.
    for node in [node for node in reversed(ordered) if node in kept]:
        kept.discard(node)
        if not satisfied(kind, kept):
            kept.add(node)
    return frozenset(kept)


def minimal_quorums(kind: QuorumClass, deadline: Deadline, most: int = MOST_SETS) -> Enumerated:
    """Return the minimal quorums of a resolved class, smallest first.

    Every other minimal quorum lacks some node of one that was found. So the search takes a minimal quorum and continues
    without each of its nodes in turn. The result is incomplete if the time is up or ``most`` quorums have been found.

    Returns
    -------
    Enumerated
        ``up_to`` is the number of nodes, as quorums of every size are listed.
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
    """Return enough of the nodes to satisfy a tree that they satisfy, giving up first what comes last in ``places``.

    No part that is kept can be spared, so the result is minimal if no node occurs in two parts.
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
    # Where all nodes trust alike, the quorums are the sets that satisfy their one tree, and no fixed point is needed.
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
    """Return a smaller quorum, if one remains without a run of nodes: first of half of them, then ever shorter ones.

    A cheap start, as in delta debugging: leaving out nodes one by one takes a fixed point for each.
    """
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
