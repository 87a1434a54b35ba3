"""Primary-backup replication of a log: epochs, failover to a replica that is in sync, recovery from the primary.

What is modelled
    Clients write to the primary, which appends to its log and sends the entry to its backups. It acknowledges a write
    when every replica that is *in sync* has it. A replica that is slow or dead is taken out of the set of those in
    sync; it comes back by copying the primary's log. If the primary is suspected, a replica that is in sync makes
    itself the primary of a new epoch: it asks a configuration service, which lets one do so and knows who is in sync.
    Every message carries its sender's epoch, and a replica that has come to a later one ignores it.
Faults
    Replicas stop and return, with their logs; they are suspected wrongly; a primary does not know that it has been
    replaced. Messages are delayed, reordered, repeated and lost. The configuration service does not fail (it is
    replicated itself, by consensus).
Source
    Lin, Yang, Zhang, Zhou, *PacificA: replication in log-based distributed storage systems* (2008), sections 2 and 3;
    the in-sync replicas and leader epochs of Apache Kafka (KIP-101, KIP-279), whose *unclean leader election* is one
    of the broken variants. It implements `single_copy`.
"""

from __future__ import annotations

from assay.checker.language import (
    Formula,
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    first,
    implies,
    initial,
    invariant,
    leads_to,
    lemma,
    reachable,
    record,
    refines,
    require,
    temporal,
    terminal,
    weak,
)
from assay.models.single_copy import Entry, SingleCopy, Slot, Write

__all__ = [
    "Acknowledged",
    "Append",
    "Epoch",
    "Replica",
    "Replication",
    "ReplicationAcknowledgingAtOnce",
    "ReplicationCountingWhoJoins",
    "ReplicationLedByAnybody",
    "ReplicationRecoveringFromAnybody",
    "ReplicationWithoutFencing",
    "Slot",
    "Stored",
    "Write",
]


class Replica(Sort):
    """A process with a copy of the log."""


class Epoch(Order):
    """A time with one primary."""


@record
class Append:
    """From the primary of an epoch to all: this write has this place."""

    epoch: Epoch
    slot: Slot
    write: Write


@record
class Stored:
    """To the primary of an epoch: this replica has what the primary has put there."""

    epoch: Epoch
    slot: Slot
    replica: Replica


@record
class Acknowledged:
    """To the client: the write is safe."""

    epoch: Epoch
    slot: Slot
    write: Write


