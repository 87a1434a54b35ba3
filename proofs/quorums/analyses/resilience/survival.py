"""The failures that a system survives, by node and by each label of its nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assay.proofs.quorums.analyses.resilience.blocking_sets import minimal_blocking_sets
from assay.proofs.quorums.analyses.resilience.splitting_sets import Splitting, splitting_of
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance, single_points_of_failure, tolerance
from assay.proofs.quorums.analyses.units import Units, is_one_each, units_by_label, units_of_nodes
from assay.proofs.quorums.answers import Enumerated, merged
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.safety import problem_of
from assay.proofs.quorums.systems import NODES, Federation, QuorumClass, QuorumSystem
from assay.proofs.quorums.trees import all_of

__all__ = ["Survival", "all_units", "is_telling", "lower_bounds", "splitting_by", "survival_by"]

EACH = 5.0
LISTING = 2.0
"""Seconds for the smallest set of a kind, and for the list of all minimal ones."""

MOST_LISTED = 200
"""The most sets of a kind to list: nobody reads a longer report."""

LARGEST_LISTED = 24
"""Larger outages are listed only if there are no more units than this: the search visits all smaller sets first."""


@dataclass(frozen=True)
class Survival:
    """What the system survives, by ``f`` (nodes) and by each label that groups nodes.

    ``outages`` are minimal blocking sets; ``splitting`` are sets of Byzantine nodes that break an obligation, empty if
    the system has none.
    """

    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    single_points: tuple[str, ...] = ()
    outages: Mapping[str, Enumerated] = field(default_factory=dict)
    splitting: Mapping[str, Splitting] = field(default_factory=dict)


def all_units(system: QuorumSystem) -> dict[str, Units]:
    """Return the units of nodes, and of each label."""
    labels = dict.fromkeys(label for named in system.labels.values() for label in named)
    return {NODES: units_of_nodes(system), **{label: units_by_label(system, label) for label in labels}}


def is_telling(system: QuorumSystem, label: str) -> bool:
    """Tell whether some value of the label has several nodes; otherwise its results are those of single nodes."""
    groups = system.groups(label)
    return label != NODES and len(groups) < sum(map(len, groups.values()))


def survival_by(
    known: Survival, system: QuorumSystem, name: str, units: Units, up_to: int | None, deadline: Deadline
) -> Survival:
    """Return what is known, with the tolerance and the smallest outages of these units.

    Parameters
    ----------
    known : Survival
    system : QuorumSystem
        Resolved.
    name : str
        ``f`` or a label.
    units : mapping of node to unit
    up_to : int or None
        The largest size of the outages to list; if None, that of the smallest.
    deadline : Deadline
    """
    if NODES in known.tolerances and is_one_each(system, units):
        found, outages = known.tolerances[NODES].renamed(units), known.outages[NODES].renamed(units)
    else:
        found = tolerance(system, units, deadline.within(EACH))
        size = max(up_to or 0, len(found.outage or ()))
        outages = _shown(_outages(system, units, size, deadline.within(LISTING)), found)
    known = replace(known, tolerances={**known.tolerances, name: found}, outages={**known.outages, name: outages})
    return replace(known, single_points=single_points_of_failure(system, units)) if name == NODES else known


def splitting_by(
    known: Survival, system: QuorumSystem, name: str, units: Units, up_to: int | None, deadline: Deadline
) -> Survival:
    """Return what is known, with the sets of these units that can split the system; parameters as of `survival_by`."""
    if not system.obligations:
        return known
    if NODES in known.splitting and is_one_each(system, units):
        found = known.splitting[NODES].renamed(units)
    else:
        found = splitting_of(lower_bounds(system), units, up_to, deadline.within(LISTING + EACH), MOST_LISTED)
    return replace(known, splitting={**known.splitting, name: found})


def _outages(system: QuorumSystem, units: Units, up_to: int, deadline: Deadline) -> Enumerated:
    if up_to > LARGEST_LISTED and len(set(units.values())) > LARGEST_LISTED:
        return Enumerated((), up_to, is_complete=False)
    found = [minimal_blocking_sets(kind, units, up_to, deadline, MOST_LISTED) for kind in _live(system)]
    return merged(found, up_to, MOST_LISTED)


def _shown(outages: Enumerated, found: Tolerance) -> Enumerated:
    """Return at least the outage that the tolerance rests on, if time ran out before any set was listed."""
    if outages.sets or outages.is_complete or not found.outage:
        return outages
    return replace(outages, sets=(found.outage,))


def _live(system: QuorumSystem) -> list[QuorumClass]:
    """Return the classes each of which can stop the system, with all trees joined into one, which is searched once."""
    kinds = list(system.live.values())
    trees = [kind for kind in kinds if not isinstance(kind, Federation)]
    rest: list[QuorumClass] = [kind for kind in kinds if isinstance(kind, Federation)]
    return [all_of(trees) if len(trees) > 1 else trees[0], *rest] if trees else rest


def lower_bounds(system: QuorumSystem) -> list[IntersectionProblem]:
    """Return the problem of each obligation, without the margin that it keeps for lying nodes."""
    problems = [(obligation, problem_of(system, obligation, frozenset())) for obligation in system.obligations]
    return [replace(problem, need=obligation.need - obligation.margin) for obligation, problem in problems]
