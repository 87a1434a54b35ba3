"""Elasticsearch and OpenSearch: the voting configuration of a cluster, and the one that a new cluster starts with.

Rule. Since 7.0, a quorum is more than half of the voting configuration; while it changes, more than half of the last
committed one and of the last accepted one. A new cluster starts with the nodes of `cluster.initial_master_nodes` as its
voting configuration, once more than half of them are found; nodes that name different ones can start clusters of their
own. Before 7.0, any `discovery.zen.minimum_master_nodes` of the master-eligible nodes elect a master, whatever that
number is: it is safe only if it is more than half of them.

The input is the answer of `_cluster/state` (with `metadata.cluster_coordination`), `elasticsearch.yml`, or the
environment of a container. Before 7.0 the master-eligible nodes are assumed to be those of
`discovery.zen.ping.unicast.hosts`, unless `masters=5` gives their number. A node with `discovery.type: single-node`, or
without any setting of discovery, starts a cluster of its own.

Source: Elasticsearch guide, *Voting configurations*, *Quorum-based decision making*, *Bootstrapping a cluster*; guide
to 6.8, *Avoiding split brain with minimum_master_nodes*; `CoordinationMetadata.java`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import Member, View, count, distinct, drifted, majority_of, note, warning
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.texts.processes import Word
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, shown
from assay.proofs.quorums.formats.texts.yaml_text import looks_like_yaml, parse_yaml
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Threshold, all_of

__all__ = ["FORMAT"]

_RULE = "more than half of the voting configuration"
_OLD_RULE = "any minimum_master_nodes of the master-eligible nodes elect a master"
_SOURCE = "Elasticsearch guide, Quorum-based decision making"
_CHANGES = Reconfiguration(
    ReconfigurationMode.JOINT,
    "a new voting configuration is accepted by a majority of the old one and of the new one",
    "Elasticsearch guide, Voting configurations",
)
_OBLIGATION = QuorumObligation(
    ("quorum", "quorum"), words="one master per term, and no cluster state is lost", source=_SOURCE
)
_STATE = re.compile(r'"last_(?:committed|accepted)_config"\s*:')
_INITIAL = ("cluster.initial_master_nodes", "cluster.initial_cluster_manager_nodes")
_LEAST, _HOSTS = "discovery.zen.minimum_master_nodes", "discovery.zen.ping.unicast.hosts"
_SEEDS = ("discovery.seed_hosts", "discovery.seed_providers", "discovery.zen.hosts_provider")
_TYPE = "discovery.type"
_KEYS = (*_INITIAL, _LEAST, _HOSTS, *_SEEDS, _TYPE, "node.name")
_OWN = ("cluster.name", _TYPE, "discovery.seed_hosts")
_NESTED = re.compile(
    r"^[ ]*(?:initial_master_nodes|initial_cluster_manager_nodes|minimum_master_nodes)[ ]*:", re.MULTILINE
)


@dataclass(frozen=True)
class _Settings:
    """The settings of one node: its name, and the values of relevant keys."""

    name: str | None
    values: Mapping[str, list[Word]]

    @property
    def initial(self) -> list[Word]:
        """The nodes that it starts a cluster with: only itself if its settings do not make it look for others."""
        if any(word.text == "single-node" for word in self.values.get(_TYPE, ())):
            return self.values.get("node.name", [])
        named = next((self.values[key] for key in _INITIAL if key in self.values), [])
        discovers = any(key in self.values for key in (*_SEEDS, _HOSTS))
        return named if named or discovers else self.values.get("node.name", [])


def _recognise(source: Source) -> bool:
    if source.process is not None:
        keys = (*_INITIAL, _LEAST, *(_OWN if source.process.is_whole else (_TYPE,)))
        return any(key in source.process.environment for key in keys)
    if looks_like_json(source):
        return _STATE.search(source.text) is not None
    return looks_like_yaml(source, *_INITIAL, _LEAST, *_OWN) or _is_nested(source)


def _is_nested(source: Source) -> bool:
    return looks_like_yaml(source, "cluster", "discovery") and _NESTED.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    if source.process is None and looks_like_json(source):
        return _of_state(source)
    own = _settings_of(source)
    if _LEAST in own.values:
        return _before_7(source, own, settings)
    members = _initial(source, own)
    tree = majority_of(members, members[0].location)
    nodes = tuple(member.name for member in members)
    name = f"cluster that starts with {len(nodes)}"
    return _configuration((source.name,), QuorumSystem(name, nodes, {"quorum": tree}, (_OBLIGATION,)), [])


def _configuration(files: tuple[str, ...], system: QuorumSystem, findings: Sequence[QuorumFinding]) -> Configuration:
    return Configuration("elasticsearch", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _of_state(source: Source) -> Configuration:
    document = parse_json(source)
    metadata = document.get("metadata") or document
    coordination = metadata.get("cluster_coordination") or metadata
    names = _names_by_id(document)
    sides = [
        _listed(coordination.need(key), names)
        for key in ("last_committed_config", "last_accepted_config")
        if key in coordination
    ]
    if not sides:
        raise coordination.wrong("there is no voting configuration", "Ask for metadata.cluster_coordination.")
    if not all(sides):
        raise coordination.wrong("a voting configuration is empty", "Ask a node of a cluster that has formed.")
    trees = list(dict.fromkeys(majority_of(side, side[0].location) for side in sides))
    nodes = tuple(dict.fromkeys(member.name for side in sides for member in side))
    is_joint = len({frozenset(member.name for member in side) for side in sides}) > 1
    tree = all_of(trees, origin=coordination.location) if is_joint else trees[0]
    name = f"voting configuration of {len(nodes)}" + (", in the middle of a change" if is_joint else "")
    system = QuorumSystem(name, nodes, {"quorum": tree}, (_OBLIGATION,))
    return replace(_configuration((source.name,), system, []), is_joint=is_joint)


def _names_by_id(document: Element) -> Mapping[str, str]:
    """Return the names of nodes by their ids; none if they are not unique."""
    nodes = document.get("nodes")
    table = nodes.table() if nodes is not None else {}
    names = {id: name.text() for id, node in table.items() if (name := node.get("name")) is not None}
    return names if len(set(names.values())) == len(names) else {}


def _listed(element: Element, names: Mapping[str, str]) -> tuple[Member, ...]:
    return distinct(Member(names.get(e.text(), e.text()), e.location) for e in element.items())


def _settings_of(source: Source) -> _Settings:
    if source.process is not None:
        environment = source.process.environment
        values = {key: _split(environment[key]) for key in _KEYS if key in environment}
    else:
        values = {}
        for document in parse_yaml(source):
            for key in _KEYS:
                found = _at(document, key)
                if found is not None:
                    values[key] = _texts(found)
    name = values.get("node.name")
    return _Settings(name[0].text if name else None, values)


def _at(document: Element, key: str) -> Element | None:
    """Return the value of a key that is written with dots, as nested mappings, or as a mixture of both."""
    if not isinstance(document.value, dict):
        return None
    found = document.get(key)
    first, dot, rest = key.partition(".")
    while found is None and dot:
        inner = document.get(first)
        found = _at(inner, rest) if inner is not None else None
        more, dot, rest = rest.partition(".")
        first = f"{first}.{more}"
    return found


def _texts(element: Element) -> list[Word]:
    if isinstance(element.value, list):
        return [Word(inner.text(), inner.location) for inner in element.items()]
    value = element.value
    return _split(Word(element.text() if isinstance(value, str | dict) else str(value), element.location))


def _split(word: Word) -> list[Word]:
    parts = word.text.strip().removeprefix("[").removesuffix("]").split(",")
    return [Word(text, word.location) for part in parts if (text := part.strip().strip("\"'"))]


def _initial(source: Source, own: _Settings) -> tuple[Member, ...]:
    if not own.initial:
        help = f"Set {_INITIAL[0]}, or give the answer of _cluster/state."
        raise InputError("no initial master node is named", location=_place(source), help=help)
    return distinct((Member(word.text, word.location) for word in own.initial), "initial master node")


def _place(source: Source) -> Location:
    return source.line(1) if source.process is None else source.process.location


def _before_7(source: Source, own: _Settings, settings: Settings) -> Configuration:
    given, hosts = own.values[_LEAST], own.values.get(_HOSTS, [])
    if len(given) != 1:
        message = f"{_LEAST} has {len(given)} values"
        raise InputError(message, location=_place(source), help="Use a whole number of at least 1.")
    (least,) = given
    if not re.fullmatch(r"[0-9]{1,5}", least.text, re.ASCII) or int(least.text) < 1:
        raise least.wrong(f"{_LEAST} is {shown(least.text)}", "Use a whole number of at least 1.")
    if "masters" in settings:
        number = settings["masters"].whole(1, MAX_NODES)
        members = tuple(Member(f"master-{i}", least.location) for i in range(1, number + 1))
        findings = []
    elif hosts:
        members = distinct((Member(word.text, word.location) for word in hosts), "host")
        message = f"the {len(members)} hosts of {_HOSTS} are assumed to be the master-eligible nodes"
        findings = [note("masters-assumed", message, hosts[0].location, "Add a comment: # assay: masters=3")]
    else:
        number = 2 * int(least.text)
        members = tuple(Member(f"master-{i}", least.location) for i in range(1, number + 1))
        # Twice the number: the largest cluster without a majority, in which two halves each elect a master.
        message = f"the file does not give the number of master-eligible nodes: {number} are assumed"
        findings = [warning("masters-assumed", message, least.location, "Add a comment: # assay: masters=3")]
    nodes = tuple(member.name for member in members)
    tree: Threshold = count(int(least.text), members, least.location)
    name = f"{least.text} of {len(nodes)} master-eligible nodes"
    system = QuorumSystem(name, nodes, {"quorum": tree}, (_OBLIGATION,))
    changes = Reconfiguration(
        ReconfigurationMode.NONE,
        "each node acts by its own minimum_master_nodes",
        "Elasticsearch guide to 6.8, Discovery settings",
    )
    return replace(_configuration((source.name,), system, findings), rule=_OLD_RULE, reconfiguration=changes)


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    states = [file for file in files if file.source.process is None and looks_like_json(file.source)]
    if states:
        return _alike(files, settings)
    own = [(file, _settings_of(file.source)) for file in files]
    if any(_LEAST in one.values for _, one in own):
        return _alike(files, settings)
    starting = [(file, one) for file, one in own if one.initial]
    views = [_view(file, one) for file, one in starting]
    drift = drifted(views, f"nodes that start a cluster, with {len(views)} files", _OBLIGATION)
    return _configuration(tuple(file.source.name for file, _ in starting), drift.system, drift.findings)


def _view(file: NodeFile, own: _Settings) -> View:
    members = _initial(file.source, own)
    node, place = own.name or file.stem, _place(file.source)
    acts = any(member.name == node for member in members)
    return View(node, majority_of(members, members[0].location), acts, place)


def _alike(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    parsed = [_parse(file.source, settings) for file in files]
    for file, configuration in zip(files, parsed, strict=True):
        if configuration.system.classes != parsed[0].system.classes:
            message = f"this differs from {files[0].source.name}"
            raise InputError(message, location=_place(file.source), help="Make all files agree.")
    return parsed[0]


FORMAT = Format(
    "elasticsearch",
    "Elasticsearch and OpenSearch voting configurations",
    _recognise,
    _parse,
    _together,
    settings={"masters": "the number of master-eligible nodes, before 7.0 (default: the hosts of the file)"},
)
