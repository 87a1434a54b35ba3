"""Find interchangeable nodes: those that can be swapped without changing any class of quorums."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from assay.proofs.quorums.trees import Node, Tree, is_read_once, names

__all__ = ["orbits"]


def orbits(trees: Sequence[Tree], colours: Mapping[str, Hashable]) -> dict[str, int]:
    """Return a number for each node, equal only for nodes that a common symmetry of all trees exchanges.

    Parameters
    ----------
    trees : sequence of Tree
        In normal form.
    colours : mapping of node to hashable
        What a symmetry has to preserve as well, such as a cost or a capacity.

    Returns
    -------
    dict of str to int
        Not always the largest orbits: if a node occurs twice in a tree, or there are several trees and one is not flat,
        every node has a number of its own.
    """
    if not all(is_read_once(tree) for tree in trees):
        return _all_different(trees)
    if len(trees) > 1 and any(tree.depth > 2 for tree in trees):
        return _all_different(trees)
    # Within one tree, parts of equal weight and shape can change places. A symmetry of several flat trees must respect
    # the place of a node in each of them, so the key of a node is its places in all trees.
    shapes: dict[Hashable, int] = {}
    keys: dict[str, tuple[Hashable, ...]] = {name: () for tree in trees for name in names(tree)}
    for number, tree in enumerate(trees):
        found: dict[str, Hashable] = {}
        _paths(tree, (number,), colours, shapes, found)
        keys = {name: (*key, found.get(name)) for name, key in keys.items()}
    numbers: dict[Hashable, int] = {}
    return {name: numbers.setdefault((key, colours[name]), len(numbers)) for name, key in keys.items()}


def _all_different(trees: Sequence[Tree]) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(n for tree in trees for n in names(tree)))}


def _shape(tree: Tree, colours: Mapping[str, Hashable], shapes: dict[Hashable, int]) -> int:
    """Return a number that is equal for subtrees that differ only in the names of nodes."""
    if isinstance(tree, Node):
        key: Hashable = ("node", colours[tree.name])
    else:
        parts = sorted((weight, _shape(part, colours, shapes)) for weight, part in tree.parts)
        key = (tree.need, tuple(parts))
    return shapes.setdefault(key, len(shapes))


def _paths(
    tree: Tree,
    path: tuple[Hashable, ...],
    colours: Mapping[str, Hashable],
    shapes: dict[Hashable, int],
    found: dict[str, Hashable],
) -> None:
    """Record for each leaf the weights and shapes on the path to it; leaves with equal paths can change places."""
    if isinstance(tree, Node):
        found[tree.name] = path
        return
    for weight, part in tree.parts:
        _paths(part, (*path, weight, _shape(part, colours, shapes)), colours, shapes, found)
