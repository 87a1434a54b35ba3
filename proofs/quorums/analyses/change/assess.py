"""Is a change safe? Quorums of the old configuration must meet those of the new one while both are in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assay.checker.errors import AssayError, EngineFault, UsageError
from assay.proofs.quorums.analyses.change.counted import steps_between
from assay.proofs.quorums.analyses.change.seats import between, has_every_weight, seats_of_both, system_of, tell
from assay.proofs.quorums.analyses.change.steps import Found, Parts, Step, search
from assay.proofs.quorums.analyses.resilience.tolerance import tolerance
from assay.proofs.quorums.analyses.units import units_of_nodes
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, Way
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.library.composed import joint
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, Safety, verify
from assay.proofs.quorums.systems import Federation, Obligation, QuorumClass, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, majority

__all__ = ["Change", "Step", "assess_change", "cross"]

OLD, NEW = "old ", "new "
MOST_STATES = 2_500

LONGEST_SEARCH = 15.0
LONGEST_TOLERANCE = 1.0
"""Seconds for the search for safe steps, and to find what each station survives."""


@dataclass(frozen=True)
class Change:
    """What is known about a change from one configuration to another.

    Parameters
    ----------
    crossing_system : QuorumSystem
        Old and new together, as `cross` returns it.
    crossing : Safety
        Of the old against the new one, in one step: its splits name an old quorum and a new one.
    sought : Found or None
        If one step is not safe: what a search for a sequence of safe steps came to. None if none is sought
        between systems of this kind.
    rule : Reconfiguration
        The system's own rule for changes.
    moving : tuple of str
        The voters that join or leave.
    joint : QuorumSystem or None
        If one step is not safe: the configuration that asks for quorums of both, if it is safe on either side.
    """

    crossing_system: QuorumSystem
    crossing: Safety
    sought: Found | None = None
    joint: QuorumSystem | None = None
    rule: Reconfiguration = field(default_factory=Reconfiguration)
    moving: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """A shortest sequence of safe steps, the last one being the new configuration; empty if none is known."""
        return self.sought.steps if self.sought is not None else ()

    @property
    def condition(self) -> Condition:
        """Whether one step is safe: always, where the old configuration agrees on the new one first."""
        return Condition.SAFE if self.rule.way is Way.CHAINED else self.crossing.condition

    @property
    def is_refused(self) -> bool:
        """Whether the system itself refuses to make the change in one step."""
        return self.rule.way is Way.SINGLE and len(self.moving) > 1


def cross(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the system whose obligations are between the old configuration and the new one.

    Every obligation between two classes becomes two: the first class of the old configuration with the second
    of the new one, and the other way round. Of three classes, each choice that mixes old and new.

    Raises
    ------
    UsageError
        If a class is in one configuration only: then they are not of one kind.
    """
    if set(old.classes) != set(new.classes):
        raise UsageError(
            f"the classes of quorums differ: {', '.join(old.classes)} before, {', '.join(new.classes)} after",
            help="A change can be checked between configurations of one kind.",
        )
    classes: dict[str, QuorumClass] = {OLD + name: kind for name, kind in old.classes.items()}
    classes.update({NEW + name: kind for name, kind in new.classes.items()})
    duties = dict.fromkeys(mixed for duty in _distinct((*old.obligations, *new.obligations)) for mixed in _mixed(duty))
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    stay = {node: {**new.labels.get(node, {}), **old.labels.get(node, {})} for node in nodes}
    obligations = tuple(_unkeyed(duties))
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, obligations, labels=stay)


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
    Between majorities of voters only how many have joined and left matters, and several may at once: a search
    over these two numbers finds a shortest sequence. Between counted quorums, and majorities of weights and
    groups, one member changes at a time. The joint configuration works for any system.
    """
    before, after = written or (Configuration("", (), old), Configuration("", (), new))
    rule = before.reconfiguration
    both = (rule.crossing or cross)(old, new)
    crossing = verify(both, deadline)
    voters = [set(one.voters or one.system.nodes) for one in (before, after)]
    change = Change(both, crossing, rule=rule, moving=tuple(sorted(voters[0] ^ voters[1])))
    if rule.way is Way.CHAINED or (crossing.condition is not Condition.SPLIT and not change.is_refused):
        return change
    change = replace(change, sought=_sought(old, new, (before, after), unknown, deadline.within(LONGEST_SEARCH)))
    if crossing.condition is not Condition.SPLIT:
        return change
    return replace(change, joint=_safe_joint(old, new, deadline))


def _sought(
    old: QuorumSystem,
    new: QuorumSystem,
    written: tuple[Configuration, Configuration],
    unknown: UnknownNodes,
    deadline: Deadline,
) -> Found | None:
    """Return what a search for safe steps came to; every step of a sequence is verified once more."""
    single = written[0].reconfiguration.way is Way.SINGLE
    found = _role_steps(written, unknown, deadline)
    if found is None:
        found = _majority_steps(old, new, single=single) or steps_between(old, new, deadline)
    if found is None:
        found = _seat_steps(written, unknown, deadline)
    if found is None or not found.steps:
        return found
    stations = [old, *(step.system for step in found.steps)]
    if not all(_is_safe(before, after, Deadline()) for before, after in pairwise(stations)):
        raise EngineFault("a step that was found safe by counting is not")
    return replace(found, steps=tuple(_with_tolerance(step) for step in found.steps))


def _with_tolerance(step: Step) -> Step:
    found = tolerance(step.system, units_of_nodes(step.system), Deadline.after(LONGEST_TOLERANCE))
    return replace(step, survives=found.at_least)


def _role_steps(
    written: tuple[Configuration, Configuration], unknown: UnknownNodes, deadline: Deadline
) -> Found | None:
    """Search the configurations that the format itself makes of roles of old and new."""
    old, new = written
    make = new.built_from
    if make is None:
        return None

    def build(parts: Parts) -> QuorumSystem | None:
        system = make(parts)
        return None if system is None else resolve(system, unknown)

    def is_safe(before: QuorumSystem, after: QuorumSystem) -> bool | None:
        return _is_safe(before, after, deadline)

    def told(name: str, was: Hashable, is_: Hashable) -> str:
        return f"add {name}" if was is None else f"remove {name}" if is_ is None else f"change the role of {name}"

    return search(old.roles, new.roles, build, is_safe, deadline, between=lambda _, __: (), tell=told)


def _seat_steps(
    written: tuple[Configuration, Configuration], unknown: UnknownNodes, deadline: Deadline
) -> Found | None:
    model = written[1].system
    if (seats := seats_of_both(written[0].system, model)) is None:
        return None

    def build(parts: Parts) -> QuorumSystem | None:
        system = system_of(parts, model)
        return None if system is None else resolve(system, unknown)

    def is_safe(before: QuorumSystem, after: QuorumSystem) -> bool | None:
        return _is_safe(before, after, deadline)

    found = search(*seats, build, is_safe, deadline, between=between, tell=tell)
    return found if has_every_weight(*seats) else replace(found, is_exhaustive=False)


def _is_safe(before: QuorumSystem, after: QuorumSystem, deadline: Deadline) -> bool | None:
    """Tell whether the second system is safe, and may follow the first; None if that was not decided."""
    for system in (cross(before, after), after):
        condition = verify(system, deadline).condition
        if condition is not Condition.SAFE:
            return None if condition is Condition.UNKNOWN else False
    return True


Keyed = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...], tuple[frozenset[str], ...], str, str, int]


def _mixed(duty: Obligation) -> Iterator[Keyed]:
    """Yield the obligation with each choice of old and new classes that has both, in a hashable form."""
    for choice in range(1, 2 ** len(duty.classes) - 1):
        names = tuple((NEW if choice >> place & 1 else OLD) + name for place, name in enumerate(duty.classes))
        ordered = tuple(sorted(names, reverse=True)) if len(set(duty.classes)) == 1 else names
        yield ordered, duty.need, tuple(duty.weights.items()), duty.faulty, duty.words, duty.source, duty.margin


def _distinct(duties: tuple[Obligation, ...]) -> list[Obligation]:
    """Leave out repetitions, but keep both where the two configurations demand different things."""
    return [duty for place, duty in enumerate(duties) if duty not in duties[:place]]


def _unkeyed(duties: Iterable[Keyed]) -> Iterator[Obligation]:
    for classes, need, weights, faulty, words, source, margin in duties:
        yield Obligation(classes, need, dict(weights), faulty, words, source, margin)


def _safe_joint(old: QuorumSystem, new: QuorumSystem, deadline: Deadline) -> QuorumSystem | None:
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


def _majority_steps(old: QuorumSystem, new: QuorumSystem, *, single: bool) -> Found | None:
    before, after = _voters(old), _voters(new)
    if before is None or after is None:
        return None
    leaving = tuple(node for node in before if node not in set(after))
    joining = tuple(node for node in after if node not in set(before))
    if (len(joining) + 1) * (len(leaving) + 1) > MOST_STATES:
        return Found()
    most = 1 if single else len(before) + len(after)
    path = _shortest(len(before) - len(leaving), len(joining), len(leaving), most)
    steps = []
    for (joined, left), (joined_next, left_next) in pairwise(path):
        voters = [node for node in before if node not in leaving[:left_next]]
        voters += joining[:joined_next]
        added, removed = joining[joined:joined_next], leaving[left:left_next]
        changes = [f"add {', '.join(added)}"] if added else []
        changes += [f"remove {', '.join(removed)}"] if removed else []
        steps.append(Step(_system_of(new, tuple(voters)), added, removed, tuple(changes)))
    return Found(tuple(steps), is_exhaustive=True, tried=(len(joining) + 1) * (len(leaving) + 1))


def _voters(system: QuorumSystem) -> tuple[str, ...] | None:
    """Return the voters, if the system has one class, a plain majority of them, and one plain obligation."""
    if len(system.classes) != 1 or any(duty.need != 1 or duty.weights for duty in system.obligations):
        return None
    (kind,) = system.classes.values()
    return None if isinstance(kind, Federation) else _majority_of(kind)


def _majority_of(tree: Tree) -> tuple[str, ...] | None:
    if isinstance(tree, Node):
        return (tree.name,)
    voters = tuple(part.name for _, part in tree.parts if isinstance(part, Node))
    if not voters or len(voters) < len(tree.parts):
        return None
    return voters if simplify(majority(voters)) == tree else None


def _system_of(model: QuorumSystem, voters: tuple[str, ...]) -> QuorumSystem:
    (name,) = model.classes
    kind = simplify(majority(voters))
    return replace(model, name=f"majority of {len(voters)}", nodes=voters, classes={name: kind}, labels={}, services={})


def _shortest(staying: int, joining: int, leaving: int, most: int) -> list[tuple[int, int]]:
    """Return a shortest path of safe steps over (how many joined, how many left); empty if there is none.

    No step changes more than ``most`` voters.

    Majorities of two sets of voters meet unless the voters of either side can be won apart: with ``c`` common
    voters, the old side needs ``a`` of them beyond those that left, the new side ``b``, and ``a + b <= c``.
    """
    goal = (joining, leaving)
    came_from: dict[tuple[int, int], tuple[int, int] | None] = {(0, 0): None}
    queue = deque([(0, 0)])
    while queue:
        state = queue.popleft()
        if state == goal:
            break
        for following in _targets(state, joining, leaving):
            few = sum(following) - sum(state) <= most
            if few and following not in came_from and _meet(staying, leaving, state, following):
                came_from[following] = state
                queue.append(following)
    path: list[tuple[int, int]] = []
    place: tuple[int, int] | None = goal if goal in came_from else None
    while place is not None:
        path.append(place)
        place = came_from[place]
    return path[::-1]


def _targets(state: tuple[int, int], joining: int, leaving: int) -> Iterator[tuple[int, int]]:
    joined, left = state
    for more in range(joining - joined, -1, -1):
        for fewer in range(leaving - left, -1, -1):
            if more or fewer:
                yield joined + more, left + fewer


def _meet(staying: int, leaving: int, old: tuple[int, int], new: tuple[int, int]) -> bool:
    common = staying + old[0] + leaving - new[1]
    old_size, new_size = staying + old[0] + leaving - old[1], staying + new[0] + leaving - new[1]
    if not new_size:
        return False
    wanted_by_old = max(0, old_size // 2 + 1 - (old_size - common))
    wanted_by_new = max(0, new_size // 2 + 1 - (new_size - common))
    return wanted_by_old + wanted_by_new > common
