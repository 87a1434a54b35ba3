"""State graphs in the language of Graphviz, drawn to be read.

Each node is a state: its number, and what differs from the initial states; the full state is its tooltip.
Between two nodes there is one edge, whatever the number of steps, with a line for each action; the calls
with the names of their arguments are its tooltip. What leaves a state as it is stands in its node. States
of one depth stand in one row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import networkx as nx
from assay.checker.language.execution.interpreter import Call
from assay.checker.report.graphs.labels import Labels

__all__ = ["quoted", "to_dot"]

_ACTIONS = ("#1f5fa8", "#a65300", "#00755e", "#8a3b7f", "#5b5f00", "#0f7490", "#7a4a2a", "#4b4fb0")
"""Colours of actions, in the order of their definition; dark enough for text."""

_BAD, _BAD_FILL = "#b3141c", "#fde0df"
_INITIAL_FILL, _TERMINAL_FILL = "#dfeaf8", "#e3f1e2"
_PATH, _QUIET = "#111111", "#b0b0b0"
_LOOP = "\N{ANTICLOCKWISE OPEN CIRCLE ARROW}"
_FONT = "Helvetica,Arial,sans-serif"

_WIDE = 6
"""States side by side in a row; of more, the rows become columns, since states are wider than high."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "graph": {"fontname": _FONT, "fontsize": 14, "labelloc": "t", "labeljust": "l", "nodesep": 0.3, "ranksep": 0.6},
    "node": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#ffffff",
        "color": "#5a5a5a",
        "fontname": _FONT,
        "fontsize": 10,
        "margin": "0.1,0.06",
        "height": 0.3,
    },
    "edge": {"fontname": _FONT, "fontsize": 9, "arrowsize": 0.6},
}


def to_dot(graph: nx.MultiDiGraph, look: Callable[[], None] = lambda: None) -> str:
    """Return a state graph as text for Graphviz.

    Parameters
    ----------
    graph : MultiDiGraph
        A state graph, or a piece of one. What `mark` and `mark_path` of `assay.checker.engine.graph` marked
        is highlighted.
    """
    return "\n".join([f"digraph {quoted(graph.graph['model'])} {{", *_statements(graph, Labels(graph), look), "}", ""])


def quoted(text: str, *, end: str = "\\n") -> str:
    r"""Return text as a quoted string of Graphviz, which shows it as it is.

    Parameters
    ----------
    text : str
        Any text. Backslashes, quotes and ampersands, which Graphviz would take for its own, are escaped;
        control characters, which XML does not know, are replaced.
    end : {"\\n", "\\l"}
        How lines end: centred, or aligned to the left.
    """
    legal = "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    escaped = legal.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + escaped.replace("\n", end) + '"'


def _statements(graph: nx.MultiDiGraph, labels: Labels, look: Callable[[], None]) -> Iterator[str]:
    rows = _rows(graph)
    direction = "LR" if max(map(len, rows), default=0) > _WIDE else "TB"
    yield f"  rankdir={direction};"
    for kind, attributes in _DEFAULTS.items():
        yield f"  {kind} {_attributes(attributes)};"
    yield f"  label={_lines([labels.title(), *_legend(graph)])};"
    for node, data in graph.nodes(data=True):
        look()
        loops = _calls(graph.get_edge_data(node, node, default={}).values())
        yield f"  {node} {_attributes(_node(node, data, labels, loops))};"
    for row in rows:
        yield f"  {{rank=same; {'; '.join(map(str, row))}}}"
    colours = _colours(graph)
    for source, neighbours in graph.adjacency():
        for target, parallel in neighbours.items():
            look()
            edge = _edge(list(parallel.values()), labels, colours, loop=source == target)
            yield f"  {source} -> {target} {_attributes(edge)};"


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "[" + ", ".join(f"{key}={_value(value)}" for key, value in attributes.items()) + "]"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return _lines(value)
    return quoted(value) if isinstance(value, str) else str(value)


def _lines(lines: list[str]) -> str:
    """Return lines that are aligned to the left."""
    return quoted("".join(f"{line}\n" for line in lines), end="\\l")


def _rows(graph: nx.MultiDiGraph) -> list[list[int]]:
    rows = defaultdict(list)
    for node, depth in graph.nodes(data="depth"):
        rows[depth].append(node)
    return list(rows.values())


def _colours(graph: nx.MultiDiGraph) -> dict[str, str]:
    actions = graph.graph["instance"].specification.actions
    return {action.name: _ACTIONS[i % len(_ACTIONS)] for i, action in enumerate(actions)}


def _calls(steps: Iterable[Mapping[str, Any]]) -> list[Call]:
    return [(step["action"], step["arguments"]) for step in steps]


def _node(node: int, data: Mapping[str, Any], labels: Labels, loops: list[Call]) -> dict[str, Any]:
    violated = data.get("violates", ())
    outside = ["outside of the constraint"] if data.get("outside") else []
    stays = [f"{_LOOP} {line}" for line in labels.edge(loops)]
    shown: dict[str, Any] = {
        "label": [str(node), *labels.node(data), *stays, *outside, *(f"violates {name}" for name in violated)],
        "tooltip": "\n".join([f"state {node}", *labels.full(data["state"])]),
    }
    if data["initial"]:
        shown |= {"penwidth": 2.2, "fillcolor": _INITIAL_FILL}
    if data.get("terminal"):
        shown |= {"peripheries": 2, "fillcolor": _TERMINAL_FILL}
    if data["frontier"]:
        shown |= {"style": "rounded,filled,dashed"}
    if data.get("path"):
        shown |= {"color": _PATH, "penwidth": 2.2}
    if violated:
        shown |= {"color": _BAD, "fillcolor": _BAD_FILL, "fontcolor": _BAD}
    return shown


def _edge(
    parallel: list[Mapping[str, Any]], labels: Labels, colours: Mapping[str, str], *, loop: bool
) -> dict[str, Any]:
    """Return how to draw all the steps between two states as one edge; a loop's label stands in its node."""
    calls = _calls(parallel)
    broken = dict.fromkeys(name for step in parallel for name in step.get("violates", ()))
    colour = _QUIET if loop else colours[calls[0][0]]
    named = [] if loop else labels.edge(calls)
    shown: dict[str, Any] = {
        "label": [f" {line} " for line in [*named, *(f"violates {name}" for name in broken)]],
        "tooltip": "\n".join(map(labels.call, calls)),
        "color": colour,
        "fontcolor": colour,
    }
    if any(step.get("path") for step in parallel):
        shown |= {"color": _PATH, "fontcolor": _PATH, "penwidth": 2.6, "style": "bold"}
    if broken:
        shown |= {"color": _BAD, "fontcolor": _BAD}
    return {**shown, "labeltooltip": shown["tooltip"]}


def _legend(graph: nx.MultiDiGraph) -> list[str]:
    """Return a legend for the markings that occur in the picture."""
    nodes = [data for _, data in graph.nodes(data=True)]
    steps = [data for *_, data in graph.edges(data=True)]
    entries = {
        "blue: initial": any(data["initial"] for data in nodes),
        "green, double frame: terminal": any(data.get("terminal") for data in nodes),
        "red: violates a property": any(data.get("violates") for data in [*nodes, *steps]),
        "bold: the shortest path there": any(data.get("path") for data in nodes),
        "dashed frame: has steps that are not shown": any(data["frontier"] for data in nodes),
    }
    return [" \N{MIDDLE DOT} ".join(text for text, present in entries.items() if present)]
