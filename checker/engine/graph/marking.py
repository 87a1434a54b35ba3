"""Marks in a state graph: violations, deadlocks, terminal states, and the path of a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import networkx as nx
from assay.checker.engine.assertions import false_assertion
from assay.checker.engine.graph.compressed import CompressedStateGraph
from assay.checker.engine.trace import Trace
from assay.checker.errors import InternalError, UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, Property
from assay.checker.language.kinds import DEADLOCK, Assertions, Deadlock, Judged

__all__ = ["mark", "mark_path", "where"]


def mark(graph: nx.MultiDiGraph, *, deadlock: bool = True, look: Callable[[], None] = lambda: None) -> None:
    """Mark the states and steps of a graph that violate a property, and the states without successors.

    Nodes gain the attributes ``violates`` (the names of the invariants and lemmas that are false there, and
    ``"deadlock"``) and ``terminal`` (nothing follows, as the model says it may); edges get ``violates`` (the names of
    the step invariants that are false on them).

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph; in a compressed one, marks are evaluated when they are read.
    deadlock : bool
        Whether a deadlock is a violation.
    look : callable
        Called for each state and step that is marked now; an exception from it ends the work.
    """
    judge = _Judge(graph, deadlock=deadlock)
    if isinstance(graph, CompressedStateGraph):
        targets = graph.rows.targets
        graph.annotate(
            {"violates": judge.violated, "terminal": judge.is_terminal},
            {"violates": lambda source, edge: judge.broken(source, int(targets[edge]))},
        )
        return
    for node, attributes in graph.nodes(data=True):
        look()
        attributes.update(violates=judge.violated(node), terminal=judge.is_terminal(node))
    for source, target, attributes in graph.edges(data=True):
        look()
        attributes["violates"] = judge.broken(source, target)


class _Judge:
    """The properties of an instance, evaluated on the states of a graph by the interpreter."""

    def __init__(self, graph: nx.MultiDiGraph, *, deadlock: bool = True) -> None:
        self._graph = graph
        self._instance: Instance = graph.graph["instance"]
        self._deadlock = deadlock and self._instance.specification.cls.check_deadlock
        with self._instance.active():
            self._interpreter = Interpreter(self._instance)

    def fires(self, found: Property, *nodes: int) -> bool:
        if isinstance(found, Deadlock):
            return self._ends(nodes[0]) and not self._may_end(nodes[0])
        if isinstance(found, Assertions):
            with self._instance.active():
                return false_assertion(self._interpreter, [self._state(nodes[-1])]) is not None
        assert isinstance(found, Method), found  # the other kinds are not judged on single states
        states = [self._interpreter.thaw(self._state(node)) for node in nodes]
        with self._instance.active():
            return self._interpreter.fires(found, *states)

    def _state(self, node: int) -> Frozen:
        state: Frozen = self._graph.nodes[node]["state"]
        return state

    def _claims(self, what: Judged) -> Iterator[Method]:
        return (method for method in self._instance.specification.judged_on(what) if method.kind.is_claim)

    def violated(self, node: int) -> tuple[str, ...]:
        false = tuple(found.name for found in self._claims(Judged.STATE) if self.fires(found, node))
        return (*false, DEADLOCK.name) if self._deadlock and self.fires(DEADLOCK, node) else false

    def is_terminal(self, node: int) -> bool:
        return self._ends(node) and self._may_end(node)

    def broken(self, source: int, target: int) -> tuple[str, ...]:
        return tuple(found.name for found in self._claims(Judged.STEP) if self.fires(found, source, target))

    def _ends(self, node: int) -> bool:
        """Whether nothing follows. Asks the model, since successors may be cut off or outside a constraint."""
        if self._graph.out_degree(node):
            return False
        with self._instance.active():
            return next(self._interpreter.successors(self._state(node)), None) is None

    def _may_end(self, node: int) -> bool:
        with self._instance.active():
            return self._interpreter.is_terminal(self._state(node))


def where(graph: nx.MultiDiGraph, name: str) -> Iterator[int]:
    """Yield the nodes where a property fires: a `@reachable` is true, an invariant is false, or there is a deadlock.

    Raises
    ------
    UsageError
        If the model has no such property.
    """
    specification = graph.graph["instance"].specification
    properties = {found.name: found for found in (DEADLOCK, *specification.judged_on(Judged.STATE))}
    if name not in properties:
        raise UsageError(
            f"{graph.graph['model']} has no property of states {name!r}", help=f"possible are {', '.join(properties)}"
        )
    judge = _Judge(graph)
    return (node for node in graph if judge.fires(properties[name], node))


def mark_path(graph: nx.MultiDiGraph, trace: Trace) -> list[int]:
    """Mark the nodes and edges of a trace with the attribute ``path``, which is true there, and return the nodes.

    Raises
    ------
    InternalError
        If the trace is not a path of the graph.
    """
    try:
        first, edges = _walk(graph, trace)
    except StopIteration:
        raise InternalError(f"a trace of {graph.graph['model']} is not a path of its state graph") from None
    nodes = [first, *(target for _, target, _ in edges)]
    if isinstance(graph, CompressedStateGraph):
        on, along = set(nodes), {graph.edge_number(*edge) for edge in edges}
        graph.annotate({"path": on.__contains__}, {"path": lambda _, edge: edge in along})
        return nodes
    for edge in edges:
        graph.edges[edge]["path"] = True
    for node in nodes:
        graph.nodes[node]["path"] = True
    return nodes


def _walk(graph: nx.MultiDiGraph, trace: Trace) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the first node of a trace and its edges, found one after the other."""
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
