"""The keyspaces that CQL creates, and how each is replicated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.members import Member
from assay.proofs.quorums.formats.source import MAX_NODES, Source, node_name, shown

__all__ = ["Keyspace", "blanked", "creates_keyspace", "read_keyspaces"]

_MOST_CENTRES = 1000
_CREATE = re.compile(
    r"\bCREATE\s+KEYSPACE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>\"(?:[^\"]|\"\"){1,200}\"|\w+)\s+WITH\b",
    re.IGNORECASE,
)
_REPLICATION = re.compile(r"\breplication\s*=\s*\{(?P<body>[^{}]*)(?P<end>\}?)", re.IGNORECASE)
_PAIR = re.compile(r"\s*'(?P<key>(?:[^']|'')*)'\s*:\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<number>[\w./-]+))\s*(?:,|$)")
_BLANK = re.compile(r"\s*")
_COMMENT = re.compile(r"'(?:[^'\n]|'')*'|--[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Keyspace:
    """The replicas of a keyspace, by data centre; one data centre without a name for SimpleStrategy."""

    name: str
    centres: Mapping[str, tuple[Member, ...]]
    topology: bool
    location: Location

    @property
    def replicas(self) -> list[Member]:
        return [member for centre in self.centres.values() for member in centre]


def creates_keyspace(source: Source) -> bool:
    """Say whether the text has a statement that creates a keyspace."""
    return _CREATE.search(source.text) is not None


def blanked(source: Source) -> str:
    """Return the text with comments blanked, and every other character where it was."""
    return _COMMENT.sub(
        lambda m: m[0] if m[0][0] == "'" else re.sub(r"[^\n]", " ", m[0]),
        source.text,
    )


def read_keyspaces(source: Source) -> list[Keyspace]:
    """Read the replicated keyspaces of a text; those of Cassandra itself are left out.

    Raises
    ------
    InputError
        If there are none, one is created twice, or a replication is malformed or cannot be analysed.
    """
    text = blanked(source)
    found: dict[str, Keyspace] = {}
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


def _renamed(keyspace: Keyspace) -> Keyspace:
    """Put the keyspace in front of the names of its replicas: those of two keyspaces are not the same."""
    centres = {
        dc: tuple(Member(f"{keyspace.name}.{m.name}", m.location) for m in members)
        for dc, members in keyspace.centres.items()
    }
    return Keyspace(keyspace.name, centres, keyspace.topology, keyspace.location)


def _keyspace(source: Source, text: str, end: int, create: re.Match[str], name: str) -> Keyspace | None:
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
        return Keyspace(name, {"": _simple(pairs, strategy)}, False, strategy.place)
    if kind != "NetworkTopologyStrategy":
        help = "Use NetworkTopologyStrategy or SimpleStrategy."
        raise InputError(f"the replication class {shown(strategy.value)}", location=strategy.place, help=help)
    return Keyspace(name, _centres(pairs, strategy), True, strategy.place)


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
