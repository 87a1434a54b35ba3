"""Primary-backup replication: what each step is for, and what each mistake loses."""

import pytest
from assay.checker.language import action, require
from assay.models.replication import (
    Append,
    Epoch,
    Replica,
    Replication,
    ReplicationAcknowledgingAtOnce,
    ReplicationLedByAnybody,
    ReplicationRecoveringFromAnybody,
    ReplicationWithoutFencing,
    Slot,
    Stored,
    Write,
)
from examination import catches, counterexample, counts, examine

from tests.tiers import one_in


def test_no_acknowledged_write_is_lost():
    result = examine(Replication)
    assert result.as_expected
    assert counts(result) == (7134, 41_517, 12)


@pytest.mark.slow
def test_no_acknowledged_write_is_lost_from_a_longer_log():
    result = examine(Replication, "deep")
    assert result.as_expected
    assert counts(result) == (209_754, 1_959_993, 17)


def test_acknowledging_at_once_loses_the_write_with_the_primary():
    actions = counterexample(examine(ReplicationAcknowledgingAtOnce), "acknowledged_writes_survive")
    assert actions == ["write", "acknowledge", "take_over"]


def test_recovering_from_anybody_brings_a_stale_log_into_sync():
    actions = counterexample(examine(ReplicationRecoveringFromAnybody), "acknowledged_writes_survive")
    assert {"drop", "join"} <= set(actions)
    assert actions[-1] == "take_over"


def test_an_old_primary_that_is_not_fenced_overwrites_what_the_new_one_acknowledged():
    actions = counterexample(examine(ReplicationWithoutFencing), "one_write_a_slot")
    assert actions.count("acknowledge") == 2
    assert "take_over" in actions


def test_an_unclean_election_loses_what_the_leader_does_not_have():
    actions = counterexample(examine(ReplicationLedByAnybody), "acknowledged_writes_survive")
    assert actions[-1] == "take_over"


class OverwritesItsLog(Replication):
    """A primary gives a place away twice."""

    @action
    def write(self, primary: Replica, slot: Slot, write: Write) -> None:
        require(self.leads(primary), self.is_full_below(primary, slot))
        self.log[primary][slot] = write
        self.appends.add(Append(self.view[primary], slot, write))
        self.stored.add(Stored(self.view[primary], slot, primary))


class TakesOverInTheSameEpoch(Replication):
    """An epoch begins twice."""

    @action
    def take_over(self, replica: Replica, epoch: Epoch) -> None:
        require(self.epoch <= epoch, replica in self.insync[self.epoch], not self.leads(replica))
        self.primary[epoch] = replica
        self.leading[replica] = True
        self.view[replica] = epoch
        self.epoch = epoch


class DropsFromAnOldEpoch(Replication):
    """The service lets an old primary say who is in sync."""

    @action
    def drop(self, primary: Replica, replica: Replica) -> None:
        require(self.leads(primary), primary != replica, replica in self.insync[self.view[primary]])
        self.insync[self.view[primary]].discard(replica)


class JoinsWithItsOwnLog(Replication):
    """A replica joins without copying the log."""

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        self.insync[self.epoch].add(replica)


class KeepsToItsOldEpoch(Replication):
    """Who takes over goes on to answer the old primary."""

    @action
    def store(self, replica: Replica, append: Append) -> None:
        require(append in self.appends, append.epoch <= self.view[replica])
        require(self.log[replica][append.slot] is None, self.is_full_below(replica, append.slot))
        self.log[replica][append.slot] = append.write
        self.stored.add(Stored(append.epoch, append.slot, replica))


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    one_in(
        3,
        [
            (OverwritesItsLog, "one_append_a_slot"),
            (TakesOverInTheSameEpoch, "one_primary_an_epoch"),
            (DropsFromAnOldEpoch, "one_write_a_slot"),
            (JoinsWithItsOwnLog, "acknowledged_writes_survive"),
            (KeepsToItsOldEpoch, "logs_hold_what_was_sent"),
        ],
    ),
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
