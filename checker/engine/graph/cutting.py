"""Parts of a state graph that are small enough to read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import networkx as nx

__all__ = ["neighbourhood"]


def neighbourhood(graph: nx.MultiDiGraph, sources: Iterable[int], depth: int | None = None) -> nx.MultiDiGraph:
    """Return the part of a graph within a number of steps of some states.

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph; it is not changed.
    sources : iterable of nodes
        Where to begin.
    depth : int, optional
        The most steps to take from there; by default, every state that can be reached is included.

    Returns
    -------
    MultiDiGraph
        An ordinary graph, whose nodes keep their numbers. Out of the nodes at that depth it keeps only the steps of a
        marked path; nodes that lack steps are marked as ``frontier``. A part that lacks anything is not ``complete``.
    """
    layers = islice(nx.bfs_layers(graph, list(sources)), None if depth is None else depth + 1)
    distance = {node: steps for steps, layer in enumerate(layers) for node in layer}
    piece = nx.MultiDiGraph(**graph.graph)
    piece.add_nodes_from((node, dict(graph.nodes[node])) for node in sorted(distance))
    for source in piece:
        inside = depth is None or distance[source] < depth
        for target, parallel in graph.adj[source].items():
            kept = [step for step in parallel.values() if inside or (target in distance and step.get("path"))]
            piece.add_edges_from((source, target, key, dict(step)) for key, step in enumerate(kept))
    return _honest(piece, graph)


def _honest(piece: nx.MultiDiGraph, graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Mark the nodes at which a part was cut off, and say whether it is complete."""
    for node, attributes in piece.nodes(data=True):
        if piece.out_degree(node) < graph.out_degree(node):
            attributes["frontier"] = True
    initial = graph.graph["initial"]
    whole = len(piece) == len(graph) and piece.number_of_edges() == graph.number_of_edges()
    piece.graph["initial"] = tuple(node for node in initial if node in piece)
    piece.graph["complete"] = graph.graph["complete"] and whole
    return piece
