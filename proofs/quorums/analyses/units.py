"""Units of failure: single nodes, or all nodes with the same value of a label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from assay.checker.errors import UsageError
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Units", "is_one_each", "members", "units_by_label", "units_of_nodes"]

Units: TypeAlias = Mapping[str, str]
"""The unit that each node fails with; nodes that are not listed never fail."""


def units_of_nodes(system: QuorumSystem) -> Units:
    """Return each node as its own unit."""
    return {node: node for node in system.nodes}


def units_by_label(system: QuorumSystem, label: str) -> Units:
    """Return the units of a label such as a zone, a region or an organisation; nodes without it never fail.

    Raises
    ------
    UsageError
        If no node has this label.
    """
    found = system.groups(label)
    if not found:
        known = sorted({name for labels in system.labels.values() for name in labels})
        has = f"labels: {', '.join(known)}" if known else "this configuration has no labels"
        raise UsageError(f"no node has the label {label!r}", help=has)
    return {node: value for value, nodes in found.items() for node in nodes}


def is_one_each(system: QuorumSystem, units: Units) -> bool:
    """Tell whether every node has a unit of its own: then results for nodes hold for units."""
    return len(set(units.values())) == len(units) == len(system.nodes)


def members(units: Units, chosen: Iterable[str]) -> frozenset[str]:
    """Return the nodes of the chosen units."""
    wanted = set(chosen)
    return frozenset(node for node, unit in units.items() if unit in wanted)
