"""PostgreSQL: `synchronous_standby_names`, and the standbys that are asked at a failover.

Rule. A commit is acknowledged by the primary and k standbys. At a failover the primary is gone, m standbys are asked,
and the most advanced of these is promoted. It has every acknowledged commit if and only if any k of the s standbys
intersect any m of them: k + m > s. `FIRST k` is no better than `ANY k`: its choice changes when a standby disconnects,
so that over time any k may be the only ones with a commit.

`pg_ctl promote` asks no other standby: m is 1 unless given otherwise (in `postgresql.conf`, `assay.standbys_asked = 2`
is a custom parameter that PostgreSQL accepts and ignores). `*` is any standby, including a backup receiver: the
standbys are then those of `assay.standbys`; by default, as many as are needed to show what can go wrong.

The input is `postgresql.conf` and similar files, `ALTER SYSTEM SET`, the output of `psql` for `SHOW` and for
`pg_settings`, or the `-c` options of a manifest's command.

The service is available while the primary and k standbys are up and, once the primary is lost, while a failover finds
its m standbys and the promoted one has k others to wait for.

Source: PostgreSQL documentation, 19.6 *Replication* (`synchronous_standby_names`) and 26.2.8 *Synchronous
Replication*; `syncrep_gram.y`, `syncrep_scanner.l`; Patroni, *Quorum-based synchronous mode*, for k + m > s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, Setting, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, note, warning
from assay.proofs.quorums.formats.texts.psql import shown_by_psql, values_of_psql
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, node_name, shown
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "any k standbys that acknowledge meet any m that are asked at a failover: k + m > s"
_SOURCE = "PostgreSQL documentation, Synchronous Replication; Patroni, Quorum-based synchronous mode"
_CHANGES = Reconfiguration(
    ReconfigurationMode.NONE,
    "a reload reaches one process after the other: until then commits wait by either setting",
    "PostgreSQL documentation, synchronous_standby_names",
)
_NAMES = "synchronous_standby_names"
_MARK = re.compile(rf"^[ \t]*(?:ALTER[ \t]+SYSTEM[ \t]+SET[ \t]+)?{_NAMES}[ \t]*(?:=|TO\b|[ \t]')", re.M | re.I)
_LINE = re.compile(
    r"[ \t]*(?:ALTER[ \t]+SYSTEM[ \t]+SET[ \t]+)?([A-Za-z_][\w.$]*)[ \t]*(?:=[ \t]*|[ \t]+TO[ \t]+|[ \t]+)"
    r"('(?:[^'\\]|''|\\.)*'|[^\s#';]*)[ \t]*;?[ \t]*(#.*|--.*)?",
    re.ASCII | re.IGNORECASE,
)
_TOKEN = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([A-Za-z_\x80-\U0010ffff][\w$]*)|([0-9]+)|([(),*]))')
_PRIMARY = "primary"
_LEVELS = ("on", "off", "local", "remote_write", "remote_apply", "true", "false", "yes", "no", "1", "0")
_NOT_WAITING = ("off", "local", "false", "no", "0")


@dataclass(frozen=True)
class _Wait:
    """What a commit waits for: `need` standbys with these names, or with any name if there is a star."""

    need: int
    names: tuple[str, ...]
    star: bool
    location: Location


def _recognise(source: Source) -> bool:
    if source.process is not None:
        return any(word.text.partition("=")[0] == _NAMES for word in source.process.arguments)
    return _MARK.search(source.text) is not None or shown_by_psql(source, _NAMES)


def _parse(source: Source, settings: Settings) -> Configuration:
    given = _parameters(source)
    given = {**given, **settings}
    if _NAMES not in given:
        help = "Give postgresql.conf, or SHOW synchronous_standby_names as name = 'value'."
        raise InputError(f"there is no {_NAMES}", location=source.whole, help=help)
    wait = _wait(given[_NAMES])
    asked = given["standbys-asked"].whole(1, MAX_NODES) if "standbys-asked" in given else 1
    commits = given.get("synchronous_commit")
    waiting = commits is None or commits.choice(*_LEVELS) not in _NOT_WAITING
    need = wait.need if waiting else 0
    candidates, standbys, remarks = _standbys(wait, given.get("standbys"), need, asked)
    commit: Tree = Node(_PRIMARY, wait.location)
    if need:
        commit = all_of([commit, count(need, candidates, wait.location)], origin=wait.location)
    system = QuorumSystem(
        f"PostgreSQL primary and {len(standbys)} standbys",
        (_PRIMARY, *(member.name for member in standbys)),
        {"commit": commit, "failover": count(asked, standbys, wait.location)},
        (
            QuorumObligation(
                ("commit", "failover"),
                words="the promoted standby has every acknowledged commit",
                source=_SOURCE,
            ),
        ),
        services={"commits, with failover": _service(commit, candidates, standbys, need, asked)},
    )
    findings = [*remarks, *_findings(wait, commits if not waiting else None, "standbys-asked" in given, need)]
    return Configuration("postgresql", (source.name,), system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _service(commit: Tree, candidates: Sequence[Member], standbys: Sequence[Member], need: int, asked: int) -> Tree:
    """Return what has to be up: the nodes of a commit, or those of a failover and of a commit after it."""
    if not standbys:
        return commit
    place = standbys[0].location
    parts: list[Tree] = [count(asked, standbys, place)]
    if need:
        # The promoted standby may be one of those that acknowledge, and then waits for `need` others.
        parts.append(count(need + 1, candidates, place))
    return any_of([commit, all_of(parts)])


_WANTED = {
    _NAMES: _NAMES,
    "synchronous_commit": "synchronous_commit",
    "assay.standbys": "standbys",
    "assay.standbys_asked": "standbys-asked",
}


def _parameters(source: Source) -> dict[str, Setting]:
    """Return the relevant parameters by the name of their setting, from a file, a command, or psql's output."""
    if source.process is not None:
        given = [(*word.text.partition("="), word.location) for word in source.process.arguments]
        return {_WANTED[name]: Setting(name, value, place) for name, _, value, place in given if name in _WANTED}
    if shown_by_psql(source, _NAMES):
        rows = values_of_psql(source)
        return {
            _WANTED[name]: Setting(name, word.text, word.location) for name, word in rows.items() if name in _WANTED
        }
    return _of_file(source)


