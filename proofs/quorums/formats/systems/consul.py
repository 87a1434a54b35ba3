"""Consul, Nomad and Vault: the peers of their Raft group.

Rule. A quorum is more than half of the voters; servers that do not vote (read replicas, servers that autopilot has not
promoted yet) never count. A peer is identified by its id.

The input is the table of `operator raft list-peers`, the JSON of `/v1/operator/raft/configuration` (for Vault,
`/v1/sys/storage/raft/configuration`), the recovery file `peers.json` in either form, or the settings `server` and
`bootstrap_expect` of an agent. A server starts a cluster once it has found the number of servers that its own
`bootstrap_expect` gives, so files that differ can start several clusters.

Source: Consul documentation, *Operator raft*, *Outage recovery* and *bootstrap_expect*; Nomad documentation, *operator
raft list-peers*; Vault documentation, *operator raft*; `hashicorp/raft`, `configuration.go`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.deployments.helm import asks_for, is_of_values, servers_of_values
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, majority_of, note, warning
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, shown
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree, all_of

__all__ = ["FORMAT"]

_RULE = "more than half of the peers that vote"
_SOURCE = "hashicorp/raft; Consul documentation, Consensus Protocol"
_CHANGES = Reconfiguration(
    ReconfigurationMode.SINGLE,
    "peers are added, promoted and removed one at a time; peers.json replaces all of them at once, without a protocol",
    "hashicorp/raft, membership.md",
)
_OBLIGATION = QuorumObligation(("quorum", "quorum"), words="one leader per term, and no commit is lost", source=_SOURCE)
_HEADER = re.compile(r"^[ \t]*Node[ \t]{2,}(?:ID[ \t]{2,})?Address[ \t]{2,}.*\bVoter\b.*$", re.MULTILINE)
_SERVERS = re.compile(r'"(?:Servers|servers)"\s*:\s*\[')
_VOTER = re.compile(r'"[Vv]oter"\s*:')
_IN_JSON = re.compile(r'"bootstrap(?:_expect)?"\s*:')
_ALONE = re.compile(r"^[ \t]*bootstrap[ \t]*=[ \t]*true\b", re.MULTILINE)
_PEER = re.compile(r'^\s*\[\s*(?:\{[^{}]*"(?:address|non_voter)"|"[^"\s]+:\d+")')
_EXPECT = re.compile(r"^[ \t]*bootstrap_expect[ \t]*=[ \t]*\"?(?P<value>[^\s,\"#]*)", re.MULTILINE)
_NAME = re.compile(r"^[ \t]*(?:node_name|name)[ \t]*=[ \t]*\"(?P<value>[^\"\n]+)\"", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:#|//)[^\n]*", re.MULTILINE)
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\s:,\[\]]+):(\d{1,5})", re.ASCII)


@dataclass(frozen=True)
class _Peer:
    """A peer: its name, its id and address if known, and whether it votes."""

    name: str
    id: str
    address: str
    votes: bool
    location: Location

    @property
    def identity(self) -> Identity | None:
        marks = [Mark("id", frozenset([self.id]), self.id)] if self.id else []
        if self.address:
            marks.append(Mark("address", frozenset([self.address.lower()]), self.address))
        return Identity(tuple(marks)) if marks else None


def _recognise(source: Source) -> bool:
    text = source.text
    if looks_like_json(source):
        has_voters = _SERVERS.search(text) is not None and _VOTER.search(text) is not None
        return has_voters or _PEER.search(text) is not None or _IN_JSON.search(text) is not None
    return _HEADER.search(text) is not None or _is_agent(source) or asks_for(source, "consul", "vault")


def _blanked(source: Source) -> str:
    return _COMMENT.sub(lambda match: " " * len(match[0]), source.text)


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    peers, findings = _peers(source)
    voters = [Member(peer.name, peer.location) for peer in peers if peer.votes]
    distinct((Member(peer.name, peer.location) for peer in peers), "peer")
    if not voters:
        raise InputError("no peer has a vote", location=source.line(1), help="Give the peers of a running group.")
    silent = len(peers) - len(voters)
    name = f"Raft group of {len(voters)}" + (f" and {silent} without a vote" if silent else "")
    hosts = {peer.name: match[1] for peer in peers if peer.votes and (match := _ADDRESS.fullmatch(peer.address))}
    system = QuorumSystem(
        name,
        tuple(voter.name for voter in voters),
        {"quorum": majority_of(voters, voters[0].location)},
        (_OBLIGATION,),
        {name: {"host": host} for name, host in hosts.items()},
    )
    identities = {peer.name: identity for peer in peers if (identity := peer.identity) is not None}
    return Configuration(
        "consul", (source.name,), system, tuple(findings), _RULE, _SOURCE, _CHANGES, identities=identities
    )


def _peers(source: Source) -> tuple[list[_Peer], list[QuorumFinding]]:
    if _is_agent(source):
        return _expected(source)
    if looks_like_json(source):
        return _of_json(parse_json(source)), []
    header = _HEADER.search(source.text)
    if header is None and is_of_values(source):
        servers = servers_of_values(source, "consul", "vault")
        return [_Peer(member.name, "", "", True, member.location) for member in servers], []
    if header is None:
        help = "Give what `operator raft list-peers` prints."
        raise InputError("there are no peers here", location=source.line(1), help=help)
    return _of_table(source, header), []


def _is_agent(source: Source) -> bool:
    """Tell whether the text has the settings of an agent rather than peers."""
    if looks_like_json(source):
        return _IN_JSON.search(source.text) is not None
    plain = _blanked(source)
    return _EXPECT.search(plain) is not None or _ALONE.search(plain) is not None


def _of_json(document: Element) -> list[_Peer]:
    if isinstance(document.value, list):
        return [_of_recovery(element) for element in document.items()]
    data = document.get("data") or document
    config = data.get("config") or data
    listed = config.get("Servers") or config.need("servers")
    return [_of_answer(element) for element in listed.items()]


def _of_recovery(element: Element) -> _Peer:
    """Return one entry of `peers.json`: an object or, before version 3 of the protocol, an address."""
    if isinstance(element.value, str):
        return _Peer(element.text(), "", _addressed(element), True, element.location)
    id, address, silent = element.need("id"), element.need("address"), element.get("non_voter")
    return _Peer(id.text(), id.text(), _addressed(address), silent is None or not silent.flag(), element.location)


def _addressed(element: Element) -> str:
    if not _ADDRESS.fullmatch(element.text()):
        raise element.wrong(f"{element.name} is {shown(element.text())}", "Write host:port.")
    return element.text()


def _of_answer(element: Element) -> _Peer:
    id = element.get("ID") or element.get("node_id")
    name = element.get("Node") or id
    if name is None:
        raise element.wrong(f"{element.name} has no 'ID'", "Copy the whole answer.")
    address, voter = element.get("Address") or element.get("address"), element.get("Voter") or element.need("voter")
    return _Peer(
        name.text(),
        id.text() if id is not None else "",
        address.text() if address is not None else "",
        voter.flag(),
        element.location,
    )


def _of_table(source: Source, header: re.Match[str]) -> list[_Peer]:
    titles = re.split(r"[ \t]{2,}", header[0].strip())
    if not {"Node", "Address", "Voter"} <= set(titles):
        help = "Copy the table with all its blanks."
        raise InputError(f"found {shown(header[0].strip())}", location=source.at(header.start()), help=help)
    peers = []
    for match in re.finditer(r"^[ \t]*\S.*$", source.text[header.end() :], re.MULTILINE):
        row, place = match[0].strip(), source.at(header.end() + match.start())
        cells = re.split(r"[ \t]{2,}|\t", row)
        if set(row) <= set("- \t"):
            continue
        if len(cells) < titles.index("Voter") + 1:
            if not _ADDRESS.search(row):
                break
            raise InputError(f"found {shown(row)}", location=place, help="Copy the whole row, with its blanks.")
        named = dict(zip(titles, cells, strict=False))
        if named["Voter"] not in ("true", "false"):
            raise InputError(f"Voter is {shown(named['Voter'])}", location=place, help="Copy the whole row.")
        peers.append(_Peer(named["Node"], named.get("ID", ""), named["Address"], named["Voter"] == "true", place))
    if not peers:
        help = "Copy the rows as well."
        raise InputError("the table has no peers", location=source.at(header.start()), help=help)
    return peers


def _expected(source: Source) -> tuple[list[_Peer], list[QuorumFinding]]:
    number, place = _expect(source)
    peers = [_Peer(f"server-{i}", "", "", True, place) for i in range(1, number + 1)]
    findings = [note("servers-expected", f"the file names no peers: {number} are expected", place)]
    if number % 2 == 0:
        message = f"bootstrap_expect is {number}: an even number survives no more than {number - 1}"
        findings.append(warning("even-expectation", message, place, f"Use {number - 1} or {number + 1}."))
    return peers, findings


def _expect(source: Source) -> tuple[int, Location]:
    """Return the number of servers that an agent waits for: `bootstrap_expect`, or 1 with `bootstrap`."""
    if looks_like_json(source):
        document = parse_json(source)
        alone, expected = document.get("bootstrap"), document.get("bootstrap_expect")
        if alone is not None and alone.flag():
            return 1, alone.location
        return (expected or document.need("bootstrap_expect")).whole(1, MAX_NODES), document.location
    plain = _blanked(source)
    alone_here, match = _ALONE.search(plain), _EXPECT.search(plain)
    if alone_here is not None:
        return 1, source.at(alone_here.start())
    assert match is not None, "an agent has one of the two settings"
    place, text = source.at(match.start("value")), match["value"]
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or not 1 <= int(text) <= MAX_NODES:
        raise InputError(f"bootstrap_expect is {shown(text)}", location=place, help="Use a number from 1.")
    return int(text), place


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    """Parse the files of several agents, each of which waits for the number of servers in its own file."""
    if not all(_is_agent(file.source) for file in files):
        return _alike(files, settings)
    everyone = distinct((_owner(file) for file in files), "server")
    expected = [_expect(file.source) for file in files]
    numbers = sorted({number for number, _ in expected})
    names = tuple(member.name for member in everyone)
    system = QuorumSystem(f"{len(names)} servers", names, {"quorum": _starting(everyone, expected)}, (_OBLIGATION,))
    findings = []
    if len(numbers) > 1:
        message = f"the files expect different numbers of servers: {', '.join(map(str, numbers))}"
        findings.append(warning("files-differ", message, expected[0][1], "Make all files agree."))
    read = tuple(file.source.name for file in files)
    return Configuration("consul", read, system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _starting(everyone: Sequence[Member], expected: Sequence[tuple[int, Location]]) -> Tree | Federation:
    """Return a majority of all servers if every file expects them all, and otherwise what each would start with."""
    if {number for number, _ in expected} == {len(everyone)}:
        return majority_of(everyone, everyone[0].location)
    trees = {
        member.name: all_of([member.leaf, count(number, everyone, place)], origin=place)
        for member, (number, place) in zip(everyone, expected, strict=True)
    }
    return Federation(trees)


def _owner(file: NodeFile) -> Member:
    place = file.source.line(1)
    if looks_like_json(file.source):
        document = parse_json(file.source)
        name = document.get("node_name") or document.get("name")
        return Member(name.text() if name is not None else file.stem, place)
    match = _NAME.search(_blanked(file.source))
    return Member(match["value"] if match is not None else file.stem, place)


def _alike(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    parsed = [_parse(file.source, settings) for file in files]
    for file, configuration in zip(files, parsed, strict=True):
        if configuration.system.classes != parsed[0].system.classes:
            message = f"the peers are not those of {files[0].source.name}"
            raise InputError(message, location=file.source.whole, help="Ask the leader for its peers.")
    return parsed[0]


FORMAT = Format("consul", "Consul, Nomad and Vault raft peers", _recognise, _parse, _together)
