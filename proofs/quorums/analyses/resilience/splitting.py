"""Splitting sets: nodes whose Byzantine behaviour leaves quorums with too little in common.

A set splits an obligation if, after it is *deleted* (a faulty node tells every quorum what it needs to hear), there are
quorums that have too little in common outside of it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate

from assay.proofs.quorums.analyses.minimise import fewest_true
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.clauses import Encoding, TooLarge
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.decide import decide
from assay.proofs.quorums.intersection.outcome import Misses, Undecided
from assay.proofs.quorums.intersection.overlap import least_common
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.intersection.witness import closest
from assay.proofs.quorums.resolution import without
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import Node, Threshold, Tree, is_read_once, names

__all__ = ["broken", "deleted", "power_bound", "smallest_splitting_set", "splits"]


def splits(problem: IntersectionProblem, units: Units, chosen: frozenset[str], deadline: Deadline) -> bool | None:
    """Tell whether deleting the ``chosen`` units breaks the obligation; None if the time is up."""
    outcome = decide(deleted(problem, members(units, chosen)), deadline)
    return None if isinstance(outcome, Undecided) else isinstance(outcome, Misses)


def deleted(problem: IntersectionProblem, faulty: frozenset[str]) -> IntersectionProblem:
    """Return the problem without these nodes."""
    kinds = tuple(without(kind, faulty) for kind in problem.kinds)
    weights = {node: weight for node, weight in problem.weights.items() if node not in faulty}
    return IntersectionProblem(kinds, problem.need, weights)


def smallest_splitting_set(problem: IntersectionProblem, units: Units, deadline: Deadline) -> Smallest:
    """Return a smallest set of units that breaks the obligation of the problem.

    Found directly where two quorums have no more in common than a lower bound for all of them, or where nodes count
    by voting power; otherwise by MaxSAT. ``at_least`` is None if no set of units breaks the obligation.
    """
    found = _by_counting(problem, units) or _by_power(problem, units, deadline)
    if found is not None and found.is_settled:
        return found
    searched = _by_maxsat(problem, units, deadline)
    return searched if found is None or searched.is_settled else found


def _by_maxsat(problem: IntersectionProblem, units: Units, deadline: Deadline) -> Smallest:
    try:
        encoding, lying = broken(problem, units, deadline)
        fewest = fewest_true(encoding, list(lying.values()), deadline)
    except TooLarge:
        return Smallest(0)
    if fewest.true is None:
        return Smallest(fewest.at_least)
    return Smallest(fewest.at_least, frozenset(unit for unit, var in lying.items() if var in fewest.true))


def _by_counting(problem: IntersectionProblem, units: Units) -> Smallest | None:
    """Settle it for trees over nodes that each count one and fail independently; None if that is not possible."""
    trees = [kind for kind in problem.kinds if not isinstance(kind, Federation)]
    plain = all(weight == 1 for weight in problem.weights.values()) and all(
        units.get(node) == node for node in problem.weights
    )
    if len(trees) < len(problem.kinds) or not plain:
        return None
    # Take quorums with the fewest nodes in common: if all of these but need - 1 lie, too little is left. If no quorums
    # have fewer in common, no smaller set can do it.
    common = closest(problem)
    if common is None or len(common) != least_common(trees, problem.weights.__getitem__):
        return None
    size = max(0, len(common) - problem.need + 1)
    return Smallest(size, frozenset(sorted(common)[:size]))


def _by_power(problem: IntersectionProblem, units: Units, deadline: Deadline) -> Smallest | None:
    """Settle it, or bound it, for one threshold over nodes that count by their weights: voting power.

    Two quorums share at least ``2 * need - total``, and the lying units must weigh enough to leave less of
    that than the obligation needs. The number of the heaviest units that this takes is a lower bound on the size; it
    may take more where weights do not add up exactly.
    """
    bound = power_bound(problem, units)
    if bound is None:
        return None
    powers, excess = bound
    heaviest = sorted(powers, key=lambda one: (-powers[one], one))
    sums = list(accumulate((powers[one] for one in heaviest), initial=0))
    at_least = next((size for size, power in enumerate(sums) if power > excess), len(powers))

    def does_split(size: int) -> bool | None:
        return splits(problem, units, frozenset(heaviest[:size]), deadline)

    if does_split(at_least):
        return Smallest(at_least, frozenset(heaviest[:at_least]))
    if (does_any := does_split(len(powers))) is not True:
        return Smallest(None if does_any is False else at_least)
    # A superset of a splitting set splits too, so bisection finds the shortest prefix of the heaviest units that does.
    size = _first(does_split, at_least + 1, len(powers))
    return Smallest(at_least, frozenset(heaviest[:size]))


def power_bound(problem: IntersectionProblem, units: Units) -> tuple[dict[str, int], Fraction] | None:
    """Return the weight of each unit, and a weight that every splitting set exceeds.

    None unless the problem is about one flat threshold over nodes whose weights are in proportion to what they count.
    """
    tree = problem.kinds[0]
    if len(problem.kinds) != 2 or problem.kinds[1] != tree or not _is_power(tree, problem):
        return None
    assert isinstance(tree, Threshold)
    powers = dict.fromkeys(units.values(), 0)
    for name in names(tree):
        if name in units:
            powers[units[name]] += problem.weights[name]
    unit = Fraction(sum(problem.weights[name] for name in names(tree)), tree.total)
    return powers, unit * (2 * tree.need - tree.total) - problem.need


def _first(holds: Callable[[int], bool | None], low: int, high: int) -> int:
    """Return, by bisection, the least number for which it holds; it must hold for ``high`` and be monotone."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return high


