"""Find interchangeable nodes, which can be swapped without changing any quorum system."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from assay.proofs.quorums.trees import Node, Tree, is_read_once, names

__all__ = ["orbits"]


def orbits(trees: Sequence[Tree], colours: Mapping[str, Hashable]) -> dict[str, int]:
    """Return a number for each node, equal only for nodes that symmetries of all trees together exchange.

    Parameters
    ----------
    trees : sequence of Tree
        In normal form.
    colours : mapping of node to hashable
        What a symmetry has to preserve besides: a cost, a capacity.

    Returns
    -------
    dict of str to int
        Found for a single tree in which no node occurs twice, and for several flat thresholds; otherwise every
        node has a number of its own.
    """
    if not all(is_read_once(tree) for tree in trees):
        return _all_different(trees)
    if len(trees) > 1 and any(tree.depth > 2 for tree in trees):
        return _all_different(trees)
    # Parts of equal weight and shape can change places within their tree; a symmetry of all trees at once needs that
    # in each of them, so the key of a node is its place in every tree.
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
    """Give each leaf the shapes and weights on the way to it: parts with equal ones can change places."""
    if isinstance(tree, Node):
        found[tree.name] = path
        return
    for weight, part in tree.parts:
        _paths(part, (*path, weight, _shape(part, colours, shapes)), colours, shapes, found)
