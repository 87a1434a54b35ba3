"""Is a change safe? Quorums of the old configuration must meet those of the new one while both are in use."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assay.checker.errors import AssayError, InternalError
from assay.proofs.quorums.analyses.change.counted import steps_between
from assay.proofs.quorums.analyses.change.crossing import cross
from assay.proofs.quorums.analyses.change.majorities import majority_steps
from assay.proofs.quorums.analyses.change.seats import between, describe, has_every_weight, seats_of_both, system_of
from assay.proofs.quorums.analyses.change.steps import Parts, SearchResult, Step, search
from assay.proofs.quorums.analyses.resilience.tolerance import tolerance
from assay.proofs.quorums.analyses.units import units_of_nodes
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.library.composed import joint
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, Safety, verify
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumSystem

__all__ = ["Change", "Step", "assess_change"]

LONGEST_SEARCH = 15.0
LONGEST_TOLERANCE = 1.0
"""Seconds for the search for safe steps, and for the tolerance of each configuration on the way."""


@dataclass(frozen=True)
class Change:
    """What is known about a change from one configuration to another.

    Parameters
    ----------
    crossing_system : QuorumSystem
        Old and new together, as `cross` returns it.
    crossing : Safety
        Of the old against the new one, in one step: its splits name an old quorum and a new one.
    search : SearchResult or None
        If one step is not safe: the result of the search for a sequence of safe steps. None if systems of this kind
        are not searched, or no sequence can help.
    joint : QuorumSystem or None
        If one step is not safe: the configuration that asks for quorums of both, if it is safe to enter and to leave.
    rule : Reconfiguration
        The system's own rule for changes.
    moving : tuple of str
        The voters that join or leave.
    """

    crossing_system: QuorumSystem
    crossing: Safety
    search: SearchResult | None = None
    joint: QuorumSystem | None = None
    rule: Reconfiguration = field(default_factory=Reconfiguration)
    moving: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """A sequence of safe steps, the last one being the new configuration; empty if none is known."""
        return self.search.steps if self.search is not None else ()

    @property
    def condition(self) -> Condition:
        """Whether one step is safe: always, where the old configuration agrees on the new one first."""
        return Condition.SAFE if self.rule.mode is ReconfigurationMode.CHAINED else self.crossing.condition

    @property
    def needs_repair(self) -> bool:
        """Whether nothing but a repair helps: data stays where it is, so the last step would have to meet the first."""
        return self.rule.stays and self.crossing.condition is Condition.SPLIT

    @property
    def is_refused(self) -> bool:
        """Whether the system itself refuses to make the change in one step."""
        return self.rule.mode is ReconfigurationMode.SINGLE and len(self.moving) > 1


def assess_change(
    old: QuorumSystem,
    new: QuorumSystem,
    deadline: Deadline,
    *,
    written: tuple[Configuration, Configuration] | None = None,
    unknown: UnknownNodes = UnknownNodes.ABSENT,
) -> Change:
    """Check a change in one step and, if that is not safe, look for a way that is.

    Parameters
    ----------
    old, new : QuorumSystem
        Resolved.
    deadline : Deadline
    written : pair of Configuration, optional
        The two as they were written: their weights are those that an operator knows, and their format has a rule
        for changes.
    unknown : UnknownNodes
        How the two were resolved.

    Notes
    -----
    Between majorities of voters, only the numbers of those that have joined and left matter, and several may move at
    once: a search over these two numbers finds a shortest sequence. Between counted quorums, and between majorities
    of weights and groups, one member changes at a time. The joint configuration works for any system. None of this
    helps where data stays where it was written: there every later configuration must meet every earlier one.
    """
    before, after = written or (Configuration("", (), old), Configuration("", (), new))
    rule = before.reconfiguration
    both = (rule.crossing or cross)(old, new)
    crossing = verify(both, deadline)
    voters = [set(one.voters or one.system.nodes) for one in (before, after)]
    change = Change(both, crossing, rule=rule, moving=tuple(sorted(voters[0] ^ voters[1])))
    is_fine = crossing.condition is not Condition.SPLIT and not change.is_refused
    if rule.mode is ReconfigurationMode.CHAINED or is_fine or change.needs_repair:
        return change
    change = replace(change, search=_search(old, new, (before, after), unknown, deadline))
    if crossing.condition is not Condition.SPLIT:
        return change
    return replace(change, joint=_safe_joint(old, new, deadline))


def _search(
    old: QuorumSystem,
    new: QuorumSystem,
    written: tuple[Configuration, Configuration],
    unknown: UnknownNodes,
    deadline: Deadline,
) -> SearchResult | None:
    """Return the result of a search for safe steps, each of which is verified once more."""
    single = written[0].reconfiguration.mode is ReconfigurationMode.SINGLE
    limit = deadline.within(LONGEST_SEARCH)
    found = _role_steps(written, unknown, limit)
    if found is None:
        found = majority_steps(old, new, single=single) or steps_between(old, new, limit)
    if found is None:
        found = _seat_steps(written, unknown, limit)
    if found is None or not found.steps:
        return found
    # The searches above count; `verify` proves. Steps are advice to an operator, so each must pass both.
    stations = [old, *(step.system for step in found.steps)]
    verdicts = [_is_safe(before, after, deadline) for before, after in pairwise(stations)]
    if False in verdicts:
        raise InternalError("a step that was found safe by counting is not")
    # A step that was not confirmed in time is not given as advice, although counting found it safe.
    if None in verdicts:
        return SearchResult(tried=found.tried)
    return replace(found, steps=tuple(_with_tolerance(step, deadline) for step in found.steps))


def _with_tolerance(step: Step, deadline: Deadline) -> Step:
    found = tolerance(step.system, units_of_nodes(step.system), deadline.within(LONGEST_TOLERANCE))
    return replace(step, survives=found.at_least)


def _role_steps(
    written: tuple[Configuration, Configuration], unknown: UnknownNodes, deadline: Deadline
) -> SearchResult | None:
    """Search the configurations that the format itself builds from the roles of its members."""
    old, new = written
    make = new.built_from
    if make is None:
        return None

    def build(parts: Parts) -> QuorumSystem | None:
        system = make(parts)
        return None if system is None else resolve(system, unknown)

    def is_safe(before: QuorumSystem, after: QuorumSystem) -> bool | None:
        return _is_safe(before, after, deadline)

    def describe(name: str, was: Hashable, becomes: Hashable) -> str:
        if was is None:
            return f"add {name}"
        return f"remove {name}" if becomes is None else f"change the role of {name}"

    return search(old.roles, new.roles, build, is_safe, deadline, between=lambda _, __: (), describe=describe)


def _seat_steps(
    written: tuple[Configuration, Configuration], unknown: UnknownNodes, deadline: Deadline
) -> SearchResult | None:
    """Search the configurations between two majorities of weights or groups, one member's seat at a time."""
    model = written[1].system
    if (seats := seats_of_both(written[0].system, model)) is None:
        return None

    def build(parts: Parts) -> QuorumSystem | None:
        system = system_of(parts, model)
        return None if system is None else resolve(system, unknown)

    def is_safe(before: QuorumSystem, after: QuorumSystem) -> bool | None:
        return _is_safe(before, after, deadline)

    found = search(*seats, build, is_safe, deadline, between=between, describe=describe)
    # Where weights on the way are left out, a sequence through one of them was not tried.
    return found if has_every_weight(*seats) else replace(found, is_exhaustive=False)


def _is_safe(before: QuorumSystem, after: QuorumSystem, deadline: Deadline) -> bool | None:
    """Tell whether the second system is safe and may follow the first; None if that was not decided."""
    for system in (cross(before, after), after):
        condition = verify(system, deadline).condition
        if condition is not Condition.SAFE:
            return None if condition is Condition.UNKNOWN else False
    return True


def _safe_joint(old: QuorumSystem, new: QuorumSystem, deadline: Deadline) -> QuorumSystem | None:
    """Return the joint configuration if it exists, is safe itself, and is safe to enter and to leave."""
    try:
        both = joint(old, new)
        both = replace(both, classes={name: _simplified(kind) for name, kind in both.classes.items()})
    except AssayError:
        return None
    sides = (verify(cross(old, both), deadline), verify(cross(both, new), deadline), verify(both, deadline))
    return both if all(side.condition is Condition.SAFE for side in sides) else None


def _simplified(kind: QuorumClass) -> QuorumClass:
    if isinstance(kind, Federation):
        return Federation({node: simplify(tree) for node, tree in kind.trees.items()})
    return simplify(kind)
