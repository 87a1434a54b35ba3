"""Cassandra and ScyllaDB: the replication of a keyspace, with the consistency levels of its clients.

Rule. A read must see every acknowledged write: every set of replicas that a write can be acknowledged by
must meet every set that a read can ask. `QUORUM` and `SERIAL` are more than half of all replicas;
`LOCAL_QUORUM` and `LOCAL_SERIAL` more than half of those in the coordinator's data centre, which may be any
one unless it is said (`write-dc`, `read-dc`); `EACH_QUORUM` more than half in every data centre; `ANY` is
content with a hint on the coordinator. Lightweight transactions order themselves by serial quorums, so any
two of those in use must meet: `SERIAL` does not mix with `LOCAL_SERIAL`.

Read is CQL: `CREATE KEYSPACE ... WITH replication = {...}`, as `DESCRIBE KEYSPACE` prints it, and cqlsh's
`CONSISTENCY` and `SERIAL CONSISTENCY` commands. Levels are chosen request by request, so they are said beside
the schema: `-- assay: write=QUORUM; read=LOCAL_QUORUM; serial=SERIAL`. What is not said is `LOCAL_ONE`, the
default of the drivers.

Source: `ConsistencyLevel.java` (`blockFor`, `quorumFor`, `localQuorumFor`); Cassandra documentation,
*Dynamo*, *Tunable Consistency*; CQL, *CREATE KEYSPACE*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.formats.format import Format, Setting, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, majority_of, note, warning
from assay.proofs.quorums.formats.source import MAX_NODES, Source, node_name, shown
from assay.proofs.quorums.systems import Obligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "every set of replicas that acknowledges a write meets every set that a read asks"
_SOURCE = "Apache Cassandra, ConsistencyLevel.java"
_MOST_CENTRES = 1000
_HINT = "a hint on the coordinator"
_LEVELS = ("ANY", "ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "LOCAL_ONE")
_SERIAL = ("SERIAL", "LOCAL_SERIAL")
_READS = (*_LEVELS[1:], *_SERIAL)
_CREATE = re.compile(
    r"\bCREATE\s+KEYSPACE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>\"(?:[^\"]|\"\"){1,200}\"|\w+)\s+WITH\b",
    re.IGNORECASE,
)
_REPLICATION = re.compile(r"\breplication\s*=\s*\{(?P<body>[^{}]*)(?P<end>\}?)", re.IGNORECASE)
_PAIR = re.compile(r"\s*'(?P<key>(?:[^']|'')*)'\s*:\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<number>[\w./-]+))\s*(?:,|$)")
_BLANK = re.compile(r"\s*")
_COMMAND = re.compile(r"^[ \t]*(SERIAL[ \t]+)?CONSISTENCY[ \t]+(\w+)[ \t]*;?", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(r"'(?:[^'\n]|'')*'|--[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True)
class _Keyspace:
    """The replicas of a keyspace, by data centre; one data centre without a name for SimpleStrategy."""

    name: str
    centres: Mapping[str, tuple[Member, ...]]
    topology: bool
    location: Location

    @property
    def replicas(self) -> list[Member]:
        return [member for centre in self.centres.values() for member in centre]


def _recognise(source: Source) -> bool:
    return _CREATE.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    keyspaces = _chosen(_keyspaces(source), settings)
    said = {**_commands(source), **settings}
    classes: dict[str, Tree] = {}
    duties: list[Obligation] = []
    for keyspace in keyspaces:
        _add_classes(keyspace, f"{keyspace.name} " if len(keyspaces) > 1 else "", said, classes, duties)
    members = distinct((m for k in keyspaces for m in k.replicas), "replica")
    hinted = any(leaf.name == _HINT for tree in classes.values() for leaf in _leaves(tree))
    labels = {m.name: {"dc": dc} for k in keyspaces if k.topology for dc, ms in k.centres.items() for m in ms}
    name = f"keyspace {keyspaces[0].name}" if len(keyspaces) == 1 else f"{len(keyspaces)} keyspaces"
    nodes = tuple(member.name for member in members) + ((_HINT,) if hinted else ())
    system = QuorumSystem(name, nodes, classes, tuple(duties), labels)
    findings = tuple(_findings(keyspaces, said))
    return Configuration("cassandra", (source.name,), system, findings, _RULE, _SOURCE)


def _leaves(tree: Tree) -> list[Node]:
    return [tree] if isinstance(tree, Node) else [leaf for _, part in tree.parts for leaf in _leaves(part)]


def _chosen(keyspaces: Sequence[_Keyspace], settings: Settings) -> Sequence[_Keyspace]:
    wanted = settings.get("keyspace")
    if wanted is None:
        return keyspaces
    found = [keyspace for keyspace in keyspaces if keyspace.name == wanted.value]
    if not found:
        raise wanted.wrong(f"there is no keyspace {shown(wanted.value)}", f"Use {keyspaces[0].name}.")
    return found


def _add_classes(
    keyspace: _Keyspace,
    prefix: str,
    said: Settings,
    classes: dict[str, Tree],
    duties: list[Obligation],
) -> None:
    for kind, allowed in (("write", _LEVELS), ("read", _READS)):
        level = said[kind].choice(*allowed) if kind in said else "LOCAL_ONE"
        classes[f"{prefix}{kind}"] = _tree(keyspace, level, said.get(f"{kind}-dc"))
    words = "every read sees every acknowledged write"
    duties.append(Obligation((f"{prefix}write", f"{prefix}read"), words=words, source=_SOURCE))
    serial = [_as_serial(said["serial"], word) for word in said["serial"].words()] if "serial" in said else []
    for level in dict.fromkeys(serial):
        classes[prefix + level] = _tree(keyspace, level, said.get("write-dc"))
    names = [prefix + level for level in dict.fromkeys(serial)]
    for i, one in enumerate(names):
        for other in names[i:]:
            words = "any two lightweight transactions are ordered"
            duties.append(Obligation((one, other), words=words, source=_SOURCE))


def _as_serial(setting: Setting, word: str) -> str:
    return Setting(setting.key, word, setting.location).choice(*_SERIAL)


def _tree(keyspace: _Keyspace, level: str, centre: Setting | None) -> Tree:
    replicas, place = keyspace.replicas, keyspace.location
    if level == "ANY":
        return any_of([*(m.leaf for m in replicas), Node(_HINT, place)], origin=place)
    if level in ("ONE", "TWO", "THREE", "ALL"):
        need = {"ONE": 1, "TWO": 2, "THREE": 3}.get(level, len(replicas))
        return count(need, replicas, place)
    if level in ("QUORUM", "SERIAL") or (not keyspace.topology and level != "LOCAL_ONE"):
        return majority_of(replicas, place)
    if level == "EACH_QUORUM":
        return all_of((majority_of(members, place) for members in keyspace.centres.values()), origin=place)
    local = [keyspace.centres[name] for name in _coordinators(keyspace, centre)]
    if level == "LOCAL_ONE":
        return any_of((count(1, members, place) for members in local), origin=place)
    return any_of((majority_of(members, place) for members in local), origin=place)


def _coordinators(keyspace: _Keyspace, centre: Setting | None) -> list[str]:
    """Return the data centres whose coordinators may serve the request."""
    if centre is None:
        return list(keyspace.centres)
    if centre.value not in keyspace.centres:
        known = ", ".join(keyspace.centres)
        raise centre.wrong(f"there is no data centre {shown(centre.value)}", f"Use one of: {known}.")
    return [centre.value]


def _commands(source: Source) -> dict[str, Setting]:
    """Read cqlsh's commands: a serial level, and one level for reads and writes."""
    found: dict[str, Setting] = {}
    for match in _COMMAND.finditer(_bare(source)):
        place = source.at(match.start())
        level = match[2].upper()
        keys = ["serial"] if match[1] else ["write", "read"]
        for key in keys:
            if key in found and found[key].value != level:
                raise InputError(f"CONSISTENCY is set twice, to {level} too", location=place, help="Keep one.")
            found[key] = Setting(key, level, place)
    return found


