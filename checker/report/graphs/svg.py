"""State graphs as pictures: SVG, laid out by Graphviz where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import networkx as nx
from assay.checker.errors import InternalError, UsageError
from assay.checker.report.graphs.dot import to_dot

__all__ = ["demand_graphviz", "to_svg"]


def demand_graphviz() -> str:
    """Return the path of Graphviz' program ``dot``.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    program = shutil.which("dot")
    if program is None:
        raise UsageError(
            "an SVG is laid out by Graphviz, whose program dot is not installed",
            help="install it (apt-get install graphviz, brew install graphviz); --format dot works without it",
        )
    return program


def to_svg(graph: nx.MultiDiGraph, look: Callable[[], None] = lambda: None) -> str:
    """Return a state graph as SVG; full states and calls are its tooltips.

    Raises
    ------
    UsageError
        If Graphviz is not installed.
    InternalError
        If it does not take what we write.
    """
    command = [demand_graphviz(), "-Tsvg"]
    done = subprocess.run(command, input=to_dot(graph, look).encode(), capture_output=True, check=False)
    if done.returncode:
        raise InternalError(f"Graphviz refuses the graph: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()
