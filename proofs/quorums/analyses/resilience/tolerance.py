"""How many failures a system survives: of nodes, of zones, of anything that has a label."""

from __future__ import annotations

from dataclasses import dataclass

from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.systems import QuorumClass, QuorumSystem, class_names

__all__ = ["Tolerance", "needed_by_every_quorum", "single_points_of_failure", "tolerance"]


PATIENCE = 1.0
"""Seconds to make a quorum minimal: it serves as well if it is not."""


@dataclass(frozen=True)
class Tolerance:
    """What is known about the largest f such that any f units may fail and every class keeps a quorum.

    ``at_least`` is proved; ``outage`` is a set of units whose failure stops the system, or None if none does.
    ``stops`` names the class that it stops.
    """

    at_least: int
    outage: frozenset[str] | None
    units: int
    stops: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether f is known: the outage is proved to be smallest, or nothing stops the system."""
        return self.at_most == self.at_least

    @property
    def at_most(self) -> int:
        """An upper bound on f: one less than an outage that was found."""
        return self.units if self.outage is None else max(0, len(self.outage) - 1)

    def survives(self, failures: int) -> bool | None:
        """Tell whether any so many units may fail; None if that is not known."""
        if failures <= self.at_least:
            return True
        return False if failures > self.at_most else None


def tolerance(system: QuorumSystem, units: Units, deadline: Deadline) -> Tolerance:
    """Return how many of these units may fail, whichever they are, without stopping a class that is needed."""
    worst: tuple[Smallest, str] | None = None
    bounds = []
    for name in system.live_classes:
        found = smallest_blocking_set(system.classes[name], units, deadline)
        if found.at_least is None:
            continue
        bounds.append(found.at_least)
        if worst is None or len(found.example or ()) < len(worst[0].example or ()):
            worst = (found, name)
    count = len(set(units.values()))
    if worst is None:
        return Tolerance(count, None, count)
    return Tolerance(max(0, min(bounds) - 1), worst[0].example, count, worst[1])


def single_points_of_failure(system: QuorumSystem, units: Units) -> tuple[str, ...]:
    """Return the units each of which alone stops a class that is needed, by direct evaluation."""
    found = {unit for name in system.live_classes for unit in needed_by_every_quorum(system.classes[name], units)}
    return tuple(unit for unit in dict.fromkeys(units.values()) if unit in found)


def needed_by_every_quorum(kind: QuorumClass, units: Units) -> tuple[str, ...]:
    """Return the units without which the class has no quorum; all of them, if it has none anyway.

    Such a unit has a node in every quorum, so the candidates are what several quorums, each chosen to avoid
    the others, have in common; they are few, and each is tried.
    """
    everyone = class_names(kind)
    candidates, before = set(units.values()), -1
    while len(candidates) != before:
        others_first = sorted(everyone, key=lambda node: units.get(node) in candidates)
        if (quorum := minimal_quorum(kind, others_first, Deadline.after(PATIENCE))) is None:
            break
        before = len(candidates)
        candidates &= {units[node] for node in quorum if node in units}
    return tuple(unit for unit in sorted(candidates) if not quorum_within(kind, set(everyone) - members(units, {unit})))
