"""Cassandra and ScyllaDB: the replication of a keyspace, with the consistency levels of its clients.

Rule. A read must see every acknowledged write: every set of replicas that can acknowledge a write must intersect every
set that a read may ask. `QUORUM` and `SERIAL` are more than half of all replicas; `LOCAL_QUORUM` and `LOCAL_SERIAL` are
more than half of those in the coordinator's data centre, which may be any one unless it is given (`write-dc`,
`read-dc`); `EACH_QUORUM` is more than half in every data centre; for `ANY`, a hint on the coordinator is enough.
Lightweight transactions are ordered by serial quorums, so any two of those in use must intersect: `SERIAL` and
`LOCAL_SERIAL` do not mix.

After `ALTER KEYSPACE` data stays where it is until a full repair. So current reads must also meet earlier writes,
unless `repaired=yes` says that there was a repair in between.

The input is CQL: `CREATE KEYSPACE ... WITH replication = {...}`, as `DESCRIBE KEYSPACE` prints it, `ALTER KEYSPACE` and
`DROP KEYSPACE`, and cqlsh's commands `CONSISTENCY` and `SERIAL CONSISTENCY`. Clients choose a level for each request,
so levels are given beside the schema: `-- assay: write=QUORUM; read=LOCAL_QUORUM; serial=SERIAL`. The default is
`LOCAL_ONE`, as in the drivers.

Source: `ConsistencyLevel.java` (`blockFor`, `quorumFor`, `localQuorumFor`); Cassandra documentation,
*Dynamo*, *Tunable Consistency*; CQL, *CREATE KEYSPACE*.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, Setting, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, majority_of, note, warning
from assay.proofs.quorums.formats.systems.keyspaces import Keyspace, blanked, creates_keyspace, read_keyspaces
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "every set of replicas that acknowledges a write intersects every set that a read asks"
_SOURCE = "Apache Cassandra, ConsistencyLevel.java"
_CHANGES = Reconfiguration(
    ReconfigurationMode.NONE,
    "after ALTER KEYSPACE reads ask the new replicas, which lack earlier writes until a full repair",
    "Cassandra documentation, Changing the replication factor",
    stays=True,
)
_REPAIR = "Apache Cassandra documentation, ALTER KEYSPACE, and Changing the replication factor"
_HINT = "a hint on the coordinator"
_LEVELS = ("ANY", "ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "LOCAL_ONE")
_SERIAL = ("SERIAL", "LOCAL_SERIAL")
_READS = (*_LEVELS[1:], *_SERIAL)
_COMMAND = re.compile(r"^[ \t]*(SERIAL[ \t]+)?CONSISTENCY[ \t]+(\w+)[ \t]*;?", re.IGNORECASE | re.MULTILINE)


@dataclass
class _Parts:
    """The parts of the quorum system, keyspace by keyspace.

    Attributes
    ----------
    classes : dict of str to Tree
        The classes of quorums.
    obligations : list of QuorumObligation
        What must hold between them.
    earlier : set of str
        The classes of writes before a change of the keyspace, which nobody asks for any more.
    """

    classes: dict[str, Tree] = field(default_factory=dict)
    obligations: list[QuorumObligation] = field(default_factory=list)
    earlier: set[str] = field(default_factory=set)


def _recognise(source: Source) -> bool:
    return creates_keyspace(source)


def _parse(source: Source, settings: Settings) -> Configuration:
    centres = settings["data-centres"].words() if "data-centres" in settings else ()
    keyspaces = _chosen(read_keyspaces(source, centres), settings)
    given = {**_commands(source), **settings}
    parts = _Parts()
    for keyspace in keyspaces:
        _add_classes(keyspace, f"{keyspace.name} " if len(keyspaces) > 1 else "", given, parts)
    members = _members(keyspaces, parts.classes)
    hinted = any(leaf.name == _HINT for tree in parts.classes.values() for leaf in _leaves(tree))
    labels = {m.name: {"dc": dc} for k in keyspaces if k.topology for dc, ms in k.centres.items() for m in ms}
    name = f"keyspace {keyspaces[0].name}" if len(keyspaces) == 1 else f"{len(keyspaces)} keyspaces"
    nodes = tuple(member.name for member in members) + ((_HINT,) if hinted else ())
    needed = tuple(name for name in parts.classes if name not in parts.earlier)
    classes, obligations = parts.classes, tuple(parts.obligations)
    system = QuorumSystem(name, nodes, classes, obligations, labels, needed=needed)
    findings = tuple(_findings(keyspaces, given))
    return Configuration("cassandra", (source.name,), system, findings, _RULE, _SOURCE, _CHANGES)


def _members(keyspaces: Sequence[Keyspace], classes: Mapping[str, Tree]) -> tuple[Member, ...]:
    """Return the current replicas and, if earlier writes count, the earlier ones as well."""
    now = distinct((m for k in keyspaces for m in k.replicas), "replica")
    seen = {member.name for member in now}
    mentioned = {leaf.name for tree in classes.values() for leaf in _leaves(tree)}
    old = {m.name: m for k in keyspaces for earlier in k.before for m in earlier.replicas}
    return (*now, *(member for name, member in old.items() if name in mentioned - seen))


def _leaves(tree: Tree) -> list[Node]:
    return [tree] if isinstance(tree, Node) else [leaf for _, part in tree.parts for leaf in _leaves(part)]


def _chosen(keyspaces: Sequence[Keyspace], settings: Settings) -> Sequence[Keyspace]:
    wanted = settings.get("keyspace")
    if wanted is None:
        return keyspaces
    found = [keyspace for keyspace in keyspaces if keyspace.name == wanted.value]
    if not found:
        raise wanted.wrong(f"there is no keyspace {shown(wanted.value)}", f"Use {keyspaces[0].name}.")
    return found


def _add_classes(keyspace: Keyspace, prefix: str, given: Settings, parts: _Parts) -> None:
    classes, obligations = parts.classes, parts.obligations
    for kind, allowed in (("write", _LEVELS), ("read", _READS)):
        level = given[kind].choice(*allowed) if kind in given else "LOCAL_ONE"
        classes[f"{prefix}{kind}"] = _tree(keyspace, level, given.get(f"{kind}-dc"))
    words = "every read sees every acknowledged write"
    obligations.append(QuorumObligation((f"{prefix}write", f"{prefix}read"), words=words, source=_SOURCE))
    repaired = "repaired" in given and given["repaired"].choice("yes", "no") == "yes"
    for number, old in enumerate(() if repaired else keyspace.before, 1):
        level = given["write"].choice(*_LEVELS) if "write" in given else "LOCAL_ONE"
        name = f"{prefix}write before ALTER {number}"
        classes[name] = _tree(old, level, given.get("write-dc"))
        parts.earlier.add(name)
        words = "without a repair, every read sees what was written before ALTER KEYSPACE"
        obligations.append(QuorumObligation((name, f"{prefix}read"), words=words, source=_REPAIR))
    serial = [_as_serial(given["serial"], word) for word in given["serial"].words()] if "serial" in given else []
    for level in dict.fromkeys(serial):
        classes[prefix + level] = _tree(keyspace, level, given.get("write-dc"))
    names = [prefix + level for level in dict.fromkeys(serial)]
    for i, one in enumerate(names):
        for other in names[i:]:
            words = "any two lightweight transactions are ordered"
            obligations.append(QuorumObligation((one, other), words=words, source=_SOURCE))


def _as_serial(setting: Setting, word: str) -> str:
    return Setting(setting.key, word, setting.location).choice(*_SERIAL)


def _tree(keyspace: Keyspace, level: str, centre: Setting | None) -> Tree:
    """Return the sets of replicas that a consistency level waits for."""
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


def _coordinators(keyspace: Keyspace, centre: Setting | None) -> list[str]:
    """Return the data centres whose coordinators may serve the request."""
    if centre is None:
        return list(keyspace.centres)
    if centre.value not in keyspace.centres:
        known = ", ".join(keyspace.centres)
        raise centre.wrong(f"there is no data centre {shown(centre.value)}", f"Use one of: {known}.")
    return [centre.value]


def _commands(source: Source) -> dict[str, Setting]:
    """Return the levels that cqlsh's commands set: a serial one, and one for reads and writes."""
    found: dict[str, Setting] = {}
    for match in _COMMAND.finditer(blanked(source)):
        place = source.at(match.start())
        level = match[2].upper()
        keys = ["serial"] if match[1] else ["write", "read"]
        for key in keys:
            if key in found and found[key].value != level:
                raise InputError(f"CONSISTENCY is set twice, to {level} too", location=place, help="Keep one.")
            found[key] = Setting(key, level, place)
    return found