def _bare(source: Source) -> str:
    """Return the text with comments blanked, and every other character where it was."""
    return _COMMENT.sub(
        lambda m: m[0] if m[0][0] == "'" else re.sub(r"[^\n]", " ", m[0]),
        source.text,
    )


def _keyspaces(source: Source) -> list[_Keyspace]:
    text = _bare(source)
    found: dict[str, _Keyspace] = {}
    starts = list(_CREATE.finditer(text))
    for index, match in enumerate(starts):
        place = source.at(match.start())
        name = match["name"].strip('"').replace('""', '"') if match["name"][0] == '"' else match["name"].lower()
        if name in found:
            first = found[name].location.line
            raise InputError(
                f"the keyspace {shown(name)} is created twice; first in line {first}",
                location=place,
                help="Keep one of the statements.",
            )
        end = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        keyspace = _keyspace(source, text, end, match, name)
        if keyspace is not None:
            found[name] = keyspace
    if not found:
        raise InputError(
            "no statement creates a replicated keyspace",
            location=source.line(1),
            help="Give the output of DESCRIBE KEYSPACE.",
        )
    several = len(found) > 1
    return [_renamed(keyspace) if several else keyspace for keyspace in found.values()]


def _renamed(keyspace: _Keyspace) -> _Keyspace:
    """Put the keyspace in front of the names of its replicas: those of two keyspaces are not the same."""
    centres = {
        dc: tuple(Member(f"{keyspace.name}.{m.name}", m.location) for m in members)
        for dc, members in keyspace.centres.items()
    }
    return _Keyspace(keyspace.name, centres, keyspace.topology, keyspace.location)


