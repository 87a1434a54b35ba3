"""etcd: the member list as JSON, and `initial-cluster`.

Rule. A quorum is more than half of the voting members; learners never vote. A member that was added and has
not started yet counts all the same: adding before removing raises the bar first.

Read are the output of `etcdctl member list -w json`, and `initial-cluster` where it is set: as the variable
`ETCD_INITIAL_CLUSTER`, as the flag `--initial-cluster`, or as the key of a configuration file. One name may
occur there several times, with another URL each time. Nothing else of such a file is interpreted.

The state that its Raft library keeps of the members is read as well: a `ConfState` in JSON, with `voters`,
`learners` and, in the middle of a change by joint consensus, `voters_outgoing` and `learners_next`. Then a quorum
is more than half of either set of voters. etcd itself changes one voter at a time, and never is in that state;
others that use the library (TiKV) are.

Source: etcd documentation, *Clustering Guide* and *Runtime reconfiguration*; `raft/quorum/majority.go` and `joint.go`;
`raft/raftpb/raft.proto`;
`NewURLsMap` in `client/pkg/types/urlsmap.go`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, Way
from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.formats.element import Element
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.members import Member, View, distinct, drifted, majority_of, warning
from assay.proofs.quorums.formats.source import Source, shown
from assay.proofs.quorums.systems import Obligation, QuorumSystem
from assay.proofs.quorums.trees import all_of

__all__ = ["FORMAT"]

_RULE = "more than half of the voting members"
_SOURCE = "etcd, raft/quorum/majority.go"
_CHANGES = Reconfiguration(
    Way.SINGLE,
    "etcd adds, promotes or removes one voting member at a time",
    "etcd documentation, Runtime reconfiguration",
)
_DUTY = Obligation(("quorum", "quorum"), words="one leader a term, and no commit is lost", source=_SOURCE)
_BEFORE = r"(?:^|[\s'\"])(?:export[ \t]+)?"
_CLUSTER = re.compile(
    _BEFORE
    + r"(?:ETCD_INITIAL_CLUSTER[ \t]*=|--initial-cluster[ \t]*[= \t]|initial-cluster[ \t]*:)"
    + r"[ \t]*[\"']?(?P<value>[^\"'\s#]*)",
    re.MULTILINE,
)
_NAME = re.compile(
    _BEFORE + r"(?:ETCD_NAME[ \t]*=|--name[ \t]*[= \t]|name[ \t]*:)" + r"[ \t]*[\"']?(?P<value>[^\"'\s#]+)",
    re.MULTILINE,
)


_STATE = re.compile(r'"voters"\s*:\s*\[\s*["\d\]-]')


def _recognise(source: Source) -> bool:
    if looks_like_json(source):
        return (
            _STATE.search(source.text) is not None
            or re.search(r'"peerURLs"\s*:|"clientURLs"\s*:', source.text) is not None
        )
    return _CLUSTER.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    if looks_like_json(source) and "voters" in (document := parse_json(source)) and "members" not in document:
        return _conf_state(source, document)
    voters, learners, findings = _members(source)
    if not voters:
        help = "Give the list of a cluster that runs."
        raise InputError("there is no voting member", location=source.line(1), help=help)
    nodes = tuple(member.name for member in voters)
    tree = majority_of(voters, voters[0].location)
    name = f"etcd cluster of {len(nodes)}" + (f" and {len(learners)} learners" if learners else "")
    system = QuorumSystem(name, nodes, {"quorum": tree}, (_DUTY,))
    return _configuration((source.name,), system, findings)


def _conf_state(source: Source, document: Element) -> Configuration:
    document.only("voters", "learners", "voters_outgoing", "learners_next", "auto_leave")
    incoming, outgoing = _numbered(document, "voters"), _numbered(document, "voters_outgoing")
    learners, demoted = _numbered(document, "learners"), _numbered(document, "learners_next")
    if not incoming:
        raise document.need("voters").wrong("there is no voter", "Give the state of a group that runs.")
    for member in learners:
        if member.name in {voter.name for voter in (*incoming, *outgoing)}:
            help = "A member that is to become a learner is in learners_next until the change is over."
            raise InputError(f"{member.name} is a voter and a learner", location=member.location, help=help)
    for member in demoted:
        if member.name not in {voter.name for voter in outgoing}:
            help = "Only who votes in voters_outgoing can be there."
            raise InputError(f"{member.name} in learners_next is no voter", location=member.location, help=help)
    sides = [majority_of(side, side[0].location) for side in (incoming, outgoing) if side]
    tree = all_of(sides, origin=document.location) if len(sides) > 1 else sides[0]
    nodes = tuple(dict.fromkeys(member.name for member in (*incoming, *outgoing)))
    joint = f", joint with the {len(outgoing)} before" if outgoing else ""
    system = QuorumSystem(f"Raft group of {len(incoming)}{joint}", nodes, {"quorum": tree}, (_DUTY,))
    return replace(_configuration((source.name,), system, []), is_joint=bool(outgoing))


def _numbered(document: Element, key: str) -> tuple[Member, ...]:
    listed = document.get(key)
    if listed is None:
        return ()
    return distinct(Member(str(e.decimal(0, 2**64 - 1)), e.location) for e in listed.items())


def _configuration(files: tuple[str, ...], system: QuorumSystem, findings: Sequence[Finding]) -> Configuration:
    return Configuration("etcd", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _members(source: Source) -> tuple[tuple[Member, ...], tuple[Member, ...], list[Finding]]:
    if not looks_like_json(source):
        return _initial_cluster(source), (), []
    document = parse_json(source)
    listed = document.items() if isinstance(document.value, list) else document.need("members").items()
    if not listed:
        raise document.wrong("the list of members is empty", "Give the list of a cluster that runs.")
    _distinct_ids(listed)
    members = [(_member(e), _is_learner(e)) for e in listed]
    distinct(member for member, _ in members)
    voters = tuple(member for member, learner in members if not learner)
    learners = tuple(member for member, learner in members if learner)
    return voters, learners, [f for e in listed for f in _unstarted(e)]


def _distinct_ids(listed: Sequence[Element]) -> None:
    seen: dict[int, Element] = {}
    for element in listed:
        number = element.need("ID").decimal(0, 2**64 - 1)
        first = seen.setdefault(number, element)
        if first is not element:
            raise element.wrong(
                f"the member ID {number} occurs twice; first in line {first.location.line}",
                "Remove one of them.",
            )


def _member(element: Element) -> Member:
    name = element.get("name")
    text = name.text() if name else ""
    place = name.location if name else element.location
    return Member(text or f"{element.need('ID').decimal():x}", place)


def _is_learner(element: Element) -> bool:
    learner = element.get("isLearner")
    return learner is not None and learner.flag()


def _unstarted(element: Element) -> list[Finding]:
    name = element.get("name")
    if (name and name.text()) or _is_learner(element):
        return []
    return [
        warning(
            "member-not-started",
            f"member {_member(element).name} has no name, so it never started, and counts in the quorum",
            element.location,
            "Start it, or remove it before anything else fails.",
        )
    ]


def _initial_cluster(source: Source) -> tuple[Member, ...]:
    matches = list(_CLUSTER.finditer(source.text))
    if not matches:
        help = "Give ETCD_INITIAL_CLUSTER, --initial-cluster or initial-cluster:, or a member list in JSON."
        raise InputError("no initial-cluster is set", location=source.line(1), help=help)
    if len({match["value"] for match in matches}) > 1:
        place = source.at(matches[1].start("value"))
        raise InputError("initial-cluster is set twice, differently", location=place, help="Keep one of them.")
    return _pairs(source, matches[0])


def _pairs(source: Source, match: re.Match[str]) -> tuple[Member, ...]:
    members: dict[str, Member] = {}
    urls: set[str] = set()
    offset = match.start("value")
    for part in match["value"].split(","):
        place = source.at(offset)
        offset += len(part) + 1
        name, equals, url = part.partition("=")
        if not equals or not name or not re.fullmatch(r"(?:https?|unixs?)://\S+", url):
            help = "Write name=http://host:port, separated by commas."
            raise InputError(f"initial-cluster has {shown(part)}", location=place, help=help)
        if url in urls:
            help = "Give every member its own URL."
            raise InputError(f"the URL {shown(url)} occurs twice", location=place, help=help)
        urls.add(url)
        members.setdefault(name, Member(name, place))
    return distinct(members.values())


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    views = []
    findings: list[Finding] = []
    for file in files:
        voters, _, found = _members(file.source)
        findings.extend(found)
        views.append(_view(file, voters))
    system, differ = drifted(views, f"etcd members with {len(views)} files", _DUTY)
    return _configuration(tuple(file.source.name for file in files), system, [*differ, *findings])


def _view(file: NodeFile, voters: tuple[Member, ...]) -> View:
    named = _NAME.search(file.source.text) if not looks_like_json(file.source) else None
    node = named["value"] if named else file.stem
    acts = any(member.name == node for member in voters)
    if not acts:
        raise InputError(
            f"{shown(node)}, whose file this is, is not among its voting members",
            location=file.source.line(1),
            help="Set the name of the member in the file, or name the file after it.",
        )
    return View(node, majority_of(voters, voters[0].location), acts, file.source.line(1))


FORMAT = Format("etcd", "etcd member list (JSON) and initial-cluster", _recognise, _parse, _together)
