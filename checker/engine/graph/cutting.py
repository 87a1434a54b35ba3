"""Pieces of a state graph that are small enough to be read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import networkx as nx

__all__ = ["neighbourhood"]


def neighbourhood(
    graph: nx.MultiDiGraph, sources: Iterable[int], depth: int | None = None
) -> nx.MultiDiGraph:
    """Cut out what lies within some steps of some states.

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph; it is left as it is.
    sources : iterable of nodes
        Where to begin.
    depth : int, optional
        Steps from there at most; by default all that follows.

    Returns
    -------
    MultiDiGraph
        An ordinary graph, whose nodes keep their numbers. Nodes that had more edges are marked as
        ``frontier``; a piece that lacks states is not ``complete``.
    """
    layers = nx.bfs_layers(graph, list(sources))
    kept = sorted(node for layer in islice(layers, None if depth is None else depth + 1) for node in layer)
    piece = nx.MultiDiGraph(**graph.graph)
    piece.add_nodes_from((node, dict(graph.nodes[node])) for node in kept)
    piece.add_edges_from(
        (source, target, key, dict(attributes))
        for source in kept
        for target, parallel in graph._succ[source].items()
        if target in piece
        for key, attributes in parallel.items()
    )
    return _honest(piece, graph)


def _honest(piece: nx.MultiDiGraph, graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Let a piece say where it was cut off."""
    for node, attributes in piece.nodes(data=True):
        if piece.out_degree(node) < graph.out_degree(node):
            attributes["frontier"] = True
    initial = graph.graph["initial"]
    piece.graph["initial"] = tuple(node for node in initial if node in piece)
    piece.graph["complete"] = graph.graph["complete"] and len(piece) == len(graph)
    return piece
