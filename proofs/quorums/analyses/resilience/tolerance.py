"""How many failures a system survives: of nodes, of zones, or of any other units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.systems import QuorumClass, QuorumSystem, class_names

__all__ = ["Tolerance", "needed_by_every_quorum", "single_points_of_failure", "tolerance"]

PATIENCE = 1.0
"""Seconds to make a quorum minimal; one that is not minimal only leaves more candidates to try."""


@dataclass(frozen=True)
class Tolerance:
    """What is known about the largest f such that every class keeps a quorum whichever f units fail.

    ``at_least`` is a proved lower bound on f; ``outage`` is a set of units whose failure stops the system, or None if
    none does; ``units`` is their number. ``stops`` names the class or the service that the outage stops, and ``each``
    has the tolerance of each class or service, if there are several.
    """

    at_least: int
    outage: frozenset[str] | None
    units: int
    stops: str = ""
    each: Mapping[str, Tolerance] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether f is known: the outage is proved to be smallest, or nothing stops the system."""
        return self.at_most == self.at_least

    @property
    def at_most(self) -> int:
        """An upper bound on f: one less than an outage that was found."""
        return self.units if self.outage is None else max(0, len(self.outage) - 1)

    def renamed(self, names: Mapping[str, str]) -> Tolerance:
        """Return the same answer for units with other names."""
        outage = None if self.outage is None else frozenset(names[node] for node in self.outage)
        return replace(self, outage=outage, each={of: one.renamed(names) for of, one in self.each.items()})

    def survives(self, failures: int) -> bool | None:
        """Tell whether the system survives any ``failures`` failures; None if that is not known."""
        if failures <= self.at_least:
            return True
        return False if failures > self.at_most else None


def tolerance(system: QuorumSystem, units: Units, deadline: Deadline) -> Tolerance:
    """Return how many of these units may fail, whichever they are, without stopping a class that is needed."""
    each = {name: _of(name, kind, units, deadline) for name, kind in system.live.items()}
    if not each:
        return Tolerance(len(set(units.values())), None, len(set(units.values())))
    worst = min(each.values(), key=lambda one: (one.at_most, len(one.outage or ())))
    at_least = min(one.at_least for one in each.values())
    return replace(worst, at_least=at_least, each=each if len(each) > 1 else {})


def _of(name: str, kind: QuorumClass, units: Units, deadline: Deadline) -> Tolerance:
    found, count = smallest_blocking_set(kind, units, deadline), len(set(units.values()))
    if found.at_least is None:
        return Tolerance(count, None, count)
    return Tolerance(max(0, found.at_least - 1), found.example, count, name)


def single_points_of_failure(system: QuorumSystem, units: Units) -> tuple[str, ...]:
    """Return, by direct evaluation, the units whose failure alone stops a class that is needed."""
    found = {unit for kind in system.live.values() for unit in needed_by_every_quorum(kind, units)}
    return tuple(unit for unit in dict.fromkeys(units.values()) if unit in found)


def needed_by_every_quorum(kind: QuorumClass, units: Units) -> tuple[str, ...]:
    """Return the units without which the class has no quorum; all of them, if it has none anyway.

    Such a unit has a node in every quorum. All units are candidates at first; then, until none drops out, a quorum that
    avoids the remaining ones where it can rules out those it lacks. Few are left, and direct evaluation tries each.
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
