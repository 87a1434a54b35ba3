"""MongoDB replica sets: the document that `rs.conf()` prints, and a write concern.

Rule. A primary is elected by more than half of the voting members, and is itself a member with data and a priority
above 0. A write is acknowledged by its primary and by further members according to the write concern:

- `majority`: as many voters with data as are a majority of the voters, or all of them if they are fewer;
- a number `w`: any `w` members with data, *also those without a vote*;
- a name: the mode of `settings.getLastErrorModes`, members with the given number of different values of each tag.

Every elected primary must have every acknowledged write, so writes and elections must have a member with data in
common, and two elections a member that votes. If the document states a default write concern (`getLastErrorDefaults`),
that one applies. Otherwise it is the default since MongoDB 5.0: `majority`, unless there are arbiters and the voters
with data are not more than the majority, in which case it is `w: 1`. Before 5.0, where documents with `slaveDelay` come
from, it is `w: 1`; since then (`secondaryDelaySecs`) `getLastErrorDefaults` is still printed as `w: 1` but is no longer
used.

`replSetReconfig` changes the vote of at most one member at a time (since 4.4, unless it is forced), so that any
majority of one configuration meets any of the next.

The input is JSON, extended JSON, the output of the shells (unquoted keys, `Long('0')`, `ObjectId('...')`), also after a
prompt, or scripts with `rs.initiate`, `rs.reconfig`, `rs.add`, `rs.addArb` and `rs.remove`.

Source: MongoDB manual, *Replica Set Configuration*, *Write Concern*, *Implicit Default Write Concern*,
*replSetReconfig*; *Release Notes for MongoDB 5.0*; `repl_set_config.cpp` (`_calculateMajorities`),
`member_config.cpp`, `repl_set_config_checks.cpp`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import Member, count, majority_of, note, warning
from assay.proofs.quorums.formats.systems.mongodb_members import (
    MOST_MEMBERS,
    Peer,
    ReplicaSet,
    Version,
    demand_electable,
    replica_set_of,
)
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.mongo_shell import has_replica_set
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Threshold, Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "every primary that can be elected has every acknowledged write, and no two can be elected at once"
_SOURCE = "MongoDB, repl_set_config.cpp; manual, Write Concern"
_CHANGES = Reconfiguration(
    ReconfigurationMode.SINGLE,
    "replSetReconfig adds or removes at most one voting member at a time, unless it is forced",
    "MongoDB manual, replSetReconfig (since 4.4)",
)


@dataclass(frozen=True)
class _Role:
    """The role of a member: everything about it that quorums depend on."""

    votes: bool
    electable: bool
    arbiter: bool
    delayed: bool
    tags: tuple[tuple[str, str], ...]


def _roles(replica_set: ReplicaSet) -> dict[str, _Role]:
    return {
        peer.member.name: _Role(
            peer.votes, peer.electable, peer.arbiter, peer.delayed, tuple(sorted(peer.tags.items()))
        )
        for peer in replica_set.peers
    }


def _with_roles(replica_set: ReplicaSet, given: str | None, roles: Mapping[str, Hashable]) -> QuorumSystem | None:
    """Return the system of the replica set with other members; None if MongoDB would refuse it."""
    element = replica_set.document
    peers = tuple(
        Peer(Member(host, element.location), r.votes, r.electable, r.arbiter, r.delayed, dict(r.tags), element)
        for host, r in roles.items()
        if isinstance(r, _Role)
    )
    other = ReplicaSet(replica_set.name, peers, element, replica_set.version)
    try:
        demand_electable(other)
        return _system(other, given or other.implicit_concern, element)
    except InputError:
        return None


def _recognise(source: Source) -> bool:
    return has_replica_set(source)


def _parse(source: Source, settings: Settings) -> Configuration:
    replica_set = replica_set_of(source)
    concern, place = _concern(replica_set, settings)
    given = concern if _is_given(replica_set, settings) else None
    findings = tuple(_findings(replica_set, concern, "write-concern" in settings))
    return Configuration(
        "mongodb",
        (source.name,),
        _system(replica_set, concern, place),
        findings,
        _RULE,
        _SOURCE,
        _CHANGES,
        voters=tuple(peer.member.name for peer in replica_set.voters),
        roles=_roles(replica_set),
        built_from=partial(_with_roles, replica_set, given),
    )


def _system(replica_set: ReplicaSet, concern: str, place: Element) -> QuorumSystem:
    write = all_of([_acknowledged(replica_set, concern, place), _a_primary(replica_set)], origin=place.location)
    voters = [peer.member for peer in replica_set.voters]
    election = all_of([majority_of(voters, place.location), _a_primary(replica_set)], origin=place.location)
    return QuorumSystem(
        f"replica set {replica_set.name} of {len(replica_set.peers)}, w: {concern}",
        tuple(peer.member.name for peer in replica_set.peers),
        {"write": write, "election": election},
        (
            QuorumObligation(("write", "election"), words="every primary has every acknowledged write", source=_SOURCE),
            QuorumObligation(("election", "election"), words="no two primaries in one term", source=_SOURCE),
        ),
        {peer.member.name: {"host": _machine(peer.member.name), **peer.tags} for peer in replica_set.peers},
    )


def _machine(host: str) -> str:
    """Return the host of a member, without its port."""
    return host.rpartition(":")[0] or host


def _concern(replica_set: ReplicaSet, settings: Settings) -> tuple[str, Element]:
    """Return the write concern, and the element that gives it: the whole document for a setting or the default."""
    given = settings.get("write-concern")
    if given is not None:
        return given.value.strip(), replica_set.document
    w = _stated(replica_set)
    if w is None or _is_vestige(replica_set, w):
        return replica_set.implicit_concern, replica_set.document
    return (w.text() if isinstance(w.value, str) else str(w.whole(0, MOST_MEMBERS))), w


def _stated(replica_set: ReplicaSet) -> Element | None:
    options = replica_set.document.get("settings")
    default = options.get("getLastErrorDefaults") if options else None
    return default.get("w") if default else None


def _is_vestige(replica_set: ReplicaSet, w: Element) -> bool:
    """Tell whether the stated concern is the one that every document since 5.0 has, although it is not used."""
    return replica_set.version is Version.SINCE_5 and not isinstance(w.value, bool) and w.value == 1


def _is_given(replica_set: ReplicaSet, settings: Settings) -> bool:
    """Tell whether the write concern is given, unlike the implicit default, which changes with the members."""
    return "write-concern" in settings or _concern(replica_set, settings)[1] is not replica_set.document


def _a_primary(replica_set: ReplicaSet) -> Tree:
    return any_of(peer.member.leaf for peer in replica_set.peers if peer.electable)


def _acknowledged(replica_set: ReplicaSet, concern: str, place: Element) -> Tree:
    if concern == "majority":
        with_data = [peer.member for peer in replica_set.voters_with_data]
        return count(min(replica_set.majority, len(with_data)), with_data, place.location)
    data = [peer.member for peer in replica_set.peers if peer.bears_data]
    if re.fullmatch(r"[0-9]{1,2}", concern, re.ASCII):
        return count(max(int(concern), 1), data, place.location)
    return _mode(replica_set, concern, place)


def _mode(replica_set: ReplicaSet, concern: str, place: Element) -> Tree:
    options = replica_set.document.get("settings")
    modes = options.get("getLastErrorModes") if options else None
    mode = modes.get(concern) if modes else None
    if mode is None:
        known = ", ".join(["majority", "a number", *(modes.table() if modes else {})])
        message = f"there is no write concern {shown(concern)}"
        raise InputError(message, location=place.location, help=f"Use one of: {known}.")
    if not mode.table():
        raise mode.wrong(f"the mode {shown(concern)} names no tag", "Write it as {tag: count}.")
    return all_of([_tagged(replica_set, tag, need) for tag, need in mode.table().items()], origin=mode.location)


def _tagged(replica_set: ReplicaSet, tag: str, need: Element) -> Tree:
    values: dict[str, list[Tree]] = {}
    for peer in replica_set.peers:
        if tag in peer.tags and peer.bears_data:
            values.setdefault(peer.tags[tag], []).append(peer.member.leaf)
    least = need.whole(1, 2**31 - 1)
    if least > len(values):
        message = f"{need.name} asks for {least} values of the tag {shown(tag)}, and there are {len(values)}"
        raise need.wrong(message, "Ask for fewer, or tag more members.")
    return Threshold(least, tuple((1, any_of(members)) for members in values.values()), need.location)


def _findings(replica_set: ReplicaSet, concern: str, given: bool) -> list[QuorumFinding]:
    findings = []
    for peer in replica_set.peers:
        name, place = peer.member.name, peer.element.location
        if peer.arbiter:
            findings.append(warning("arbiter", f"the arbiter {name} votes but holds no data", place))
        if peer.delayed and peer.votes:
            message = f"the delayed member {name} counts towards the majority, and acknowledges late"
            findings.append(warning("delayed-voter", message, place, "Take its vote away."))
    if sum(peer.arbiter for peer in replica_set.peers) > 1:
        place = replica_set.document.need("members").location
        findings.append(warning("two-arbiters", "there is more than one arbiter", place, "Keep at most one."))
    w = _stated(replica_set)
    if not given and (w is None or _is_vestige(replica_set, w)):
        findings.append(_assumed(replica_set, concern))
    if w is not None and replica_set.version is Version.SINCE_5 and not _is_vestige(replica_set, w):
        message = "getLastErrorDefaults no longer sets the default write concern since MongoDB 5.0"
        findings.append(warning("unusable-default", message, w.location, "Use setDefaultRWConcern."))
    return findings


def _assumed(replica_set: ReplicaSet, concern: str) -> QuorumFinding:
    message = f"no write concern is given: w: {concern} is assumed"
    if replica_set.version is Version.BEFORE_5:
        message += ", the default before MongoDB 5.0"
        return warning("implicit-w1", message, replica_set.document.location, "Write with w: majority.")
    if replica_set.version is Version.UNKNOWN:
        message += ", the default since MongoDB 5.0"
    if concern == "1":
        message += ", the implicit default with an arbiter and too few voters with data"
        return warning("implicit-w1", message, replica_set.document.location, "Set a default write concern.")
    return note("default-write-concern", message, replica_set.document.location)


FORMAT = Format(
    "mongodb",
    "MongoDB rs.conf()",
    _recognise,
    _parse,
    settings={"write-concern": "majority, a number, or the name of a mode (default: the implicit default)"},
)
