"""Components and distances in a state graph: with SciPy and NumPy on arrays, with networkx otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx
import numpy as np
import numpy.typing as npt
from assay.checker.engine.graph.compressed import CompressedStateGraph

__all__ = ["components", "distances"]


def components(graph: nx.MultiDiGraph) -> Mapping[int, int] | npt.NDArray[np.int32]:
    """Return the number of each node's strongly connected component.

    Components are numbered from 0, in the order of their first nodes.

    Returns
    -------
    array of shape (n,), or dict
        Indexed by the node either way: an array for a `CompressedStateGraph`.

    Notes
    -----
    O(n + m).
    """
    if isinstance(graph, CompressedStateGraph):
        return graph.rows.components()
    found = {node: i for i, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    order: dict[int, int] = {}
    return {node: order.setdefault(found[node], len(order)) for node in graph}


def distances(
    graph: nx.MultiDiGraph, sources: Iterable[int] | None = None
) -> Mapping[int, int] | npt.NDArray[np.int32]:
    """Return the number of steps from the nearest source to each node, or -1 if no source leads there.

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph.
    sources : iterable of nodes, optional
        By default the initial states.

    Returns
    -------
    array of shape (n,), or dict
        Indexed by the node either way: an array for a `CompressedStateGraph`.

    Raises
    ------
    networkx.NodeNotFound
        If a source is not in the graph.

    Notes
    -----
    O(n + m).
    """
    sources = list(graph.graph["initial"] if sources is None else sources)
    for source in sources:
        if source not in graph:
            raise nx.NodeNotFound(f"the state {source} is not in the graph")
    if isinstance(graph, CompressedStateGraph):
        return graph.rows.distances(sources)
    steps = dict.fromkeys(graph, -1)
    for distance, layer in enumerate(nx.bfs_layers(graph, sources)):
        steps.update(dict.fromkeys(layer, distance))
    return steps
