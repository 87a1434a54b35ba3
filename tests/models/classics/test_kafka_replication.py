"""Kafka's replication: what each of its improvement proposals was for."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.kafka_replication import (
    KafkaReplication,
    KafkaReplicationTruncatingByEpochOnly,
    KafkaReplicationTruncatingToHighWatermark,
    KafkaReplicationWithoutFencing,
    LeaderAndIsr,
    Replica,
)
from examination import catches, counterexample, counts, examine

from tests.tiers import one_in


class AsPublished(KafkaReplication):
    """As in the module *Kip320*, a replica need not lead to raise its high watermark if it knows of an empty ISR."""

    @action
    def commit(self, leader: Replica) -> None:
        offset = self.watermark[leader]
        require(offset < len(self.log[leader]))
        require(all(self.follows(r, leader) and offset < len(self.log[r]) for r in self.isr[leader]))
        self.watermark[leader] += 1


def test_counts():
    """Those of the published module are from another transcription, with an action for each of its disjuncts."""
    assert counts(examine(KafkaReplication)) == (8985, 18553, 18)
    assert examine(AsPublished).exploration.distinct == 9081


def test_without_fencing_a_leader_counts_on_a_follower_of_another_epoch():
    result = examine(KafkaReplicationWithoutFencing)
    assert result.violated == ("committed_on_its_isr",)
    assert "commit" in counterexample(result, "committed_on_its_isr")


def test_without_fencing_two_replicas_do_not_show_what_three_do():
    """With two, a follower of another epoch is the other leader."""
    assert examine(KafkaReplicationWithoutFencing, Replica=2).violated == ()


def test_the_epoch_of_the_last_record_is_too_little_to_truncate_by():
    """A leader that knows nothing of the epoch lets its follower fall back to a stale high watermark."""
    result = examine(KafkaReplicationTruncatingByEpochOnly)
    assert result.violated == ("committed_on_its_isr",)
    assert counterexample(result, "committed_on_its_isr")[-1] == "become_follower"


def test_truncation_to_the_high_watermark_loses_what_is_committed():
    result = examine(KafkaReplicationTruncatingToHighWatermark)
    assert result.violated == ("committed_on_its_isr",)
    assert counterexample(result, "committed_on_its_isr")[-3:] == ["fetch", "commit", "become_follower"]


class TruncatesNothing(KafkaReplication):
    """A follower keeps its log."""

    def truncation_offset(self, leader: Replica, r: Replica) -> int:
        return len(self.log[r])


class ObeysOlderEpochs(KafkaReplication):
    """A replica obeys requests in any order."""

    @action
    def become_follower(self, r: Replica, request: LeaderAndIsr) -> None:
        require(request in self.requests, request.leader != r, request.epoch != self.epoch[r])
        if request.leader is not None:
            require(self.answers(request.leader, request.epoch))
            self.log[r] = self.log[r][: self.truncation_offset(request.leader, r)]
            self.watermark[r] = min(self.watermark[r], len(self.log[r]))
        self.obey(r, request)


class CountsOnAnybody(KafkaReplication):
    """A leader takes a follower into the ISR before it has what is committed."""

    @action
    def expand_isr(self, leader: Replica, r: Replica) -> None:
        require(r not in self.isr[leader], self.follows(r, leader))
        self.change_isr(leader, self.isr[leader] | {r})


class CommitsAlone(KafkaReplication):
    """A leader commits what it has written."""

    @action
    def commit(self, leader: Replica) -> None:
        require(self.leader[leader] == leader, self.watermark[leader] < len(self.log[leader]))
        self.watermark[leader] += 1


class ShrinksTheIsrOfItsSuccessor(KafkaReplication):
    """A leader changes the ISR in whatever epoch it is."""

    def change_isr(self, leader: Replica, isr: set[Replica]) -> None:
        require(self.leader[leader] == leader)
        self.decided = LeaderAndIsr(self.decided.epoch, self.decided.leader, isr)
        self.isr[leader] = isr


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    one_in(
        3,
        [
            (TruncatesNothing, "committed_on_its_isr"),
            (CountsOnAnybody, "committed_on_its_isr"),
            (CommitsAlone, "committed_on_its_isr"),
            (ShrinksTheIsrOfItsSuccessor, "leader_is_in_sync"),
            (ObeysOlderEpochs, "committed_on_its_isr"),
        ],
    ),
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_rule_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
