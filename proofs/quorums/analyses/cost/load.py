"""Load, capacity and the optimal strategy: how evenly the work can be spread (Naor, Wool 1998).

A strategy picks quorums at random. The load of a node is the share of all operations that it takes part in, divided by
its capacity; the load of the system is that of its busiest node under the best strategy, and its reciprocal is the
capacity. This is a linear program over all quorums, solved by column generation: it starts with a few quorums, and adds
the ones that are cheapest at the current dual prices of the nodes. The prices also give a lower bound, so the answer is
an interval, and the search stops when it is narrow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from assay.checker.errors import UsageError
from assay.proofs.quorums.analyses.collapse import as_tree
from assay.proofs.quorums.analyses.cost.cheapest_quorum import cheapest_quorum
from assay.proofs.quorums.analyses.symmetry import orbits
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import QuorumSystem
from assay.proofs.quorums.trees import NEVER, Tree, names

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Strategy", "optimal_strategy", "refuse_bad_numbers"]

TOLERANCE = 1e-9
"""The relative gap between the load and its bound at which the search stops, and the least probability to report."""

MOST_ROUNDS = 5_000
"""A bound on the rounds of column generation, which ends long before unless rounding makes it cycle."""

LEAST_CAPACITY, MOST_CAPACITY = 1e-30, 1e30
"""Operations per unit of time, whatever the unit; outside this range, loads as floats lose their meaning."""

MOST_FIRST = 60
"""A limit on the rounds that gather the first quorums: one more than there are groups of interchangeable nodes."""

Column = tuple[str, frozenset[str]]
"""A class and a quorum of it."""


@dataclass(frozen=True)
class Strategy:
    """A strategy, its load, and a lower bound on the load of every strategy.

    ``quorums`` gives for each class the quorums that are used, with their probabilities. Loads are floats, good to
    about nine digits: nothing about safety depends on them. If ``symmetric``, each quorum stands for all that swapping
    interchangeable nodes makes of it, and they share its probability evenly.
    """

    load: float
    at_least: float
    quorums: Mapping[str, tuple[tuple[frozenset[str], float], ...]]
    symmetric: bool = False

    @property
    def is_optimal(self) -> bool:
        """Whether the load is the least possible, up to 1e-7 of it: the solver's own tolerance, coarser than ours."""
        return self.load - self.at_least <= 1e-7 * self.load

    @property
    def capacity(self) -> float:
        """Operations per unit of time: the reciprocal of the load."""
        return 1 / self.load if self.load else float("inf")


def optimal_strategy(system: QuorumSystem, shares: Mapping[str, float], deadline: Deadline) -> Strategy | None:
    """Return the strategy with the least load.

    Parameters
    ----------
    system : QuorumSystem
        Resolved; a node without a ``capacity`` has 1.
    shares : mapping of class name to float
        The share of each class in all operations, such as ``{"read": 0.9, "write": 0.1}``; they sum to 1.
    deadline : Deadline
        When it passes, the best strategy so far is returned.

    Returns
    -------
    Strategy or None
        None if a class has no quorum or is a federation that is not a tree, or the solver finds no solution.

    Raises
    ------
    UsageError
        If the shares do not sum to 1, are negative, or name an unknown class, or a capacity is not positive.
    """
    refuse_bad_numbers(system, shares)
    trees = {name: as_tree(system.classes[name]) for name, share in shares.items() if share > 0}
    found = {name: tree for name, tree in trees.items() if tree is not None and tree != NEVER}
    if len(found) < len(trees):
        return None
    least = min((system.capacity.get(node, 1.0) for node in system.nodes), default=1.0)
    # Scaled so that the costliest node costs 1 in any unit of capacity, since the solver's tolerances are absolute.
    costs = {node: least / system.capacity.get(node, 1.0) for node in system.nodes}
    strategy = _Program(found, dict(shares), costs).solve(deadline)
    if strategy is None:
        return None
    return replace(strategy, load=strategy.load / least, at_least=strategy.at_least / least)


def refuse_bad_numbers(system: QuorumSystem, shares: Mapping[str, float]) -> None:
    """Refuse shares, if there are any, that are not a distribution over the classes, and impossible capacities.

    Raises
    ------
    UsageError
        If the shares do not sum to 1, are negative, or name an unknown class, or a capacity is not positive.
    """
    for name in shares:
        if name not in system.classes:
            raise UsageError(f"no class {name!r} in this system, only {', '.join(system.classes)}")
    if any(share < 0 for share in shares.values()) or (shares and abs(sum(shares.values()) - 1) > 1e-9):
        raise UsageError("the shares of the classes must not be negative, and must sum to 1")
    for node, capacity in system.capacity.items():
        if not LEAST_CAPACITY <= capacity <= MOST_CAPACITY:
            raise UsageError(
                f"the capacity of {node!r} is {capacity:g}, not from {LEAST_CAPACITY:g} to {MOST_CAPACITY:g}"
            )


@dataclass(frozen=True)
class Solved:
    """The least load with the quorums at hand, their weights, and the price of each node."""

    load: float
    weights: list[float]
    prices: dict[str, float]


