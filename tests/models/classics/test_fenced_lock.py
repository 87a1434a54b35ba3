"""The lock with epochs and the store behind it; what a small instance hides."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.fenced_lock import (
    Epoch,
    EpochLock,
    EpochLockTakingOldMessages,
    FencedLock,
    FencedLockWithCarelessStore,
    Node,
    Transfer,
    Write,
)
from examination import EVERYTHING, catches, counterexample, counts, examine


def test_counts():
    assert counts(examine(EpochLock)) == (22, 22, 5)
    assert counts(examine(FencedLock)) == (36, 78, 7)


@pytest.mark.parametrize("nodes", [2, 3])
def test_old_messages_show_no_error_in_three_epochs(nodes):
    """A small instance hides what a larger one shows; that its last epoch was used is the hint."""
    result = examine(EpochLockTakingOldMessages, Node=nodes, Epoch=3)
    assert "mutual_exclusion" not in result.violated
    assert "Epoch" in result.exploration.order_limits


@pytest.mark.parametrize("nodes", [2, 3])
def test_old_messages_violate_mutual_exclusion_in_four_epochs(nodes):
    result = examine(EpochLockTakingOldMessages, Node=nodes, Epoch=4)
    assert result.violated == ("mutual_exclusion",)
    assert sorted(counterexample(result, "mutual_exclusion")) == ["hand_over"] * 2 + ["take"] * 3


def test_careless_store_keeps_the_write_of_a_former_holder():
    result = examine(FencedLockWithCarelessStore)
    assert result.violated == ("last_holder_wins",)
    assert counterexample(result, "last_holder_wins") == ["write", "hand_over", "take", "write", "store", "store"]


def test_careless_store_does_no_harm_to_the_lock():
    """The lock excludes holders, not messages: it is as good as ever."""
    everything = examine(FencedLockWithCarelessStore, options=EVERYTHING)
    assert everything.violated == ("last_holder_wins",)


class HandsOverInItsOwnEpoch(EpochLock):
    """The holder passes its own epoch on."""

    @action
    def hand_over(self, node: Node, target: Node, epoch: Epoch) -> None:
        require(node in self.holders, node != target, self.epoch[node] <= epoch)
        self.holders.discard(node)
        self.transfers.add(Transfer(epoch, target))


class KeepsTheLock(EpochLock):
    """The holder hands over and holds."""

    @action
    def hand_over(self, node: Node, target: Node, epoch: Epoch) -> None:
        require(node in self.holders, node != target, self.epoch[node] < epoch)
        self.transfers.add(Transfer(epoch, target))


class WritesWithoutTheLock(FencedLock):
    """A node writes with whatever epoch it has."""

    @action
    def write(self, node: Node) -> None:
        self.writes.add(Write(self.epoch[node], node))


class WritesInAnyEpoch(FencedLock):
    """A node makes its token up."""

    @action
    def store(self, write: Write) -> None:
        require(self.stored is None or self.stored.epoch <= write.epoch)
        self.writes.add(write)
        self.accepted.add(write)
        self.stored = write


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (HandsOverInItsOwnEpoch, "one_transfer_per_epoch"),
        (KeepsTheLock, "mutual_exclusion"),
        (WritesWithoutTheLock, "one_writer_per_token"),
        (WritesInAnyEpoch, "token_is_not_ahead"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "deep")
