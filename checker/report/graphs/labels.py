"""What a reader sees of each state and step: short in the picture, in full where the mouse points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.report.folding import folded
from assay.checker.report.run import plural
from assay.checker.report.values import Change, Renderer

__all__ = ["Labels"]

_WIDTH = 48
"""Characters of a line; a longer one is broken between elements."""

_SPELLED_OUT = 3
"""Calls of an action that an edge spells out; of more it tells the number."""


class Labels:
    """The texts of a state graph.

    A state is labelled with what differs from the initial states: no label repeats what all have in common,
    and yet each tells the whole state. Initial states are labelled in full.

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph, or a piece of one.
    """

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self._graph = graph
        instance = graph.graph["instance"]
        self._renderer = Renderer(instance)
        with instance.active():
            starts = Interpreter(instance).initial_states()
        self._start = starts[0] if starts else ()  # without an initial state there is nothing to label
        self._open = [len(set(values)) > 1 for values in zip(*starts, strict=True)]

    def title(self) -> str:
        """Return the model with its parameters, and how much of it the graph is."""
        graph = self._graph
        settings = ", ".join(f"{name}={value}" for name, value in graph.graph["parameters"].items())
        counts = f"{plural(len(graph), 'state')}, {plural(graph.number_of_edges(), 'step')}"
        part = "" if graph.graph["complete"] else ", a part of the state graph"
        return f"{graph.graph['model']}{f'({settings})' if settings else ''}: {counts}{part}"

    def variables(self, state: Frozen) -> dict[str, str]:
        """Return the value of each variable."""
        return dict(self._renderer.state(state))

    def full(self, state: Frozen) -> list[str]:
        """Return a line for each variable."""
        return [f"{name} = {value}" for name, value in self._renderer.state(state)]

    def node(self, attributes: Mapping[str, Any]) -> list[str]:
        """Return the lines of a node, in full if it is initial, and else what differs from the initial states."""
        state = attributes["state"]
        lines = self.full(state) if attributes["initial"] else list(self._differences(state))
        return [part for line in lines for part in folded(line, indent=4, width=_WIDTH)]

    def _differences(self, state: Frozen) -> Iterator[str]:
        """Yield the variables in which a state differs from the initial states, and those on which they disagree."""
        for (name, value), always in zip(self._renderer.state(state), self._open, strict=True):
            if always:
                yield f"{name} = {value}"
        pairs = zip(self._start, state, self._open, strict=True)
        same = tuple(new if always else old for old, new, always in pairs)
        yield from map(_difference, self._renderer.changes(same, state))

    def arguments(self, call: Call) -> dict[str, str]:
        """Return the value of each argument of a call."""
        return dict(self._renderer.arguments(call))

    def call(self, call: Call) -> str:
        """Return a call with the names of its arguments."""
        return self._renderer.call(call)

    def edge(self, calls: Iterable[Call]) -> list[str]:
        """Return the lines of all edges between two nodes: one for each action."""
        by_action: dict[str, list[str]] = {}
        for name, arguments in calls:
            values = self.arguments((name, arguments)).values()
            by_action.setdefault(name, []).append(f"({', '.join(values)})" if arguments else "")
        return [f"{name}{_together(found)}" for name, found in by_action.items()]


def _together(calls: list[str]) -> str:
    return ", ".join(calls) if len(calls) <= _SPELLED_OUT else f" \N{MULTIPLICATION SIGN} {len(calls)}"


def _difference(change: Change) -> str:
    if change.before is not None:
        return f"{change.path} = {change.after}"
    signed = [("+", change.added), ("\N{MINUS SIGN}", change.removed)]
    return " ".join([change.path, *(f"{sign} {', '.join(items)}" for sign, items in signed if items)])
