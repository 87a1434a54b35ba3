"""A state graph of millions of states: arrays behind networkx's interface, read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NoReturn

import networkx as nx
import numpy as np
import numpy.typing as npt
from assay.checker.engine.graph.rows import Rows
from assay.checker.engine.graph.views import Adjacency, Nodes, index_of
from assay.checker.language.execution.interpreter import Call, Frozen
from networkx.classes.reportviews import OutMultiEdgeView

__all__ = ["CompressedStateGraph"]


class _Edges(OutMultiEdgeView):  # type: ignore[misc]
    """The edges of a compressed graph, which can be counted without iterating over them."""

    __slots__ = ()

    def __len__(self) -> int:
        return int(self._graph.number_of_edges())


class CompressedStateGraph(nx.MultiDiGraph):  # type: ignore[misc]
    """The state graph of an instance, as arrays; networkx algorithms accept it like any `MultiDiGraph`.

    It is read-only. What networkx derives from it is an ordinary graph: ``graph.copy()`` is a `MultiDiGraph`,
    ``graph.subgraph(nodes)`` and ``graph.reverse(copy=False)`` are its usual views.

    Parameters
    ----------
    indptr : int64 array of shape (n + 1,)
        Where the edges out of each state begin. States are numbered breadth first, initial states first.
    targets : integer array of shape (m,)
        The state that each edge leads to.
    actions : integer array of shape (m,)
        The action of each edge, as an index into ``names``.
    names : sequence of str
        The names of the actions.
    decode : callable
        From a state's number to its frozen state.
    action_of : callable
        From a source and the position of an edge (an index into ``targets``) to the call: the action with its
        arguments. See `assay.checker.engine.graph.calls.Calls`.
    initial : int
        The number of initial states, which are the first ones.
    expanded : int, optional
        The number of expanded states, which are the first ones; by default all. The rest are the frontier.
    lacking : integer array of shape (n,), optional
        Nonzero for states that are expanded but lack some edges, to states that are not in the graph.
    **attributes
        Attributes of the graph: see `assay.checker.engine.graph.attributes.describe`.

    Notes
    -----
    A node has the attributes ``state``, ``initial``, ``depth`` and ``frontier``, an edge ``action`` and ``arguments``,
    as in the graph that `assay.checker.engine.graph.building.state_graph` makes; parallel edges have the keys 0, 1, ...
    Nothing is decoded before it is read. The edges into states are computed when they are first asked for, in
    O(n + m).
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a graph; without arrays, an ordinary one, because networkx calls ``type(graph)()`` to make views."""
        return object.__new__(cls) if args or kwargs else nx.MultiDiGraph()

    def __init__(
        self,
        indptr: npt.NDArray[np.int64],
        targets: npt.NDArray[Any],
        actions: npt.NDArray[Any],
        names: Sequence[str],
        decode: Callable[[int], Frozen],
        action_of: Callable[[int, int], Call],
        *,
        initial: int,
        expanded: int | None = None,
        lacking: npt.NDArray[Any] | None = None,
        **attributes: Any,
    ) -> None:
        self.rows = Rows(np.asarray(indptr, dtype=np.int64), targets)
        self.actions = actions
        self.names = tuple(names)
        self.initial = initial
        self.expanded = self.rows.size if expanded is None else expanded
        self._action_of = action_of
        complete = self.expanded == self.rows.size
        self.graph = {"complete": complete, **attributes, "initial": tuple(range(initial))}
        self.__networkx_cache__ = None  # None tells networkx to cache nothing
        self._of_nodes: dict[str, Callable[[int], Any]] = {
            "state": decode,
            "initial": lambda node: node < self.initial,
            "depth": lambda node: int(self.depths[node]),
            "frontier": lambda node: node >= self.expanded or (lacking is not None and bool(lacking[node])),
        }
        self._of_edges: dict[str, Callable[[int, int], Any]] = {"action": self._action, "arguments": self._arguments}
        self._node = Nodes(self.rows.size, self._of_nodes)
        self._adj = Adjacency(self.rows, self._of_edges)
        self._pred = Adjacency(self.rows, self._of_edges, backwards=True)

    def edge_number(self, source: int, target: int, key: int) -> int:
        """Return the position of an edge, by which its annotations are looked up."""
        return int(self._adj[source][target].edges[key])

    def annotate(
        self,
        nodes: Mapping[str, Callable[[int], Any]] | None = None,
        edges: Mapping[str, Callable[[int, int], Any]] | None = None,
    ) -> None:
        """Add attributes that are computed when they are read.

        Parameters
        ----------
        nodes : mapping from name to callable
            From a node to the value.
        edges : mapping from name to callable
            From an edge's source, and its position in the arrays, to the value.
        """
        self._of_nodes.update(nodes or {})
        self._of_edges.update(edges or {})

    def _action(self, _: int, edge: int) -> str:
        return self.names[int(self.actions[edge])]

    def _arguments(self, source: int, edge: int) -> tuple[Any, ...]:
        return self._action_of(source, edge)[1]

    @cached_property
    def depths(self) -> npt.NDArray[np.int32]:
        """The depth of each state, as TLC counts it: an initial state has 1. Computed once, in O(n + m)."""
        return self.rows.distances(range(self.initial)) + np.int32(1)

    @cached_property
    def edges(self) -> Any:
        """The edges: an `OutMultiEdgeView`."""
        return _Edges(self)

    @cached_property
    def out_edges(self) -> Any:
        """The edges, under their other name in networkx."""
        return _Edges(self)

    def size(self, weight: str | None = None) -> Any:
        """Return the number of edges, or the sum of their weights."""
        return len(self.rows.targets) if weight is None else super().size(weight)

    def number_of_edges(self, u: Any = None, v: Any = None) -> int:
        """Return the number of edges, in all or from ``u`` to ``v``. Counting all takes no iteration over them."""
        return self.size() if u is None else int(super().number_of_edges(u, v))

    def has_node(self, n: object) -> bool:
        """Return whether ``n`` is a node."""
        return index_of(n, self.rows.size) is not None

    frozen = True
    """Tell `networkx.is_frozen` that the graph is read-only."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise nx.NetworkXError(
            "a compressed state graph is read-only; change a copy of it, or of a part: "
            "graph.copy(), graph.subgraph(nodes).copy()"
        )

    add_node = add_nodes_from = remove_node = remove_nodes_from = _refuse
    add_edge = add_edges_from = add_weighted_edges_from = remove_edge = remove_edges_from = _refuse
    clear = clear_edges = update = _refuse

    def __reduce__(self) -> NoReturn:
        raise TypeError("a compressed state graph needs its explorer to decode states; pickle a copy() of it")
