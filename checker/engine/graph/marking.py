"""What a reader of a state graph wants to see in it: violations, deadlocks, ends, and the path of a trace."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
from assay.checker.engine.exploration import DEADLOCK
from assay.checker.engine.graph.compressed import CompressedStateGraph
from assay.checker.engine.trace import Trace
from assay.checker.errors import EngineFault, UsageError
from assay.checker.language.instance import Instance
from assay.checker.language.model import Kind
from assay.checker.language.reading import Reading
from assay.checker.language.specification import Method

__all__ = ["mark", "mark_path", "where"]


def mark(graph: nx.MultiDiGraph) -> None:
    """Mark the states and steps of a graph that violate a property, and those that nothing follows.

    Nodes get the attributes ``violates`` (the names of the invariants and lemmas that are false there, and
    ``"deadlock"``) and ``terminal`` (nothing follows, and that is fine); edges get ``violates`` (the names
    of the step invariants that they break).

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph; a compressed one evaluates its marks when they are read.
    """
    judge = _Judge(graph)
    if isinstance(graph, CompressedStateGraph):
        targets = graph.rows.targets
        graph.annotate(
            {"violates": judge.violated, "terminal": judge.is_terminal},
            {"violates": lambda source, edge: judge.broken(source, int(targets[edge]))},
        )
        return
    for node, attributes in graph.nodes(data=True):
        attributes.update(violates=judge.violated(node), terminal=judge.is_terminal(node))
    for source, target, attributes in graph.edges(data=True):
        attributes["violates"] = judge.broken(source, target)


class _Judge:
    """The properties of an instance, evaluated on the states of a graph by the reference reading."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self._graph = graph
        self._instance: Instance = graph.graph["instance"]
        with self._instance.active():
            self._reading = Reading(self._instance)

    def truth(self, method: Method, *nodes: int) -> bool:
        states = [self._reading.thaw(self._graph.nodes[node]["state"]) for node in nodes]
        with self._instance.active():
            return self._reading.truth(method, *states)

    def _false(self, *nodes: int, kinds: tuple[Kind, ...]) -> Iterator[str]:
        for method in self._instance.specification.of(*kinds):
            if not self.truth(method, *nodes):
                yield method.name

    def violated(self, node: int) -> tuple[str, ...]:
        false = tuple(self._false(node, kinds=(Kind.INVARIANT, Kind.LEMMA)))
        return (*false, DEADLOCK) if self._ends(node) and not self._may_end(node) else false

    def is_terminal(self, node: int) -> bool:
        return self._ends(node) and self._may_end(node)

    def broken(self, source: int, target: int) -> tuple[str, ...]:
        return tuple(self._false(source, target, kinds=(Kind.STEP_INVARIANT,)))

    def _ends(self, node: int) -> bool:
        """Whether nothing follows: asked of the model, for what follows may be cut off, or outside a constraint."""
        if self._graph.out_degree(node):
            return False
        with self._instance.active():
            return next(self._reading.successors(self._graph.nodes[node]["state"]), None) is None

    def _may_end(self, node: int) -> bool:
        return any(self.truth(method, node) for method in self._instance.specification.of(Kind.TERMINAL))


def where(graph: nx.MultiDiGraph, name: str) -> Iterator[int]:
    """Yield the nodes that a property is about: where a `@reachable` is true, or an invariant or lemma false.

    Raises
    ------
    UsageError
        If the model has no such property.
    """
    specification = graph.graph["instance"].specification
    methods = {method.name: method for method in specification.of(Kind.INVARIANT, Kind.LEMMA, Kind.REACHABLE)}
    if name not in methods:
        raise UsageError(
            f"{graph.graph['model']} has no property of states {name!r}",
            help=f"possible are {', '.join(methods) or 'none'}",
        )
    judge, wanted = _Judge(graph), methods[name].kind is Kind.REACHABLE
    return (node for node in graph if judge.truth(methods[name], node) is wanted)


def mark_path(graph: nx.MultiDiGraph, trace: Trace) -> list[int]:
    """Mark the nodes and edges of a trace with the attribute ``path``, which is true there, and return the nodes.

    Raises
    ------
    EngineFault
        If the trace is not a path of the graph.
    """
    try:
        first, edges = _walk(graph, trace)
    except StopIteration:
        raise EngineFault(f"a trace of {graph.graph['model']} is not a path of its state graph") from None
    nodes = [first, *(target for _, target, _ in edges)]
    if isinstance(graph, CompressedStateGraph):
        on, along = set(nodes), {graph._succ[source][target].edges[key] for source, target, key in edges}
        graph.annotate({"path": on.__contains__}, {"path": lambda _, edge: edge in along})
        return nodes
    for edge in edges:
        graph.edges[edge]["path"] = True
    for node in nodes:
        graph.nodes[node]["path"] = True
    return nodes


def _walk(graph: nx.MultiDiGraph, trace: Trace) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the first node of a trace, and its edges, found from one node to the next."""
    start = trace.steps[0].state
    first = node = next(node for node in graph.graph["initial"] if graph.nodes[node]["state"] == start)
    found = []
    for step in trace.steps[1:]:
        edge = next(
            (node, target, key)
            for target, parallel in graph.succ[node].items()
            if graph.nodes[target]["state"] == step.state
            for key, data in parallel.items()
            if (data["action"], data["arguments"]) == step.call
        )
        found.append(edge)
        node = edge[1]
    return first, found
