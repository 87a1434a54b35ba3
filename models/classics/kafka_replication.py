"""Kafka's replication of a partition: leader epochs, in-sync replicas, a high watermark, truncation of logs.

What is modelled
    A controller elects leaders and keeps the set of in-sync replicas (ISR), which the leader of the latest epoch may
    change. It tells replicas by requests. A leader appends records to its log, its followers copy them, and what all of
    the ISR have is committed: it lies below the leader's high watermark. A replica that begins to follow truncates its
    log where that and the leader's differ. Whoever follows a leader or is asked for its log names its epoch (KIP-320).
Faults
    Requests of the controller arrive in any order, several times, late or never, so several replicas may take
    themselves for the leader. The controller removes replicas from the ISR at any time, as if they had crashed; their
    logs survive.
Differences
    In *Kip320*, a replica that knows of an empty ISR may raise its high watermark even if it does not lead.
Source
    Gustafson, *Hardening Kafka Replication* (Kafka Summit 2018), and its TLA+ specification, whose modules the variants
    are: *Kip320*, *Kip279*, *Kip101*, *KafkaTruncateToHighWatermark*. The Kafka improvement proposals 101, 279 and 320
    tell what went wrong in production.
"""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    AtMost,
    Map,
    Model,
    Parameter,
    Range,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
    some,
    terminal,
)

__all__ = [
    "KafkaReplication",
    "KafkaReplicationTruncatingByEpochOnly",
    "KafkaReplicationTruncatingToHighWatermark",
    "KafkaReplicationWithoutFencing",
    "LeaderAndIsr",
    "LogRecord",
    "Replica",
]


class Replica(Sort):
    """A broker that has a copy of the partition."""


@record
class LogRecord:
    """What a producer writes, and the epoch of the leader that appended it."""

    number: Annotated[int, Range(0, "max_records - 1")]
    epoch: Annotated[int, Range(0, "max_epoch")]


@record
class LeaderAndIsr:
    """What the controller decides: the leader of an epoch, if there is one, and the replicas in sync with it."""

    epoch: Annotated[int, Range(-1, "max_epoch")]
    leader: Replica | None
    isr: Set[Replica]


