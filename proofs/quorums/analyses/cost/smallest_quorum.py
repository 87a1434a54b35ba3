"""The smallest quorums of a class: from the leaves up where no node occurs twice, by MaxSAT otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from assay.proofs.quorums.analyses.minimise import fewest_true
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.clauses import Encoding, TooLarge, quorum_variables
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.cores import cores, restricted
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.systems import Federation, QuorumClass, class_names, is_quorum
from assay.proofs.quorums.trees import Node, Threshold, Tree, is_read_once

__all__ = ["smallest_quorum_of", "smallest_read_once_quorum"]

MOST_STEPS = 5_000_000
"""The most steps of a knapsack: about a second."""

Option = tuple[int, frozenset[str]]
"""The weight of a part, and a smallest quorum of it."""


def smallest_quorum_of(kind: QuorumClass, deadline: Deadline) -> Smallest:
    """Return a smallest quorum of a resolved class, checked by direct evaluation.

    For a federation, the smallest quorum of any core, since every minimal quorum lies within one of them.
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
    if is_read_once(tree) and (best := smallest_read_once_quorum(tree)) is not None and is_quorum(tree, best):
        return Smallest(len(best), best)
    return _by_maxsat(tree, deadline)


def _by_maxsat(kind: QuorumClass, deadline: Deadline) -> Smallest:
    """Minimise by MaxSAT; if that takes too long, return a minimal quorum without a bound."""
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


def smallest_read_once_quorum(tree: Tree) -> frozenset[str] | None:
    """Return a smallest quorum.

    Parameters
    ----------
    tree : Tree
        In normal form, satisfiable, and read-once: no node occurs twice.

    Returns
    -------
    frozenset of str or None
        None if weights and sizes vary so much that a knapsack would take more than `MOST_STEPS`.

    Notes
    -----
    Parts share no node, so a smallest quorum consists of smallest quorums of parts. With equal weights the smallest
    parts are optimal, with equal sizes the heaviest, and otherwise an exact knapsack finds the most weight that each
    number of nodes reaches.
    """
    if isinstance(tree, Node):
        return frozenset({tree.name})
    options: list[Option] = []
    for weight, part in tree.parts:
        if (best := smallest_read_once_quorum(part)) is None:
            return None
        options.append((weight, best))
    return _bought(tree, options)


def _bought(tree: Threshold, options: Sequence[Option]) -> frozenset[str] | None:
    if len({weight for weight, _ in options}) <= 1:
        return _taken(tree.need, sorted(options, key=lambda option: len(option[1])))
    if len({len(nodes) for _, nodes in options}) <= 1:
        return _taken(tree.need, sorted(options, key=lambda option: -option[0]))
    return _knapsack(tree.need, options)


def _taken(need: int, options: Sequence[Option]) -> frozenset[str]:
    """Take options in this order until they weigh what is needed."""
    chosen: set[str] = set()
    for weight, nodes in options:
        if need <= 0:
            break
        need -= weight
        chosen |= nodes
    return frozenset(chosen)


def _knapsack(need: int, options: Sequence[Option]) -> frozenset[str] | None:
    total = sum(len(nodes) for _, nodes in options)
    if total * len(options) > MOST_STEPS:
        return None
    # most[count]: the most weight that exactly `count` nodes reach; -1 where no choice of parts has this many.
    most: list[int] = [0] + [-1] * total
    used: list[list[bool]] = []
    for weight, nodes in options:
        size = len(nodes)
        row = [False] * (total + 1)
        # Downwards, so that no part is added to a choice that already has it.
        for count in range(total, size - 1, -1):
            if most[count - size] >= 0 and most[count - size] + weight > most[count]:
                most[count] = most[count - size] + weight
                row[count] = True
        used.append(row)
    count = next(count for count in range(total + 1) if most[count] >= need)
    return _traced(options, used, count)


def _traced(options: Sequence[Option], used: list[list[bool]], count: int) -> frozenset[str]:
    """Return the nodes of the options that the best choice of ``count`` nodes used."""
    chosen: set[str] = set()
    for (_, nodes), row in zip(reversed(options), reversed(used), strict=True):
        if row[count]:
            chosen |= nodes
            count -= len(nodes)
    return frozenset(chosen)
