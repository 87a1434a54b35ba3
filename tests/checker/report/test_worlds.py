"""Worlds in words: also who can reach whom, since the same messages are lost or not."""

from __future__ import annotations

from dataclasses import replace

from assay.checker.implementations.semantics import Semantics
from assay.checker.report.worlds import changed, whole
from assay.impl.node import Cluster, Faults, Node

CLUSTER = Cluster(
    {"a": Node(), "b": Node(), "c": Node()},
    faults=Faults(partitions=None, sides=(frozenset({"b", "a"}), frozenset({"c"}))),
)
HEALED = next(iter(Semantics(CLUSTER).initial()))
CUT, OTHER = replace(HEALED, cut=0), replace(HEALED, cut=1)


def test_a_world_shows_a_partition() -> None:
    assert ("network", "a, b cut off from the others") in [*whole(CLUSTER, CUT)]
    assert "network" not in dict(whole(CLUSTER, HEALED))


def test_a_step_shows_how_the_partition_changed() -> None:
    assert [*map(str, changed(CLUSTER, HEALED, CUT))] == ["network: whole -> a, b cut off from the others"]
    assert [*map(str, changed(CLUSTER, CUT, OTHER))] == [
        "network: a, b cut off from the others -> c cut off from the others"
    ]
