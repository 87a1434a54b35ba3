"""The systems of assay's own format: one function for each, from its table to a `QuorumSystem`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assay.checker.errors import AssayError, InputError
from assay.proofs.quorums import library
from assay.proofs.quorums.formats.own.assay_custom import COMMON, custom, federated, shared_sets
from assay.proofs.quorums.formats.own.assay_sets import MOST_PARTS, Sets, placed, reachable, weights_of
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import MAX_NODES, node_name, shown
from assay.proofs.quorums.library.byzantine import opaque_of
from assay.proofs.quorums.library.structured import Nested
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import names

__all__ = ["SYSTEMS", "build_system"]

_LARGEST_TREE = 255
"""The most nodes of a tree system: the tree of its quorums grows faster than the number of nodes."""

_RULES: Mapping[str, Callable[[int, int], int]] = {
    "2f+1": lambda _, f: 2 * f + 1,
    "n-f": lambda n, f: n - f,
    "ceil(2n/3)": lambda n, _: -(-2 * n // 3),
    "floor(2n/3)+1": lambda n, _: 2 * n // 3 + 1,
    "ceil((n+f+1)/2)": lambda n, f: (n + f + 2) // 2,
    "floor((n+f)/2)+1": lambda n, f: (n + f) // 2 + 1,
}


def build_system(head: Element, document: Element) -> QuorumSystem:
    """Build the system that a table describes; errors of its constructor get the table's location.

    Raises
    ------
    InputError
        If there is no such system, or the table does not describe one.
    """
    kind = head.get("system")
    name = kind.text() if kind is not None else "federated" if "federation" in document else "custom"
    build = SYSTEMS.get(name)
    if build is None:
        assert kind is not None
        raise kind.wrong(f"there is no system {shown(name)}", f"Use one of: {', '.join(SYSTEMS)}.")
    try:
        return _with_places(build(head, document), head)
    except AssayError as error:
        if error.location is not None:
            raise
        help = error.help or f"Correct the table [{head.name}]."
        raise InputError(error.message, location=head.location, help=help) from error


def _with_places(system: QuorumSystem, head: Element) -> QuorumSystem:
    """Return a system from the library with the places where its nodes are named."""
    places = {e.value: e.location for e in head.walk() if isinstance(e.value, str)}
    weights = head.get("weights")
    if weights is not None:
        places.update({name: e.location for name, e in weights.table().items()})
    classes = {
        name: kind if isinstance(kind, Federation) else placed(kind, places, head.location)
        for name, kind in system.classes.items()
    }
    return replace(system, classes=classes)


def _only(head: Element, *keys: str) -> None:
    head.only(*COMMON, *keys)


def _nodes(head: Element, document: Element) -> list[str]:
    listed = head.get("nodes")
    if listed is None and "nodes" in document:
        return [node_name(name, e.location) for name, e in document.need("nodes").table().items()]
    return _names(head.need("nodes"))


def _names(listed: Element) -> list[str]:
    seen: dict[str, Element] = {}
    for element in listed.items():
        name = node_name(element.text(), element.location)
        if name in seen:
            message = f"the node {shown(name)} occurs twice; first in line {seen[name].location.line}"
            raise element.wrong(message, "List each node once.")
        seen[name] = element
    if not seen:
        raise listed.wrong(f"{listed.name} is empty", "Name at least one node.")
    if len(seen) > MAX_NODES:
        raise listed.wrong(f"{len(seen):,} nodes", f"Use at most {MAX_NODES:,}.")
    return list(seen)


def _some(head: Element, key: str, nodes: Sequence[str]) -> int:
    """Return the value of a key, a number from 1 to the number of nodes."""
    element = head.need(key)
    need = element.whole(1)
    reachable(need, len(nodes), element)
    return need


def _faulty(head: Element, nodes: Sequence[str]) -> int:
    element = head.get("faulty")
    return (len(nodes) - 1) // 3 if element is None else element.whole(0, len(nodes) - 1)


def _rows(head: Element, key: str = "rows") -> list[list[str]]:
    rows = [_names(row) for row in head.need(key).items()]
    if not rows:
        raise head.need(key).wrong(f"{key} is empty", "Give at least one row of nodes.")
    _once(head.need(key), [node for row in rows for node in row])
    return rows


def _once(element: Element, nodes: Sequence[str]) -> None:
    twice = next((node for node, times in Counter(nodes).items() if times > 1), None)
    if twice is not None:
        raise element.wrong(f"the node {shown(twice)} occurs twice in {element.name}", "List each node once.")


def _majority(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes")
    return library.majority(_nodes(head, document))


def _weighted(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "weights", "need")
    weights = weights_of(head.need("weights"))
    need = head.get("need")
    if need is not None:
        reachable(need.whole(1), sum(weights.values()), need)
    return library.weighted(weights, need.whole(1) if need is not None else None)


def _read_write(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes", "read", "write", "ordered-writes")
    nodes = _nodes(head, document)
    ordered = head.get("ordered-writes")
    return library.read_write(
        nodes,
        _some(head, "read", nodes),
        _some(head, "write", nodes),
        ordered_writes=ordered is not None and ordered.flag(),
    )


def _flexible(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes", "phase-one", "phase-two")
    nodes = _nodes(head, document)
    return library.flexible_paxos(nodes, _some(head, "phase-one", nodes), _some(head, "phase-two", nodes))


def _fast(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes", "classic", "fast")
    nodes = _nodes(head, document)
    return library.fast_paxos(nodes, _some(head, "classic", nodes), _some(head, "fast", nodes))


def _epaxos(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes")
    return library.epaxos(_nodes(head, document))


def _grid(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "rows")
    return library.grid(_rows(head))


def _maekawa(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "rows")
    return library.maekawa_grid(_rows(head))


def _wall(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "rows")
    rows = _rows(head)
    if sum(i * len(row) for i, row in enumerate(rows, 1)) > MOST_PARTS:
        raise head.need("rows").wrong(f"a wall of {len(rows):,} rows", "Use fewer rows.")
    return library.crumbling_wall(rows)


def _hierarchical(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "groups")
    groups = head.need("groups")
    nested = _nested(groups)
    _once(groups, [e.text() for e in groups.walk() if isinstance(e.value, str)])
    return library.hierarchical(nested)


def _nested(element: Element) -> Nested:
    if isinstance(element.value, str):
        return node_name(element.value, element.location)
    if not element.items():
        raise element.wrong(f"{element.name} is empty", "Name at least one node.")
    return [_nested(part) for part in element.items()]


def _tree(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes")
    nodes = _nodes(head, document)
    if len(nodes) > _LARGEST_TREE:
        raise head.wrong(f"a tree of {len(nodes):,} nodes", f"Use at most {_LARGEST_TREE}.")
    return library.tree(nodes)


def _plane(head: Element, document: Element) -> QuorumSystem:
    del document
    _only(head, "order")
    return library.projective_plane(head.need("order").whole(2, 31))


def _byzantine(head: Element, document: Element) -> QuorumSystem:
    _only(head, "nodes", "quorum", "faulty")
    nodes = _nodes(head, document)
    faults, quorum = _faulty(head, nodes), head.need("quorum")
    if not isinstance(quorum.value, str):
        return library.byzantine(nodes, _some(head, "quorum", nodes), faults)
    rule = _RULES.get(quorum.value.replace(" ", "").lower())
    if rule is None:
        message = f"there is no rule {shown(quorum.value)}"
        raise quorum.wrong(message, f"Use a number, or one of: {', '.join(_RULES)}.")
    size = rule(len(nodes), faults)
    reachable(size, len(nodes), quorum)
    return library.byzantine(nodes, size, faults)


def _of_faults(build: Callable[[list[str], int], QuorumSystem]) -> Callable[[Element, Element], QuorumSystem]:
    def build_from(head: Element, document: Element) -> QuorumSystem:
        _only(head, "nodes", "faulty")
        nodes = _nodes(head, document)
        return build(nodes, head.need("faulty").whole(0, len(nodes) - 1))

    return build_from


def _opaque(head: Element, document: Element) -> QuorumSystem:
    if "quorum" not in head:
        return _of_faults(library.opaque)(head, document)
    _only(head, "quorum", "faulty")
    tree = Sets(shared_sets(document)).tree(head.need("quorum"))
    return opaque_of(tree, head.need("faulty").whole(0, max(0, len(names(tree)) - 1)))


def _joint(head: Element, document: Element) -> QuorumSystem:
    _only(head)
    old, new = document.need("old"), document.need("new")
    for part in (old, new):
        inner = part.get("system")
        if inner is not None and inner.text() in ("joint", "custom", "federated"):
            help = "Use a system that its own table describes."
            raise inner.wrong(f"{part.name} cannot be {shown(inner.text())}", help)
        if inner is None:
            raise part.wrong(f"{part.name} has no 'system'", 'Add it, such as system = "majority".')
        if "absent" in part:
            raise part.need("absent").wrong("absent nodes of one side alone are not supported", "Move it to [assay].")
    without_nodes = Element({}, document.location)
    return library.joint(build_system(old, without_nodes), build_system(new, without_nodes))


SYSTEMS: Mapping[str, Callable[[Element, Element], QuorumSystem]] = {
    "majority": _majority,
    "weighted": _weighted,
    "read-write": _read_write,
    "flexible-paxos": _flexible,
    "fast-paxos": _fast,
    "epaxos": _epaxos,
    "grid": _grid,
    "maekawa": _maekawa,
    "hierarchical": _hierarchical,
    "tree": _tree,
    "crumbling-wall": _wall,
    "projective-plane": _plane,
    "byzantine": _byzantine,
    "dissemination": _of_faults(library.dissemination),
    "masking": _of_faults(library.masking),
    "opaque": _opaque,
    "federated": federated,
    "joint": _joint,
    "custom": custom,
}