def _is_power(tree: QuorumClass, problem: IntersectionProblem) -> bool:
    """Tell whether the tree is a flat threshold over nodes whose weights are in proportion to what they count."""
    if not isinstance(tree, Threshold) or not tree.total or not all(isinstance(part, Node) for _, part in tree.parts):
        return False
    if not is_read_once(tree):
        return False
    counted = [(weight, problem.weights[part.name]) for weight, part in tree.parts if isinstance(part, Node)]
    return all(weight * counted[0][1] == power * counted[0][0] for weight, power in counted)


def broken(problem: IntersectionProblem, units: Units, deadline: Deadline) -> tuple[Encoding, dict[str, int]]:
    """Return clauses that are satisfiable iff the obligation can be broken, and the variable of each unit that lies.

    Raises
    ------
    TooLarge
        If that would take too many clauses.
    """
    encoding = Encoding(deadline=deadline)
    lying = {unit: encoding.variable() for unit in dict.fromkeys(units.values())}
    _require_broken(encoding, problem, units, lying)
    return encoding, lying


def _require_broken(encoding: Encoding, problem: IntersectionProblem, units: Units, lying: dict[str, int]) -> None:
    lies = {node: lying[units[node]] for node in problem.nodes if node in units}
    copies = [_correct_quorum(encoding, kind, problem.nodes, lies) for kind in problem.kinds]
    apart = []
    for node, weight in problem.weights.items():
        if weight and node in copies[0]:
            variable = encoding.variable()
            clause = [-variable, *(-copy[node] for copy in copies)]
            encoding.add(*clause, *([lies[node]] if node in lies else []))
            apart.append((weight, variable))
    # A node is apart if it lies or is missing from a quorum. Broken: what is not apart weighs less than `need`.
    root = encoding.variable()
    encoding.add(root)
    encoding.implies_weight(root, apart, sum(weight for weight, _ in apart) - problem.need + 1)


def _correct_quorum(
    encoding: Encoding, kind: QuorumClass, nodes: tuple[str, ...], lies: dict[str, int]
) -> dict[str, int]:
    """Return variables for the correct members of a quorum, for which lying nodes count as members too."""
    chosen = {node: encoding.variable() for node in nodes}
    heard = {node: _heard(encoding, chosen[node], lies.get(node)) for node in nodes}
    if not isinstance(kind, Federation):
        root = encoding.variable()
        encoding.add(root)
        encoding.implies_tree(root, kind, heard)
        return chosen
    encoding.add(*(chosen[node] for node in kind.trees))
    conditions: dict[Tree, int] = {}
    for node, variable in chosen.items():
        if node in lies:
            encoding.add(-variable, -lies[node])
        if (tree := kind.trees.get(node)) is None:
            encoding.add(-variable)
            continue
        if tree not in conditions:
            conditions[tree] = encoding.variable()
            encoding.implies_tree(conditions[tree], tree, heard)
        encoding.add(-variable, conditions[tree])
    return chosen


def _heard(encoding: Encoding, chosen: int, lie: int | None) -> int:
    """Return a variable that implies that the node is a member or lies."""
    if lie is None:
        return chosen
    variable = encoding.variable()
    encoding.add(-variable, chosen, lie)
    return variable
