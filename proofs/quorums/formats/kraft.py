"""Kafka's controllers (KRaft): `controller.quorum.voters`, and the status of a dynamic quorum.

Rule. A quorum is more than half of the voters; brokers and observers never vote. With the static property,
each node acts on its own copy, so the files of several nodes are read as a federation when they differ.

Read are the properties of a server, `controller.quorum.voters=1@host:9093,...` with `node.id`, and the output
of `kafka-metadata-quorum.sh describe --status`, of which only `CurrentVoters` counts.

Source: Apache Kafka documentation, *KRaft*, *Provisioning Nodes*; KIP-595; KIP-853 for dynamic quorums;
`QuorumConfig.parseVoterConnections` and `MetadataQuorumCommand`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, Way
from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, View, distinct, drifted, majority_of, note
from assay.proofs.quorums.formats.properties import Property, parse_properties
from assay.proofs.quorums.formats.source import Source, shown
from assay.proofs.quorums.systems import Obligation, QuorumSystem

__all__ = ["FORMAT"]

_RULE = "more than half of the controllers that vote"
_SOURCE = "KIP-595, A Raft Protocol for the Metadata Quorum"
_CHANGES = Reconfiguration(
    Way.SINGLE,
    "add-controller and remove-controller change one voter at a time; editing controller.quorum.voters is no protocol",
    "KIP-853, KRaft Controller Membership Changes (kraft.version 1)",
)
_DUTY = Obligation(
    ("quorum", "quorum"), words="one active controller an epoch, and no metadata is lost", source=_SOURCE
)
_VOTERS = "controller.quorum.voters"
_STATUS = re.compile(r"^CurrentVoters:[ \t]*(.*)$", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*controller\.quorum\.(?:voters|bootstrap\.servers)[ \t]*[=:]|^CurrentVoters:", re.MULTILINE)
_VOTER = re.compile(r"(\d{1,10})@(\[[0-9A-Fa-f:.%\w]+\]|[^\s:,@]+):(\d{1,5})", re.ASCII)


def _recognise(source: Source) -> bool:
    return _MARK.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    voters, hosts = _voters(source)
    nodes = tuple(member.name for member in voters)
    labels = {name: {"host": host} for name, host in hosts.items()}
    system = QuorumSystem(
        f"KRaft quorum of {len(nodes)}",
        nodes,
        {"quorum": majority_of(voters, voters[0].location)},
        (_DUTY,),
        labels,
    )
    return _configuration((source.name,), system, _findings(source))


def _configuration(files: tuple[str, ...], system: QuorumSystem, findings: Sequence[Finding]) -> Configuration:
    return Configuration("kafka-kraft", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _findings(source: Source) -> list[Finding]:
    if re.search(r"^[ \t]*(?:min\.insync\.replicas|default\.replication\.factor)", source.text, re.MULTILINE) is None:
        return []
    message = "the replication of topics in this file is not read here"
    return [note("topics-not-read", message, source.line(1), "Read it with --as kafka-topic.")]


def _voters(source: Source) -> tuple[tuple[Member, ...], dict[str, str]]:
    status = _STATUS.search(source.text)
    if status is not None:
        return _current(source, status), {}
    properties = parse_properties(source)
    line = properties.get(_VOTERS)
    if line is None:
        dynamic = properties.get("controller.quorum.bootstrap.servers")
        raise InputError(
            "the voters are not in this file" if dynamic else f"there is no {_VOTERS}",
            location=dynamic.location if dynamic else source.whole,
            help="Give the output of: kafka-metadata-quorum.sh describe --status",
        )
    found = [_voter(line, part.strip()) for part in line.value.split(",")]
    members = distinct((member for member, _ in found), "voter")
    return members, {member.name: host for member, host in found}


def _voter(line: Property, part: str) -> tuple[Member, str]:
    match = _VOTER.fullmatch(part)
    if match is None or not int(match[3]) < 65536:
        raise line.wrong(f"{_VOTERS} has {shown(part)}", "Write id@host:port, separated by commas.")
    return Member(str(int(match[1])), line.location), match[2]


def _current(source: Source, status: re.Match[str]) -> tuple[Member, ...]:
    """Read `[1,2,3]`, or since Kafka 3.9 a list of objects with `"id": 1`."""
    place = source.at(status.start())
    text = status[1].strip()
    plain = re.fullmatch(r"\[[\d,\s]*\]", text, re.ASCII)
    pattern = r"\d{1,10}" if plain else r'"id"[ \t]*:[ \t]*(\d{1,10})\b'
    numbers = re.findall(pattern, text, re.ASCII)
    if not (text.startswith("[") and text.endswith("]")) or not numbers:
        help = "Copy the whole line that the tool prints."
        raise InputError(f"CurrentVoters is {shown(text)}", location=place, help=help)
    return distinct((Member(str(int(number)), place) for number in numbers), "voter")


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    views: list[View] = []
    for file in files:
        voters, hosts = _voters(file.source)
        node = _node(file)
        labels = {name: {"host": host} for name, host in hosts.items()}
        acts = any(member.name == node for member in voters)
        views.append(View(node, majority_of(voters, voters[0].location), acts, file.source.line(1), labels=labels))
    system, findings = drifted(views, f"KRaft nodes with {len(views)} files", _DUTY)
    findings += [f for file in files for f in _findings(file.source)]
    return _configuration(tuple(file.source.name for file in files), system, findings)


def _node(file: NodeFile) -> str:
    properties = {} if _STATUS.search(file.source.text) else parse_properties(file.source)
    line = properties.get("node.id") or properties.get("broker.id")
    number = re.search(r"(\d{1,10})\D*$", file.stem, re.ASCII)
    if line is not None:
        return str(line.whole(low=0, high=2**31 - 1))
    if number is None:
        raise InputError(
            "it is not known which node this file belongs to",
            location=file.source.whole,
            help="Set node.id in it, or put the id into its name.",
        )
    return str(int(number[1]))


FORMAT = Format("kafka-kraft", "Kafka KRaft controllers", _recognise, _parse, _together)