def _keyspace(source: Source, text: str, end: int, create: re.Match[str], name: str) -> _Keyspace | None:
    place = source.at(create.start())
    options = _REPLICATION.search(text, create.end(), end)
    semicolon = text.find(";", create.end(), end)
    if options is None or not options["end"] or -1 < semicolon < options.start():
        message = f"the keyspace {shown(name)} has no complete replication"
        help = "Write WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}."
        raise InputError(message, location=place, help=help)
    pairs = _pairs(source, options)
    strategy = pairs.pop("class", None)
    if strategy is None:
        raise InputError("the replication has no 'class'", location=place, help="Add the replication strategy.")
    kind = strategy.value.rpartition(".")[2]
    if kind in ("LocalStrategy", "EverywhereStrategy"):
        return None
    if kind == "SimpleStrategy":
        return _Keyspace(name, {"": _simple(pairs, strategy)}, False, strategy.place)
    if kind != "NetworkTopologyStrategy":
        help = "Use NetworkTopologyStrategy or SimpleStrategy."
        raise InputError(f"the replication class {shown(strategy.value)}", location=strategy.place, help=help)
    return _Keyspace(name, _centres(pairs, strategy), True, strategy.place)


@dataclass(frozen=True)
class _Option:
    """One value of the map of options, and where it is."""

    value: str
    place: Location

    def replicas(self, least: int) -> int:
        text = self.value.strip()
        if re.fullmatch(r"[0-9]{1,6}/[0-9]{1,6}", text, re.ASCII):
            help = "Transient replication is not analysed."
            raise InputError(f"transient replicas: {shown(text)}", location=self.place, help=help)
        if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or not least <= int(text) <= MAX_NODES:
            help = f"Use a whole number from {least} to {MAX_NODES}."
            raise InputError(f"the number of replicas is {shown(text)}", location=self.place, help=help)
        return int(text)


