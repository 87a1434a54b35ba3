"""Resolve the names in a system's trees: nodes, absent nodes, and unknown nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import NODES, Federation, QuorumClass, QuorumSystem
from assay.proofs.quorums.trees import ALWAYS, NEVER, Tree, any_of, substitute

__all__ = ["UnknownNodes", "resolve", "without"]


class UnknownNodes(Enum):
    """How to read a name that occurs in a tree and that no part of the configuration describes."""

    ABSENT = "absent"
    """It takes no part, and nothing that needs it is ever satisfied by it."""

    ANYTHING = "anything"
    """It takes part, and in a federation it may be in any quorum with described nodes: the worst case for safety."""


def resolve(system: QuorumSystem, unknown: UnknownNodes) -> QuorumSystem:
    """Return the system with every name resolved and every tree in normal form.

    The result has neither absent nor unknown names. In a federation every node of the system gets a tree: a node
    without one is in no quorum, and a node that may do anything is in any quorum that has a described node as well.
    What nodes that nothing describes agree on among themselves does not concern the others.
    """
    gone = dict.fromkeys(system.absent, NEVER)
    joining = system.unknown if unknown is UnknownNodes.ANYTHING else ()
    if unknown is UnknownNodes.ABSENT:
        gone.update(dict.fromkeys(system.unknown, NEVER))
    nodes = (*system.nodes, *joining)
    defaults = {**dict.fromkeys(system.nodes, NEVER), **dict.fromkeys(joining, _with_some_of(system.nodes))}
    classes = {name: _resolved(kind, gone, defaults) for name, kind in system.classes.items()}
    services = {name: _resolved(kind, gone, defaults) for name, kind in system.services.items()}
    labels = {node: {_label(label): value for label, value in of.items()} for node, of in system.labels.items()}
    return replace(system, nodes=nodes, classes=classes, services=services, labels=labels, absent=frozenset())


def _label(name: str) -> str:
    """Return the name of a label; a label named like the nodes themselves (`NODES`) gets another name."""
    return f"label {name}" if name == NODES else name


def _with_some_of(nodes: tuple[str, ...]) -> Tree:
    return any_of(nodes) if nodes else NEVER


def without(kind: QuorumClass, faulty: frozenset[str]) -> QuorumClass:
    """Return the class with the faulty nodes deleted: they tell every quorum what it needs to hear.

    Its quorums are the correct nodes of the original ones. For a tree these may be none, if faulty nodes alone are a
    quorum. (Mazières 2015, section 4.1, *deleting nodes*.)
    """
    return _resolved(kind, dict.fromkeys(faulty, ALWAYS), None)


def _resolved(kind: QuorumClass, replacements: Mapping[str, Tree], defaults: Mapping[str, Tree] | None) -> QuorumClass:
    if not isinstance(kind, Federation):
        return simplify(substitute(kind, replacements))
    members = kind.trees if defaults is None else {**defaults, **kind.trees}
    forms: dict[Tree, Tree] = {}
    kept = {node: tree for node, tree in members.items() if node not in replacements}
    for tree in kept.values():
        if tree not in forms:
            forms[tree] = simplify(substitute(tree, replacements))
    return Federation({node: forms[tree] for node, tree in kept.items()})
