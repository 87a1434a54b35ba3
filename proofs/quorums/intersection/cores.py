"""Reduce a federation to its cores: the strongly connected components that hold a quorum of their own.

Every minimal quorum lies within one strongly connected component of the graph in which a node points to the
nodes that its tree names, after the greatest quorum was taken (Lachowski 2019, section 4). So two components
that hold a quorum each are a split, and with one of them the question is about that one alone.
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
    """Return, for each component with a quorum inside, the greatest quorum in it; linear in the federation.

    An empty list means that there is no quorum at all. Each returned set is a quorum of the federation.
    """
    greatest = greatest_quorum(kind, kind.trees)
    graph = networkx.DiGraph()
    graph.add_nodes_from(sorted(greatest))
    for tree in {kind.trees[node] for node in greatest}:
        graph.add_edges_from((tree, name) for name in names(tree) if name in greatest)
    # Nodes lead to their tree and trees to what they name, so equal trust is one vertex and not all pairs of nodes.
    graph.add_edges_from((node, kind.trees[node]) for node in greatest)
    components = networkx.strongly_connected_components(graph)
    found = (greatest_quorum(kind, {node for node in part if isinstance(node, str)}) for part in components)
    return sorted((core for core in found if core), key=lambda core: (-len(core), sorted(core)))


def restricted(kind: Federation, nodes: Iterable[str]) -> Federation:
    """Return the federation on these nodes alone: no other node ever takes part.

    The trees are in canonical form, without the demand of a node for itself, which a quorum that it belongs
    to always meets; so nodes with the same trust have equal trees.
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
    """Return enough of the different trees that every quorum satisfies one of them.

    A tree that asks for some one of several members says nothing that their own trees do not: every quorum with a
    node of that tree has one of those members. So are the trees of nodes that nothing describes.
    """
    trees = distinct_trees(kind)
    told = {tree for tree in trees if not _asks_for_one(tree)}
    idle = {tree for tree in trees if tree not in told and all(kind.trees.get(n) in told for n in names(tree))}
    return [tree for tree in trees if tree not in idle]


def _asks_for_one(tree: Tree) -> bool:
    """Tell whether the tree is met by one node, by whichever of those it names."""
    if isinstance(tree, Node):
        return True
    return bool(tree.parts) and all(isinstance(part, Node) and 1 <= tree.need <= weight for weight, part in tree.parts)


def _without_itself(node: str, tree: Tree) -> Tree:
    if isinstance(tree, Node):
        return ALWAYS if tree.name == node else tree
    if tree.need == tree.total and any(part == Node(node) for _, part in tree.parts):
        parts = tuple((weight, part) for weight, part in tree.parts if part != Node(node))
        return Threshold(sum(weight for weight, _ in parts), parts, tree.origin)
    return tree
