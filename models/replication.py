"""Primary-backup replication of a log: epochs, failover to an in-sync replica, recovery from the primary.

What is modelled
    Clients write to the primary, which appends to its log and sends the entry to its backups. It acknowledges a write
    when every *in-sync* replica has it. A replica that is slow or dead is removed from the in-sync set; it comes back
    by copying the primary's log. If the primary is suspected, an in-sync replica makes itself the primary of a new
    epoch: it asks a configuration service, which admits one primary per epoch and knows the in-sync set. Every message
    carries its sender's epoch, and a replica that has reached a later epoch ignores it.
Faults
    Replicas stop and return, with their logs; they are suspected wrongly; a primary does not know that it has been
    replaced. Messages are delayed, reordered, repeated and lost. The configuration service does not fail (it is
    itself replicated, by consensus).
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
    """A period with one primary."""


@record
class Append:
    """From the primary of an epoch to all replicas: this write is in this slot."""

    epoch: Epoch
    slot: Slot
    write: Write


@record
class Stored:
    """To the primary of an epoch: this replica has stored the primary's write in this slot."""

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
    view: Map[Replica, Epoch]  # the epoch that it has reached
    leading: Map[Replica, bool] = everywhere(False)  # whether it believes that it is the primary of that epoch
    log: Map[Replica, Map[Slot, Write | None]] = everywhere(everywhere(None))

    appends: Set[Append]
    stored: Set[Stored]
    acknowledged: Set[Acknowledged]
    heir: Map[Epoch, Replica | None] = everywhere(None)  # history, for the proof: the next primary

    @initial
    def start(self, primary: Replica) -> None:
        """All replicas are in sync, and one of them is the primary."""
        self.epoch = first(Epoch)
        self.primary[first(Epoch)] = primary
        self.insync[first(Epoch)] = set(Replica)
        self.view = {r: first(Epoch) for r in Replica}
        self.leading[primary] = True

    def leads(self, replica: Replica) -> bool:
        """Whether the replica is the primary of its epoch; it cannot know whether there is a later one."""
        return self.leading[replica]

    def is_full_below(self, replica: Replica, slot: Slot) -> bool:
        """Whether the replica's log has no gap below a slot."""
        return all(self.log[replica][s] is not None for s in Slot if s < slot)

    # A write

    @action
    def write(self, primary: Replica, slot: Slot, write: Write) -> None:
        """The primary stores a write in the next slot of its log, and sends it to all."""
        require(self.leads(primary), self.log[primary][slot] is None, self.is_full_below(primary, slot))
        self.log[primary][slot] = write
        self.appends.add(Append(self.view[primary], slot, write))
        self.stored.add(Stored(self.view[primary], slot, primary))

    @action
    def store(self, replica: Replica, append: Append) -> None:
        """A backup in the primary's epoch stores a write, and confirms it."""
        require(append in self.appends, self.view[replica] == append.epoch)
        require(self.is_full_below(replica, append.slot))
        self.log[replica][append.slot] = append.write
        self.stored.add(Stored(append.epoch, append.slot, replica))

    @action
    def acknowledge(self, primary: Replica, append: Append) -> None:
        """The primary acknowledges a write that all replicas in its in-sync set have stored."""
        require(self.leads(primary), append in self.appends, self.view[primary] == append.epoch)
        require(all(Stored(append.epoch, append.slot, r) in self.stored for r in self.insync[append.epoch]))
        self.acknowledged.add(Acknowledged(append.epoch, append.slot, append.write))

    # The in-sync set

    @action
    def drop(self, primary: Replica, replica: Replica) -> None:
        """The primary removes a replica from the in-sync set; the service lets only the latest primary do so."""
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica in self.insync[self.epoch])
        self.insync[self.epoch].discard(replica)

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica copies the log of the primary, and joins the in-sync set."""
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
        """Whether a replica may become primary: an in-sync replica has every acknowledged write."""
        return replica in self.insync[self.epoch]

    @action
    def take_over(self, replica: Replica, epoch: Epoch) -> None:
        """An in-sync replica suspects the primary, and becomes the primary of a new epoch.

        It reaches the new epoch at that moment, so it answers the old primary no more, which can then acknowledge
        nothing new. The in-sync set of the new epoch is the replica alone; it sends its log to the others again.
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

    # Properties

    @invariant
    def acknowledged_writes_survive(self, ack: Acknowledged, replica: Replica) -> bool:
        """The primary of the latest epoch has every acknowledged write."""
        return implies(
            ack in self.acknowledged and self.leads(replica) and self.view[replica] == self.epoch,
            self.log[replica][ack.slot] == ack.write,
        )

    @invariant
    def one_write_a_slot(self, a: Acknowledged, b: Acknowledged) -> bool:
        """No two writes are acknowledged in one slot."""
        return implies(a in self.acknowledged and b in self.acknowledged and a.slot == b.slot, a.write == b.write)

    @invariant
    def replicas_agree(self, a: Replica, b: Replica, slot: Slot, write: Write, other: Write) -> bool:
        """In-sync replicas of one epoch have no different writes in a slot."""
        return implies(
            self.view[a] == self.view[b] and a in self.insync[self.view[a]] and b in self.insync[self.view[b]],
            not (self.log[a][slot] == write and self.log[b][slot] == other and write != other),
        )

    @invariant
    def one_primary_an_epoch(self, a: Replica, b: Replica) -> bool:
        """No epoch has two primaries."""
        return a == b or not (self.leads(a) and self.leads(b) and self.view[a] == self.view[b])

    @temporal
    def replicas_converge(self, replica: Replica, append: Append) -> Formula:
        """Every replica gets what the latest primary has sent, unless a later epoch begins."""
        return leads_to(
            append in self.appends and append.epoch == self.epoch,
            self.log[replica][append.slot] == append.write or append.epoch != self.epoch,
        )

    @refines(SingleCopy)
    def implements_a_single_copy(self) -> dict[str, object]:
        """The latest primary's log is what is stored; whatever was acknowledged is safe."""
        return {
            "held": {
                Entry(s, w)
                for s in Slot
                for w in Write
                if any(self.primary[self.epoch] == r and self.log[r][s] == w for r in Replica)
            },
            "safe": {Entry(ack.slot, ack.write) for ack in self.acknowledged},
        }

    # Lemmas

    @lemma
    def epochs_begin_at_the_service(self, epoch: Epoch, replica: Replica) -> bool:
        """An epoch that has not begun has no replicas and no primary."""
        return self.view[replica] <= self.epoch and implies(
            self.epoch < epoch,
            self.primary[epoch] is None and self.heir[epoch] is None and replica not in self.insync[epoch],
        )

    @lemma
    def messages_are_of_epochs_that_began(self, append: Append, stored: Stored, ack: Acknowledged) -> bool:
        """Every message belongs to an epoch that has begun."""
        return (
            implies(append in self.appends, self.primary[append.epoch] is not None)
            and implies(stored in self.stored, self.primary[stored.epoch] is not None)
            and implies(ack in self.acknowledged, self.primary[ack.epoch] is not None)
        )

    @lemma
    def insync_replicas_have_come_to_the_epoch(self, epoch: Epoch, replica: Replica) -> bool:
        """In-sync replicas of an epoch, the primary among them, have reached it."""
        return implies(self.primary[epoch] == replica, replica in self.insync[epoch]) and implies(
            replica in self.insync[epoch], epoch <= self.view[replica]
        )

    @lemma
    def epochs_end_with_an_heir(self, epoch: Epoch, replica: Replica) -> bool:
        """An epoch that is over has an heir, which was in sync in it and has left it."""
        return implies(
            self.heir[epoch] == replica,
            epoch < self.epoch and replica in self.insync[epoch] and epoch < self.view[replica],
        ) and implies(epoch < self.epoch and self.primary[epoch] is not None, self.heir[epoch] is not None)

    @lemma
    def primaries_know_it(self, replica: Replica) -> bool:
        """A replica believes that it leads its epoch exactly if it is that epoch's primary."""
        return self.leading[replica] == (self.primary[self.view[replica]] == replica)

    @lemma
    def views_are_epochs_that_began(self, replica: Replica) -> bool:
        """Replicas are in epochs that have begun."""
        return self.primary[self.view[replica]] is not None

    @lemma
    def one_append_a_slot(self, a: Append, b: Append) -> bool:
        """The primary of an epoch sends one write for each slot."""
        return implies(
            a in self.appends and b in self.appends and a.epoch == b.epoch and a.slot == b.slot, a.write == b.write
        )

    @lemma
    def logs_hold_what_was_sent(self, replica: Replica, slot: Slot, write: Write) -> bool:
        """The primary of a replica's epoch has sent every write in the replica's log."""
        return implies(self.log[replica][slot] == write, Append(self.view[replica], slot, write) in self.appends)

    @lemma
    def primaries_hold_what_they_sent(self, append: Append, replica: Replica) -> bool:
        """A primary has every write that it has sent in its own log."""
        return implies(
            append in self.appends and self.leads(replica) and self.view[replica] == append.epoch,
            self.log[replica][append.slot] == append.write
            and Stored(append.epoch, append.slot, replica) in self.stored,
        )

    @lemma
    def stored_is_in_the_log(self, stored: Stored) -> bool:
        """A replica that has confirmed a slot still has a write there, as long as it is in the same epoch."""
        return implies(
            stored in self.stored,
            stored.epoch <= self.view[stored.replica]
            and implies(stored.epoch == self.view[stored.replica], self.log[stored.replica][stored.slot] is not None),
        )

    @lemma
    def stored_was_sent(self, stored: Stored, replica: Replica) -> bool:
        """The primary has a write in every slot that a replica has confirmed to it."""
        return implies(
            stored in self.stored and self.leads(replica) and self.view[replica] == stored.epoch,
            self.log[replica][stored.slot] is not None,
        )

    @lemma
    def heirs_pass_on_what_they_have(self, append: Append, heir: Replica, replica: Replica, later: Append) -> bool:
        """What an epoch's heir had confirmed in it, every replica of a later epoch has."""
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
        """An acknowledged write was sent, and every in-sync replica of its epoch has confirmed it."""
        return implies(
            ack in self.acknowledged,
            Append(ack.epoch, ack.slot, ack.write) in self.appends
            and implies(replica in self.insync[ack.epoch], Stored(ack.epoch, ack.slot, replica) in self.stored),
        )

    @lemma
    def the_latest_epoch_has_a_primary(self) -> bool:
        """The latest epoch has a primary."""
        return self.primary[self.epoch] is not None

    @lemma
    def the_latest_primary_has_what_was_acknowledged(self, ack: Acknowledged, replica: Replica) -> bool:
        """The primary of the latest epoch has every acknowledged write."""
        return implies(
            ack in self.acknowledged and self.primary[self.epoch] == replica,
            self.log[replica][ack.slot] == ack.write,
        )

    @reachable
    def acknowledged_after_a_failover(self, ack: Acknowledged) -> bool:
        """A write is acknowledged in a later epoch than the first."""
        return ack in self.acknowledged and first(Epoch) < ack.epoch

    @reachable
    def two_lead(self, a: Replica, b: Replica) -> bool:
        """An old primary does not know that there is a new one; it can acknowledge nothing new."""
        return a != b and self.leads(a) and self.leads(b)

    @terminal
    def out_of_slots(self) -> bool:
        """An instance ends when its epochs are used up."""
        return not any(self.epoch < e for e in Epoch)


