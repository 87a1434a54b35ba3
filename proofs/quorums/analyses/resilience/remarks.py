"""Warn of common oversights visible in the system itself: even numbers, two zones, dictators, idle nodes."""

from __future__ import annotations

from collections.abc import Iterator

from assay.proofs.quorums.analyses.resilience.tolerance import needed_by_every_quorum, single_points_of_failure
from assay.proofs.quorums.analyses.units import units_by_label, units_of_nodes
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.minimal import quorum_within
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumSystem, class_names
from assay.proofs.quorums.trees import Node

__all__ = ["remarks"]

PLACES = ("host", "endpoint")
"""The labels that say where a node runs: two nodes with the same value fail together."""

LARGEST = 2_000
"""The most nodes to try one by one: the time grows as the square of their number."""


def remarks(system: QuorumSystem) -> tuple[QuorumFinding, ...]:
    """Return the warnings about a resolved system; parsers add those that are specific to their formats.

    Warnings about the loss of nodes are left out for a system that has no quorum even with all nodes up.
    """
    found = [*_even_voters(system), *_idle_nodes(system)]
    everyone = set(system.nodes)
    if not all(quorum_within(kind, everyone) for kind in system.live.values()):
        return tuple(found)
    found += [*_one_host(system), *_lopsided_labels(system)]
    if len(system.nodes) <= LARGEST:
        found += [*_dictators(system), *_single_points(system)]
    return tuple(found)


def _warning(code: str, message: str, help: str) -> QuorumFinding:
    return QuorumFinding(Severity.WARNING, code, message, help=help)


def _even_voters(system: QuorumSystem) -> Iterator[QuorumFinding]:
    for name, kind in system.classes.items():
        # Where nodes may lie, four of them are the fewest that survive one failure: what an even number is worth
        # depends on how many nodes quorums must have in common.
        asks_for_more = any(name in duty.classes and duty.need > 1 for duty in system.obligations)
        count = None if asks_for_more else _plain_majority(kind)
        if count and count % 2 == 0:
            survives = count - (count // 2 + 1)
            failures = "failure" if survives == 1 else "failures"
            yield _warning(
                "even-voters",
                f"{count} voters for {name!r} survive {survives} {failures}, as many as {count - 1} would",
                "Use an odd number of voters.",
            )


def _plain_majority(kind: QuorumClass) -> int | None:
    """Return the number of voters if the class is a majority of nodes of equal weight, otherwise None."""
    if isinstance(kind, Federation | Node):
        return None
    alike = all(weight == 1 and isinstance(part, Node) for weight, part in kind.parts)
    return kind.total if alike and kind.need == kind.total // 2 + 1 else None


def _one_host(system: QuorumSystem) -> Iterator[QuorumFinding]:
    """Warn if all nodes are in one place, whose loss is an outage whatever the quorums."""
    for label in PLACES:
        groups = system.groups(label)
        if len(groups) == 1 and len(system.nodes) > 1 and sum(map(len, groups.values())) == len(system.nodes):
            (place,) = groups
            yield _warning(
                "one-place",
                f"all {len(system.nodes)} nodes have the {label} {place!r}: its loss is an outage",
                f"Put them on {label}s of their own.",
            )


def _lopsided_labels(system: QuorumSystem) -> Iterator[QuorumFinding]:
    """Warn of labels, such as zones, where losing one value stops the system; not if every node is needed anyway."""
    labels = dict.fromkeys(label for named in system.labels.values() for label in named)
    for label in labels:
        groups = system.groups(label)
        points = single_points_of_failure(system, units_by_label(system, label))
        if len(groups) < 2 or not points or len(points) == len(set(system.nodes)):
            continue
        what = ", ".join(repr(point) for point in points)
        if len(groups) == 2:
            yield _warning(
                "two-zones",
                f"there are two values of {label!r}, and the loss of {what} alone is an outage",
                "Of two, the larger one is always needed; put a voter into a third.",
            )
        else:
            yield _warning(
                "zone-majority",
                f"the loss of {label} {what} alone is an outage",
                "Spread the nodes so that none of them has what every quorum needs.",
            )


def _dictators(system: QuorumSystem) -> Iterator[QuorumFinding]:
    """Warn of a node that is a quorum by itself and in every quorum: the others do not matter."""
    if len(system.nodes) < 2:
        return
    for name, kind in system.classes.items():
        if not quorum_within(kind, set(system.nodes)):
            continue
        for node in needed_by_every_quorum(kind, units_of_nodes(system)):
            if quorum_within(kind, {node}):
                yield _warning(
                    "dictator",
                    f"{node!r} alone is a quorum for {name!r}, and there is none without it: no other node matters",
                    "Give no node more weight than all others together.",
                )


def _single_points(system: QuorumSystem) -> Iterator[QuorumFinding]:
    if len(system.nodes) < 2:
        return
    points = single_points_of_failure(system, units_of_nodes(system))
    if points:
        some = ", ".join(repr(point) for point in points[:5]) + (", ..." if len(points) > 5 else "")
        yield _warning(
            "single-point-of-failure",
            f"the loss of one node is an outage: {some}",
            "Add nodes, or lower what a quorum needs as far as the rules allow.",
        )


def _idle_nodes(system: QuorumSystem) -> Iterator[QuorumFinding]:
    """Note the nodes that appear in no class once its tree is in normal form: they never make a difference."""
    counted = {node for kind in system.classes.values() for node in class_names(kind)}
    idle = [node for node in system.nodes if node not in counted]
    if idle and counted:
        some = ", ".join(repr(node) for node in idle[:5]) + (", ..." if len(idle) > 5 else "")
        yield QuorumFinding(Severity.NOTE, "idle-nodes", f"these nodes make no difference to any quorum: {some}")
