"""Compressed sparse rows, seen as the nested mappings in which networkx keeps a graph.

A `networkx.MultiDiGraph` holds ``_node[n]`` -> attributes and ``_succ[u][v][key]`` -> attributes, and ``_pred`` the
other way round. Its own views and algorithms require only that these are mappings, so their values can be computed
on demand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assay.checker.engine.graph.rows import Rows

__all__ = ["Adjacency", "Attributes", "Nodes", "index_of"]

Attribute = Callable[..., Any]


def index_of(node: Any, size: int) -> int | None:
    """Return the row of a node, or None if it is not one of ``size`` rows."""
    try:
        index = operator.index(node)
    except TypeError:
        return None
    return index if 0 <= index < size else None


class Attributes(Mapping[str, Any]):
    """The attributes of a node or edge: a read-only mapping whose values are computed when they are read.

    Parameters
    ----------
    getters : mapping from name to callable
        How to compute each attribute.
    *place
        The arguments that every getter is called with.
    """

    __slots__ = ("_getters", "_place")

    def __init__(self, getters: Mapping[str, Attribute], *place: int) -> None:
        self._getters = getters
        self._place = place

    def __getitem__(self, name: str) -> Any:
        return self._getters[name](*self._place)

    def __contains__(self, name: object) -> bool:
        return name in self._getters

    def __iter__(self) -> Iterator[str]:
        return iter(self._getters)

    def __len__(self) -> int:
        return len(self._getters)

    def copy(self) -> dict[str, Any]:
        """Return them as an ordinary dict; networkx calls this to copy a graph."""
        return dict(self)

    def __deepcopy__(self, _: object) -> dict[str, Any]:
        return self.copy()

    def __repr__(self) -> str:
        return repr(self.copy())


class _PerNode(Mapping[int, Any]):
    """A mapping whose keys are the nodes 0, 1, ..., n - 1."""

    __slots__ = ("_size",)

    def __init__(self, size: int) -> None:
        self._size = size

    def _demand(self, node: object) -> int:
        index = index_of(node, self._size)
        if index is None:
            raise KeyError(node)
        return index

    def __contains__(self, node: object) -> bool:
        return index_of(node, self._size) is not None

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._size))

    def __len__(self) -> int:
        return self._size


class Nodes(_PerNode):
    """Maps each node to its attributes: a graph's ``_node``."""

    __slots__ = ("_getters",)

    def __init__(self, size: int, getters: Mapping[str, Attribute]) -> None:
        super().__init__(size)
        self._getters = getters

    def __getitem__(self, node: int) -> Attributes:
        return Attributes(self._getters, self._demand(node))


class Adjacency(_PerNode):
    """Maps each node to its neighbours: a graph's ``_succ`` or, if ``backwards``, its ``_pred``."""

    __slots__ = ("_backwards", "_getters", "_rows")

    def __init__(self, rows: Rows, getters: Mapping[str, Attribute], *, backwards: bool = False) -> None:
        super().__init__(rows.size)
        self._rows = rows
        self._getters = getters
        self._backwards = backwards

    def __getitem__(self, node: int) -> Neighbours:
        index = self._demand(node)
        if not self._backwards:
            edges = self._rows.edges_of(index)
            return Neighbours(self._rows.targets[edges.start : edges.stop].tolist(), index, edges, self._getters)
        indptr, sources, positions = self._rows.transposed
        span = slice(int(indptr[index]), int(indptr[index + 1]))
        return Neighbours(sources[span].tolist(), None, positions[span].tolist(), self._getters)


class Neighbours(Mapping[int, "Parallel"]):
    """Maps each neighbour of a node to the parallel edges between the two.

    Parameters
    ----------
    others : list of int
        The node at the other end of each edge.
    source : int, optional
        The source of all the edges, if they share one; otherwise each edge comes from its node in ``others``.
    edges : sequence of int
        The position of each edge in the arrays.
    getters : mapping
        The attributes of edges.
    """

    __slots__ = ("_edges", "_getters", "_grouped", "_others", "_source")

    def __init__(
        self, others: list[int], source: int | None, edges: Sequence[int], getters: Mapping[str, Attribute]
    ) -> None:
        self._others = others
        self._source = source
        self._edges = edges
        self._getters = getters
        self._grouped: dict[int, list[int]] | None = None

    def _by_neighbour(self) -> dict[int, list[int]]:
        """Group the edges by neighbour when one is first looked up: walking along the graph does not need it."""
        if self._grouped is None:
            self._grouped = {}
            for other, edge in zip(self._others, self._edges, strict=True):
                self._grouped.setdefault(other, []).append(edge)
        return self._grouped

    def __getitem__(self, neighbour: int) -> Parallel:
        edges = self._by_neighbour()[neighbour]
        return Parallel(neighbour if self._source is None else self._source, edges, self._getters)

    def __contains__(self, neighbour: object) -> bool:
        return neighbour in self._by_neighbour()

    def __iter__(self) -> Iterator[int]:
        return iter(dict.fromkeys(self._others))

    def __len__(self) -> int:
        return len(set(self._others))

    def copy(self) -> dict[int, dict[int, dict[str, Any]]]:
        """Return them as ordinary dicts."""
        return {neighbour: parallel.copy() for neighbour, parallel in self.items()}

    def __repr__(self) -> str:
        return repr(self.copy())


class Parallel(Mapping[int, Attributes]):
    """The edges between two nodes, numbered 0, 1, ... as networkx numbers them, with their attributes."""

    __slots__ = ("_getters", "_source", "edges")

    def __init__(self, source: int, edges: list[int], getters: Mapping[str, Attribute]) -> None:
        self._source = source
        self.edges = edges
        self._getters = getters

    def __getitem__(self, key: int) -> Attributes:
        index = index_of(key, len(self.edges))
        if index is None:
            raise KeyError(key)
        return Attributes(self._getters, self._source, self.edges[index])

    def __contains__(self, key: object) -> bool:
        return index_of(key, len(self.edges)) is not None

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.edges)))

    def __len__(self) -> int:
        return len(self.edges)

    def copy(self) -> dict[int, dict[str, Any]]:
        """Return them as ordinary dicts."""
        return {key: attributes.copy() for key, attributes in self.items()}

    def __repr__(self) -> str:
        return repr(self.copy())
