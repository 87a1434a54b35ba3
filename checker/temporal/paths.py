"""Breadth-first search over arrays, level by level, with the paths back to the roots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from assay.checker.engine.graph.rows import Rows
from assay.checker.immutable import immutable

__all__ = ["SearchTree", "edges_of", "nearest", "tree"]

Mask = npt.NDArray[np.bool_]
Nodes = npt.NDArray[np.int64]


@immutable(eq=False)
class SearchTree:
    """A breadth-first tree.

    Attributes
    ----------
    distance : int32 array of shape (n,)
        Steps from the nearest root, with what that starts at; -1 where none leads there.
    edge : int64 array of shape (n,)
        The edge by which a node was reached, -1 at a root.
    sources : int array of shape (m,)
        The node that each edge leaves.
    """

    distance: npt.NDArray[np.int32]
    edge: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int32]

    def path(self, node: int) -> list[int]:
        """Return the edges from a root to a node."""
        edges: list[int] = []
        while (edge := int(self.edge[node])) >= 0:
            edges.append(edge)
            node = int(self.sources[edge])
        return edges[::-1]


def tree(
    rows: Rows,
    sources: npt.NDArray[np.int32],
    roots: Nodes,
    mask: Mask | None = None,
    starts: npt.NDArray[np.int32] | None = None,
) -> SearchTree:
    """Return the breadth-first tree from some roots, within a mask.

    Parameters
    ----------
    rows : Rows
        The edges; targets that are no nodes lead nowhere.
    sources : int array of shape (m,)
        The node that each edge leaves.
    roots : int array
        Where to begin; they are in the mask.
    mask : bool array of shape (n,), optional
        Where to go; by default everywhere.
    starts : int array of shape (n,), optional
        The distance at which a root joins the search; by default 0.

    Notes
    -----
    O(n + m).
    """
    distance, edge = np.full(rows.size, -1, np.int32), np.full(rows.size, -1, np.int64)
    open_ = np.append(np.ones(rows.size, np.bool_) if mask is None else mask, False)
    joining = np.zeros(len(roots), np.int32) if starts is None else starts[roots]
    order = np.argsort(joining, kind="stable")
    roots, joining = roots[order], joining[order]
    level, now, joined = np.zeros(0, np.int64), 0, 0
    while len(level) or joined < len(roots):
        now = now if len(level) else int(joining[joined])
        last = int(np.searchsorted(joining, now, side="right"))
        fresh = roots[joined:last]
        fresh, joined = fresh[distance[fresh] < 0], last
        distance[fresh] = now
        level = np.concatenate((level, fresh))
        edges = edges_of(rows, level)
        targets = rows.targets[edges].astype(np.int64)
        new = open_[targets]
        new[new] = distance[targets[new]] < 0
        edges, targets = edges[new], targets[new]
        edge[targets] = edges  # where several edges lead to one node, the last one stays
        level = targets[edge[targets] == edges]
        now += 1
        distance[level] = now
    return SearchTree(distance, edge, sources)


def edges_of(rows: Rows, nodes: Nodes) -> npt.NDArray[np.int64]:
    """Return the indices of all edges out of some nodes, in the order of the nodes."""
    starts, counts = rows.indptr[nodes], rows.indptr[nodes + 1] - rows.indptr[nodes]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - counts), counts))


def nearest(
    rows: Rows, sources: npt.NDArray[np.int32], start: int, nodes: Mask | None, edges: Mask | None
) -> list[int] | None:
    """Return a shortest path, as edges, to one of some nodes or over one of some edges; None if there is none."""
    if nodes is not None and nodes[start]:
        return []
    distance, by = {start: 0}, {start: -1}
    level = [start]
    while level:
        following: list[int] = []
        for node in level:
            for edge in range(int(rows.indptr[node]), int(rows.indptr[node + 1])):
                target = int(rows.targets[edge])
                if (edges is not None and edges[edge]) or (nodes is not None and nodes[target]):
                    return [*_back(by, sources, node), edge]
                if target not in distance:
                    distance[target], by[target] = distance[node] + 1, edge
                    following.append(target)
        level = following
    return None


def _back(by: dict[int, int], sources: npt.NDArray[np.int32], node: int) -> list[int]:
    path: list[int] = []
    while (edge := by[node]) >= 0:
        path.append(edge)
        node = int(sources[edge])
    return path[::-1]
