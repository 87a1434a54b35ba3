"""The trees of a system as indented lines, with the file and line of each part."""

from __future__ import annotations

from collections.abc import Iterator

from assay.proofs.quorums.rendering.names import shown
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree

__all__ = ["outline"]


def outline(system: QuorumSystem) -> Iterator[str]:
    """Yield the classes of a system as they were read, with a line for each part."""
    for name, kind in system.classes.items():
        if not isinstance(kind, Federation):
            yield f"{name}:"
            yield from _part(kind, 1, "  ")
            continue
        for tree, nodes in _by_tree(kind).items():
            yield f"{name}, for {', '.join(map(shown, nodes))}:"
            yield from _part(tree, 1, "  ")


def _by_tree(kind: Federation) -> dict[Tree, list[str]]:
    found: dict[Tree, list[str]] = {}
    for node, tree in kind.trees.items():
        found.setdefault(tree, []).append(node)
    return found


def _part(tree: Tree, weight: int, indent: str) -> Iterator[str]:
    votes = f", weight {weight}" if weight != 1 else ""
    place = f"    {tree.origin}" if tree.origin else ""
    if isinstance(tree, Node):
        yield f"{indent}{shown(tree.name)}{votes}{place}"
        return
    yield f"{indent}{tree.need} of {tree.total}{votes}{place}"
    for part_weight, part in tree.parts:
        yield from _part(part, part_weight, indent + "  ")
