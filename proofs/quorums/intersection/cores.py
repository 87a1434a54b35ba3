"""Reduce a federation to its cores: the strongly connected components that contain a quorum.

In the graph on the greatest quorum in which each node points to the nodes that its tree names, every minimal quorum
lies within one strongly connected component (Lachowski 2019). So if two components contain a quorum, that is
a split; if only one does, no node outside of it matters.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx
from assay.proofs.quorums.minimal import greatest_quorum
from assay.proofs.quorums.normal import canonical
from assay.proofs.quorums.systems import Federation
from assay.proofs.quorums.trees import ALWAYS, NEVER, Node, Threshold, Tree, names, substitute

__all__ = ["cores", "distinct_trees", "restricted", "telling_trees"]


def cores(kind: Federation) -> list[frozenset[str]]:
    """Return, for each component that contains a quorum, the greatest quorum in it; largest first.

    Linear in the size of the federation. Each returned set is a quorum; the list is empty if there is none.
    """
    greatest = greatest_quorum(kind, kind.trees)
    graph = networkx.DiGraph()
    graph.add_nodes_from(sorted(greatest))
    for tree in {kind.trees[node] for node in greatest}:
        graph.add_edges_from((tree, name) for name in names(tree) if name in greatest)
    # A vertex for each tree, between the nodes that have it and those that it names, saves an edge for each such pair.
    graph.add_edges_from((node, kind.trees[node]) for node in greatest)
    components = networkx.strongly_connected_components(graph)
    found = (greatest_quorum(kind, {node for node in part if isinstance(node, str)}) for part in components)
    return sorted((core for core in found if core), key=lambda core: (-len(core), sorted(core)))


def restricted(kind: Federation, nodes: Iterable[str]) -> Federation:
    """Return the federation on these nodes alone: no other node ever takes part.

    The trees are in canonical form, and do not ask for their own node, which is in every quorum that has to satisfy
    them. So nodes that trust the same others have equal trees.
    """
    kept = set(nodes)
    forms: dict[Tree, Tree] = {}
    trees = {}
    for node in kind.trees:
        if node in kept:
            tree = _without_itself(node, kind.trees[node])
            if tree not in forms:
                gone = {name: NEVER for name in names(tree) if name not in kept}
                forms[tree] = canonical(substitute(tree, gone))
            trees[node] = forms[tree]
    return Federation(trees)


def distinct_trees(kind: Federation) -> list[Tree]:
    """Return the different trees of the members, each once."""
    return list(dict.fromkeys(kind.trees.values()))


def telling_trees(kind: Federation) -> list[Tree]:
    """Return different trees of the members such that every quorum satisfies one of them.

    A tree that any one of several members satisfies can be left out: a quorum that satisfies it contains one of these
    members, and so satisfies that member's tree. Nodes that nothing describes have such trees.
    """
    trees = distinct_trees(kind)
    strict = {tree for tree in trees if not _asks_for_one(tree)}
    # Only where each of those members has a strict tree: two nodes that ask for each other would leave none.
    implied = {tree for tree in trees if tree not in strict and all(kind.trees.get(n) in strict for n in names(tree))}
    return [tree for tree in trees if tree not in implied]


def _asks_for_one(tree: Tree) -> bool:
    """Tell whether each node that the tree names satisfies it alone."""
    if isinstance(tree, Node):
        return True
    return bool(tree.parts) and all(isinstance(part, Node) and 1 <= tree.need <= weight for weight, part in tree.parts)


def _without_itself(node: str, tree: Tree) -> Tree:
    """Return the tree without a demand for the node itself, where that is one part of a conjunction."""
    if isinstance(tree, Node):
        return ALWAYS if tree.name == node else tree
    if tree.need == tree.total and any(part == Node(node) for _, part in tree.parts):
        parts = tuple((weight, part) for weight, part in tree.parts if part != Node(node))
        return Threshold(sum(weight for weight, _ in parts), parts, tree.origin)
    return tree