class _Program:
    """The linear program over the quorums found so far, with one row for each orbit of interchangeable nodes."""

    def __init__(self, trees: Mapping[str, Tree], shares: Mapping[str, float], costs: Mapping[str, float]) -> None:
        self.trees = trees
        self.shares = shares
        self.costs = costs
        self.rows = orbits(list(trees.values()), costs)
        self.sizes = Counter(self.rows.values())
        self.columns: dict[tuple[str, tuple[tuple[int, int], ...]], frozenset[str]] = {}

    def solve(self, deadline: Deadline) -> Strategy | None:
        """Generate columns until the bound meets the load, or the time is up."""
        if not self.rows:
            return Strategy(0.0, 0.0, {name: ((frozenset(), 1.0),) for name in self.trees})
        best_bound = self._spread_evenly(deadline)
        if (solved := self._solved(deadline)) is None:
            return None
        for _ in range(MOST_ROUNDS):
            if solved.load - best_bound <= TOLERANCE * solved.load or deadline.passed:
                break
            bound, fresh = self._cheapest(solved.prices, deadline)
            best_bound = max(best_bound, bound)
            if not self._admit(fresh):
                break
            solved = self._solved(deadline, solved) or solved
        symmetric = len(self.sizes) < len(self.rows)
        return Strategy(solved.load, min(best_bound, solved.load), self._used(solved.weights), symmetric)

    def _spread_evenly(self, deadline: Deadline) -> float:
        """Add a first set of quorums, each of which prefers the nodes that earlier ones use least; return a bound."""
        # Not 0: every quorum would then be equally cheap, and the first one needlessly large.
        prices = dict.fromkeys(self.rows, 1e-6)
        best_bound = 0.0
        for _ in range(min(len(self.sizes), MOST_FIRST) + 1):
            bound, fresh = self._cheapest(prices, deadline)
            best_bound = max(best_bound, bound)
            self._admit(fresh)
            for name, quorum in fresh:
                for node in quorum:
                    prices[node] += self.costs[node] * self.shares[name]
            if deadline.passed:
                break
        return best_bound

    def _admit(self, fresh: list[Column]) -> bool:
        """Add the quorums that are new, up to symmetry, and tell whether there were any."""
        before = len(self.columns)
        for name, quorum in fresh:
            # Interchangeable nodes share a row, so a quorum is characterised by its number of nodes in each row.
            counts = Counter(self.rows[node] for node in quorum)
            self.columns.setdefault((name, tuple(sorted(counts.items()))), quorum)
        return len(self.columns) > before

    def _cheapest(self, prices: Mapping[str, float], deadline: Deadline) -> tuple[float, list[Column]]:
        """Return a bound on every strategy's load from these prices, and a cheapest quorum of each class."""
        bound, columns = 0.0, []
        for name, tree in self.trees.items():
            scaled = {node: max(0.0, prices[node]) * self.costs[node] for node in names(tree)}
            price, quorum = cheapest_quorum(tree, scaled, deadline)
            bound += self.shares[name] * price
            columns.append((name, quorum))
        # By weak duality this is a bound at any prices that are not negative: errors in the solver's prices make it
        # looser, never wrong.
        return bound / (sum(max(0.0, price) for price in prices.values()) or 1.0), columns

    def _solved(self, deadline: Deadline, before: Solved | None = None) -> Solved | None:
        """Return the least load with these columns; ``before`` if the time is up, or the solver finds no solution."""
        last, count = len(self.columns), len(self.sizes)
        sums = np.zeros((len(self.trees), last + 1))
        classes = list(self.trees)
        for place, (name, _) in enumerate(self.columns):
            sums[classes.index(name), place] = 1.0
        goal = np.append(np.zeros(last), 1.0)
        ones = np.ones(len(classes))
        # The first program is small, and without its solution there is no strategy at all: it has no limit.
        limit = {"time_limit": max(1.0, deadline.seconds)} if before else {}
        from scipy.optimize import linprog  # takes half a second to import, and no verdict needs it

        result = linprog(goal, self._loads(), np.zeros(count), sums, ones, method="highs", options=limit)
        if result.x is None:
            return before
        # The dual values are the prices of the rows. A quorum that is cheaper at these prices than those at hand lowers
        # the load, and the price of the cheapest one bounds the load of every strategy from below.
        of_row = (-result.ineqlin.marginals).tolist()
        prices = {node: of_row[row] / self.sizes[row] for node, row in self.rows.items()}
        return Solved(float(result.fun), result.x[:last].tolist(), prices)

    def _loads(self) -> csr_array:
        """Return the inequalities *the load of each row is at most that of the busiest*, the last column."""
        costs = {self.rows[node]: self.costs[node] for node in self.rows}
        last, count = len(self.columns), len(self.sizes)
        entries = [
            (self.shares[name] * costs[row] * times / self.sizes[row], row, place)
            for place, (name, counts) in enumerate(self.columns)
            for row, times in counts
        ]
        entries += [(-1.0, row, last) for row in range(count)]
        from scipy.sparse import csr_array

        values, rows, places = zip(*entries, strict=True)
        return csr_array((values, (rows, places)), shape=(count, last + 1))

    def _used(self, weights: list[float]) -> dict[str, tuple[tuple[frozenset[str], float], ...]]:
        """Return, for each class, the quorums that are used, with their probabilities."""
        used: dict[str, list[tuple[frozenset[str], float]]] = {name: [] for name in self.trees}
        for ((name, _), quorum), weight in zip(self.columns.items(), weights, strict=False):
            if weight > TOLERANCE:
                used[name].append((quorum, weight))
        return {name: tuple(pairs) for name, pairs in used.items()}
