"""Match the members of two configurations by what identifies them to their system, not by name.

The servers 1, 2 and 3 on three machines and the servers 1, 2 and 3 on three others are two ensembles, whatever their
files call them; an etcd member that was renamed is the member that it was. Each format says what identifies its
members, and here names are made unique where different members share one.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.findings import Finding, Severity
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumSystem, class_names
from assay.proofs.quorums.trees import Node, substitute

__all__ = ["assigned", "renamed", "told_apart"]

Members = Mapping[str, Identity | None]
"""What one configuration calls its members, and what identifies each; None if it does not say."""


@dataclass
class _Person:
    """A member as several configurations name it."""

    name: str
    identity: Identity | None

    def is_same(self, name: str, identity: Identity | None) -> bool:
        known = None if identity is None or self.identity is None else self.identity.is_same(identity)
        return self.name == name if known is None else known


def assigned(sides: Sequence[Members]) -> list[dict[str, str]]:
    """Return, for each configuration, what to call its members, so that two have one name if they are one member.

    A member keeps its name where no other has it; otherwise what identifies it is added. O(names of all sides), if
    few members share a name.
    """
    people: list[_Person] = []
    index: dict[Hashable, list[_Person]] = {}
    found = [_people_of(side, people, index) for side in sides]
    called = _called(people)
    return [{name: called[id(person)] for name, person in side.items()} for side in found]


def _people_of(side: Members, people: list[_Person], index: dict[Hashable, list[_Person]]) -> dict[str, _Person]:
    """Find or add the members of one configuration, in which no two names are one member."""
    taken: dict[str, _Person] = {}
    ids: set[int] = set()
    for name, identity in side.items():
        person = _person(people, index, (name, identity), ids)
        ids.add(id(person))
        taken[name] = person
    return taken


def _person(
    people: list[_Person],
    index: dict[Hashable, list[_Person]],
    member: tuple[str, Identity | None],
    taken: Collection[int],
) -> _Person:
    name, identity = member
    keys: list[Hashable] = [("name", name), *(identity.keys if identity is not None else ())]
    candidates = [person for key in keys for person in index.get(key, ())]
    person = next((one for one in candidates if id(one) not in taken and one.is_same(name, identity)), None)
    if person is None:
        person = _Person(name, identity)
        people.append(person)
    elif person.identity is None:
        person.identity = identity
    elif identity is not None:
        person.identity = person.identity.with_marks_of(identity)
    for key in [*keys, ("name", person.name)]:
        if person not in (held := index.setdefault(key, [])):
            held.append(person)
    return person


def _called(people: Sequence[_Person]) -> dict[int, str]:
    shared: dict[str, list[_Person]] = {}
    for person in people:
        shared.setdefault(person.name, []).append(person)
    used = {name for name, group in shared.items() if len(group) == 1}
    called = {}
    for name, group in shared.items():
        for person in group:
            called[id(person)] = name if len(group) == 1 else _free(name, person.identity, used)
            used.add(called[id(person)])
    return called


def _free(name: str, identity: Identity | None, used: Iterable[str]) -> str:
    wanted = f"{name}@{identity.words if identity is not None else 'elsewhere'}"
    number, free = 1, wanted
    while free in used:
        number += 1
        free = f"{wanted}#{number}"
    return free


def renamed(system: QuorumSystem, names: Mapping[str, str]) -> QuorumSystem:
    """Return the system with its nodes called otherwise; no two may get one name."""
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
                duty,
                weights={of(node): weight for node, weight in duty.weights.items()},
                faulty=tuple(frozenset(map(of, group)) for group in duty.faulty),
            )
            for duty in system.obligations
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


def told_apart(old: Configuration, new: Configuration) -> tuple[Configuration, Configuration]:
    """Return both configurations with each member called alike in both, and no two members by one name.

    A warning of the new one tells which names stand for other members than before.
    """
    if not old.identities and not new.identities:
        return old, new
    sides = [_members(old), _members(new)]
    before, after = assigned(sides)
    moved = [name for name in sides[1] if name in before and before[name] != after[name]]
    return _renamed(old, before), _renamed(new, after, [_moved(moved, new)] if moved else [])


def _members(configuration: Configuration) -> Members:
    system = configuration.system
    names = dict.fromkeys(
        (*system.nodes, *system.absent, *(name for kind in system.classes.values() for name in class_names(kind)))
    )
    return {name: configuration.identities.get(name) for name in names}


def _renamed(configuration: Configuration, names: Mapping[str, str], findings: Sequence[Finding] = ()) -> Configuration:
    return replace(
        configuration,
        system=renamed(configuration.system, names),
        findings=(*configuration.findings, *findings),
        voters=tuple(names.get(name, name) for name in configuration.voters),
        identities={names.get(name, name): identity for name, identity in configuration.identities.items()},
    )


def _moved(names: Sequence[str], new: Configuration) -> Finding:
    some = ", ".join(repr(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")
    kinds = {new.identities[name].kind for name in names if name in new.identities}
    what = f"another {kinds.pop()}" if len(kinds) == 1 else "other machines"
    message = f"{some}: the same name with {what} is another member"
    return Finding(Severity.WARNING, "other-members", message, None, "Give new members names of their own.")
