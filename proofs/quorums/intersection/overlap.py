"""Lower bounds, in exact arithmetic, on what quorums have in common.

Two sets of weight ``a`` and ``b`` within a universe of weight ``t`` have at least ``a + b - t`` in common. This is
applied to whole trees and, if no node occurs twice, from the leaves up: two thresholds over the same parts with the
same weights must both satisfy some of them, and share least if those are the cheapest to share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import ceil

from assay.proofs.quorums.trees import Node, Threshold, Tree, is_read_once, leaves, names

__all__ = ["least_common", "least_weight"]

Weigh = Callable[[str], int]


def least_common(trees: Sequence[Tree], weigh: Weigh) -> int:
    """Return a lower bound on the weight that quorums of these trees, one of each, have in common.

    Parameters
    ----------
    trees : sequence of Tree
        Two or more, each satisfiable.
    weigh : callable
        The weight of a node: not negative.

    Returns
    -------
    int
        Proved, but not always tight; 0 if nothing is known.
    """
    bound = _by_measure(trees, weigh)
    if len(trees) == 2 and all(is_read_once(tree) for tree in trees):
        bound = max(bound, ceil(_by_parts(trees[0], trees[1], weigh)))
    return bound


def least_weight(tree: Tree, weigh: Weigh) -> int:
    """Return a lower bound on the weight of a quorum; exact for a threshold over nodes of equal weight.

    A node that occurs several times shares its weight among its occurrences, so that none is counted twice.
    """
    occurrences = Counter(leaf.name for leaf in leaves(tree))
    shares = {name: Fraction(weigh(name), times) for name, times in occurrences.items()}
    bound = _cheapest(tree, shares)
    return 0 if bound is None else ceil(bound)


def _by_measure(trees: Sequence[Tree], weigh: Weigh) -> int:
    # The intersection of k sets weighs at least the sum of their weights less (k - 1) times that of the universe.
    universe = {name for tree in trees for name in names(tree)}
    total = sum(weigh(name) for name in universe)
    return max(0, sum(least_weight(tree, weigh) for tree in trees) - (len(trees) - 1) * total)


def _cheapest(tree: Tree, shares: dict[str, Fraction]) -> Fraction | None:
    if isinstance(tree, Node):
        return shares[tree.name]
    priced = ((weight, _cheapest(part, shares)) for weight, part in tree.parts)
    return _least_cost([(weight, cost) for weight, cost in priced if cost is not None], Fraction(tree.need))


def _least_cost(items: Iterable[tuple[int, Fraction]], need: Fraction) -> Fraction | None:
    """Return the least cost of fractions of the items that weigh ``need``; None if all together weigh less."""
    cost = Fraction(0)
    # The fractional knapsack, by price for each unit of weight, bounds the one with whole items from below.
    for weight, price in sorted((item for item in items if item[0]), key=lambda item: item[1] / item[0]):
        if need <= 0:
            break
        share = min(Fraction(1), need / weight)
        cost += share * price
        need -= share * weight
    return cost if need <= 0 else None


def _by_parts(left: Tree, right: Tree, weigh: Weigh) -> Fraction:
    """Return a lower bound for two read-once trees, from the leaves up."""
    if isinstance(left, Node) or isinstance(right, Node):
        same = isinstance(left, Node) and isinstance(right, Node) and left.name == right.name
        return Fraction(weigh(left.name)) if same and isinstance(left, Node) else Fraction(0)
    pairs = _aligned(left, right)
    if pairs is None:
        return Fraction(0)
    weight = sum(weight for weight, _, _ in pairs)
    # At best for disjointness, each side satisfies all parts that only it has, and each common part is satisfied by one
    # side. Whatever the needs exceed that by must come from common parts that both sides satisfy.
    free = left.total + right.total - 2 * weight
    excess = Fraction(left.need + right.need - free - weight)
    bounds = [(weight, _by_parts(a, b, weigh)) for weight, a, b in pairs]
    return _least_cost(bounds, excess) or Fraction(0)


def _aligned(left: Threshold, right: Threshold) -> list[tuple[int, Tree, Tree]] | None:
    """Return the pairs of parts over the same nodes, with their weight; None if two of a pair differ in weight."""
    rights = {frozenset(names(part)): (weight, part) for weight, part in right.parts}
    pairs = []
    for weight, part in left.parts:
        other = rights.get(frozenset(names(part)))
        if other is not None:
            if other[0] != weight:
                return None
            pairs.append((weight, part, other[1]))
    return pairs
