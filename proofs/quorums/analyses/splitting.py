"""Splitting sets: nodes whose lies, or whose deletion, leave quorums without enough in common.

A set splits an obligation if, after it is deleted (whatever a quorum wants to hear from it, it says), there are
quorums that have too little in common outside of it.
"""

from __future__ import annotations

from itertools import combinations

from assay.proofs.quorums.analyses.enumeration import MOST_SETS, Enumerated
from assay.proofs.quorums.analyses.minimise import Fewest, fewest_true
from assay.proofs.quorums.analyses.smallest import Smallest
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.clauses import Encoding, TooLarge
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.decide import decide
from assay.proofs.quorums.intersection.outcome import Misses, Undecided
from assay.proofs.quorums.intersection.overlap import least_common
from assay.proofs.quorums.intersection.problem import Problem
from assay.proofs.quorums.intersection.witness import closest
from assay.proofs.quorums.resolution import without
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import Node, Tree, names, substitute

__all__ = ["minimal_splitting_sets", "smallest_splitting_set", "splits"]


def splits(problem: Problem, units: Units, chosen: frozenset[str], deadline: Deadline) -> bool | None:
    """Tell whether these units, deleted, break the obligation; None if the time is up."""
    outcome = decide(deleted(problem, members(units, chosen)), deadline)
    return None if isinstance(outcome, Undecided) else isinstance(outcome, Misses)


def deleted(problem: Problem, faulty: frozenset[str]) -> Problem:
    """Return the problem after these nodes were deleted."""
    kinds = tuple(without(kind, faulty) for kind in problem.kinds)
    weights = {node: weight for node, weight in problem.weights.items() if node not in faulty}
    return Problem(kinds, problem.need, weights)


def smallest_splitting_set(problem: Problem, units: Units, deadline: Deadline) -> Smallest:
    """Return a smallest set of units that breaks the obligation of the problem.

    Closed where a lower bound on what quorums have in common meets a pair that has no more; otherwise by
    MaxSAT. ``at_least`` is None if no set of units breaks it.
    """
    if (found := _by_counting(problem, units)) is not None:
        return found
    encoding = Encoding()
    lying = {unit: encoding.variable() for unit in dict.fromkeys(units.values())}
    try:
        _say_that_it_is_broken(encoding, problem, units, lying)
        fewest = fewest_true(encoding, list(lying.values()), deadline)
    except TooLarge:
        fewest = Fewest(0)
    if fewest.true is None:
        return Smallest(fewest.at_least)
    return Smallest(fewest.at_least, frozenset(unit for unit, var in lying.items() if var in fewest.true))


def minimal_splitting_sets(
    problem: Problem, units: Units, up_to: int, deadline: Deadline, most: int = MOST_SETS
) -> Enumerated:
    """Return the minimal splitting sets of at most ``up_to`` units: every candidate is decided, smallest first.

    For a federation minimal means: no subset of it splits. Stops, and says so, when the time is up.
    """
    every = sorted(set(units.values()))
    found: list[frozenset[str]] = []
    for size in range(min(up_to, len(every)) + 1):
        for candidate in map(frozenset, combinations(every, size)):
            if any(known <= candidate for known in found):
                continue
            verdict = splits(problem, units, candidate, deadline)
            if verdict is None or deadline.passed or len(found) >= most:
                return Enumerated(tuple(found), up_to, is_complete=False)
            if verdict:
                found.append(candidate)
    return Enumerated(tuple(found), up_to, is_complete=True)


def _by_counting(problem: Problem, units: Units) -> Smallest | None:
    """Settle it for trees whose nodes all count one and fail alone."""
    trees = [kind for kind in problem.kinds if not isinstance(kind, Federation)]
    plain = all(weight == 1 for weight in problem.weights.values()) and all(
        units.get(node) == node for node in problem.weights
    )
    if len(trees) < len(problem.kinds) or not plain:
        return None
    common = closest(problem)
    if common is None or len(common) != least_common(trees, problem.weights.__getitem__):
        return None
    size = max(0, len(common) - problem.need + 1)
    return Smallest(size, frozenset(sorted(common)[:size]))


def _say_that_it_is_broken(encoding: Encoding, problem: Problem, units: Units, lying: dict[str, int]) -> None:
    lies = {node: lying[units[node]] for node in problem.nodes if node in units}
    copies = [_correct_quorum(encoding, kind, problem.nodes, lies) for kind in problem.kinds]
    apart = []
    for node, weight in problem.weights.items():
        if weight and node in copies[0]:
            variable = encoding.variable()
            clause = [-variable, *(-copy[node] for copy in copies)]
            encoding.add(*clause, *([lies[node]] if node in lies else []))
            apart.append((weight, variable))
    root = encoding.variable()
    encoding.add(root)
    encoding.implies_weight(root, apart, sum(weight for weight, _ in apart) - problem.need + 1)


def _correct_quorum(
    encoding: Encoding, kind: QuorumClass, nodes: tuple[str, ...], lies: dict[str, int]
) -> dict[str, int]:
    """Return variables for the correct members of a quorum, which hear what they want from those that lie."""
    chosen = {node: encoding.variable() for node in nodes}
    heard = {f"{node}?": _heard(encoding, chosen[node], lies.get(node)) for node in nodes}
    if not isinstance(kind, Federation):
        root = encoding.variable()
        encoding.add(root)
        encoding.implies_tree(root, _asking(kind), heard)
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
            encoding.implies_tree(conditions[tree], _asking(tree), heard)
        encoding.add(-variable, conditions[tree])
    return chosen


def _asking(tree: Tree) -> Tree:
    return substitute(tree, {name: Node(f"{name}?") for name in names(tree)})


def _heard(encoding: Encoding, chosen: int, lie: int | None) -> int:
    if lie is None:
        return chosen
    variable = encoding.variable()
    encoding.add(-variable, chosen, lie)
    return variable
