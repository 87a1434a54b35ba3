"""State graphs as JSON: a document that `networkx.node_link_graph` reads, and any other program.

Version 1::

    {
      "format": "assay-state-graph", "version": 1, "directed": true, "multigraph": true,
      "model": "TwoPhaseCommit", "parameters": {"Participant": 3},
      "variables": {"decision": "Decision", ...},         the state variables, with their types
      "actions": {"prepare": {"p": "Participant"}, ...},  the actions, with the types of their parameters
      "complete": true,                                   whether every reachable state and every step is here
      "stop": null,                                       or {"reason": "max-states", "detail": "..."}
      "cut": 0,                                           steps and initial states that a state constraint kept out
      "initial": [0],
      "nodes": [
        {"id": 0, "initial": true, "depth": 1, "frontier": false, "state": {"decision": "INIT", ...}}, ...
      ],
      "edges": [
        {"source": 0, "target": 1, "key": 0, "action": "prepare", "arguments": {"p": "p1"}}, ...
      ]
    }

The identifiers are numbers in breadth-first order. ``depth`` is 1 for an initial state. ``frontier`` is
true for a state not all of whose steps are here. Values are encoded as in the Informal Trace Format; see
`assay.checker.report.itf`. Where the graph was marked, nodes and edges have ``violates`` (the names of the
properties that are violated there; ``"deadlock"`` is one), nodes ``terminal`` (nothing follows, and that is
fine), and the nodes and edges of the marked path ``"path": true``. The end of such a path may be a state outside of a
state constraint, with ``"outside": true``; ``cut`` counts all steps that lead outside. Other keys may join; a
change of these is another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import networkx as nx
from assay.checker.engine.limits import Stop
from assay.checker.language.introspection.specification import Specification
from assay.checker.report.itf_values import Codec

__all__ = ["FORMAT", "VERSION", "to_json"]

FORMAT = "assay-state-graph"
VERSION = 1


def to_json(graph: nx.MultiDiGraph, look: Callable[[], None] = lambda: None) -> str:
    """Return a state graph as a JSON document, a line for each node and edge."""
    writer = _Writer(graph, look)
    entries = [f"{_text(key)}: {_text(value)}" for key, value in writer.header().items()]
    entries += [f'"nodes": {_lines(writer.nodes())}', f'"edges": {_lines(writer.edges())}']
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Iterator[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(map(_text, values)) + "\n]"


class _Writer:
    """The parts of the document."""

    def __init__(self, graph: nx.MultiDiGraph, look: Callable[[], None]) -> None:
        self._graph, self._look = graph, look
        instance = graph.graph["instance"]
        self._specification: Specification = instance.specification
        self._codec = Codec(instance)
        self._parameters = {method.name: method.parameters for method in self._specification.actions}

    def header(self) -> dict[str, Any]:
        about = self._graph.graph
        return {
            "format": FORMAT,
            "version": VERSION,
            "directed": True,
            "multigraph": True,
            "model": about["model"],
            "parameters": about["parameters"],
            "variables": {variable.name: str(variable.type) for variable in self._specification.variables},
            "actions": {
                name: {parameter: str(type_) for parameter, type_ in parameters}
                for name, parameters in self._parameters.items()
            },
            "complete": about["complete"],
            "stop": _stop(about["stop"]),
            "cut": about["cut"],
            "initial": about["initial"],
        }

    def nodes(self) -> Iterator[dict[str, Any]]:
        for node, data in self._graph.nodes(data=True):
            self._look()
            known = {name: data[name] for name in ("initial", "depth", "frontier")}
            yield {"id": node, **known, **_marks(data), "state": self._state(data["state"])}

    def _state(self, state: tuple[Any, ...]) -> dict[str, Any]:
        pairs = zip(self._specification.variables, state, strict=True)
        return {variable.name: self._codec.encode(variable.type, value) for variable, value in pairs}

    def edges(self) -> Iterator[dict[str, Any]]:
        for source, target, key, data in self._graph.edges(keys=True, data=True):
            self._look()
            action = data["action"]
            pairs = zip(self._parameters[action], data["arguments"], strict=True)
            arguments = {name: self._codec.encode(type_, value) for (name, type_), value in pairs}
            place = {"source": source, "target": target, "key": key}
            yield {**place, "action": action, "arguments": arguments, **_marks(data)}


def _stop(stop: Stop | None) -> dict[str, str] | None:
    return None if stop is None else {"reason": stop.reason.value, "detail": stop.detail}


def _marks(data: Mapping[str, Any]) -> dict[str, Any]:
    marks = {name: data[name] for name in ("terminal", "violates") if name in data}
    return {**marks, **{name: True for name in ("outside", "path") if data.get(name)}}
