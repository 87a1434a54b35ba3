"""Kafka's controllers (KRaft): `controller.quorum.voters`, and the status of a dynamic quorum.

Rule. A quorum is more than half of the voters; brokers and observers never vote. With the static property, each node
acts on its own copy, so the files of several nodes are a federation if they differ. A voter is identified by its id and
its address; in a dynamic quorum, by its id and the id of its directory, so that a controller that lost its disk is
another voter (KIP-853).

The input is the properties of a server, `controller.quorum.voters=1@host:9093,...` with `node.id`; the output of
`kafka-metadata-quorum.sh describe --status`, of which only `CurrentVoters` is used; the environment of Kafka's
container images; or the controllers of Strimzi's node pools.

Source: Apache Kafka documentation, *KRaft*, *Provisioning Nodes*; KIP-595; KIP-853 for dynamic quorums;
`QuorumConfig.parseVoterConnections`, `MetadataQuorumCommand` and `RaftVoterEndpoint`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.deployments.helm import asks_for, is_of_values, servers_of_values
from assay.proofs.quorums.formats.deployments.images import environment_of, kafka_properties
from assay.proofs.quorums.formats.deployments.strimzi import controllers_of, is_of_strimzi
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, View, distinct, drifted, majority_of, note
from assay.proofs.quorums.formats.texts.addresses import Address, identity_of
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import parse_json
from assay.proofs.quorums.formats.texts.properties import Property, parse_properties
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree

__all__ = ["FORMAT"]

_RULE = "more than half of the controllers that vote"
_SOURCE = "KIP-595, A Raft Protocol for the Metadata Quorum"
_CHANGES = Reconfiguration(
    ReconfigurationMode.SINGLE,
    "add-controller and remove-controller change one voter at a time; editing controller.quorum.voters has no protocol",
    "KIP-853, KRaft Controller Membership Changes (kraft.version 1)",
)
_OBLIGATION = QuorumObligation(
    ("quorum", "quorum"), words="one active controller per epoch, and no metadata is lost", source=_SOURCE
)
_VOTERS = "controller.quorum.voters"
_POOL = re.compile(r"kind[\"']?[ ]*:[ ]*[\"']?KafkaNodePool\b")
_STATUS = re.compile(r"^CurrentVoters:[ \t]*(.*)$", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*controller\.quorum\.(?:voters|bootstrap\.servers)[ \t]*[=:]|^CurrentVoters:", re.MULTILINE)
_ENDPOINT = re.compile(r"(?:[A-Za-z0-9_]+://)?(\[[0-9A-Fa-f:.%\w]+\]|[^\s:,@/]+):(\d{1,5})", re.ASCII)
_VOTER = re.compile(r"(\d{1,10})@(\[[0-9A-Fa-f:.%\w]+\]|[^\s:,@]+):(\d{1,5})", re.ASCII)


def _recognise(source: Source) -> bool:
    if _MARK.search(source.text) is not None or _VOTERS in kafka_properties(environment_of(source)):
        return True
    return asks_for(source, "kafka")


def _lines(source: Source) -> dict[str, Property]:
    """Return the properties of a file, or those that an image derives from its environment."""
    derived = kafka_properties(environment_of(source))
    return derived if _VOTERS in derived or source.process is not None else parse_properties(source)


def _has_controllers(source: Source) -> bool:
    return is_of_strimzi(source) and _POOL.search(source.text) is not None


@dataclass(frozen=True)
class _Voter:
    """A voting controller: its id, its address, and the directory that it was formatted with, if given."""

    number: int
    location: Location
    addresses: tuple[Address, ...] = ()
    directory: str | None = None

    @property
    def identity(self) -> Identity | None:
        marks = []
        if self.directory is not None:
            marks.append(Mark("directory", frozenset([(self.number, self.directory)]), self.directory))
        placed = identity_of(self.number, self.addresses)
        marks += placed.marks if placed is not None else ()
        return Identity(tuple(marks)) if marks else None


@dataclass(frozen=True)
class _Voters:
    """The voters of one file, and what is known about each, by name."""

    members: tuple[Member, ...]
    labels: Mapping[str, Mapping[str, str]]
    identities: Mapping[str, Identity]

    @property
    def tree(self) -> Tree:
        return majority_of(self.members, self.members[0].location)


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    voters = _voters(source)
    nodes = tuple(member.name for member in voters.members)
    system = QuorumSystem(
        f"KRaft quorum of {len(nodes)}", nodes, {"quorum": voters.tree}, (_OBLIGATION,), voters.labels
    )
    return _configuration((source.name,), system, _findings(source), voters.identities)


def _configuration(
    files: tuple[str, ...], system: QuorumSystem, findings: Sequence[QuorumFinding], identities: Mapping[str, Identity]
) -> Configuration:
    return Configuration("kafka-kraft", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES, identities=identities)


def _findings(source: Source) -> list[QuorumFinding]:
    if re.search(r"^[ \t]*(?:min\.insync\.replicas|default\.replication\.factor)", source.text, re.MULTILINE) is None:
        return []
    message = "the replication of topics in this file is not read here"
    return [note("topics-not-read", message, source.line(1), "Read it with --as kafka-topic.")]


def _voters(source: Source) -> _Voters:
    status = _STATUS.search(source.text)
    if status is not None:
        return _named(_current(source, status))
    if is_of_strimzi(source):
        return _of_pools(source)
    if is_of_values(source) and _MARK.search(source.text) is None:
        return _Voters(distinct(servers_of_values(source, "kafka"), "controller"), {}, {})
    properties = _lines(source)
    line = properties.get(_VOTERS)
    if line is None:
        dynamic = properties.get("controller.quorum.bootstrap.servers")
        raise InputError(
            "the voters are not in this file" if dynamic else f"there is no {_VOTERS}",
            location=dynamic.location if dynamic else source.whole,
            help="Give the output of: kafka-metadata-quorum.sh describe --status",
        )
    return _named([_voter(line, part.strip()) for part in line.value.split(",")])


def _of_pools(source: Source) -> _Voters:
    """Return the controllers of Strimzi's node pools, which form one dynamic quorum."""
    listed = controllers_of(source)
    if not listed:
        help = "Give the KafkaNodePool with the role controller."
        raise InputError("no node pool has controllers", location=source.whole, help=help)
    return _Voters(distinct((Member(name, place) for name, place in listed), "controller"), {}, {})


