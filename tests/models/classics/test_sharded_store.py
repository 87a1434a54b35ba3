"""The sharded store, against counts by hand; each of its guards is needed."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.sharded_store import (
    Entry,
    Key,
    KeyValue,
    Node,
    Ownership,
    ShardedStore,
    ShardedStoreKeepingWhatItSends,
    ShardedStoreWithRepeatedTransfers,
)
from examination import catches, counterexample, counts, examine


@pytest.mark.parametrize(("nodes", "keys", "values"), [(1, 1, 1), (2, 1, 2), (2, 2, 1), (3, 1, 2)])
def test_states_are_those_counted_by_hand(nodes, keys, values):
    """A key is with a node, without a value or with one, or on its way to a node, with a value."""
    result = examine(ShardedStore, Node=nodes, Key=keys, KeyValue=values)
    assert result.exploration.distinct == (nodes * (1 + values) + nodes * values) ** keys


def test_counts():
    assert counts(examine(ShardedStore)) == (10, 26, 3)


def test_repeated_transfer_violates_one_value_per_key():
    result = examine(ShardedStoreWithRepeatedTransfers)
    assert result.violated == ("one_value_per_key",)
    assert "put" in counterexample(result, "one_value_per_key")


def test_keeping_what_is_sent_violates_one_value_per_key():
    result = examine(ShardedStoreKeepingWhatItSends)
    assert result.violated == ("one_value_per_key",)
    assert counterexample(result, "one_value_per_key") == ["put", "hand_over", "receive"]


class PutsBesideTheOld(ShardedStore):
    """A put does not replace what is there."""

    @action
    def put(self, node: Node, key: Key, value: KeyValue) -> None:
        require(Ownership(node, key) in self.owners)
        self.table.add(Entry(node, key, value))


class PutsAnywhere(ShardedStore):
    """Anybody may put."""

    @action
    def put(self, node: Node, key: Key, value: KeyValue) -> None:
        self.table -= {Entry(node, key, v) for v in KeyValue}
        self.table.add(Entry(node, key, value))


class ForgetsToGiveUp(ShardedStore):
    """Who hands over stays the owner."""

    @action
    def hand_over(self, entry: Entry, target: Node) -> None:
        require(entry in self.table)
        self.table.discard(entry)
        self.transfers.add(Entry(target, entry.key, entry.value))


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (PutsBesideTheOld, "one_value_per_key"),
        (PutsAnywhere, "holders_are_owners"),
        (ForgetsToGiveUp, "what_is_on_its_way_has_no_owner"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
