"""What a reader of a state graph wants to see in it: violations, deadlocks, ends, and the path of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import networkx as nx
from assay.checker.engine.exploration import DEADLOCK
from assay.checker.engine.trace import Trace
from assay.checker.errors import EngineFault, UsageError
from assay.checker.language.instance import Instance
from assay.checker.language.model import Kind
from assay.checker.language.reading import Reading

__all__ = ["mark", "mark_path", "where"]


def mark(graph: nx.MultiDiGraph) -> None:
    """Mark the states and steps of a graph that violate a property, and those that nothing follows.

    Nodes get the attributes ``violates`` (the names of the invariants and lemmas that are false there, and
    ``"deadlock"``) and ``terminal`` (nothing follows, and that is fine); edges get ``violates`` (the names
    of the step invariants that they break).

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph, not a compressed one, which cannot be changed: mark a piece or copy of it.
    """
    judge = _Judge(graph.graph["instance"])
    with judge.instance.active():
        for node, attributes in graph.nodes(data=True):
            ends = graph.out_degree(node) == 0 and judge.ends(attributes["state"])
            terminal = ends and judge.is_terminal(attributes["state"])
            violated = (*judge.violated(attributes["state"]), *([DEADLOCK] if ends and not terminal else []))
            attributes.update(violates=violated, terminal=terminal)
        for source, target, attributes in graph.edges(data=True):
            before, after = graph.nodes[source]["state"], graph.nodes[target]["state"]
            attributes["violates"] = tuple(judge.broken(before, after))


class _Judge:
    """The properties of an instance, evaluated on frozen states by the reference reading."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        with instance.active():
            self.reading = Reading(instance)
        self._of = instance.specification.of

    def violated(self, state: tuple[object, ...]) -> Iterator[str]:
        thawed = self.reading.thaw(state)
        for method in self._of(Kind.INVARIANT, Kind.LEMMA):
            if not self.reading.truth(method, thawed):
                yield method.name

    def broken(self, before: tuple[object, ...], after: tuple[object, ...]) -> Iterator[str]:
        for method in self._of(Kind.STEP_INVARIANT):
            if not self.reading.truth(method, self.reading.thaw(before), self.reading.thaw(after)):
                yield method.name

    def witnesses(self, state: tuple[object, ...], name: str) -> bool:
        method = next(method for method in self._of(Kind.REACHABLE) if method.name == name)
        return self.reading.truth(method, self.reading.thaw(state))

    def ends(self, state: tuple[object, ...]) -> bool:
        # asked of the model, not of the graph: what follows may be cut off, or outside a state constraint
        return next(self.reading.successors(state), None) is None

    def is_terminal(self, state: tuple[object, ...]) -> bool:
        thawed = self.reading.thaw(state)
        return any(self.reading.truth(method, thawed) for method in self._of(Kind.TERMINAL))


def where(graph: nx.MultiDiGraph, name: str) -> Iterator[int]:
    """Yield the nodes that a property is about: where a `@reachable` is true, or an invariant or lemma false.

    Raises
    ------
    UsageError
        If the model has no such property.
    """
    judge = _Judge(graph.graph["instance"])
    states = judge._of(Kind.INVARIANT, Kind.LEMMA, Kind.REACHABLE)
    kinds = {method.name: method.kind for method in states}
    if name not in kinds:
        raise UsageError(
            f"{graph.graph['model']} has no property of states {name!r}",
            help=f"possible are {', '.join(kinds) or 'none'}",
        )
    with judge.instance.active():
        for node, state in graph.nodes(data="state"):
            if judge.witnesses(state, name) if kinds[name] is Kind.REACHABLE else name in judge.violated(state):
                yield node


def mark_path(graph: nx.MultiDiGraph, trace: Trace) -> None:
    """Mark the nodes and edges of a trace with the attribute ``path``: true there, absent elsewhere.

    Raises
    ------
    EngineFault
        If the trace is not a path of the graph.
    """
    numbers = {state: node for node, state in graph.nodes(data="state")}
    try:
        nodes = [numbers[step.state] for step in trace]
        for (source, target), step in zip(pairwise(nodes), trace.steps[1:], strict=True):
            edges = graph[source][target].values()
            next(edge for edge in edges if (edge["action"], edge["arguments"]) == step.call)["path"] = True
    except (KeyError, StopIteration):
        raise EngineFault(f"a trace of {graph.graph['model']} is not a path of its state graph") from None
    for node in nodes:
        graph.nodes[node]["path"] = True
