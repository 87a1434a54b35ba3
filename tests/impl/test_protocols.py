"""The protocols: each step of their nodes is one of the model's, and every mutant is caught by what is said to.

Here small clusters, and the plain way; the larger ones are for the native explorer.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import replace
from typing import Any

import pytest
from assay.checker.implementations.plain import explore
from assay.checker.implementations.refinement import refine
from assay.impl.node import Caught, Cluster, Node, mutated

SMALL: dict[str, list[dict[str, int]]] = {
    "paxos": [
        {"acceptors": 2},
        {"acceptors": 1, "crashes": 1},
        {"acceptors": 1, "proposers": 1, "ballots": 2, "learners": 1},
    ],
    "two_phase_commit": [{}, {"crashes": 1}],
    "round_robin": [{}, {"backends": 1, "crashes": 1}],
}
"""Clusters that are explored in a second or two."""

TOO_LARGE = {
    ("ForgetfulPromise", "agreement"),
    ("ForgetfulVote", "agreement"),
    ("VotingBelowThePromise", "agreement"),
    ("IgnoringVotes", "agreement"),
    ("IgnoringVotes", "refinement"),
    ("CountingPromisesTwice", "agreement"),
    ("BelievingTheEarliestVote", "refinement"),
    ("ForgettingItsBallots", "refinement"),
    ("TakingPromisesOfAnyBallot", "refinement"),
    ("RefusingEverything", "something_is_chosen"),
}
"""What takes the native explorer: more than some thousand worlds."""


def cluster_of(name: str, **settings: int) -> Cluster:
    made: Cluster = importlib.import_module(f"assay.impl.{name}").cluster(**settings)
    return made


def mutants(name: str) -> list[type[Node]]:
    module = importlib.import_module(f"assay.impl.{name}")
    classes = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Node)]
    return [cls for cls in classes if vars(cls).get("expected") is not None]


@pytest.mark.parametrize(
    ("name", "settings"), [(name, each) for name, sizes in SMALL.items() for each in sizes], ids=str
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


def checks() -> list[Any]:
    cases = [(name, cls, by) for name in SMALL for cls in mutants(name) for by in cls.expected.by]
    return [
        pytest.param(*case, id=f"{case[1].__name__}-{case[2]}")
        for case in cases
        if (case[1].__name__, case[2]) not in TOO_LARGE and case[2] != "linearizability"
    ]


@pytest.mark.parametrize(("name", "cls", "by"), checks())
def test_a_mutant_is_caught(name: str, cls: type[Node], by: str) -> None:
    expected: Caught = cls.expected
    cluster = mutated(cluster_of(name, **expected.settings), cls)
    if by == "refinement":
        assert refine(cluster, max_worlds=20_000).failure
        return
    claims = tuple(predicate for predicate in cluster.invariants if predicate.__name__ == by)
    found = explore(replace(cluster, invariants=claims), remembers=True, max_worlds=20_000)
    if by in {predicate.__name__ for predicate in cluster.reachable}:
        assert found.complete
        assert by not in found.reached
    else:
        assert by in {violation.name for violation in found.violations}
