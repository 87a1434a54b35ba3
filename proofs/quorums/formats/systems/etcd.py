"""etcd: the list of members, and `initial-cluster`.

Rule. A quorum is more than half of the voting members; learners never vote. A member that was added but has not started
yet counts as well, so adding a member before removing another one first makes quorums larger.

The input is the output of `etcdctl member list` (JSON, the table or the simple lines, with or without `--hex`), or the
settings that a member is started with: flags, `ETCD_` variables and the configuration file, in unit files, scripts,
environment files and manifests. A name may occur in `initial-cluster` several times, each time with another URL. A
member that is started without `initial-cluster` and without discovery is a cluster of its own. etcd identifies a member
by its ID, which is computed at the start from its URLs and the token of the cluster: the same names with other URLs are
another cluster.

The state of members in its Raft library is accepted as well: a `ConfState` in JSON, with `voters`, `learners` and,
during a change by joint consensus, `voters_outgoing` and `learners_next`. A quorum is then more than half of each of
the two sets of voters. etcd itself changes one voter at a time and is never in that state; other users of the library,
such as TiKV, are.

Source: etcd documentation, *Clustering Guide*, *Configuration options* and *Runtime reconfiguration*;
`raft/quorum/majority.go` and `joint.go`; `raft/raftpb/raft.proto`; `NewURLsMap` in `client/pkg/types/urlsmap.go`;
`NewMember` in `server/etcdserver/api/membership/member.go`; `ClusterConfig` in `server/embed/config.go`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.deployments.helm import asks_for, is_of_values, servers_of_values
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, View, distinct, drifted, majority_of, warning
from assay.proofs.quorums.formats.systems.etcd_members import (
    Listed,
    host_of,
    is_member_list,
    members_of_json,
    members_of_table,
)
from assay.proofs.quorums.formats.systems.etcd_start import Start, start_of, starts_etcd
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree, all_of

__all__ = ["FORMAT"]

_RULE = "more than half of the voting members"
_SOURCE = "etcd, raft/quorum/majority.go"
_CHANGES = Reconfiguration(
    ReconfigurationMode.SINGLE,
    "etcd adds, promotes or removes one voting member at a time",
    "etcd documentation, Runtime reconfiguration",
)
_OBLIGATION = QuorumObligation(("quorum", "quorum"), words="one leader per term, and no commit is lost", source=_SOURCE)
_STATE = re.compile(r'"voters"\s*:\s*\[\s*["\d\]-]')
_LISTED = re.compile(r'"peerURLs"\s*:|"clientURLs"\s*:')


def _recognise(source: Source) -> bool:
    if looks_like_json(source):
        patterns = (_STATE, _LISTED)
        return any(pattern.search(source.text) for pattern in patterns) or starts_etcd(source)
    return is_member_list(source) or starts_etcd(source) or asks_for(source, "etcd")


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    if looks_like_json(source) and "voters" in (document := parse_json(source)) and "members" not in document:
        return _conf_state(source, document)
    cluster = _cluster(source)
    if not cluster.voters:
        help = "Give the list of a running cluster."
        raise InputError("there is no voting member", location=source.line(1), help=help)
    nodes = tuple(member.name for member in cluster.voters)
    learners = len(cluster.learners)
    name = f"etcd cluster of {len(nodes)}" + (f" and {learners} learners" if learners else "")
    system = QuorumSystem(name, nodes, {"quorum": cluster.tree}, (_OBLIGATION,), cluster.labels)
    return _configuration((source.name,), system, cluster.findings, cluster.identities)


def _conf_state(source: Source, document: Element) -> Configuration:
    document.only("voters", "learners", "voters_outgoing", "learners_next", "auto_leave")
    incoming, outgoing = _numbered(document, "voters"), _numbered(document, "voters_outgoing")
    learners, demoted = _numbered(document, "learners"), _numbered(document, "learners_next")
    if not incoming:
        raise document.need("voters").wrong("there is no voter", "Give the state of a group that runs.")
    for member in learners:
        if member.name in {voter.name for voter in (*incoming, *outgoing)}:
            help = "A voter that is to become a learner is in learners_next until the change is over."
            raise InputError(f"{member.name} is a voter and a learner", location=member.location, help=help)
    for member in demoted:
        if member.name not in {voter.name for voter in outgoing}:
            help = "Only members of voters_outgoing can be there."
            raise InputError(f"{member.name} in learners_next is not a voter", location=member.location, help=help)
    sides = [majority_of(side, side[0].location) for side in (incoming, outgoing) if side]
    tree = all_of(sides, origin=document.location) if len(sides) > 1 else sides[0]
    nodes = tuple(dict.fromkeys(member.name for member in (*incoming, *outgoing)))
    joint = f", joint with the {len(outgoing)} before" if outgoing else ""
    system = QuorumSystem(f"Raft group of {len(incoming)}{joint}", nodes, {"quorum": tree}, (_OBLIGATION,))
    return replace(_configuration((source.name,), system, [], {}), is_joint=bool(outgoing))


def _numbered(document: Element, key: str) -> tuple[Member, ...]:
    listed = document.get(key)
    if listed is None:
        return ()
    return distinct(Member(str(e.decimal(0, 2**64 - 1)), e.location) for e in listed.items())


def _configuration(
    files: tuple[str, ...], system: QuorumSystem, findings: Sequence[QuorumFinding], identities: Mapping[str, Identity]
) -> Configuration:
    return Configuration("etcd", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES, identities=identities)


@dataclass(frozen=True)
class _Cluster:
    """The members that one file names, and the one whose file it is, if known."""

    voters: tuple[Member, ...]
    learners: tuple[Member, ...]
    findings: tuple[QuorumFinding, ...]
    identities: Mapping[str, Identity]
    labels: Mapping[str, Mapping[str, str]]
    owner: str | None = None

    @property
    def tree(self) -> Tree:
        return majority_of(self.voters, self.voters[0].location)


def _cluster(source: Source) -> _Cluster:
    if looks_like_json(source) and (_LISTED.search(source.text) or not starts_etcd(source)):
        return _of_list(members_of_json(source))
    if is_member_list(source):
        return _of_list(members_of_table(source))
    if is_of_values(source) and not starts_etcd(source):
        return _Cluster(distinct(servers_of_values(source, "etcd")), (), (), {}, {})
    return _of_start(start_of(source))


def _of_list(listed: Sequence[Listed]) -> _Cluster:
    members = [(_member(one), one) for one in listed]
    distinct(member for member, _ in members)
    return _Cluster(
        tuple(member for member, one in members if not one.is_learner),
        tuple(member for member, one in members if one.is_learner),
        tuple(finding for member, one in members for finding in _unstarted(member, one)),
        {member.name: one.identity for member, one in members},
        {member.name: {"host": host} for member, one in members if (host := host_of(one.urls))},
    )


def _of_start(start: Start) -> _Cluster:
    return _Cluster(
        distinct(Member(peer.name, peer.location) for peer in start.peers),
        (),
        start.findings,
        {peer.name: identity for peer in start.peers if (identity := start.identity(peer)) is not None},
        {peer.name: {"host": host} for peer in start.peers if (host := host_of(peer.urls))},
        start.name,
    )


def _member(one: Listed) -> Member:
    return Member(one.name or f"{one.number:x}", one.location)


def _unstarted(member: Member, one: Listed) -> list[QuorumFinding]:
    if one.name or one.is_learner:
        return []
    return [
        warning(
            "member-not-started",
            f"member {member.name} has no name, so it has never started, but it counts for quorums",
            one.location,
            "Start it, or remove it before anything else fails.",
        )
    ]


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    clusters = [(file, _cluster(file.source)) for file in files]
    views = [_view(file, cluster) for file, cluster in clusters]
    drift = drifted(views, f"etcd members with {len(views)} files", _OBLIGATION)
    findings = [*drift.findings, *(f for _, cluster in clusters for f in cluster.findings)]
    return _configuration(tuple(file.source.name for file in files), drift.system, findings, drift.identities)


def _view(file: NodeFile, cluster: _Cluster) -> View:
    node = cluster.owner or file.stem
    if all(member.name != node for member in cluster.voters):
        raise InputError(
            f"this is the file of {shown(node)}, which is not one of the voting members in it",
            location=file.source.line(1),
            help="Set the name of the member in the file, or name the file after it.",
        )
    place = file.source.line(1)
    return View(node, cluster.tree, True, place, labels=cluster.labels, identities=cluster.identities)


FORMAT = Format("etcd", "etcd member list and initial-cluster", _recognise, _parse, _together)
