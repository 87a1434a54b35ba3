"""ClickHouse Keeper: the `raft_configuration` of `keeper_server`.

Rule. A quorum is more than half of the servers that vote; one with `<can_become_leader>false</can_become_leader>` is a
learner of the Raft library (NuRaft) and does not vote. Each server acts on its own file, so the files of several
servers are a federation if they differ. A server is identified by its id and its address.

Source: ClickHouse documentation, *ClickHouse Keeper*, configuration and reconfiguration; `KeeperStateManager.cpp`
(`parseServersConfiguration`); NuRaft, `srv_config`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, View, distinct, drifted, majority_of
from assay.proofs.quorums.formats.texts.addresses import Address, identity_of
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.formats.texts.xml_text import Tag, parse_xml
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree

__all__ = ["FORMAT"]

_RULE = "more than half of the servers that can become leader"
_SOURCE = "ClickHouse documentation, ClickHouse Keeper; NuRaft"
_CHANGES = Reconfiguration(
    ReconfigurationMode.SINGLE,
    "reconfig and a reload of the configuration add or remove one server at a time",
    "ClickHouse documentation, ClickHouse Keeper, Reconfiguration",
)
_OBLIGATION = QuorumObligation(("quorum", "quorum"), words="one leader per term, and no commit is lost", source=_SOURCE)
_MARK = re.compile(r"<raft_configuration[\s>]")


@dataclass(frozen=True)
class _Keeper:
    """The servers that one file lists, and the number of the server whose file it is."""

    own: int | None
    voters: tuple[Member, ...]
    learners: int
    identities: Mapping[str, Identity]
    labels: Mapping[str, Mapping[str, str]]

    @property
    def tree(self) -> Tree:
        return majority_of(self.voters, self.voters[0].location)


def _recognise(source: Source) -> bool:
    return source.text.lstrip().startswith("<") and _MARK.search(source.text) is not None


def _keeper(source: Source) -> _Keeper:
    root = parse_xml(source)
    keepers = [*root.all("keeper_server"), *([root] if root.name == "keeper_server" else [])]
    if len(keepers) != 1:
        raise root.wrong(f"there are {len(keepers)} elements <keeper_server>", "Give the file of one server.")
    listed = list(keepers[0].need("raft_configuration").all("server"))
    if not listed:
        raise keepers[0].need("raft_configuration").wrong("there is no <server>", "List all servers.")
    own = keepers[0].one("server_id")
    servers = [(_number(tag), tag) for tag in listed]
    members = distinct((Member(str(number), tag.location) for number, tag in servers), "server")
    voting = [_votes(tag) for tag in listed]
    if not any(voting):
        raise listed[0].wrong("no server can become leader", "Let at least one.")
    addresses = {str(number): _address(tag) for number, tag in servers}
    found = {name: identity_of(int(name), [address]) for name, address in addresses.items()}
    return _Keeper(
        own.whole(0, 2**31 - 1) if own is not None else None,
        tuple(member for member, votes in zip(members, voting, strict=True) if votes),
        voting.count(False),
        {name: identity for name, identity in found.items() if identity is not None},
        {name: {"host": address.host} for name, address in addresses.items()},
    )


def _number(tag: Tag) -> int:
    return tag.need("id").whole(0, 2**31 - 1)


def _votes(tag: Tag) -> bool:
    can = tag.one("can_become_leader")
    return can is None or can.flag()


def _address(tag: Tag) -> Address:
    host = tag.need("hostname").text.strip()
    if not re.fullmatch(r"[\w.:\[\]%-]{1,253}", host, re.ASCII):
        raise tag.need("hostname").wrong(f"<hostname> is {shown(host)}", "Write a host name or an address.")
    return Address(host, (tag.need("port").whole(1, 65535),))


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    keeper = _keeper(source)
    nodes = tuple(member.name for member in keeper.voters)
    more = f" and {keeper.learners} learners" if keeper.learners else ""
    labels = {name: keeper.labels[name] for name in nodes}
    name = f"ClickHouse Keeper of {len(nodes)}{more}"
    system = QuorumSystem(name, nodes, {"quorum": keeper.tree}, (_OBLIGATION,), labels)
    return _configuration((source.name,), system, [], keeper.identities)


def _configuration(
    files: tuple[str, ...], system: QuorumSystem, findings: Sequence[QuorumFinding], identities: Mapping[str, Identity]
) -> Configuration:
    return Configuration(
        "clickhouse-keeper", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES, identities=identities
    )


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    drift = drifted([_view(file) for file in files], f"ClickHouse Keeper with {len(files)} files", _OBLIGATION)
    names = tuple(file.source.name for file in files)
    return _configuration(names, drift.system, drift.findings, drift.identities)


def _view(file: NodeFile) -> View:
    keeper, place = _keeper(file.source), file.source.line(1)
    number = re.search(r"(\d{1,9})\D*$", file.stem, re.ASCII)
    if keeper.own is None and number is None:
        help = "Set <server_id> in it."
        raise InputError("the file does not say to which server it belongs", location=place, help=help)
    node = str(keeper.own if keeper.own is not None else int(number[1]) if number else 0)
    acts = any(member.name == node for member in keeper.voters)
    return View(node, keeper.tree, acts, place, labels=keeper.labels, identities=keeper.identities)


FORMAT = Format("clickhouse-keeper", "ClickHouse Keeper (XML)", _recognise, _parse, _together)