def _pairs(source: Source, options: re.Match[str]) -> dict[str, _Option]:
    pairs: dict[str, _Option] = {}
    body = options["body"].rstrip()
    offset = _blank_end(body, 0)
    while offset < len(body):
        match = _PAIR.match(body, offset)
        place = source.at(options.start("body") + offset)
        if match is None:
            help = "Write 'key': value, separated by commas."
            raise InputError(f"found {shown(body[offset : offset + 80])} in a replication", location=place, help=help)
        key = match["key"].replace("''", "'")
        if key in pairs:
            raise InputError(f"{shown(key)} occurs twice in a replication", location=place, help="Keep one.")
        value = match["text"] if match["text"] is not None else match["number"]
        pairs[key] = _Option(value, place)
        offset = _blank_end(body, match.end())
    return pairs


def _blank_end(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _simple(pairs: Mapping[str, _Option], strategy: _Option) -> tuple[Member, ...]:
    factor = pairs.get("replication_factor")
    if factor is None:
        help = "Add 'replication_factor': 3."
        raise InputError("SimpleStrategy without 'replication_factor'", location=strategy.place, help=help)
    return tuple(Member(f"replica-{i}", factor.place) for i in range(1, factor.replicas(1) + 1))


def _centres(pairs: dict[str, _Option], strategy: _Option) -> dict[str, tuple[Member, ...]]:
    if "replication_factor" in pairs:
        help = "Give the number of each data centre, as DESCRIBE KEYSPACE prints it."
        message = "'replication_factor' stands for data centres that the file does not name"
        raise InputError(message, location=pairs["replication_factor"].place, help=help)
    centres: dict[str, tuple[Member, ...]] = {}
    if len(pairs) > _MOST_CENTRES:
        help = f"Use at most {_MOST_CENTRES}."
        raise InputError(f"{len(pairs):,} data centres", location=strategy.place, help=help)
    for name, option in pairs.items():
        node_name(name, option.place)
        size = option.replicas(0)
        if size:
            centres[name] = tuple(Member(f"{name}-{i}", option.place) for i in range(1, size + 1))
    if not centres:
        help = "Give at least one data centre replicas."
        raise InputError("no data centre has replicas", location=strategy.place, help=help)
    return centres


def _findings(keyspaces: Sequence[_Keyspace], said: Settings) -> list[Finding]:
    findings = []
    missing = [kind for kind in ("write", "read") if kind not in said]
    if missing:
        message = f"no consistency level is given for {' and '.join(missing)}: LOCAL_ONE, the drivers' default"
        help = "Say them: -- assay: write=QUORUM; read=QUORUM"
        findings.append(note("default-consistency", message, keyspaces[0].location, help))
    for keyspace in keyspaces:
        for name, members in keyspace.centres.items():
            findings.extend(_few(keyspace, name, members))
    if "write" in said and said["write"].value.upper() == "ANY":
        message = "ANY is content with a hint, which no read sees"
        findings.append(warning("any-is-a-hint", message, said["write"].location, "Use at least ONE."))
    return findings


def _few(keyspace: _Keyspace, centre: str, members: Sequence[Member]) -> list[Finding]:
    where = f"{keyspace.name} in {centre}" if centre else keyspace.name
    place = members[0].location
    if len(members) == 1:
        return [warning("one-replica", f"{where} has one replica: its loss is a loss of data", place)]
    if len(members) == 2:
        message = f"{where} has two replicas, whose quorum is both: no failure is survived"
        return [warning("two-replicas", message, place, "Use three.")]
    return []


FORMAT = Format(
    "cassandra",
    "Cassandra and ScyllaDB keyspaces (CQL)",
    _recognise,
    _parse,
    settings={
        "write": "the consistency level of writes (default: LOCAL_ONE)",
        "read": "the consistency level of reads (default: LOCAL_ONE)",
        "serial": "the serial levels in use: SERIAL, LOCAL_SERIAL, or both with a comma",
        "write-dc": "the data centre whose coordinators serve writes (default: any)",
        "read-dc": "the data centre whose coordinators serve reads (default: any)",
        "keyspace": "the keyspace to verify, of several (default: all)",
    },
)