class KafkaReplication(Model):
    """What a leader takes for committed is on every in-sync replica."""

    provable = False
    default = {"Replica": 2}
    smoke = {"log_size": 1, "max_records": 1}
    deep = {"Replica": 3}

    log_size: Parameter[int] = 2
    max_records: Parameter[int] = 2
    max_epoch: Parameter[int] = 2

    log: Map[Replica, Annotated[list[LogRecord], AtMost("log_size")]]
    watermark: Map[Replica, Annotated[int, Range(0, "log_size")]] = everywhere(0)  # below it all records are committed
    epoch: Map[Replica, Annotated[int, Range(-1, "max_epoch")]] = everywhere(-1)  # of the latest request that it obeyed
    leader: Map[Replica, Replica | None] = everywhere(None)  # whom it follows, itself if it leads
    isr: Map[Replica, Set[Replica]]
    written: Annotated[int, Range(0, "max_records")] = 0  # the number of the next record
    next_epoch: Annotated[int, Range(0, "max_epoch + 1")] = 0
    decided: LeaderAndIsr  # by the controller, or by the leader of the latest epoch
    requests: Set[LeaderAndIsr]  # that the controller has sent

    @initial
    def everybody_is_in_sync(self) -> None:
        """All replicas are in sync, with empty logs, and nobody leads."""
        self.decided = LeaderAndIsr(-1, None, set(Replica))

    def decide(self, leader: Replica | None, isr: set[Replica]) -> None:
        """The controller begins an epoch."""
        require(self.next_epoch <= self.max_epoch)
        self.decided = LeaderAndIsr(self.next_epoch, leader, isr)
        self.requests.add(self.decided)
        self.next_epoch += 1

    @action
    def remove_from_isr(self, r: Replica) -> None:
        """The controller takes a replica for dead; the last one stays in the ISR, but leads no more."""
        if self.decided.leader != r:
            require(r in self.decided.isr)
            self.decide(self.decided.leader, self.decided.isr - {r})
        elif self.decided.isr == {r}:
            self.decide(None, self.decided.isr)
        else:
            self.decide(None, self.decided.isr - {r})

    @action
    def elect(self, r: Replica) -> None:
        """The controller makes a replica of the ISR the leader."""
        require(r in self.decided.isr, r != self.decided.leader)
        self.decide(r, self.decided.isr)

    @action
    def become_leader(self, request: LeaderAndIsr) -> None:
        """A replica learns that it leads, and keeps its log and high watermark."""
        require(request in self.requests)
        r = some(request.leader)
        require(request.epoch > self.epoch[r])
        self.obey(r, request)

    def obey(self, r: Replica, request: LeaderAndIsr) -> None:
        """A replica takes over what a request says."""
        self.epoch[r] = request.epoch
        self.leader[r] = request.leader
        self.isr[r] = request.isr

    @action
    def become_follower(self, r: Replica, request: LeaderAndIsr) -> None:
        """A replica learns whom to follow, and truncates its log where that replica tells it to."""
        require(request in self.requests, request.leader != r, request.epoch > self.epoch[r])
        leader = request.leader
        if leader is not None:
            require(self.answers(leader, request.epoch))
            end = self.truncation_offset(leader, r)
            require(end <= len(self.log[r]))
            self.log[r] = self.log[r][:end]
            self.watermark[r] = min(self.watermark[r], end)
        self.obey(r, request)

    def answers(self, leader: Replica, epoch: int) -> bool:
        """Whether a replica leads in an epoch, and so tells a follower of that epoch where to truncate."""
        return self.leader[leader] == leader and self.epoch[leader] == epoch

    def truncation_offset(self, leader: Replica, r: Replica) -> int:
        """The end of what a follower's log and its leader's have in common."""
        own, others = self.log[r], self.log[leader]
        return max((i + 1 for i, (a, b) in enumerate(zip(own, others, strict=False)) if a == b), default=0)

    def follows(self, r: Replica, leader: Replica) -> bool:
        """Whether a leader accepts a replica as its follower: both are in the same epoch."""
        return self.leader[leader] == leader == self.leader[r] and self.epoch[r] == self.epoch[leader]

    @action
    def write(self, leader: Replica) -> None:
        """Whoever takes itself for the leader appends a record."""
        require(self.leader[leader] == leader, self.written < self.max_records, len(self.log[leader]) < self.log_size)
        self.log[leader].append(LogRecord(self.written, self.epoch[leader]))
        self.written += 1

    @action
    def fetch(self, r: Replica, leader: Replica) -> None:
        """A follower copies the record at the end of its log, and the high watermark as far as its log goes."""
        end = len(self.log[r])
        require(self.follows(r, leader), end < len(self.log[leader]))
        self.log[r].append(self.log[leader][end])
        self.watermark[r] = min(self.watermark[leader], end + 1)

    @action
    def commit(self, leader: Replica) -> None:
        """A leader raises its high watermark over a record that all of its ISR have."""
        offset = self.watermark[leader]
        require(self.leader[leader] == leader, offset < len(self.log[leader]))
        require(all(self.follows(r, leader) and offset < len(self.log[r]) for r in self.isr[leader]))
        self.watermark[leader] += 1

    def change_isr(self, leader: Replica, isr: set[Replica]) -> None:
        """The leader of the latest epoch changes the ISR, which fails for everybody else."""
        require(self.decided.leader == leader == self.leader[leader], self.epoch[leader] == self.decided.epoch)
        self.decided = LeaderAndIsr(self.decided.epoch, self.decided.leader, isr)
        self.isr[leader] = isr

    @action
    def shrink_isr(self, leader: Replica, r: Replica) -> None:
        """A leader does without a follower that lags."""
        require(r != leader, r in self.isr[leader])
        require(not self.follows(r, leader) or len(self.log[r]) < len(self.log[leader]))
        self.change_isr(leader, self.isr[leader] - {r})

    @action
    def expand_isr(self, leader: Replica, r: Replica) -> None:
        """A leader counts on a follower that has reached its high watermark."""
        require(r not in self.isr[leader], self.follows(r, leader), len(self.log[r]) >= self.watermark[leader])
        require(self.knows_what_is_committed(leader))
        self.change_isr(leader, self.isr[leader] | {r})

    def knows_what_is_committed(self, leader: Replica) -> bool:
        """Whether a leader's high watermark has reached its own epoch; the one before it may have committed more."""
        offset = self.watermark[leader]
        return offset == len(self.log[leader]) or self.log[leader][offset].epoch == self.epoch[leader]

    def has_committed(self, r: Replica, leader: Replica) -> bool:
        """Whether a replica's log has all that is below a leader's high watermark."""
        return self.log[r][: self.watermark[leader]] == self.log[leader][: self.watermark[leader]]

    @invariant
    def committed_on_its_isr(self, leader: Replica) -> bool:
        """What a leader takes for committed is on all replicas that it takes for in sync (*WeakIsr*)."""
        return self.leader[leader] != leader or all(self.has_committed(r, leader) for r in self.isr[leader])

    @invariant
    def committed_on_the_isr(self, leader: Replica) -> bool:
        """What a leader takes for committed is on all replicas that may be elected (*StrongIsr*)."""
        return self.leader[leader] != leader or all(self.has_committed(r, leader) for r in self.decided.isr)

    @invariant
    def leader_is_in_sync(self) -> bool:
        """The leader is in the ISR (*LeaderInIsr*)."""
        return self.decided.leader is None or self.decided.leader in self.decided.isr

    @lemma
    def watermark_is_within_the_log(self, r: Replica) -> bool:
        """A replica has what it takes for committed."""
        return self.watermark[r] <= len(self.log[r])

    @reachable
    def two_lead(self, a: Replica, b: Replica) -> bool:
        """Two replicas take themselves for the leader."""
        return a != b and self.leader[a] == a and self.leader[b] == b

    @reachable
    def a_later_leader_commits(self, leader: Replica) -> bool:
        """A record of one epoch is committed in another."""
        committed = self.log[leader][: self.watermark[leader]]
        return self.leader[leader] == leader and any(entry.epoch < self.epoch[leader] for entry in committed)

    @terminal
    def nobody_to_elect(self) -> bool:
        """An instance ends when its epochs are used up, and the partition is offline once no replica is in sync."""
        return self.next_epoch > self.max_epoch or len(self.decided.isr) == 0


