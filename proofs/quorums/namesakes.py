"""Match the members of two configurations by what identifies them to their system, not by name.

Servers 1, 2 and 3 on three machines and servers 1, 2 and 3 on three others are different ensembles, and an etcd member
that was renamed is still the same member. Each format says what identifies its members; here they are matched, and
members that share a name get different ones.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumSystem, class_names
from assay.proofs.quorums.trees import Node, substitute

__all__ = ["assigned", "matched", "renamed"]

Members = Mapping[str, Identity | None]
"""The members of one configuration by name, and what identifies each; None if the configuration does not say."""


@dataclass(eq=False)
class _Member:
    """A member of one or more configurations. Compared by identity: two members may have equal marks."""

    name: str
    identity: Identity | None

    def is_same(self, name: str, identity: Identity | None) -> bool:
        known = None if identity is None or self.identity is None else self.identity.is_same(identity)
        return self.name == name if known is None else known


def assigned(sides: Sequence[Members]) -> list[dict[str, str]]:
    """Return for each configuration new names of its members, equal if and only if the members are the same.

    A member keeps its name unless another has it too; then what identifies it is added. O(names of all sides), if few
    members share a name.
    """
    registry = _Registry()
    found = [registry.members_of(side) for side in sides]
    names = _unique_names(registry.members)
    return [{name: names[member] for name, member in side.items()} for side in found]


@dataclass
class _Registry:
    """The members of the configurations seen so far; ``index`` finds them by name and by each of their marks."""

    members: list[_Member] = field(default_factory=list)
    index: dict[Hashable, list[_Member]] = field(default_factory=dict)

    def members_of(self, side: Members) -> dict[str, _Member]:
        """Find or add the members of one configuration, in which different names are different members."""
        taken: dict[str, _Member] = {}
        for name, identity in side.items():
            taken[name] = self._member(name, identity, set(taken.values()))
        return taken

    def _member(self, name: str, identity: Identity | None, taken: Collection[_Member]) -> _Member:
        keys: list[Hashable] = [("name", name), *(identity.keys if identity is not None else ())]
        candidates = (member for key in keys for member in self.index.get(key, ()))
        member = next((one for one in candidates if one not in taken and one.is_same(name, identity)), None)
        if member is None:
            member = _Member(name, identity)
            self.members.append(member)
        elif member.identity is None:
            member.identity = identity
        elif identity is not None:
            member.identity = member.identity.with_marks_of(identity)
        for key in [*keys, ("name", member.name)]:
            if member not in (held := self.index.setdefault(key, [])):
                held.append(member)
        return member


def _unique_names(members: Sequence[_Member]) -> dict[_Member, str]:
    shared: dict[str, list[_Member]] = {}
    for member in members:
        shared.setdefault(member.name, []).append(member)
    used = {name for name, group in shared.items() if len(group) == 1}
    found = {}
    for name, group in shared.items():
        for member in group:
            found[member] = name if len(group) == 1 else _free(name, member.identity, used)
            used.add(found[member])
    return found


def _free(name: str, identity: Identity | None, used: Collection[str]) -> str:
    """Return the name with what identifies the member, and a number if that is used already."""
    wanted = f"{name}@{identity.words if identity is not None else 'elsewhere'}"
    number, free = 1, wanted
    while free in used:
        number += 1
        free = f"{wanted}#{number}"
    return free


def renamed(system: QuorumSystem, names: Mapping[str, str]) -> QuorumSystem:
    """Return the system with other names for its nodes; no two may get the same name."""
    if all(old == new for old, new in names.items()):
        return system

    def of(name: str) -> str:
        return names.get(name, name)

    return replace(
        system,
        nodes=tuple(map(of, system.nodes)),
        classes={name: _class_renamed(kind, names) for name, kind in system.classes.items()},
        services={name: _class_renamed(kind, names) for name, kind in system.services.items()},
        obligations=tuple(
            replace(
                obligation,
                weights={of(node): weight for node, weight in obligation.weights.items()},
                faulty=tuple(frozenset(map(of, group)) for group in obligation.faulty),
            )
            for obligation in system.obligations
        ),
        labels={of(node): labels for node, labels in system.labels.items()},
        absent=frozenset(map(of, system.absent)),
        latency={of(node): value for node, value in system.latency.items()},
        capacity={of(node): value for node, value in system.capacity.items()},
        failure={of(node): value for node, value in system.failure.items()},
    )


def _class_renamed(kind: QuorumClass, names: Mapping[str, str]) -> QuorumClass:
    leaves = {old: Node(new) for old, new in names.items() if old != new}
    if not isinstance(kind, Federation):
        return substitute(kind, leaves)
    return Federation({names.get(node, node): substitute(tree, leaves) for node, tree in kind.trees.items()})


def matched(old: Configuration, new: Configuration) -> tuple[Configuration, Configuration]:
    """Return both configurations with the same name for the same member, and different names for different ones.

    A warning is added to the new one if names stand for other members there.
    """
    if not old.identities and not new.identities:
        return old, new
    sides = [_members(old), _members(new)]
    before, after = assigned(sides)
    reused = [name for name in sides[1] if name in before and before[name] != after[name]]
    return _renamed(old, before), _renamed(new, after, [_reused(reused, new)] if reused else [])


def _members(configuration: Configuration) -> Members:
    system = configuration.system
    names = dict.fromkeys(
        (*system.nodes, *system.absent, *(name for kind in system.classes.values() for name in class_names(kind)))
    )
    return {name: configuration.identities.get(name) for name in names}


def _renamed(
    configuration: Configuration, names: Mapping[str, str], findings: Sequence[QuorumFinding] = ()
) -> Configuration:
    return replace(
        configuration,
        system=renamed(configuration.system, names),
        findings=(*configuration.findings, *findings),
        voters=tuple(names.get(name, name) for name in configuration.voters),
        identities={names.get(name, name): identity for name, identity in configuration.identities.items()},
    )


def _reused(names: Sequence[str], new: Configuration) -> QuorumFinding:
    some = ", ".join(repr(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")
    kinds = {new.identities[name].kind for name in names if name in new.identities}
    what = f"another {kinds.pop()}" if len(kinds) == 1 else "other machines"
    message = f"{some}: the same name with {what} is another member"
    return QuorumFinding(Severity.WARNING, "other-members", message, None, "Give new members names of their own.")
