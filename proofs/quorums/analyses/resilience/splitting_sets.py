"""All minimal splitting sets up to a size.

Where many nodes are interchangeable, candidates are enumerated, and one of each kind is decided. Otherwise a SAT solver
finds one set after another or, if none is installed, every candidate is decided by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from math import comb, inf

from assay.proofs.quorums.analyses.resilience.splitting import broken, power_bound, smallest_splitting_set, splits
from assay.proofs.quorums.analyses.symmetry import orbits
from assay.proofs.quorums.analyses.units import Units
from assay.proofs.quorums.answers import MOST_SETS, Enumerated, Smallest, merged
from assay.proofs.quorums.clauses import TooLarge
from assay.proofs.quorums.deadline import Deadline, interrupting
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.intersection.sat import is_installed
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation

__all__ = ["Splitting", "minimal_splitting_sets", "splitting_of"]

MOST_WEIGHED, MOST_CANDIDATES = 4, 50_000
"""The largest size, and the most candidates, to enumerate by weight: a thousand take milliseconds."""

Kind = Callable[[frozenset[str]], Hashable]
"""Returns the kind of a candidate: of two of the same kind, one splits if and only if the other does."""


@dataclass(frozen=True)
class Splitting:
    """A smallest splitting set, and the minimal ones up to a size."""

    smallest: Smallest
    sets: Enumerated

    def renamed(self, names: Mapping[str, str]) -> Splitting:
        """Return the same sets of nodes with other names."""
        return Splitting(self.smallest.renamed(names), self.sets.renamed(names))


def splitting_of(
    problems: Sequence[IntersectionProblem], units: Units, up_to: int | None, deadline: Deadline, most: int = MOST_SETS
) -> Splitting:
    """Return the sets of units that break any of several obligations.

    Parameters
    ----------
    problems : sequence of IntersectionProblem
        At least one.
    units : mapping of node to unit
    up_to : int or None
        The largest size of the sets to list; if None, that of the smallest.
    deadline : Deadline
        Half of the time that is left goes to each problem's smallest set in turn.
    most : int
        The most sets to list.
    """
    smallest = Smallest(None)
    for problem in problems:
        smallest |= smallest_splitting_set(problem, units, deadline.within(deadline.share / 2))
    if smallest.at_least is None:
        return Splitting(smallest, Enumerated((), up_to or 0, is_complete=True))
    largest = max(up_to or 0, smallest.at_least)
    found = [
        minimal_splitting_sets(problem, units, largest, deadline, most, at_least=smallest.at_least)
        for problem in problems
    ]
    sets = merged(found, largest, most)
    if smallest.example is not None and not sets.is_complete and not sets.sets:
        sets = replace(sets, sets=(smallest.example,))
    return Splitting(smallest, sets)


def minimal_splitting_sets(
    problem: IntersectionProblem,
    units: Units,
    up_to: int,
    deadline: Deadline,
    most: int = MOST_SETS,
    *,
    at_least: int = 0,
) -> Enumerated:
    """Return the splitting sets of at most ``up_to`` units no subset of which splits, smallest first.

    The result is incomplete if the time is up or ``most`` sets have been found. ``at_least`` is a proved lower bound on
    their size. Of candidates that a symmetry of the problem exchanges, only one is decided.
    """
    kind_of = _kinds(problem, units, up_to)
    if kind_of is None and is_installed() and not _are_few(problem, units, up_to):
        try:
            return _by_sat(problem, units, up_to, deadline, most)
        except TooLarge:
            pass
    return _one_by_one(problem, units, range(at_least, up_to + 1), kind_of or _itself, deadline, most)


def _are_few(problem: IntersectionProblem, units: Units, up_to: int) -> bool:
    """Tell whether candidates can be enumerated: there are few enough, and their weight rules most of them out."""
    count = len(set(units.values()))
    every = sum(comb(count, size) for size in range(min(up_to, count) + 1)) if up_to <= MOST_WEIGHED else inf
    return every <= MOST_CANDIDATES and power_bound(problem, units) is not None


def _one_by_one(
    problem: IntersectionProblem, units: Units, sizes: range, kind_of: Kind, deadline: Deadline, most: int
) -> Enumerated:
    """Decide the candidates of these sizes, smallest first, except supersets of those found."""
    every, up_to = sorted(set(units.values())), sizes.stop - 1
    known: dict[Hashable, bool] = {}
    found: list[frozenset[str]] = []
    powers, least = power_bound(problem, units) or ({}, None)
    for size in range(sizes.start, min(up_to, len(every)) + 1):
        smaller = [one for one in found if len(one) < size]
        for candidate in map(frozenset, combinations(every, size)):
            if deadline.passed or len(found) >= most:
                return Enumerated(tuple(found), up_to, is_complete=False)
            if any(one <= candidate for one in smaller):
                continue
            # Too light to make up for what quorums have in common: no solver is needed.
            if least is not None and sum(powers[unit] for unit in candidate) <= least:
                continue
            kind = kind_of(candidate)
            if kind not in known:
                verdict = splits(problem, units, candidate, deadline)
                if verdict is None:
                    return Enumerated(tuple(found), up_to, is_complete=False)
                known[kind] = verdict
            if known[kind]:
                found.append(candidate)
    return Enumerated(tuple(found), up_to, is_complete=True)


def _itself(candidate: frozenset[str]) -> Hashable:
    return candidate


def _kinds(problem: IntersectionProblem, units: Units, up_to: int) -> Kind | None:
    """Return the function that gives a candidate's kind: how many nodes of each orbit it has.

    None if these numbers do not determine whether it splits, or are different for all units and so save nothing.
    """
    trees = [simplify(kind) for kind in problem.kinds if not isinstance(kind, Federation)]
    if len(trees) < len(problem.kinds):
        return None
    inside = _nodes_by_unit(units)
    # In deeper trees it matters whether nodes of an orbit are in the same branch, which their number does not say.
    if any(tree.depth > 2 for tree in trees) and (up_to > 1 or any(len(nodes) > 1 for nodes in inside.values())):
        return None
    numbers = orbits(list(dict.fromkeys(trees)), dict.fromkeys(problem.nodes, 0) | dict(problem.weights))
    orbit_of = {
        unit: tuple(sorted(numbers[node] for node in nodes if node in numbers)) for unit, nodes in inside.items()
    }
    if len(set(orbit_of.values())) == len(orbit_of) > 1:
        return None
    return lambda candidate: tuple(sorted(chain.from_iterable(orbit_of[unit] for unit in candidate)))


def _nodes_by_unit(units: Units) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, unit in units.items():
        found.setdefault(unit, []).append(node)
    return found


def _by_sat(problem: IntersectionProblem, units: Units, up_to: int, deadline: Deadline, most: int) -> Enumerated:
    """Find one set after another with a SAT solver; each is made minimal, and its supersets are excluded."""
    from pysat.solvers import Glucose4

    encoding, lying = broken(problem, units, deadline)
    # At most `up_to` units lie: all others, at least, do not.
    few = encoding.variable()
    encoding.add(few)
    encoding.implies_weight(few, [(1, -variable) for variable in lying.values()], len(lying) - up_to)
    found: list[frozenset[str]] = []
    with Glucose4(bootstrap_with=encoding.clauses) as solver, interrupting(deadline, solver.interrupt):

        def one_within(allowed: frozenset[str] | None) -> frozenset[str] | None:
            """Return a splitting set within these units; None if there is none."""
            silent = [-variable for unit, variable in lying.items() if allowed is not None and unit not in allowed]
            answer = solver.solve_limited(assumptions=silent, expect_interrupt=True)
            if answer is None or deadline.passed:
                raise _OutOfTime
            true = set(solver.get_model()) if answer else set()
            return frozenset(unit for unit, variable in lying.items() if variable in true) if answer else None

        try:
            while len(found) < most and (candidate := one_within(None)) is not None:
                # Minimal by leaving out one unit after the other: at most one call of the solver for each.
                for unit in sorted(candidate):
                    if unit in candidate and (smaller := one_within(candidate - {unit})) is not None:
                        candidate = smaller
                found.append(candidate)
                if not candidate:  # it splits although nobody lies: the empty set is the only minimal one
                    break
                solver.add_clause([-lying[unit] for unit in candidate])
            is_complete = len(found) < most
        except _OutOfTime:
            is_complete = False
    ordered = sorted(found, key=lambda one: (len(one), sorted(one)))
    return Enumerated(tuple(ordered), up_to, is_complete)


class _OutOfTime(Exception):
    """The deadline passed before the solver had answered."""