class KafkaReplicationWithoutFencing(KafkaReplication):
    """Broken: nobody compares epochs, so a leader counts on followers of another epoch. Kafka after KIP-279."""

    expected = Violates("committed_on_its_isr")
    default = {"Replica": 3}
    smoke = {}
    deep = {}

    def answers(self, leader: Replica, epoch: int) -> bool:  # noqa: ARG002
        """Any replica tells where to truncate."""
        return True

    def follows(self, r: Replica, leader: Replica) -> bool:
        """A leader takes whoever names it for its follower."""
        return self.leader[leader] == leader == self.leader[r]

    def knows_what_is_committed(self, leader: Replica) -> bool:  # noqa: ARG002
        """A leader relies on its high watermark at once."""
        return True


class KafkaReplicationTruncatingByEpochOnly(KafkaReplicationWithoutFencing):
    """Broken: a follower goes by the epoch of its last record, which its leader may not have. Kafka after KIP-101."""

    default = {"Replica": 2}

    def truncation_offset(self, leader: Replica, r: Replica) -> int:
        """The end of the leader's records of that epoch; the follower's high watermark if there is no such end."""
        if len(self.log[r]) == 0:
            return 0
        if len(self.log[leader]) == 0:
            return self.watermark[r]
        last = self.log[r][-1].epoch
        if self.log[leader][-1].epoch == last:
            return len(self.log[leader])
        return min((i for i, entry in enumerate(self.log[leader]) if entry.epoch > last), default=self.watermark[r])


class KafkaReplicationTruncatingToHighWatermark(KafkaReplicationWithoutFencing):
    """Broken: a follower truncates to its own high watermark, which trails its leader's. Kafka before KIP-101."""

    default = {"Replica": 2}

    def truncation_offset(self, leader: Replica, r: Replica) -> int:  # noqa: ARG002
        """The follower's high watermark."""
        return self.watermark[r]
