"""A graph as compressed sparse rows, and algorithms on the arrays as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.immutable import immutable
from scipy import sparse
from scipy.sparse import csgraph

__all__ = ["Rows"]


@immutable(eq=False)
class Rows:
    """A directed graph with parallel edges, as arrays.

    Attributes
    ----------
    indptr : int64 array of shape (n + 1,)
        Where the edges out of each node begin; the last entry is the number of edges.
    targets : integer array of shape (m,)
        Where each edge leads.
    """

    indptr: npt.NDArray[np.int64]
    targets: npt.NDArray[Any]

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.indptr) - 1

    def edges_of(self, node: int) -> range:
        """Return the positions of the edges out of a node."""
        return range(int(self.indptr[node]), int(self.indptr[node + 1]))

    @cached_property
    def transposed(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any], npt.NDArray[Any]]:
        """The edges into each node: where they begin, their sources, their positions. O(n + m), once."""
        edges = len(self.targets)
        # The matrix holds the positions of edges, so that converting it sorts them by target, in linear time.
        columns = self._matrix(np.arange(edges, dtype=np.int32 if edges < 2**31 else np.int64)).tocsc()
        return columns.indptr.astype(np.int64), columns.indices, columns.data

    def _matrix(self, data: npt.NDArray[Any]) -> Any:
        return sparse.csr_matrix((data, self.targets, self.indptr), shape=(self.size, self.size))

    def components(self) -> npt.NDArray[np.int32]:
        """Return the number of each node's strongly connected component, in the order of their first nodes.

        Notes
        -----
        O(n + m), by Pearce's variant of Tarjan's algorithm in SciPy.
        """
        labels = self.component_labels()
        _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
        rank = np.empty(len(first), dtype=np.int32)
        rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
        return np.asarray(rank[inverse])

    def component_labels(self) -> npt.NDArray[np.int32]:
        """Return the number of each node's strongly connected component, in any order. O(n + m)."""
        ones = np.ones(len(self.targets), dtype=np.int8)
        return np.asarray(csgraph.connected_components(self._matrix(ones), directed=True, connection="strong")[1])

    def distances(self, sources: Sequence[int]) -> npt.NDArray[np.int32]:
        """Return the number of steps from the nearest source to each node, or -1 if no source leads there.

        Notes
        -----
        O(n + m), except for sorting each level. SciPy's breadth-first search takes only a single source.
        """
        steps = np.full(self.size, -1, dtype=np.int32)
        level = np.unique(np.asarray(sources, dtype=np.int64))
        distance = 0
        while len(level):
            steps[level] = distance
            distance += 1
            reached = self._successors(level)
            level = np.unique(reached[steps[reached] < 0])
        return steps

    def _successors(self, nodes: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the targets of all edges out of some nodes."""
        starts, counts = self.indptr[nodes], self.indptr[nodes + 1] - self.indptr[nodes]
        ends = np.cumsum(counts)
        # Concatenate the ranges starts[i], ..., starts[i] + counts[i] - 1 without a loop in Python.
        positions = np.arange(ends[-1]) + np.repeat(starts - (ends - counts), counts)
        return np.asarray(self.targets[positions])
