"""The smallest quorum of a tree in which no node occurs twice: closed forms, from the leaves up."""

from __future__ import annotations

from collections.abc import Sequence

from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["smallest_quorum"]

MOST_STEPS = 5_000_000

Option = tuple[int, frozenset[str]]
"""The weight of a part, and a smallest quorum of it."""


def smallest_quorum(tree: Tree) -> frozenset[str] | None:
    """Return a smallest quorum, proved to be one.

    Parameters
    ----------
    tree : Tree
        In normal form, satisfiable, and read-once: no node occurs twice.

    Returns
    -------
    frozenset of str or None
        None if weights and sizes differ so much that the knapsack in it would take more than `MOST_STEPS`.

    Notes
    -----
    Parts are independent, so each is bought at its smallest. Among equal weights the smallest parts are taken,
    among equal sizes the heaviest, and otherwise an exact knapsack finds, for each number of nodes, the most
    weight that they reach.
    """
    if isinstance(tree, Node):
        return frozenset({tree.name})
    options: list[Option] = []
    for weight, part in tree.parts:
        if (best := smallest_quorum(part)) is None:
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
    most: list[int] = [0] + [-1] * total
    used: list[list[bool]] = []
    for weight, nodes in options:
        size = len(nodes)
        row = [False] * (total + 1)
        for count in range(total, size - 1, -1):
            if most[count - size] >= 0 and most[count - size] + weight > most[count]:
                most[count] = most[count - size] + weight
                row[count] = True
        used.append(row)
    count = next(count for count in range(total + 1) if most[count] >= need)
    return _traced(options, used, count)


def _traced(options: Sequence[Option], used: list[list[bool]], count: int) -> frozenset[str]:
    chosen: set[str] = set()
    for (_, nodes), row in zip(reversed(options), reversed(used), strict=True):
        if row[count]:
            chosen |= nodes
            count -= len(nodes)
    return frozenset(chosen)
