"""The state graph of an instance, as a networkx graph: built, cut, marked and analysed."""

from assay.checker.engine.graph.building import state_graph
from assay.checker.engine.graph.compressed import CompressedStateGraph
from assay.checker.engine.graph.cutting import neighbourhood
from assay.checker.engine.graph.marking import mark, mark_path, where
from assay.checker.engine.graph.paths import components, distances

__all__ = [
    "CompressedStateGraph",
    "components",
    "distances",
    "mark",
    "mark_path",
    "neighbourhood",
    "state_graph",
    "where",
]
