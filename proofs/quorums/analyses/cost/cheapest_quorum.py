"""The cheapest quorum of a tree when each node has a price: the subproblem of optimal strategies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from assay.proofs.quorums.analyses.cost.silence import silenced
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum
from assay.proofs.quorums.trees import Node, Threshold, Tree, is_read_once, names, satisfied

__all__ = ["Priced", "cheapest_quorum"]

Priced = tuple[float, frozenset[str]]
"""A lower bound on the price of every quorum, and a cheap quorum (at that price, if it is optimal)."""

LARGEST_KNAPSACK = 50_000_000
"""The most entries, of a byte each, in the table of an exact knapsack; beyond, an integer program is solved instead."""

FINEST = 1e-8
"""The smallest coefficient to trust HiGHS with: it drops those below 1e-9, and then bounds a different program."""

PATIENCE = 2.0
"""Seconds for an integer program; when they run out, HiGHS still has a bound, and often a solution."""


def cheapest_quorum(tree: Tree, prices: Mapping[str, float], deadline: Deadline) -> Priced:
    """Return a cheapest quorum of a satisfiable tree in normal form.

    By dynamic programming where no node occurs twice; otherwise by an integer program, whose bound holds up to the
    solver's tolerance.
    """
    if is_read_once(tree):
        return _bought(tree, prices) or _by_program(tree, prices, deadline)
    return _by_program(tree, prices, deadline)


def _bought(tree: Tree, prices: Mapping[str, float]) -> Priced | None:
    """Return a cheapest quorum of a read-once tree, from the leaves up; None if a knapsack would be too large."""
    if isinstance(tree, Node):
        return prices[tree.name], frozenset({tree.name})
    options = []
    for weight, part in tree.parts:
        if (best := _bought(part, prices)) is None:
            return None
        options.append((weight, *best))
    options.sort(key=lambda option: option[1])
    # Parts that share no node are independent, and with equal weights the cheapest ones are optimal.
    if len({weight for weight, _, _ in options}) <= 1:
        count = -(-tree.need // options[0][0]) if options else 0
        taken = options[:count]
        return sum(price for _, price, _ in taken), frozenset().union(*(nodes for _, _, nodes in taken))
    if tree.need * len(options) > LARGEST_KNAPSACK:
        return None
    return _knapsack(tree.need, options)


def _knapsack(need: int, options: list[tuple[int, float, frozenset[str]]]) -> Priced:
    """Return the least price at which parts reach the weight ``need``; exact up to rounding."""
    best = np.full(need + 1, np.inf)
    best[0] = 0.0
    taken = np.zeros((len(options), need + 1), dtype=bool)
    for place, (weight, price, _) in enumerate(options):
        # best[m] is the least price for weight at least m. With this part, m - weight is left to reach, or nothing.
        before = np.concatenate([np.full(min(weight, need + 1), best[0]), best[: max(0, need + 1 - weight)]])
        np.less(before + price, best, out=taken[place])
        best = np.where(taken[place], before + price, best)
    chosen: set[str] = set()
    missing = need
    for place in range(len(options) - 1, -1, -1):
        if taken[place, missing]:
            weight, _, nodes = options[place]
            chosen |= nodes
            missing = max(0, missing - weight)
    return float(best[need]), frozenset(chosen)


def _by_program(tree: Tree, prices: Mapping[str, float], deadline: Deadline) -> Priced:
    """Solve an integer program with HiGHS.

    It has a variable, 0 or 1, for each node and each threshold; that of a threshold can be 1 only if its parts weigh
    what it needs, and that of the root must be.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    columns = {name: place for place, name in enumerate(names(tree))}
    rows: list[tuple[int, list[tuple[int, float]]]] = []
    count = _rows_of(tree, columns, rows, len(columns))
    matrix = lil_array((len(rows), count))
    for place, (_, entries) in enumerate(rows):
        for column, value in entries:
            matrix[place, column] += value
    cost = np.zeros(count)
    cost[: len(columns)] = [prices[name] for name in columns]
    low = np.zeros(count)
    low[-1] = 1
    demands = LinearConstraint(matrix.tocsr(), lb=np.zeros(len(rows)))
    limit = {"time_limit": deadline.within(PATIENCE).seconds}
    with silenced():
        result = milp(
            cost, integrality=np.ones(count), bounds=Bounds(low, np.ones(count)), constraints=demands, options=limit
        )
    known = result.mip_dual_bound is not None and all(abs(value) >= FINEST for _, row in rows for _, value in row)
    bound = float(result.mip_dual_bound) if known else 0.0
    if result.x is not None:
        chosen = frozenset(name for name, place in columns.items() if result.x[place] > 0.5)
        if satisfied(tree, chosen):  # the solver rounds, so what it returns need not be a quorum
            return bound, chosen
    return bound, minimal_quorum(tree, sorted(columns, key=prices.__getitem__)) or frozenset(columns)


def _rows_of(tree: Tree, columns: dict[str, int], rows: list[tuple[int, list[tuple[int, float]]]], count: int) -> int:
    """Add ``sum(weight * part) / need - threshold >= 0`` for every threshold; return the number of columns so far.

    Inner thresholds come first, so the column of the root is the last.
    """
    if isinstance(tree, Node):
        rows.append((count, [(columns[tree.name], 1.0), (count, -1.0)]))
        return count + 1
    entries: list[tuple[int, float]] = []
    for weight, part in tree.parts:
        if isinstance(part, Threshold):
            count = _rows_of(part, columns, rows, count)
            # Scaled by the need: coefficients of very different magnitudes cost an integer program its precision.
            entries.append((count - 1, weight / tree.need))
        else:
            entries.append((columns[part.name], weight / tree.need))
    rows.append((count, [*entries, (count, -1.0)]))
    return count + 1