class ReplicationAcknowledgingAtOnce(Replication):
    """Broken: the primary acknowledges a write before its backups have it, and the write dies with the primary."""

    expected = Violates("acknowledged_writes_survive")

    @action
    def acknowledge(self, primary: Replica, append: Append) -> None:
        """The primary acknowledges what it has sent, stored or not."""
        require(self.leads(primary), append in self.appends, self.view[primary] == append.epoch)
        self.acknowledged.add(Acknowledged(append.epoch, append.slot, append.write))


class ReplicationRecoveringFromAnybody(Replication):
    """Broken: a replica that returns copies the log of any other replica, even of one that is out of sync."""

    expected = Violates("acknowledged_writes_survive")
    default = {"Replica": 3, "Epoch": 2, "Slot": 1, "Write": 1}
    smoke = {}

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica copies the log of any other one, and joins the in-sync set."""
        require(replica != primary, replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        for s in Slot:
            self.log[replica][s] = self.log[primary][s]
            if self.log[primary][s] is not None:
                self.stored.add(Stored(self.epoch, s, replica))
        self.insync[self.epoch].add(replica)


class ReplicationWithoutFencing(Replication):
    """Broken: replicas store what an old primary sends, and the old primary goes on acknowledging it."""

    expected = Violates("one_write_a_slot")

    @action
    def store(self, replica: Replica, append: Append) -> None:
        """A backup stores a write, even from the primary of an earlier epoch."""
        require(append in self.appends, append.epoch <= self.view[replica])
        require(self.is_full_below(replica, append.slot))
        self.log[replica][append.slot] = append.write
        self.stored.add(Stored(append.epoch, append.slot, replica))


class ReplicationLedByAnybody(Replication):
    """Broken: *unclean leader election*. Any replica takes over, whether or not it is in sync."""

    expected = Violates("acknowledged_writes_survive")

    def is_eligible(self, replica: Replica) -> bool:  # noqa: ARG002
        """Any replica may become primary."""
        return True


class ReplicationCountingWhoJoins(Replication):
    """Broken: a replica that returns joins the in-sync set before it has copied the log."""

    expected = Violates("implements_a_single_copy")
    default = {"Replica": 2, "Epoch": 2, "Slot": 1, "Write": 1}
    smoke = {}

    @action
    def join(self, replica: Replica, primary: Replica) -> None:
        """A replica joins the in-sync set, without the primary's log."""
        require(self.leads(primary), self.view[primary] == self.epoch, primary != replica)
        require(replica not in self.insync[self.epoch])
        self.view[replica] = self.epoch
        self.leading[replica] = False
        self.insync[self.epoch].add(replica)
