"""The keyspaces that exist after a sequence of CQL statements, which create, alter and drop them.

`CREATE KEYSPACE IF NOT EXISTS` does nothing if the keyspace exists, and `ALTER KEYSPACE` without a replication does not
change the replication. All other statements are ignored.

Source: Cassandra documentation, CQL, *CREATE KEYSPACE*, *ALTER KEYSPACE*, *DROP KEYSPACE*; for `replication_factor` of
NetworkTopologyStrategy, which is for every data centre that is not named, CASSANDRA-14303.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.members import Member
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, node_name, shown

__all__ = ["Keyspace", "blanked", "creates_keyspace", "read_keyspaces"]

_MOST_CENTRES = 1000
_ASSUMED = ("a data centre", "another")
"""The data centres that are assumed if none is named: two are enough to show what can go wrong."""

_STATEMENT = re.compile(
    r"(?<![\w.])(?P<verb>CREATE|ALTER|DROP)\s+(?:KEYSPACE|SCHEMA)\s+(?P<exists>IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r"(?P<name>\"(?:[^\"]|\"\"){1,200}\"|\w+)(?P<with>\s+WITH\b)?",
    re.IGNORECASE,
)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_REPLICATION = re.compile(r"\breplication\s*=\s*\{(?P<body>[^{}]*)(?P<end>\}?)", re.IGNORECASE)
_PAIR = re.compile(r"\s*'(?P<key>(?:[^']|'')*)'\s*:\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<number>[\w./-]+))\s*(?:,|$)")
_BLANK = re.compile(r"\s*")
_COMMENT = re.compile(r"'(?:[^'\n]|'')*'|--[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Keyspace:
    """The replication of a keyspace.

    Parameters
    ----------
    name : str
    centres : mapping of str to tuple of Member
        The replicas in each data centre; with SimpleStrategy, in one without a name.
    topology : bool
        Whether the strategy is NetworkTopologyStrategy.
    location : Location
    before : tuple of Keyspace
        The replication before each `ALTER KEYSPACE`: data stays where it is until a repair.
    assumed : tuple of str
        Data centres that the text does not name, if `replication_factor` is for each of them.
    """

    name: str
    centres: Mapping[str, tuple[Member, ...]]
    topology: bool
    location: Location
    before: tuple[Keyspace, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def replicas(self) -> list[Member]:
        return [member for centre in self.centres.values() for member in centre]


def creates_keyspace(source: Source) -> bool:
    """Tell whether the text has a statement that creates or alters a keyspace."""
    return any(match["verb"].upper() != "DROP" and match["with"] for match in _statements(blanked(source)))


def _statements(text: str) -> list[re.Match[str]]:
    texts = [match.span() for match in _TEXT.finditer(text)]
    starts = [start for start, _ in texts]

    def is_quoted(offset: int) -> bool:
        place = bisect_right(starts, offset) - 1
        return place >= 0 and offset < texts[place][1]

    return [match for match in _STATEMENT.finditer(text) if not is_quoted(match.start())]


def blanked(source: Source) -> str:
    """Return the text with blanks in place of comments, so that offsets do not change."""
    return _COMMENT.sub(
        lambda m: m[0] if m[0][0] == "'" else re.sub(r"[^\n]", " ", m[0]),
        source.text,
    )


def read_keyspaces(source: Source, centres: Sequence[str] = ()) -> list[Keyspace]:
    """Return the replicated keyspaces that exist after the statements of a text, without Cassandra's own.

    Parameters
    ----------
    source : Source
    centres : sequence of str
        All data centres, for `replication_factor` of NetworkTopologyStrategy.

    Raises
    ------
    InputError
        If there are none, one is created twice or dropped before it is created, or a replication is malformed or
        cannot be analysed.
    """
    text = blanked(source)
    found: dict[str, Keyspace | None] = {}
    statements = _statements(text)
    for index, match in enumerate(statements):
        end = statements[index + 1].start() if index + 1 < len(statements) else len(text)
        _execute(_Statement(source, text, match, end, tuple(centres)), found)
    kept = [keyspace for keyspace in found.values() if keyspace is not None]
    if not kept:
        raise InputError(
            "there is no replicated keyspace",
            location=source.line(1),
            help="Give the output of DESCRIBE KEYSPACE.",
        )
    return [_renamed(keyspace) for keyspace in kept] if len(kept) > 1 else kept


@dataclass(frozen=True)
class _Statement:
    """One statement about a keyspace, which ends at a semicolon or before the next one."""

    source: Source
    text: str
    match: re.Match[str]
    end: int
    centres: tuple[str, ...]

    @property
    def name(self) -> str:
        quoted = self.match["name"]
        return quoted[1:-1].replace('""', '"') if quoted[0] == '"' else quoted.lower()

    @property
    def place(self) -> Location:
        return self.source.at(self.match.start())

    @property
    def stop(self) -> int:
        semicolon = self.text.find(";", self.match.end(), self.end)
        return self.end if semicolon < 0 else semicolon

    @property
    def options(self) -> re.Match[str] | None:
        return _REPLICATION.search(self.text, self.match.end(), self.stop)


def _execute(statement: _Statement, found: dict[str, Keyspace | None]) -> None:
    """Apply a statement to the keyspaces; None stands for one whose replication is not by number."""
    verb, name = statement.match["verb"].upper(), statement.name
    first = found.get(name)
    if verb == "DROP":
        found.pop(name, None)
    elif verb == "CREATE" and name in found:
        if not statement.match["exists"]:
            line = f"; first in line {first.location.line}" if first else ""
            message = f"the keyspace {shown(name)} is created twice{line}"
            raise InputError(message, location=statement.place, help="Keep one of the statements.")
    elif verb == "CREATE":
        found[name] = _keyspace(statement)
    elif name not in found or statement.options is not None:
        found[name] = _altered(first, _keyspace(statement))


def _altered(old: Keyspace | None, new: Keyspace | None) -> Keyspace | None:
    if old is None or new is None or (old.centres, old.topology) == (new.centres, new.topology):
        return new
    return replace(new, before=(*old.before, replace(old, before=())))


def _renamed(keyspace: Keyspace) -> Keyspace:
    """Prefix the names of replicas with their keyspace, since those of two keyspaces are different nodes."""
    centres = {
        dc: tuple(Member(f"{keyspace.name}.{m.name}", m.location) for m in members)
        for dc, members in keyspace.centres.items()
    }
    before = tuple(_renamed(old) for old in keyspace.before)
    return replace(keyspace, centres=centres, before=before)


def _keyspace(statement: _Statement) -> Keyspace | None:
    source, name, place, options = statement.source, statement.name, statement.place, statement.options
    if options is None or not options["end"]:
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
    factor = pairs.pop("replication_factor", None)
    assumed = () if factor is None or statement.centres else _ASSUMED
    if factor is not None:
        pairs = {**dict.fromkeys(statement.centres or assumed, factor), **pairs}
    return Keyspace(name, _centres(pairs, strategy), True, strategy.place, assumed=assumed)


@dataclass(frozen=True)
class _Option:
    """One value of the map of options."""

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