def _named(found: Sequence[_Voter]) -> _Voters:
    """Name the voters by their ids and, if one id has several directories, by these as well."""
    shared = Counter(voter.number for voter in found)
    names = [
        f"{voter.number} ({voter.directory})" if shared[voter.number] > 1 and voter.directory else str(voter.number)
        for voter in found
    ]
    members = distinct((Member(name, voter.location) for name, voter in zip(names, found, strict=True)), "voter")
    pairs = list(zip(names, found, strict=True))
    return _Voters(
        members,
        {name: {"host": voter.addresses[0].host} for name, voter in pairs if voter.addresses},
        {name: identity for name, voter in pairs if (identity := voter.identity) is not None},
    )


def _voter(line: Property, part: str) -> _Voter:
    match = _VOTER.fullmatch(part)
    if match is None or not int(match[3]) < 65536:
        raise line.wrong(f"{_VOTERS} has {shown(part)}", "Write id@host:port, separated by commas.")
    return _Voter(int(match[1]), line.location, (Address(match[2], (int(match[3]),)),))


def _current(source: Source, status: re.Match[str]) -> list[_Voter]:
    """Return the voters in `[1,2,3]` or, since Kafka 3.9, objects with `id`, `directoryId` and `endpoints`."""
    place, text = source.at(status.start()), status[1].strip()
    listed = _listed(text, place)
    if not listed:
        help = "Copy the whole line that the tool prints."
        raise InputError(f"CurrentVoters is {shown(text)}", location=place, help=help)
    return [_of_status(element, place) for element in listed]


def _listed(text: str, place: Location) -> list[Element]:
    try:
        return parse_json(Source(place.file, text)).items()
    except InputError:
        return []


def _of_status(element: Element, place: Location) -> _Voter:
    inner = element if isinstance(element.value, dict) else Element({"id": element}, place)
    number = Element(inner.need("id").value, place, "CurrentVoters").whole(0, 2**31 - 1)
    directory, endpoints = inner.get("directoryId"), inner.get("endpoints")
    texts = [e.value for e in endpoints.items()] if endpoints is not None else []
    found = [match for text in texts if isinstance(text, str) and (match := _ENDPOINT.fullmatch(text))]
    addresses = tuple(Address(match[1], (int(match[2]),)) for match in found)
    return _Voter(number, place, addresses, directory.text() if directory is not None else None)


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    views: list[View] = []
    for file in files:
        voters = _voters(file.source)
        node = _node(file)
        acts = any(member.name == node for member in voters.members)
        place = file.source.line(1)
        views.append(View(node, voters.tree, acts, place, labels=voters.labels, identities=voters.identities))
    drift = drifted(views, f"KRaft nodes with {len(views)} files", _OBLIGATION)
    findings = [*drift.findings, *(f for file in files for f in _findings(file.source))]
    return _configuration(tuple(file.source.name for file in files), drift.system, findings, drift.identities)


def _node(file: NodeFile) -> str:
    properties = {} if _STATUS.search(file.source.text) else _lines(file.source)
    line = properties.get("node.id") or properties.get("broker.id")
    number = re.search(r"(\d{1,10})\D*$", file.stem, re.ASCII)
    if line is not None:
        return str(line.whole(low=0, high=2**31 - 1))
    if number is None:
        raise InputError(
            "the file does not say to which node it belongs",
            location=file.source.whole,
            help="Set node.id in it, or put the id into its name.",
        )
    return str(int(number[1]))


FORMAT = Format("kafka-kraft", "Kafka KRaft controllers", _recognise, _parse, _together, resources=_has_controllers)