def _findings(keyspaces: Sequence[Keyspace], given: Settings) -> list[QuorumFinding]:
    findings = []
    missing = [kind for kind in ("write", "read") if kind not in given]
    if missing:
        message = f"no consistency level is given for {' and '.join(missing)}: LOCAL_ONE, the drivers' default"
        help = "Add a comment: -- assay: write=QUORUM; read=QUORUM"
        findings.append(note("default-consistency", message, keyspaces[0].location, help))
    levels = {given[kind].value.upper() for kind in ("write", "read", "serial") if kind in given}
    for keyspace in keyspaces:
        for name, members in keyspace.centres.items():
            findings.extend(_few(keyspace, name, members, levels))
        if keyspace.assumed:
            message = "'replication_factor' is for each data centre, and none is named: two are assumed"
            help = "Add a comment: -- assay: data-centres=dc1, dc2"
            findings.append(warning("data-centres-assumed", message, keyspace.location, help))
    if "write" in given and given["write"].value.upper() == "ANY":
        message = "for ANY a hint is enough, and no read sees a hint"
        findings.append(warning("any-is-a-hint", message, given["write"].location, "Use at least ONE."))
    return findings


def _few(keyspace: Keyspace, centre: str, members: Sequence[Member], levels: Collection[str]) -> list[QuorumFinding]:
    where = f"{keyspace.name} in {centre}" if centre else keyspace.name
    place = members[0].location
    if len(members) == 1:
        return [warning("one-replica", f"{where} has one replica: if it is lost, its data are lost", place)]
    by_quorum = sorted(level for level in levels if "QUORUM" in level or "SERIAL" in level)
    if len(members) == 2 and by_quorum:
        message = f"{where} has two replicas, and {by_quorum[0]} waits for both"
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
        "data-centres": "the names of the data centres, if replication_factor is for each of them",
        "repaired": "yes if a full repair followed each ALTER KEYSPACE (default: no)",
        "keyspace": "the keyspace to verify (default: all)",
    },
)
