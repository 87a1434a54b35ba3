"""State graphs as GraphML, for Gephi, yEd, igraph and networkx: attributes are text, numbers and truth values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import networkx as nx
from assay.checker.report.graphs.labels import Labels

__all__ = ["to_graphml"]

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def to_graphml(graph: nx.MultiDiGraph, look: Callable[[], None] = lambda: None) -> str:
    """Return a state graph as GraphML.

    The attributes of a node are ``label``, ``initial``, ``depth``, ``frontier``, where the graph was marked
    ``terminal``, ``violates`` and ``path``, and for each variable ``state.NAME``. Those of an edge are
    ``label``, ``action``, ``arguments`` (``p=p1, q=p2``) and ``violates`` and ``path``. Those of the graph
    are ``model``, ``parameters`` (``Participant=3``) and ``complete``.
    """
    labels = Labels(graph)
    plain = nx.MultiDiGraph(**_graph(graph))
    for node, data in graph.nodes(data=True):
        look()
        plain.add_node(node, **_legal(_node(data, labels)))
    for number, (source, target, data) in enumerate(graph.edges(data=True)):
        look()
        plain.add_edge(source, target, key=f"e{number}", **_legal(_edge(data, labels)))
    return "\n".join([*nx.generate_graphml(plain), ""])


def _graph(graph: nx.MultiDiGraph) -> dict[str, Any]:
    parameters = " ".join(f"{name}={value}" for name, value in graph.graph["parameters"].items())
    described = {"model": graph.graph["model"], "parameters": parameters, "complete": graph.graph["complete"]}
    return _legal(described)


def _node(data: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    return {
        "label": "\n".join(labels.node(data)),
        "initial": data["initial"],
        "depth": data["depth"],
        "frontier": data["frontier"],
        **{f"state.{name}": value for name, value in labels.variables(data["state"]).items()},
        **_marks(data),
    }


def _edge(data: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    call = data["action"], data["arguments"]
    arguments = ", ".join(f"{name}={value}" for name, value in labels.arguments(call).items())
    return {"label": labels.call(call), "action": data["action"], "arguments": arguments, **_marks(data)}


def _marks(data: Mapping[str, Any]) -> dict[str, Any]:
    marks = {name: data[name] for name in ("terminal", "path") if name in data}
    return {**marks, "violates": ", ".join(data["violates"])} if "violates" in data else marks


def _legal(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value
        for name, value in attributes.items()
    }
