"""Systems written out in assay's own format: classes, and the obligations between them."""

from __future__ import annotations

from collections.abc import Mapping

from assay.proofs.quorums import library
from assay.proofs.quorums.formats.own.assay_sets import Sets
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import node_name, shown
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem, class_names

__all__ = ["COMMON", "custom", "federated", "shared_sets"]

COMMON = ("name", "system", "absent")
"""The keys that the table of every system may have."""


def federated(head: Element, document: Element) -> QuorumSystem:
    """Return the system of the table `[federation]`: a set for each node."""
    head.only(*COMMON)
    federation = _federation(document.need("federation"), Sets(shared_sets(document)))
    return library.federated(federation.trees)


def _federation(element: Element, sets: Sets) -> Federation:
    if not element.table():
        raise element.wrong(f"{element.name} is empty", "Give at least one node a set.")
    return Federation({node_name(n, e.location): sets.tree(e) for n, e in element.table().items()})


def custom(head: Element, document: Element) -> QuorumSystem:
    """Return the system of the tables `[classes]` and `[[obligations]]`."""
    head.only(*COMMON, "needed")
    sets = Sets(shared_sets(document))
    listed = document.need("classes")
    if not listed.table():
        raise listed.wrong("there are no classes", "Add one, such as quorum = {majority = [...]}.")
    classes: dict[str, QuorumClass] = {name: _class(e, sets) for name, e in listed.table().items()}
    needed = head.get("needed")
    wanted = tuple(_class_name(name, classes) for name in needed.items()) if needed is not None else ()
    absent = {name.text() for name in head.need("absent").items()} if "absent" in head else set()
    seen = dict.fromkeys(name for kind in classes.values() for name in class_names(kind))
    nodes = tuple(name for name in seen if name not in absent)
    return QuorumSystem("", nodes, classes, _obligations(document, classes), absent=frozenset(absent), needed=wanted)


def shared_sets(document: Element) -> Mapping[str, Element]:
    """Return the named sets, which other sets may refer to."""
    shared = document.need("sets").table() if "sets" in document else {}
    declared = document.need("nodes").table() if "nodes" in document else {}
    for name in shared:
        if name in declared:
            raise shared[name].wrong(f"{shown(name)} is both a node and a set", "Rename one of them.")
    return shared


def _class(element: Element, sets: Sets) -> QuorumClass:
    if "federation" in element:
        element.only("federation")
        return _federation(element.need("federation"), sets)
    return sets.tree(element)


def _obligations(document: Element, classes: Mapping[str, QuorumClass]) -> tuple[QuorumObligation, ...]:
    listed = document.get("obligations")
    if listed is None:
        if len(classes) == 1:
            (only,) = classes
            return (QuorumObligation((only, only), words=f"any two quorums of {only} meet"),)
        raise document.wrong(
            "there are several classes and no obligations", "Add [[obligations]] with classes = [...]."
        )
    if not listed.items():
        raise listed.wrong("there are no obligations", "Say which classes must meet.")
    return tuple(_obligation(element, classes) for element in listed.items())


def _obligation(element: Element, classes: Mapping[str, QuorumClass]) -> QuorumObligation:
    element.only("classes", "need", "weights", "faulty", "words", "source")
    named = element.need("classes").items()
    if len(named) not in (2, 3):
        raise element.need("classes").wrong(f"{len(named)} classes", "Name two or three.")
    known = {name for kind in classes.values() for name in class_names(kind)}
    need, weights, faulty = element.get("need"), element.get("weights"), element.get("faulty")
    words, source = element.get("words"), element.get("source")
    return QuorumObligation(
        tuple(_class_name(name, classes) for name in named),
        need.whole(1) if need is not None else 1,
        {_known(n, w, known): w.whole(0) for n, w in weights.table().items()} if weights is not None else {},
        tuple(_fault_set(e, known) for e in faulty.items()) if faulty is not None else (),
        words.text() if words is not None else "",
        source.text() if source is not None else "",
    )


def _class_name(element: Element, classes: Mapping[str, QuorumClass]) -> str:
    if element.text() not in classes:
        raise element.wrong(f"there is no class {shown(element.text())}", f"Use one of: {', '.join(classes)}.")
    return element.text()


def _fault_set(element: Element, known: set[str]) -> frozenset[str]:
    return frozenset(_known(name.text(), name, known) for name in element.items())


def _known(name: str, element: Element, known: set[str]) -> str:
    if name not in known:
        raise element.wrong(f"{shown(name)} is in no quorum", "Correct the name, or leave it out.")
    return name
