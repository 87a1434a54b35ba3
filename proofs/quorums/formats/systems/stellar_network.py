"""Stellar networks: snapshots of which node trusts which, in the formats of analysis tools.

Rule. Every node has its own quorum set: a threshold over nodes and inner sets. A quorum is a nonempty set of nodes that
satisfies the quorum set of each of its members; any two quorums must meet.

The input is one of three kinds of JSON: a list of nodes with `publicKey` and `quorumSet` (`threshold`, `validators`,
`innerQuorumSets`), as stellarbeat.io and radar.withobsrvr.com publish; stellar-core's `{"nodes": [{"node",
"qset": {"t", "v"}}]}`; and the compact `{"validators": [{"id", "qset"}], "qsets": {id: {"threshold",
"members"}}}` of python-fbas, whose sets refer to each other by name.

A quorum set is insane if it, or a set in it, has a threshold below 1 or above the number of its members, if it contains
a node twice or more than 1000 nodes, or if inner sets are nested more than 4 levels deep. All others ignore a node with
such a set, so it is in no quorum. (Snapshots use the threshold 9007199254740991 for sets that are not known; numbers
are exact here.) A node without a quorum set is *unknown*: it is not a node of the system, whichever nodes trust it.

Source: Mazières, *The Stellar Consensus Protocol* (2015); `QuorumSetUtils.cpp` and `LocalNode.cpp` in
stellar-core (`isQuorumSetSane`, `isStatementSane`); the documentation of fbas_analyzer and of python-fbas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import Member, distinct, note
from assay.proofs.quorums.formats.systems.stellar_sanity import insanity
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, Source, node_name, shown
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["FORMAT"]

_RULE = "any two sets that satisfy the quorum set of each of their members have a node in common"
_SOURCE = "Mazières, The Stellar Consensus Protocol, 2015"
_CHANGES = Reconfiguration(
    ReconfigurationMode.NONE,
    "each node changes its own quorum set when it likes",
    "Mazières, The Stellar Consensus Protocol, 2015",
)
_OBLIGATION = QuorumObligation(("quorum", "quorum"), words="no two parts of the network diverge", source=_SOURCE)
_MARK = re.compile(r'"publicKey"\s*:|"qsets?"\s*:')
_MOST_PARTS = 2_000_000
"""The most parts of all sets, unfolded: sets that name each other can make a small file unfold exponentially."""
_LABELS = {"homeDomain": "organisation", "organizationId": "organisation", "isp": "isp"}


@dataclass(frozen=True)
class _Validator:
    """A node of a snapshot: its key, its name, and its quorum set, if that is known."""

    key: str
    called: str
    quorum_set: Element | None
    labels: Mapping[str, str]
    element: Element


@dataclass
class _Sets:
    """Builds trees from quorum sets; a set that is named twice is built once."""

    names: Mapping[str, str]
    shared: Mapping[str, Element] = field(default_factory=dict)
    built: dict[str, tuple[Tree, int]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    parts: int = 0

    def tree(self, element: Element, depth: int = 0) -> Tree:
        if depth > MAX_DEPTH:
            raise element.wrong(f"quorum sets nested deeper than {MAX_DEPTH} levels", "No network nests as deep.")
        parts = [*self.leaves(element), *self.inner(element, depth)]
        self.parts += len(parts)
        if self.parts > _MOST_PARTS:
            message = f"the quorum sets unfold to more than {_MOST_PARTS:,} parts"
            raise element.wrong(message, "Give the part of the network that matters.")
        threshold = element.get("t") or element.need("threshold")
        return Threshold(threshold.whole(), tuple((1, part) for part in parts), element.location)

    def leaves(self, element: Element) -> list[Node]:
        members = [m for m in self.listed(element) if isinstance(m.value, str) and m.value not in self.shared]
        return [Node(self.names.get(m.text()) or node_name(m.text(), m.location), m.location) for m in members]

    def listed(self, element: Element) -> list[Element]:
        found = element.get("validators") or element.get("v") or element.get("members")
        return [] if found is None else found.items()

    def inner(self, element: Element, depth: int) -> list[Tree]:
        nested = element.get("innerQuorumSets")
        inner = [] if nested is None else nested.items()
        inner = inner + [m for m in self.listed(element) if not isinstance(m.value, str)]
        named = [m for m in self.listed(element) if isinstance(m.value, str) and m.value in self.shared]
        return [self.tree(e, depth + 1) for e in inner] + [self.named(e, depth + 1) for e in named]

    def named(self, reference: Element, depth: int) -> Tree:
        name = reference.text()
        if name in self.open:
            cycle = " -> ".join([*self.open[self.open.index(name) :], name])
            raise reference.wrong(f"quorum sets contain themselves: {shown(cycle)}", "Break the cycle.")
        if name not in self.built:
            self.open.append(name)
            before = self.parts
            self.built[name] = self.tree(self.shared[name], depth), self.parts - before
            self.open.pop()
        else:
            # A set is built once, but what walks the trees later meets it again at each use.
            self.parts += self.built[name][1]
        tree = self.built[name][0]
        if depth + tree.depth > MAX_DEPTH:
            raise reference.wrong(f"quorum sets nested deeper than {MAX_DEPTH} levels", "Flatten them.")
        if self.parts > _MOST_PARTS:
            message = f"the quorum sets unfold to more than {_MOST_PARTS:,} parts"
            raise reference.wrong(message, "Give the part of the network that matters.")
        return tree


def _recognise(source: Source) -> bool:
    return looks_like_json(source) and _MARK.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    document = parse_json(source)
    validators, shared = _validators(document)
    if "inactive" in settings and settings["inactive"].choice("ignore", "keep") == "ignore":
        validators = [v for v in validators if not _inactive(v.element)]
    distinct((Member(v.key, v.element.location) for v in validators), "node")
    names = _names(validators)
    for key in shared:
        if key in names:
            raise shared[key].wrong(f"{shown(key)} is both a validator and a quorum set", "Rename one of them.")
    sets = _Sets(names, shared)
    known = [v for v in validators if v.quorum_set is not None]
    written = {names[v.key]: _own(sets, v) for v in known}
    insane = {tree: why for tree in dict.fromkeys(written.values()) if (why := insanity(tree))}
    # A threshold of 1 over no parts is never satisfied, so no quorum contains a node whose set is insane.
    trees = {name: Threshold(1, (), tree.origin) if tree in insane else tree for name, tree in written.items()}
    if not trees:
        raise document.wrong("no node has a quorum set", "Give a snapshot with quorum sets.")
    labels = {names[v.key]: {**v.labels, "key": v.key} for v in known}
    name = f"Stellar network of {len(trees)} nodes"
    system = QuorumSystem(name, tuple(trees), {"quorum": Federation(trees)}, (_OBLIGATION,), labels)
    ignored = {name: insane[tree] for name, tree in written.items() if tree in insane}
    findings = tuple(_findings(validators, ignored, names))
    return Configuration(
        "stellar-network",
        (source.name,),
        system,
        findings,
        _RULE,
        _SOURCE,
        _CHANGES,
        identities={names[v.key]: Identity((Mark("public key", frozenset([v.key]), v.key),)) for v in validators},
    )


def _validators(document: Element) -> tuple[list[_Validator], Mapping[str, Element]]:
    if isinstance(document.value, list):
        return [_published(element) for element in document.items()], {}
    nodes = document.get("nodes")
    if nodes is not None and nodes.items() and "publicKey" in nodes.items()[0]:
        return [_published(element) for element in nodes.items()], {}
    if nodes is not None:
        return [_plain(element, "node") for element in nodes.items()], {}
    shared = document.need("qsets").table()
    return [_plain(element, "id") for element in document.need("validators").items()], shared


def _published(element: Element) -> _Validator:
    key = node_name(element.need("publicKey").text(), element.location)
    name = element.get("name")
    labels = {label: found.text() for k, label in _LABELS.items() if (found := element.get(k)) is not None}
    place = element.get("geoData")
    country = place.get("countryName") if place else None
    if country is not None:
        labels["country"] = country.text()
    return _Validator(key, name.text() if name else "", element.get("quorumSet"), labels, element)


def _plain(element: Element, key: str) -> _Validator:
    found = element.get("qset")
    usable = found if found is not None and isinstance(found.value, dict | str) else None
    return _Validator(node_name(element.need(key).text(), element.location), "", usable, {}, element)


def _inactive(element: Element) -> bool:
    active = element.get("active")
    return active is not None and not active.flag()


def _own(sets: _Sets, validator: _Validator) -> Tree:
    found = validator.quorum_set
    assert found is not None
    if not isinstance(found.value, str):
        return sets.tree(found)
    if found.value not in sets.shared:
        message = f"{shown(validator.key)} has the quorum set {shown(found.value)}, which is not defined"
        raise found.wrong(message, "Add it to 'qsets'.")
    return sets.named(found, 0)


def _names(validators: Sequence[_Validator]) -> dict[str, str]:
    """Call each node by its name if the name is unique, else by its key."""
    used = Counter(v.called for v in validators)
    keys = {v.key for v in validators}
    plain = {v.key: v.called for v in validators if used[v.called] == 1 and v.called not in keys}
    return {v.key: plain[v.key] if _fits(plain.get(v.key, "")) else v.key for v in validators}


def _fits(name: str) -> bool:
    return bool(name.strip()) and name.isprintable() and len(name) <= 60


def _findings(
    validators: Sequence[_Validator], ignored: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[QuorumFinding]:
    silent = [v for v in validators if v.quorum_set is None]
    if silent:
        message = f"{len(silent)} nodes have no quorum set here, such as {shown(names[silent[0].key])}"
        yield note("no-quorum-set", message, silent[0].element.location)
    if ignored:
        name, why = next(iter(ignored.items()))
        place = next(v.element.location for v in validators if names[v.key] == name)
        message = (
            f"{len(ignored)} nodes have an insane quorum set, which the others ignore, such as {shown(name)}: {why}"
        )
        yield note("insane-quorum-set", message, place, "They are in no quorum.")


FORMAT = Format(
    "stellar-network",
    "Stellar network snapshots (JSON)",
    _recognise,
    _parse,
    settings={"inactive": "what to do with nodes that are not active: ignore, or keep (default)"},
)
