"""The protocols, in small clusters and the plain way: each step of their nodes is one of the model's.

The native explorer catches their mutants (tests/checker/implementations/test_checking.py).
"""

from __future__ import annotations

import importlib
import inspect

import pytest
from assay.checker.implementations.plain import explore
from assay.checker.implementations.refinement import refine
from assay.impl.node import Cluster, ClusterError, Node

from tests.tiers import one_in

SMALL: dict[str, list[dict[str, int]]] = {
    "paxos": [
        {"acceptors": 2},
        {"acceptors": 1, "crashes": 1},
        {"acceptors": 1, "proposers": 1, "ballots": 2, "learners": 1},
    ],
    "two_phase_commit": [{}, {"crashes": 1}],
    "round_robin": [{}, {"backends": 1, "crashes": 1}],
    "lock": [{"clients": 1, "serials": 2}, {"serials": 2, "expirations": 0}],
    "raft": [{"servers": 2}, {"servers": 2, "crashes": 1}],
    "replication": [{"failovers": 0, "drops": 1}],
    "abd": [{"replicas": 2, "writes": 1, "reads": 1}],
}
"""Clusters that are explored in a second or two."""


def cluster_of(name: str, **settings: int) -> Cluster:
    made: Cluster = importlib.import_module(f"assay.impl.{name}").cluster(**settings)
    return made


def mutants(name: str) -> list[type[Node]]:
    module = importlib.import_module(f"assay.impl.{name}")
    classes = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Node)]
    return [cls for cls in classes if vars(cls).get("expected") is not None]


@pytest.mark.parametrize(
    ("name", "settings"), one_in(2, [(name, each) for name, sizes in SMALL.items() for each in sizes]), ids=str
)
def test_an_implementation_refines_its_model_and_keeps_its_invariants(name: str, settings: dict[str, int]) -> None:
    cluster = cluster_of(name, **settings)
    explored = explore(cluster, remembers=True)
    assert explored.complete
    assert explored.violations == []
    assert explored.unhandled == set()
    if cluster.refines is not None:
        refined = refine(cluster)
        assert refined.failure == []
        assert refined.complete
        assert (refined.worlds, refined.steps) == (explored.worlds, explored.generated - 1)


@pytest.mark.parametrize("name", SMALL)
def test_a_protocol_has_six_mutants_and_each_has_something_to_catch_it(name: str) -> None:
    found = mutants(name)
    assert len(found) >= 6
    assert all(cls.__doc__ and cls.__doc__.startswith("Broken: ") for cls in found)


def test_raft_of_one_server_is_refused() -> None:
    with pytest.raises(ClusterError, match="servers=1: Raft replicates between servers"):
        cluster_of("raft", servers=1)
