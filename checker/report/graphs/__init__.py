"""State graphs on paper: Graphviz, GraphML, JSON and SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assay.checker.report.graphs.document import to_json
from assay.checker.report.graphs.dot import to_dot
from assay.checker.report.graphs.graphml import to_graphml
from assay.checker.report.graphs.svg import to_svg

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["FORMATS", "PICTURES", "render", "to_dot", "to_graphml", "to_json", "to_svg"]

FORMATS: Mapping[str, Callable[..., str]] = {
    "dot": to_dot,
    "graphml": to_graphml,
    "json": to_json,
    "svg": to_svg,
}
"""Each format, by the suffix of its files."""

PICTURES = ("dot", "svg")
"""The formats that are for human eyes, so that a large graph makes no sense in them."""


def render(graph: nx.MultiDiGraph, form: str, look: Callable[[], None] = lambda: None) -> str:
    """Return a state graph in one of the formats; `look` is called for each node and edge, and may raise."""
    return FORMATS[form](graph, look)