class Replication(Model):
    """No acknowledged write is lost."""

    default = {"Replica": 3, "Epoch": 2, "Slot": 1, "Write": 2}
    smoke = {"Replica": 2}
    deep = {"Slot": 2}
    fairness = (
        weak("store", each=("replica", "append")),
        weak("join", each="replica"),
    )

    # The configuration service
    epoch: Epoch
    primary: Map[Epoch, Replica | None] = everywhere(None)
    insync: Map[Epoch, Set[Replica]]

    # The replicas
    view: Map[Replica, Epoch]  # the epoch that it has come to
    leading: Map[Replica, bool] = everywhere(False)  # whether it believes that it is the primary of that epoch
    log: Map[Replica, Map[Slot, Write | None]] = everywhere(everywhere(None))

    appends: Set[Append]
    stored: Set[Stored]
    acknowledged: Set[Acknowledged]
    heir: Map[Epoch, Replica | None] = everywhere(None)  # who took over from the primary of an epoch; for the proof

    @initial
    def start(self, primary: Replica) -> None:
        """All replicas are in sync, and one of them is the primary."""
        self.epoch = first(Epoch)
        self.primary[first(Epoch)] = primary
        self.insync[first(Epoch)] = set(Replica)
        self.view = {r: first(Epoch) for r in Replica}
        self.leading[primary] = True

    def leads(self, replica: Replica) -> bool:
        """Whether a replica is the primary of the epoch that it is in. There may be a later epoch: it cannot know."""
        return self.leading[replica]

    def is_full_below(self, replica: Replica, slot: Slot) -> bool:
        return all(self.log[replica][s] is not None for s in Slot if s < slot)

    # A write

    @action
    def write(self, primary: Replica, slot: Slot, write: Write) -> None:
        """The primary gives a write the next place in its log, and sends it to all."""
        require(self.leads(primary), self.log[primary][slot] is None, self.is_full_below(primary, slot))
        self.log[primary][slot] = write
        self.appends.add(Append(self.view[primary], slot, write))
        self.stored.add(Stored(self.view[primary], slot, primary))

    @action
    def store(self, replica: Replica, append: Append) -> None:
        """A backup of the same epoch stores it, and says so."""
        require(append in self.appends, self.view[replica] == append.epoch)
        require(self.is_full_below(replica, append.slot))
        self.log[replica][append.slot] = append.write
        self.stored.add(Stored(append.epoch, append.slot, replica))

    @action
    def acknowledge(self, primary: Replica, append: Append) -> None:
        """The primary has heard from all that it counts as in sync."""
        require(self.leads(primary), append in self.appends, self.view[primary] == append.epoch)
        require(all(Stored(append.epoch, append.slot, r) in self.stored for r in self.insync[append.epoch]))
        self.acknowledged.add(Acknowledged(append.epoch, append.slot, append.write))

    # Who is in sync

    @action
    def drop(self, primary: Replica, replica: Replica) -> None:
        """The primary takes a replica that does not answer out of the set; the service lets only its primary do so."""
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica in self.insync[self.epoch])
        self.insync[self.epoch].discard(replica)

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica copies the log of the primary, and is in sync from then on."""
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        for s in Slot:
            self.log[replica][s] = self.log[primary][s]
            if self.log[primary][s] is not None:
                self.stored.add(Stored(self.epoch, s, replica))
        self.insync[self.epoch].add(replica)

    def is_eligible(self, replica: Replica) -> bool:
        """Whether a replica may become primary: it is in sync, so it has every acknowledged write."""
        return replica in self.insync[self.epoch]

    @action
    def take_over(self, replica: Replica, epoch: Epoch) -> None:
        """A replica that is in sync suspects the primary, and becomes the primary of a new epoch.

        It comes to the new epoch in that moment, so the old primary gets no answer from it any more. It counts itself
        as in sync, and nobody else, and sends what it has again.
        """
        require(self.epoch < epoch, self.is_eligible(replica), not self.leads(replica))
        self.heir[self.epoch] = replica
        self.primary[epoch] = replica
        self.insync[epoch] = {replica}
        self.view[replica] = epoch
        self.leading[replica] = True
        self.epoch = epoch
        for s in Slot:
            for w in Write:
                if self.log[replica][s] == w:
                    self.appends.add(Append(epoch, s, w))
                    self.stored.add(Stored(epoch, s, replica))

    # What must be true

    @invariant
    def acknowledged_writes_survive(self, ack: Acknowledged, replica: Replica) -> bool:
        """The primary has every write that was acknowledged."""
        return implies(
            ack in self.acknowledged and self.leads(replica) and self.view[replica] == self.epoch,
            self.log[replica][ack.slot] == ack.write,
        )

    @invariant
    def one_write_a_slot(self, a: Acknowledged, b: Acknowledged) -> bool:
        """Clients are never told of two writes in one place."""
        return implies(a in self.acknowledged and b in self.acknowledged and a.slot == b.slot, a.write == b.write)

    @invariant
    def replicas_agree(self, a: Replica, b: Replica, slot: Slot, write: Write, other: Write) -> bool:
        """Replicas of one epoch that have something in a place have the same."""
        return implies(
            self.view[a] == self.view[b] and a in self.insync[self.view[a]] and b in self.insync[self.view[b]],
            not (self.log[a][slot] == write and self.log[b][slot] == other and write != other),
        )

    @invariant
    def one_primary_an_epoch(self, a: Replica, b: Replica) -> bool:
        return a == b or not (self.leads(a) and self.leads(b) and self.view[a] == self.view[b])

    @temporal
    def replicas_converge(self, replica: Replica, append: Append) -> Formula:
        """What the primary of the latest epoch has sent, every replica has in the end, unless a later one begins."""
        return leads_to(
            append in self.appends and append.epoch == self.epoch,
            self.log[replica][append.slot] == append.write or append.epoch != self.epoch,
        )

    @refines(SingleCopy)
    def implements_a_single_copy(self) -> dict[str, object]:
        """What the primary of the latest epoch has is what there is; what was ever acknowledged is safe."""
        return {
            "held": {
                Entry(s, w)
                for s in Slot
                for w in Write
                if any(self.primary[self.epoch] == r and self.log[r][s] == w for r in Replica)
            },
            "safe": {Entry(ack.slot, ack.write) for ack in self.acknowledged},
        }

    # Why

    @lemma
    def epochs_begin_at_the_service(self, epoch: Epoch, replica: Replica) -> bool:
        """Nothing is of an epoch that has not begun."""
        return self.view[replica] <= self.epoch and implies(
            self.epoch < epoch,
            self.primary[epoch] is None and self.heir[epoch] is None and replica not in self.insync[epoch],
        )

    @lemma
    def messages_are_of_epochs_that_began(self, append: Append, stored: Stored, ack: Acknowledged) -> bool:
        return (
            implies(append in self.appends, self.primary[append.epoch] is not None)
            and implies(stored in self.stored, self.primary[stored.epoch] is not None)
            and implies(ack in self.acknowledged, self.primary[ack.epoch] is not None)
        )

    @lemma
    def insync_replicas_have_come_to_the_epoch(self, epoch: Epoch, replica: Replica) -> bool:
        return implies(self.primary[epoch] == replica, replica in self.insync[epoch]) and implies(
            replica in self.insync[epoch], epoch <= self.view[replica]
        )

    @lemma
    def epochs_end_with_an_heir(self, epoch: Epoch, replica: Replica) -> bool:
        """Who took over from the primary of an epoch was in sync in it, and has gone beyond it."""
        return implies(
            self.heir[epoch] == replica,
            epoch < self.epoch and replica in self.insync[epoch] and epoch < self.view[replica],
        ) and implies(epoch < self.epoch and self.primary[epoch] is not None, self.heir[epoch] is not None)

    @lemma
    def primaries_know_it(self, replica: Replica) -> bool:
        """Who believes that it leads an epoch is its primary, and the primary knows it."""
        return self.leading[replica] == (self.primary[self.view[replica]] == replica)

    @lemma
    def views_are_epochs_that_began(self, replica: Replica) -> bool:
        return self.primary[self.view[replica]] is not None

    @lemma
    def one_append_a_slot(self, a: Append, b: Append) -> bool:
        return implies(
            a in self.appends and b in self.appends and a.epoch == b.epoch and a.slot == b.slot, a.write == b.write
        )

    @lemma
    def logs_hold_what_was_sent(self, replica: Replica, slot: Slot, write: Write) -> bool:
        """Whatever is in a log, the primary of the epoch that the replica is in has sent."""
        return implies(self.log[replica][slot] == write, Append(self.view[replica], slot, write) in self.appends)

    @lemma
    def primaries_hold_what_they_sent(self, append: Append, replica: Replica) -> bool:
        return implies(
            append in self.appends and self.leads(replica) and self.view[replica] == append.epoch,
            self.log[replica][append.slot] == append.write
            and Stored(append.epoch, append.slot, replica) in self.stored,
        )

    @lemma
    def stored_is_in_the_log(self, stored: Stored) -> bool:
        """Who says that it has something has it, and the primary has."""
        return implies(
            stored in self.stored,
            stored.epoch <= self.view[stored.replica]
            and implies(stored.epoch == self.view[stored.replica], self.log[stored.replica][stored.slot] is not None),
        )

    @lemma
    def stored_was_sent(self, stored: Stored, replica: Replica) -> bool:
        return implies(
            stored in self.stored and self.leads(replica) and self.view[replica] == stored.epoch,
            self.log[replica][stored.slot] is not None,
        )

    @lemma
    def heirs_pass_on_what_they_have(self, append: Append, heir: Replica, replica: Replica, later: Append) -> bool:
        """What the heir of an epoch had stored in it, every replica of a later epoch has."""
        return implies(
            append in self.appends
            and self.heir[append.epoch] == heir
            and Stored(append.epoch, append.slot, heir) in self.stored,
            implies(append.epoch < self.view[replica], self.log[replica][append.slot] == append.write)
            and implies(
                later in self.appends and append.epoch < later.epoch and append.slot == later.slot,
                append.write == later.write,
            ),
        )

    @lemma
    def acknowledged_is_stored(self, ack: Acknowledged, replica: Replica) -> bool:
        return implies(
            ack in self.acknowledged,
            Append(ack.epoch, ack.slot, ack.write) in self.appends
            and implies(replica in self.insync[ack.epoch], Stored(ack.epoch, ack.slot, replica) in self.stored),
        )

    @lemma
    def the_latest_epoch_has_a_primary(self) -> bool:
        return self.primary[self.epoch] is not None

    @lemma
    def the_latest_primary_has_what_was_acknowledged(self, ack: Acknowledged, replica: Replica) -> bool:
        return implies(
            ack in self.acknowledged and self.primary[self.epoch] == replica,
            self.log[replica][ack.slot] == ack.write,
        )

    @reachable
    def acknowledged_after_a_failover(self, ack: Acknowledged) -> bool:
        return ack in self.acknowledged and first(Epoch) < ack.epoch

    @reachable
    def two_lead(self, a: Replica, b: Replica) -> bool:
        """An old primary does not know that there is a new one; it cannot acknowledge anything new."""
        return a != b and self.leads(a) and self.leads(b)

    @terminal
    def out_of_slots(self) -> bool:
        """An instance has a bounded number of epochs."""
        return not any(self.epoch < e for e in Epoch)


class ReplicationAcknowledgingAtOnce(Replication):
    """Broken: the primary acknowledges a write before its backups have it, and dies."""

    expected = Violates("acknowledged_writes_survive")

    @action
    def acknowledge(self, primary: Replica, append: Append) -> None:
        """The primary acknowledges what it has sent, whether or not anybody has it."""
        require(self.leads(primary), append in self.appends, self.view[primary] == append.epoch)
        self.acknowledged.add(Acknowledged(append.epoch, append.slot, append.write))


class ReplicationRecoveringFromAnybody(Replication):
    """Broken: a replica that returns copies the log of any other, also of one that is not in sync."""

    expected = Violates("acknowledged_writes_survive")
    default = {"Replica": 3, "Epoch": 2, "Slot": 1, "Write": 1}
    smoke = {}

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica copies the log of any other one, and is in sync from then on."""
        require(replica != primary, replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        for s in Slot:
            self.log[replica][s] = self.log[primary][s]
            if self.log[primary][s] is not None:
                self.stored.add(Stored(self.epoch, s, replica))
        self.insync[self.epoch].add(replica)


class ReplicationWithoutFencing(Replication):
    """Broken: replicas store what an old primary sends, and the old primary goes on to acknowledge it."""

    expected = Violates("one_write_a_slot")

    @action
    def store(self, replica: Replica, append: Append) -> None:
        """A backup stores what it is sent, also by the primary of an earlier epoch."""
        require(append in self.appends, append.epoch <= self.view[replica])
        require(self.is_full_below(replica, append.slot))
        self.log[replica][append.slot] = append.write
        self.stored.add(Stored(append.epoch, append.slot, replica))


class ReplicationLedByAnybody(Replication):
    """Broken: *unclean leader election*. If nobody in sync is left, whoever is there takes over."""

    expected = Violates("acknowledged_writes_survive")

    def is_eligible(self, replica: Replica) -> bool:  # noqa: ARG002
        """Whoever is there."""
        return True


class ReplicationCountingWhoJoins(Replication):
    """Broken: a replica that returns counts as in sync from then on, and has yet to copy the log."""

    expected = Violates("implements_a_single_copy")
    default = {"Replica": 2, "Epoch": 2, "Slot": 1, "Write": 1}
    smoke = {}

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica that returns is in sync from then on, although its log has yet to be copied."""
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        self.insync[self.epoch].add(replica)