def _of_file(source: Source) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for number, line in enumerate(source.text.split("\n"), 1):
        name = re.match(r"[ \t]*(?:ALTER[ \t]+SYSTEM[ \t]+SET[ \t]+)?([A-Za-z_][\w.]*)", line, re.ASCII | re.IGNORECASE)
        if name is None or name[1].lower() not in _WANTED:
            continue
        key, place = _WANTED[name[1].lower()], source.line(number)
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match is None or not match[2]:
            help = "Write: name = 'value'"
            raise InputError(f"found {shown(line.strip())}", location=place, help=help)
        if key in found:
            first = found[key].location
            message = f"{name[1]} is set twice; first in line {first.line if first else 0}"
            raise InputError(message, location=place, help="Keep one: PostgreSQL reads only the last.")
        found[key] = Setting(key, _unquoted(match[2]), place)
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"''|\\(.)", lambda m: m[1] or "'", text[1:-1]) if text.startswith("'") else text


def _wait(setting: Setting) -> _Wait:
    place = setting.location or Location("")
    tokens = _tokens(setting)
    if not tokens:
        return _Wait(0, (), False, place)
    need, listed = 1, tokens
    head = [token.lower() if kind == "word" else token for kind, token in tokens[:3]]
    if tokens[0][0] == "word" and head[0] in ("any", "first") and len(tokens) > 2:
        need, listed = _need(setting, tokens[1], place), tokens[2:]
    elif tokens[0][0] == "number" and len(tokens) > 1 and tokens[1][1] == "(":
        need, listed = _need(setting, tokens[0], place), tokens[1:]
    if listed is not tokens:
        if listed[0] != ("sign", "(") or listed[-1] != ("sign", ")"):
            raise _unreadable(setting, "Write ANY k (name, ...) or FIRST k (name, ...).")
        listed = listed[1:-1]
    if len(listed) > 2 * MAX_NODES:
        raise InputError(f"more than {MAX_NODES:,} standbys", location=place, help="Name fewer.")
    names = _listed(setting, listed)
    star = any(name == "*" for name in names)
    return _Wait(need, tuple(name for name in names if name != "*"), star, place)


def _tokens(setting: Setting) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    text, offset = setting.value.rstrip(), 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _unreadable(setting, "Put names with other characters into double quotes.")
        if match[1] is not None:
            tokens.append(("name", match[1].replace('""', '"')))
        elif match[4]:
            tokens.append(("sign", match[4]))
        else:
            tokens.append(("word", match[2]) if match[2] else ("number", match[3]))
        offset = match.end()
    return tokens


