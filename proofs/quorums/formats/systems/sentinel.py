"""Redis Sentinel: `sentinel.conf` of one sentinel, or of all.

Rule. A master is considered down when `quorum` sentinels say so; the sentinel that starts the failover needs the votes
of more than half of the sentinels that it knows, and of at least `quorum`. Any two such sets must intersect, so that an
epoch has only one failover. Each sentinel counts the sentinels that *it* knows (`sentinel known-sentinel` lines, which
it writes itself, and which remain when a sentinel is gone), so each of several files has its own count.

Replication is asynchronous, whatever the sentinels; a note says so.

Source: Redis documentation, *High availability with Redis Sentinel*, *Quorum*; `sentinel.c`
(`sentinelGetLeader`, `sentinelCheckObjectivelyDown`); the example `sentinel.conf`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, note, warning
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "a failover needs the votes of more than half of the known sentinels, and of at least quorum"
_SOURCE = "Redis, sentinel.c, sentinelGetLeader"
_CHANGES = Reconfiguration(
    ReconfigurationMode.NONE,
    "each Sentinel acts by its own file and what it learnt since",
    "Redis documentation, High availability with Redis Sentinel",
)
_MOST = 999
_MARK = re.compile(r"^[ \t]*sentinel[ \t]+monitor[ \t]", re.MULTILINE | re.IGNORECASE)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:]+):\d{1,5}", re.ASCII)
_WORD = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'([^\'\n]*)\'|(\S+)')


@dataclass(frozen=True)
class _Master:
    """A monitored master, as one sentinel knows it."""

    name: str
    address: str
    quorum: int
    peers: tuple[Member, ...]
    location: Location
    run_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sentinel:
    """One file: the sentinel itself and the masters it monitors."""

    me: Member
    masters: Mapping[str, _Master]
    run_id: str


def _recognise(source: Source) -> bool:
    return _MARK.search(source.text) is not None


def _lines(source: Source) -> list[tuple[Location, list[str]]]:
    lines = []
    for number, text in enumerate(source.text.split("\n"), 1):
        if text.strip() and not text.lstrip().startswith("#"):
            words = [m[1] if m[1] is not None else m[2] if m[2] is not None else m[3] for m in _WORD.finditer(text)]
            lines.append((source.line(number), words))
    return lines


def _sentinel(source: Source, default: str) -> _Sentinel:
    monitored: dict[str, _Master] = {}
    peers: dict[str, dict[str, Member]] = {}
    mine: dict[str, str] = {}
    for place, words in _lines(source):
        if words[0].lower() != "sentinel" or len(words) < 2:
            mine.setdefault(words[0].lower(), words[1] if len(words) > 1 else "")
            continue
        kind = words[1].lower()
        if kind == "monitor":
            _add_master(monitored, place, words[2:])
        elif kind == "known-sentinel":
            _add_peer(peers, place, words[2:])
        elif len(words) > 2:
            mine.setdefault(kind, words[2])
    for name, known in peers.items():
        if name not in monitored:
            help = "Add its sentinel monitor line."
            raise InputError(
                f"known-sentinel of {shown(name)}, which is not monitored",
                location=next(iter(known.values())).location,
                help=help,
            )
        monitored[name] = _with_peers(monitored[name], known)
    if not monitored:
        help = "Add: sentinel monitor <name> <ip> <port> <quorum>"
        raise InputError("no master is monitored", location=source.whole, help=help)
    place = next(iter(monitored.values())).location
    return _Sentinel(Member(_my_name(mine, default), place), monitored, mine.get("myid", ""))


def _my_name(mine: Mapping[str, str], default: str) -> str:
    address = mine.get("announce-ip")
    port = mine.get("announce-port") or mine.get("port") or "26379"
    return f"{address}:{port}" if address else default


def _add_master(monitored: dict[str, _Master], place: Location, words: Sequence[str]) -> None:
    if len(words) != 4:
        help = "Write: sentinel monitor <name> <ip> <port> <quorum>"
        raise InputError(f"sentinel monitor with {len(words)} words", location=place, help=help)
    name, address, port, quorum = words
    if not re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) or not 0 < int(port) < 65536:
        raise InputError(f"the port is {shown(port)}", location=place, help="Use a port from 1 to 65535.")
    if not re.fullmatch(r"[0-9]{1,9}", quorum, re.ASCII) or int(quorum) == 0:
        help = "Use a whole number of at least 1; Sentinel refuses anything else."
        raise InputError(f"the quorum is {shown(quorum)}", location=place, help=help)
    if name in monitored:
        first = monitored[name].location.line
        message = f"the master {shown(name)} is monitored twice; first in line {first}"
        raise InputError(message, location=place, help="Keep one of the lines.")
    if len(monitored) >= _MOST:
        raise InputError(f"more than {_MOST} masters", location=place, help="Give fewer at once.")
    monitored[name] = _Master(name, f"{address}:{port}", int(quorum), (), place)


def _add_peer(peers: dict[str, dict[str, Member]], place: Location, words: Sequence[str]) -> None:
    if len(words) not in (3, 4) or not re.fullmatch(r"[0-9]{1,5}", words[2], re.ASCII):
        help = "Write: sentinel known-sentinel <name> <ip> <port> <id>"
        raise InputError("a known-sentinel line without name, ip and port", location=place, help=help)
    known = peers.setdefault(words[0], {})
    address = f"{words[1]}:{int(words[2])}"
    run_id = words[3] if len(words) == 4 else address
    if run_id in known:
        first = known[run_id].location.line
        message = f"the sentinel {shown(run_id)} is known twice; first in line {first}"
        raise InputError(message, location=place, help="Keep one of the lines.")
    known[run_id] = Member(address, place)


def _with_peers(master: _Master, known: Mapping[str, Member]) -> _Master:
    run_ids = {member.name: run_id for run_id, member in known.items()}
    return replace(master, peers=distinct(known.values(), "sentinel"), run_ids=run_ids)


def _votes(master: _Master, known: Sequence[Member]) -> Tree:
    return count(max(len(known) // 2 + 1, master.quorum), known, master.location)


def _parse(source: Source, settings: Settings) -> Configuration:
    sentinel = _sentinel(source, "this sentinel")
    classes: dict[str, Tree] = {}
    findings: list[QuorumFinding] = []
    nodes: dict[str, Member] = {}
    for master in sentinel.masters.values():
        known, remarks = _known(sentinel, master, settings)
        nodes.update({member.name: member for member in known})
        classes[f"failover of {master.name}"] = _votes(master, known)
        findings += remarks + _remarks(master, len(known))
    return _configuration((source.name,), tuple(nodes), classes, findings)


def _known(sentinel: _Sentinel, master: _Master, settings: Settings) -> tuple[tuple[Member, ...], list[QuorumFinding]]:
    """Return the sentinels that this one knows, including itself; if the file names none, assumed ones."""
    given = settings.get("sentinels")
    if master.peers and given is None:
        return distinct((sentinel.me, *master.peers), "sentinel"), []
    total = given.whole(1, _MOST) if given else 2 * master.quorum - 1
    if total > _MOST:
        help = "Add a comment: # assay: sentinels=3"
        message = f"the quorum {master.quorum} leaves open how many sentinels there are"
        raise InputError(message, location=master.location, help=help)
    members = tuple(Member(f"sentinel-{i}", master.location) for i in range(1, total + 1))
    if given:
        return members, []
    message = f"the file names no other sentinels of {master.name}: {total} are assumed, as quorum {master.quorum} fits"
    help = "Give the directory with the files of all, or add a comment: # assay: sentinels=3"
    return members, [warning("sentinels-assumed", message, master.location, help)]


def _configuration(
    files: tuple[str, ...], nodes: tuple[str, ...], classes: Mapping[str, Tree], findings: Sequence[QuorumFinding]
) -> Configuration:
    words = "one failover per epoch"
    obligations = tuple(QuorumObligation((name, name), words=words, source=_SOURCE) for name in classes)
    labels = {node: {"host": match[1]} for node in nodes if (match := _HOST.fullmatch(node))}
    system = QuorumSystem(f"{len(nodes)} sentinels", nodes, classes, obligations, labels)
    return Configuration("redis-sentinel", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _remarks(master: _Master, known: int) -> list[QuorumFinding]:
    findings, place, name = [], master.location, master.name
    if master.quorum < known // 2 + 1:
        message = f"the quorum of {name} is {master.quorum}, below the majority of {known} sentinels, which decides"
        findings.append(warning("sentinel-quorum-below-majority", message, place, f"Use {known // 2 + 1}."))
    if master.quorum > known:
        message = f"the quorum of {name} is {master.quorum}, and there are {known} sentinels: it never fails over"
        findings.append(warning("sentinel-quorum-above-number", message, place, f"Use {known // 2 + 1}."))
    if known == 2:
        message = f"two sentinels for {name}: if one is lost, with the master's machine or not, nothing fails over"
        findings.append(warning("two-sentinels", message, place, "Use at least three."))
    message = f"replication from {name} is asynchronous: a failover can lose acknowledged writes"
    findings.append(note("asynchronous-replication", message, place, "Bound it with min-replicas-to-write, or WAIT."))
    return findings


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    sentinels = [_sentinel(file.source, file.stem) for file in files]
    everyone = distinct((sentinel.me for sentinel in sentinels), "sentinel")
    given = settings.get("sentinels")
    if given is not None and given.whole(1, _MOST) != len(everyone):
        raise given.wrong(f"there are the files of {len(everyone)} sentinels", "Leave the setting out.")
    by_run_id = {sentinel.run_id: sentinel.me for sentinel in sentinels if sentinel.run_id}
    classes: dict[str, Tree] = {}
    findings: list[QuorumFinding] = []
    nodes = {member.name: member for member in everyone}
    for name in dict.fromkeys(name for sentinel in sentinels for name in sentinel.masters):
        candidates = []
        for sentinel in (s for s in sentinels if name in s.masters):
            known = _as_called(sentinel, name, by_run_id) or everyone
            nodes.update({member.name: member for member in known})
            candidates.append(_elected(sentinel, name, known))
            findings += _remarks(sentinel.masters[name], len(known))
        classes[f"failover of {name}"] = candidates[0] if len(candidates) == 1 else any_of(candidates)
        findings += _different(name, sentinels)
    return _configuration(tuple(file.source.name for file in files), tuple(nodes), classes, findings)


def _elected(sentinel: _Sentinel, name: str, known: Sequence[Member]) -> Tree:
    """Return the sets that elect this sentinel: itself and enough of those that it knows."""
    master = sentinel.masters[name]
    return all_of([sentinel.me.leaf, _votes(master, known)], origin=master.location)


def _as_called(sentinel: _Sentinel, name: str, by_run_id: Mapping[str, Member]) -> tuple[Member, ...]:
    """Return the sentinels that one knows, by the names in their own files; none if its file names no others."""
    master = sentinel.masters[name]
    if not master.peers:
        return ()
    peers = (by_run_id.get(master.run_ids[peer.name], peer) for peer in master.peers)
    return distinct((sentinel.me, *(Member(peer.name, master.location) for peer in peers)), "sentinel")


def _different(name: str, sentinels: Sequence[_Sentinel]) -> list[QuorumFinding]:
    masters = [sentinel.masters[name] for sentinel in sentinels if name in sentinel.masters]
    quorums = sorted({master.quorum for master in masters})
    if len(quorums) == 1 and len({master.address for master in masters}) == 1:
        return []
    message = f"the files disagree on {name}: quorum {', '.join(str(q) for q in quorums)}"
    return [warning("files-differ", message, masters[0].location, "Make all files agree.")]


FORMAT = Format(
    "redis-sentinel",
    "Redis Sentinel",
    _recognise,
    _parse,
    _together,
    settings={"sentinels": "how many sentinels there are, where the file does not name them"},
)
