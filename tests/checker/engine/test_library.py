"""Both explorers give the same account of every model of the library, and the published counts where there are some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from assay.checker.engine import reference
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import explorer as native
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import library
from assay.models.atomic_commit import AtomicCommit
from assay.models.paxos import Paxos
from assay.models.two_phase_commit import TwoPhaseCommit

from tests.tiers import first_tier, one_in

LIBRARY = {model.name: model for model in library()}
SLOW_BY_REFERENCE = (
    *("atomic_register", "byzantine_broadcast", "cache_coherence", "chord", "epaxos", "hybrid_broadcast", "lock"),
    *("logless_reconfiguration", "multi_paxos", "multi_paxos_by_votes", "paxos_commit", "quorum_register"),
    *("raft", "raft_membership", "raft_progress", "raft_snapshots", "raft_snapshots_completeness"),
    *("replication", "three_phase_commit"),
)
"""Models some of whose variants take the reference explorer longer than ten seconds: for the second tier."""

DEPTHS = {
    "kafka_replication:KafkaReplicationWithoutFencing": 7,
    "raft_snapshots:RaftDiscardingWhatFollows": 5,
    "raft_snapshots:RaftForgettingTheLastTerm": 6,
}
"""How deep is looked into models whose end the reference explorer does not see in a quarter of an hour."""

FIRST_DEPTHS = {
    "atomic_register": 5,
    "atomic_register:AtomicRegisterReadingAnything": 5,
    "raft_progress:RaftVotingOnce": 6,
}
"""How deep the first tier looks into models whose whole takes the reference explorer long."""

MOST_STATES = 15_000
"""What the reference explorer is asked to explore, but in slow tests. It expands some six hundred a second."""


@dataclass(frozen=True)
class Account:
    """What an exhaustive exploration must say, whatever the order in which it meets the states of one depth."""

    distinct: int
    generated: int
    depth: int
    fired: dict[str, int]
    found: dict[tuple[Kind, str], int]
    order_limits: tuple[str, ...]

    @classmethod
    def of(cls, exploration: Exploration, *, is_whole: bool = True) -> Account:
        assert (exploration.stop is None) is is_whole
        assert (exploration.frontier == 0) is is_whole
        assert sum(exploration.discovered.values()) <= exploration.distinct
        paths = {(found.kind, found.name): len(path) for found, path in exploration.found.items()}
        counts = exploration.distinct, exploration.generated, exploration.depth
        return cls(*counts, dict(exploration.fired), paths, exploration.order_limits)


def accounts(instance: Instance, depth: int | None) -> tuple[Account, Account]:
    limits = Limits(depth=depth)
    with instance.active():
        return (
            Account.of(reference.explore(instance, limits, keep_going=True), is_whole=depth is None),
            Account.of(native.explore(instance, limits, keep_going=True), is_whole=depth is None),
        )


def smoke(name: str) -> Instance:
    return instantiate(specify(LIBRARY[name].cls), name="smoke")


def _is_sound(name: str) -> bool:
    return ":" not in name


def _is_late(name: str) -> bool:
    is_large = name.rpartition("/")[2].partition(":")[0] in SLOW_BY_REFERENCE and not _is_sound(name)
    return is_large or name in FIRST_DEPTHS


SHOWN = {*[name for name in sorted(LIBRARY) if _is_sound(name)][::5], *FIRST_DEPTHS}
"""What the first tier shows."""


def _cases() -> Iterator[Any]:
    for name in sorted(LIBRARY):
        yield pytest.param(name, DEPTHS.get(name), id=name, marks=[pytest.mark.slow] * _is_late(name))
        if name in FIRST_DEPTHS:
            yield pytest.param(name, FIRST_DEPTHS[name], id=f"{name}, the first {FIRST_DEPTHS[name]} steps")


@pytest.mark.parametrize(("name", "depth"), first_tier(_cases(), lambda case: case.values[0] in SHOWN))
def test_both_explorers_give_the_same_account(name: str, depth: int | None) -> None:
    """The first tier has each construct in another test; a broken variant has its sound model's actions."""
    by_reference, by_native = accounts(smoke(name), depth)
    assert by_reference == by_native


@pytest.mark.parametrize("name", one_in(4, [name for name in sorted(LIBRARY) if not _is_late(name)]))
def test_the_reference_explorer_is_asked_for_few_states(name: str) -> None:
    """It says which model it is that takes the test above long."""
    instance = smoke(name)
    with instance.active():
        found = native.explore(instance, Limits(depth=DEPTHS.get(name), states=MOST_STATES), keep_going=True)
    if found.stop is not None and found.stop.reason is StopReason.STATES:
        pytest.fail(
            f"the smoke instance of {name} has more than {MOST_STATES:,} states: make it smaller, give DEPTHS how deep "
            "to look into it, or name its model in SLOW_BY_REFERENCE"
        )


PUBLISHED = [
    (AtomicCommit, {"Participant": 3}, (34, 94, 7)),
    (TwoPhaseCommit, {"Participant": 3}, (288, 1_146, 11)),
    (TwoPhaseCommit, {"Participant": 5}, (8_832, 58_146, 17)),
    (Paxos, {"Acceptor": 1, "Ballot": 2, "Value": 1}, (25, 82, 9)),
]


@pytest.mark.parametrize("explore", [reference.explore, native.explore], ids=["reference", "native"])
@pytest.mark.parametrize(
    ("model", "settings", "counts"), one_in(3, PUBLISHED), ids=lambda value: getattr(value, "__name__", None)
)
def test_published_counts(explore: object, model: type, settings: dict[str, int], counts: tuple[int, int, int]) -> None:
    instance = instantiate(specify(model), settings)
    with instance.active():
        found = explore(instance, Limits())  # type: ignore[operator]
    assert (found.distinct, found.generated, found.depth) == counts


LARGE = [
    (TwoPhaseCommit, {"Participant": 7}, (296_448, 2_744_706, 23)),
    (TwoPhaseCommit, {"Participant": 8}, (1_745_408, 18_507_778, 26)),
    (Paxos, {"Acceptor": 3, "Ballot": 3, "Value": 2}, (185_369, 1_350_916, 25)),
]


@pytest.mark.parametrize(("model", "settings", "counts"), LARGE, ids=["7 participants", "8 participants", "Paxos"])
def test_published_counts_of_large_instances(model: type, settings: dict[str, int], counts: tuple[int, ...]) -> None:
    instance = instantiate(specify(model), settings)
    with instance.active():
        found = native.explore(instance, Limits())
    assert (found.distinct, found.generated, found.depth) == counts