def _unreadable(setting: Setting, help: str) -> InputError:
    return InputError(f"{_NAMES} is {shown(setting.value)}", location=setting.location, help=help)


def _need(setting: Setting, token: tuple[str, str], place: Location) -> int:
    if token[0] != "number" or len(token[1]) > 9:
        raise _unreadable(setting, "Write a number after ANY or FIRST.")
    if int(token[1]) == 0:
        help = "Use at least 1; leave the parameter empty for asynchronous replication."
        raise InputError("the number of synchronous standbys is 0", location=place, help=help)
    return int(token[1])


def _listed(setting: Setting, tokens: Sequence[tuple[str, str]]) -> list[str]:
    names = []
    for index, (kind, token) in enumerate(tokens):
        if index % 2:
            if (kind, token) != ("sign", ","):
                raise _unreadable(setting, "Separate the names by commas.")
            continue
        if kind == "sign" and token != "*":
            raise _unreadable(setting, "Write ANY k (name, ...) or FIRST k (name, ...).")
        names.append(token)
    if len(tokens) % 2 == 0:
        raise _unreadable(setting, "Name at least one standby, and no comma at the end.")
    return names


def _standbys(
    wait: _Wait, given: Setting | None, need: int, asked: int
) -> tuple[tuple[Member, ...], tuple[Member, ...], list[QuorumFinding]]:
    """Return the standbys that can acknowledge, all that can be asked, and findings on what was assumed."""
    if given is not None:
        place = given.location or wait.location
        everyone = distinct((Member(name, place) for name in given.words()), "standby")
        _not_the_primary(everyone)
        able = everyone if wait.star else tuple(m for m in everyone if m.name.lower() in _lower(wait.names))
        return able, everyone, []
    listed = tuple(Member(node_name(name, wait.location), wait.location) for name in wait.names)
    listed = distinct(listed, "standby")
    _not_the_primary(listed)
    if not wait.star and listed:
        return listed, listed, []
    size = max(need + asked, len(listed) + 1)
    if size > MAX_NODES:
        raise InputError(f"{size:,} standbys", location=wait.location, help=f"Use at most {MAX_NODES:,}.")
    more = tuple(Member(f"standby-{i}", wait.location) for i in range(1, size - len(listed) + 1))
    # One more than is safe: k that acknowledge and m that are asked may be different ones.
    message = f"the file does not name the standbys: {size} are assumed"
    help = "Add the parameter assay.standbys = 's1, s2'"
    return (*listed, *more), (*listed, *more), [warning("standbys-assumed", message, wait.location, help)]


def _lower(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}


def _not_the_primary(members: Sequence[Member]) -> None:
    for member in members:
        if member.name == _PRIMARY:
            help = "Give it another application_name: this one is the primary's."
            raise InputError(f"a standby is called {_PRIMARY!r}", location=member.location, help=help)


def _findings(wait: _Wait, off: Setting | None, asked: bool, need: int) -> list[QuorumFinding]:
    findings = []
    if off is not None:
        message = f"synchronous_commit is {off.value}: commits wait for no standby"
        findings.append(warning("commit-does-not-wait", message, off.location, "Use on or remote_apply."))
    if not wait.names and not wait.star:
        message = f"{_NAMES} is empty: replication is asynchronous"
        findings.append(warning("asynchronous-replication", message, wait.location, "Name standbys."))
    if wait.star:
        message = "* counts every standby, including backup receivers such as pg_receivewal"
        findings.append(warning("star-counts-all", message, wait.location, "Name the standbys."))
    if need and not wait.star and need == len(wait.names):
        message = "every named standby must acknowledge: any restart of one stops commits"
        findings.append(warning("all-standbys-required", message, wait.location))
    if need > len(wait.names) and not wait.star:
        message = f"{need} standbys must acknowledge, and {len(wait.names)} are named: no commit ever returns"
        findings.append(warning("more-than-named", message, wait.location, "Name more standbys."))
    if not asked:
        message = "a failover is assumed to ask one standby, as pg_ctl promote does"
        help = "If the newest of m standbys is promoted: assay.standbys_asked = m"
        findings.append(note("one-standby-asked", message, wait.location, help))
    return findings


FORMAT = Format(
    "postgresql",
    "PostgreSQL synchronous_standby_names",
    _recognise,
    _parse,
    settings={
        "standbys-asked": "the number of standbys of which the most advanced is promoted (default: 1)",
        "standbys": "the standbys, separated by commas (default: those named)",
    },
)
