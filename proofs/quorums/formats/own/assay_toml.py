"""assay's own format: TOML that can express every quorum system that assay knows.

The table `[assay]` names the `system`, on which its other keys depend:

==================  =======================================================================================
`majority`          `nodes`
`weighted`          `weights = {a = 2, b = 1}`, `need` (by default more than half)
`read-write`        `nodes`, `read`, `write`, `ordered-writes`
`flexible-paxos`    `nodes`, `phase-one`, `phase-two`
`fast-paxos`        `nodes`, `classic`, `fast`
`epaxos`            `nodes`
`grid`, `maekawa`   `rows = [["a", "b"], ["c", "d"]]`
`hierarchical`      `groups = [["a", "b", "c"], ...]`, nested to any depth
`tree`              `nodes`, as a complete binary tree in heap order
`crumbling-wall`    `rows`
`projective-plane`  `order`, a prime number
`byzantine`         `nodes`, `quorum` (a number, or a rule such as `"2f+1"`), `faulty` (by default `(n-1)/3`)
`dissemination`,    `nodes`, `faulty`
`masking`,
`opaque`            or, for `opaque`, `quorum` (a set, of which each minimal quorum is one) and `faulty`
`federated`         the table `[federation]`: a set for each node
`joint`             the tables `[old]` and `[new]`, each like `[assay]`
`custom`            the table `[classes]`, `[[obligations]]`, and `needed` (the classes that must have a
                    quorum; by default all); also the default if there is no `system`
==================  =======================================================================================

A *set* is the name of a node, the name of a set of the table `[sets]`, or one of `{majority = [...]}`,
`{all = [...]}`, `{any = [...]}`, `{choose = k, of = [...]}`, the latter also with `weights = [...]`,
`{weighted = {a = 2, b = 1}, need = 2}`, and `{dual = ...}`. A class can also be `{federation = {...}}`.
An obligation has `classes` (two or three), and optionally `need`, `weights`, `faulty` and `words`.

The table `[nodes]` gives nodes labels, and `latency` (seconds), `capacity` (operations per second) and `failure` (a
probability): `n1 = {zone = "a", failure = 0.01}`. If it is there, sets may name no other nodes, except those that
`absent` lists, which never take part.

Rule and source: those of the system, as `assay.proofs.quorums.library` documents them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from assay.proofs.quorums import trees
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.own.assay_systems import build_system
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import Source, node_name, shown
from assay.proofs.quorums.formats.texts.toml_text import looks_like_toml, parse_toml
from assay.proofs.quorums.systems import Federation, QuorumSystem, class_names

__all__ = ["FORMAT"]

_CHANGES = Reconfiguration(
    ReconfigurationMode.JOINT, "through a joint configuration, if the system that this describes has those"
)
_NUMBERS = ("latency", "capacity", "failure")


def _recognise(source: Source) -> bool:
    return looks_like_toml(source, "assay")


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    document = parse_toml(source)
    document.only("assay", "nodes", "sets", "classes", "obligations", "federation", "old", "new")
    head = document.need("assay")
    system = _with_nodes(build_system(head, document), document)
    given = head.get("name")
    called = [name for name in (given.text() if given is not None else "", system.name) if name]
    system = replace(system, name=": ".join(called) or f"system of {len(system.nodes)} nodes")
    obligations = system.obligations
    rule = "; ".join(dict.fromkeys(obligation.words for obligation in obligations if obligation.words))
    sources = "; ".join(dict.fromkeys(obligation.source for obligation in obligations if obligation.source))
    return Configuration("assay", (source.name,), system, (), rule, sources, _CHANGES, is_joint="old" in document)


def _with_nodes(system: QuorumSystem, document: Element) -> QuorumSystem:
    """Return the system with the data of the table of nodes, and refuse names that are not in it."""
    absent = document.need("assay").get("absent")
    missing = frozenset(name.text() for name in absent.items()) if absent is not None else frozenset()
    declared = document.get("nodes")
    if declared is None:
        nodes = tuple(node for node in system.nodes if node not in missing)
        return replace(system, nodes=nodes, absent=missing)
    table = declared.table()
    for name in dict.fromkeys(n for kind in system.classes.values() for n in class_names(kind)):
        if name not in table and name not in missing:
            place = _origin(system, name) or declared
            raise place.wrong(f"the node {shown(name)} is not in [nodes]", "Add it, or correct the name.")
    for name in missing:
        if name in table:
            raise table[name].wrong(f"the node {shown(name)} is absent as well", "Keep one of the two.")
    labels = {node_name(n, e.location): _labels(e) for n, e in table.items()}
    found = {node: pairs for node, pairs in labels.items() if pairs}
    return replace(
        system,
        nodes=tuple(table),
        labels=found,
        absent=missing,
        latency=_numbers(table, "latency"),
        capacity=_numbers(table, "capacity"),
        failure=_numbers(table, "failure"),
    )


def _origin(system: QuorumSystem, name: str) -> Element | None:
    kinds = system.classes.values()
    each = [list(k.trees.values()) if isinstance(k, Federation) else [k] for k in kinds]
    found = (leaf.origin for kind in each for tree in kind for leaf in trees.leaves(tree) if leaf.name == name)
    place = next((origin for origin in found if origin is not None), None)
    return Element(None, place) if place is not None else None


def _labels(element: Element) -> dict[str, str]:
    return {key: value.text() for key, value in element.table().items() if key not in _NUMBERS}


def _numbers(table: Mapping[str, Element], kind: str) -> dict[str, float]:
    found = {node: element.get(kind) for node, element in table.items()}
    return {node: _number(element, kind) for node, element in found.items() if element is not None}


def _number(element: Element, kind: str) -> float:
    value = element.value
    high = 1.0 if kind == "failure" else float("inf")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not 0 <= value <= high:
        expected = "a probability from 0 to 1" if kind == "failure" else "a number that is not negative"
        raise element.wrong(f"{element.name} is {shown(value)}", f"Write {expected}.")
    return float(value)


FORMAT = Format("assay", "assay's own TOML", _recognise, _parse)
