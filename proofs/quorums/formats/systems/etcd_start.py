"""The settings that an etcd member is started with: flags, `ETCD_` variables, or its configuration file.

Flags take precedence over variables; with a configuration file, everything else is ignored. Without `initial-cluster`
and without discovery, the member is a cluster of its own. Settings in comments are ignored.

Source: etcd documentation, *Configuration options* and *Configuration file*; `server/embed/config.go`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.members import warning
from assay.proofs.quorums.formats.texts.commands import is_unit, processes_of_shell, processes_of_unit
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json
from assay.proofs.quorums.formats.texts.processes import Process, Word
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.formats.texts.yaml_text import looks_like_yaml, parse_yaml
from assay.proofs.quorums.identities import Identity, Mark

__all__ = ["Peer", "Start", "is_of_etcd", "start_of", "starts_etcd"]

_CLUSTER = "initial-cluster"
_DISCOVERY = ("discovery", "discovery-srv", "discovery-endpoints")
_DECISIVE = (_CLUSTER, "initial-cluster-state", "initial-cluster-token", "initial-advertise-peer-urls")
_KEYS = (*_DECISIVE, "listen-peer-urls", "name", *_DISCOVERY, "config-file")
_FILE_KEYS = (*_DECISIVE, "listen-peer-urls", "listen-client-urls", "advertise-client-urls")
_MARK = re.compile(
    r"\bETCD_(?:NAME|INITIAL_|DISCOVERY|LISTEN_|ADVERTISE_)[A-Z_]*[ \t]*="
    r"|--?(?:initial-(?:cluster|advertise-peer-urls)|listen-peer-urls|advertise-client-urls)\b"
)
_OWN = re.compile(r"ETCD_(?:NAME|LISTEN_PEER_URLS|LISTEN_CLIENT_URLS|ADVERTISE_CLIENT_URLS)$")
_JSON_KEY = re.compile(rf'"(?:{"|".join(_FILE_KEYS)})"\s*:')
_URL = re.compile(r"(?:https?|unixs?)://\S+")


@dataclass(frozen=True)
class Peer:
    """A member that `initial-cluster` names, with its URLs."""

    name: str
    urls: frozenset[str]
    location: Location


@dataclass(frozen=True)
class Start:
    """The settings that one member is started with."""

    name: str | None
    peers: tuple[Peer, ...]
    token: str
    joins: bool
    findings: tuple[QuorumFinding, ...] = ()

    def identity(self, peer: Peer) -> Identity | None:
        """Return what identifies a member: its URLs and, if the cluster is new, the token of the cluster."""
        if not peer.urls:
            return None
        urls = ",".join(sorted(peer.urls))
        by_url = Mark("peer URLs", frozenset([peer.urls]), urls)
        if self.joins:
            return Identity((by_url,))
        words = urls if self.token == _DEFAULT_TOKEN else f"{urls}, token {self.token}"
        return Identity((Mark("peer URLs and token", frozenset([(self.token, peer.urls)]), words), by_url))


_DEFAULT_TOKEN = "etcd-cluster"


def starts_etcd(source: Source) -> bool:
    """Tell whether the text, or the process, starts a member."""
    if source.process is not None:
        return is_of_etcd(source.process)
    if looks_like_json(source):
        return _JSON_KEY.search(source.text) is not None
    if is_unit(source):
        return any(map(is_of_etcd, processes_of_unit(source)))
    return _MARK.search(source.text) is not None or looks_like_yaml(source, *_FILE_KEYS)


def is_of_etcd(process: Process) -> bool:
    """Tell whether a process is a member of etcd, by its program, its image, or its settings.

    A process without any settings is a member too, of a cluster of its own.
    """
    given = _of_process(process)
    if any(key in given for key in (_CLUSTER, *_DISCOVERY, "config-file")):
        return True
    runs = process.program == "etcd" or (process.image == "etcd" and not process.program)
    is_configured = any(key in given for key in _DECISIVE) or any(map(_OWN.match, process.environment))
    return process.is_whole and (runs or is_configured)


def start_of(source: Source) -> Start:
    """Return the settings with which the text, or the process, starts a member.

    Raises
    ------
    InputError
        If the members are not in it, because they are discovered or in another file.
    """
    settings = _settings(source)
    elsewhere = settings.get("config-file")
    if elsewhere is not None:
        message = f"the settings are in the configuration file {shown(elsewhere.text)}"
        raise elsewhere.wrong(message, "Give that file instead: with it, etcd ignores all other settings.")
    name = settings.get("name")
    peers, findings = _peers(source, settings, name)
    token, state = settings.get("initial-cluster-token"), settings.get("initial-cluster-state")
    if state is not None and state.text not in ("new", "existing"):
        raise state.wrong(f"initial-cluster-state is {shown(state.text)}", "Use new or existing.")
    joins = state is not None and state.text == "existing"
    return Start(name.text if name else None, peers, token.text if token else _DEFAULT_TOKEN, joins, findings)


def _settings(source: Source) -> Mapping[str, Word]:
    if source.process is not None:
        return _of_process(source.process)
    if looks_like_json(source) or (looks_like_yaml(source, *_FILE_KEYS) and not _MARK.search(source.text)):
        return _of_file(source)
    processes = processes_of_unit(source) if is_unit(source) else processes_of_shell(source)
    mine = [process for process in processes if is_of_etcd(process)]
    found = [_of_process(process) for process in mine]
    for process in mine:
        _set_once(process)
    if not found:
        partial = any(not process.is_whole for process in processes)
        message = "initial-cluster may be in a file that this one names" if partial else "no initial-cluster is set"
        help = "Give ETCD_INITIAL_CLUSTER, --initial-cluster or initial-cluster:, or a member list."
        raise InputError(message, location=source.line(1), help=help)
    return found[0] if len(found) == 1 else _the_one(found)


def _set_once(process: Process) -> None:
    first = process.replaced.get(_variable(_CLUSTER))
    if first is not None:
        again = process.environment[_variable(_CLUSTER)]
        message = f"initial-cluster is set twice, differently; first in line {first.location.line}"
        raise again.wrong(message, "Keep one of them.")


def _the_one(found: Sequence[Mapping[str, Word]]) -> Mapping[str, Word]:
    """Return the settings of several processes, if they start members of one cluster, and raise an error otherwise."""
    clusters = [settings[_CLUSTER] for settings in found if _CLUSTER in settings]
    for cluster in clusters[1:]:
        if cluster.text != clusters[0].text:
            first = clusters[0].location.line
            message = f"initial-cluster is set twice, differently; first in line {first}"
            raise cluster.wrong(message, "Keep one of them.")
    merged = dict(found[0]) if not clusters else dict(next(one for one in found if _CLUSTER in one))
    names = {settings["name"].text for settings in found if "name" in settings}
    if len(names) > 1:
        merged.pop("name", None)
    return merged


def _of_process(process: Process) -> dict[str, Word]:
    flags = {key: process.flag(key) for key in _KEYS}
    given = {key: word for key, word in flags.items() if word is not None}
    # Many programs have a flag --name; alone it says nothing about etcd.
    if "name" in given and len(given) == 1 and process.program != "etcd":
        given.clear()
    variables = {key: process.environment.get(_variable(key)) for key in _KEYS}
    return {**{key: word for key, word in variables.items() if word is not None}, **given}


def _variable(key: str) -> str:
    return f"ETCD_{key.upper().replace('-', '_')}"


def _of_file(source: Source) -> dict[str, Word]:
    documents = parse_yaml(source)
    if len(documents) != 1:
        raise InputError(f"there are {len(documents)} documents", location=source.line(1), help="Give one.")
    table = documents[0].table()
    return {key: _word(table[key]) for key in _KEYS if key in table and table[key].value is not None}


def _word(element: Element) -> Word:
    value = element.value
    return Word(element.text() if isinstance(value, str | dict | list) else str(value), element.location)


def _peers(
    source: Source, settings: Mapping[str, Word], name: Word | None
) -> tuple[tuple[Peer, ...], tuple[QuorumFinding, ...]]:
    cluster = settings.get(_CLUSTER)
    if cluster is not None and cluster.text.strip():
        return _pairs(cluster), ()
    for key in _DISCOVERY:
        if key in settings and settings[key].text.strip():
            message = f"the members are found by discovery, at {shown(settings[key].text)}"
            raise settings[key].wrong(message, "Give what `etcdctl member list` prints.")
    place = name.location if name else source.line(1)
    urls = settings.get("initial-advertise-peer-urls")
    own = frozenset(urls.text.split(",")) if urls else frozenset[str]()
    message = "no initial-cluster is set: etcd starts a cluster of one member"
    alone = warning("standalone", message, place, "Set initial-cluster, to the same value for all members.")
    return (Peer(name.text if name else "default", own, place),), (alone,)


def _pairs(cluster: Word) -> tuple[Peer, ...]:
    """Return the members of `name=url,name=url`; empty parts are skipped, and a name may have several URLs."""
    found: dict[str, set[str]] = {}
    taken: set[str] = set()
    for part in filter(None, (part.strip() for part in cluster.text.split(","))):
        name, equals, url = part.partition("=")
        if not equals or not name or not _URL.fullmatch(url):
            help = "Write name=http://host:port, separated by commas."
            raise cluster.wrong(f"initial-cluster has {shown(part)}", help)
        if url in taken:
            raise cluster.wrong(f"the URL {shown(url)} occurs twice", "Give every member its own URL.")
        taken.add(url)
        found.setdefault(name, set()).add(url)
    if not found:
        raise cluster.wrong("initial-cluster is empty", "Write name=http://host:port, separated by commas.")
    return tuple(Peer(name, frozenset(urls), cluster.location) for name, urls in found.items())
