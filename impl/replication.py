"""Primary-backup replication of a log: epochs, failover to a replica that is in sync, recovery from the primary.

Clients write and read a register. Every operation takes a place in the log of the primary; it is answered when all
replicas in sync have it on disk. A registry knows the configuration: which epoch it is, who is its primary, and who is
in sync. Each change of it names the version that it follows, so that of two only one is made, and none twice. A replica
that wants to take over stores nothing more of the old epoch from the moment in which it asks: that fences the old
primary, which gets no answer from it. One that is behind takes a copy from the primary, and is in sync when it has all.

Source
    Lin, Yang, Zhang, Zhou, *PacificA: replication in log-based distributed storage systems* (2008), sections 2 and 3;
    the in-sync replicas and leader epochs of Apache Kafka (KIP-101, KIP-279).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    Durable,
    Faults,
    Network,
    Node,
    Record,
    World,
    message,
    on,
    on_timeout,
    record,
)

__all__ = ["Client", "Configuration", "Entry", "Registry", "Replica", "cluster", "deployment"]

Epoch = int
Value = str
Request = tuple[Address, int]
"""The client, and the number of its operation: who asks again names the same."""


@dataclass(frozen=True)
class Entry:
    """An operation in the log; without a value it is a read."""

    request: Request
    value: Value | None


Log = tuple[Entry, ...]


@dataclass(frozen=True)
class Configuration:
    """Who leads, and who is in sync."""

    version: int
    epoch: Epoch
    primary: Address
    insync: frozenset[Address]

    def without(self, replica: Address) -> Configuration:
        """Return the next configuration, in which a replica is not in sync."""
        return replace(self, version=self.version + 1, insync=self.insync - {replica})

    def including(self, replica: Address) -> Configuration:
        """Return the next configuration, in which a replica is in sync, too."""
        return replace(self, version=self.version + 1, insync=self.insync | {replica})

    def led_by(self, replica: Address) -> Configuration:
        """Return the next configuration, the first of an epoch: nobody else is known to have what the primary has."""
        return Configuration(self.version + 1, self.epoch + 1, replica, frozenset({replica}))


@message
class Ask:
    """A client asks for an operation."""

    number: int
    value: Value | None


@message
class Acknowledged:
    """The operation is done, and will not be lost; of a read, what it returns."""

    epoch: Epoch
    slot: int
    number: int
    result: Value | None


@message
class Append:
    """From the primary of an epoch: this entry has this place."""

    epoch: Epoch
    slot: int
    entry: Entry


@message
class Heartbeat:
    """From the primary of an epoch: it is there."""

    epoch: Epoch


@message
class Stored:
    """To the primary of an epoch: so many entries of its log are on disk here."""

    epoch: Epoch
    count: int


@message
class Fetch:
    """To the primary of an epoch: a copy, please."""

    epoch: Epoch


@message
class Copy:
    """From the primary of an epoch: its log, as far as it is."""

    epoch: Epoch
    log: Log


@message
class Consult:
    """To the registry: what is the configuration?"""


@message
class Propose:
    """To the registry: let this configuration follow the one before."""

    configuration: Configuration


@message
class Current:
    """From the registry: this is the configuration."""

    configuration: Configuration


class Registry(Node):
    """Keeps the configuration, and lets it be changed one version after the other."""

    replicas: tuple[Address, ...]
    configuration: Durable[Configuration]

    def on_start(self) -> None:
        self.tell(self.replicas)

    def tell(self, replicas: Address | Iterable[Address]) -> None:
        self.send(replicas, Current(self.configuration))

    @on(Consult)
    def consult(self, replica: Address, message: Consult) -> None:
        self.tell(replica)

    @on(Propose)
    def propose(self, replica: Address, message: Propose) -> None:
        if self.is_next(message.configuration) and self.may_propose(replica, message.configuration):
            self.configuration = message.configuration
            self.tell(self.replicas)
        else:
            self.tell(replica)

    def is_next(self, proposed: Configuration) -> bool:
        return proposed.version == self.configuration.version + 1

    def may_propose(self, replica: Address, proposed: Configuration) -> bool:
        """Whether a primary says who is in sync with it, or another one takes over.

        Who names the version before knows it, and whether it is in sync there.
        """
        now = self.configuration
        if proposed.epoch == now.epoch:
            return replica == now.primary == proposed.primary and replica in proposed.insync
        return replica != now.primary and proposed == now.led_by(replica)


class Replica(Node):
    """Holds a copy of the log, as primary or as backup. What it has told anybody is on disk."""

    registry: Address
    peers: tuple[Address, ...]
    epochs: Epoch
    """The last epoch that it would begin."""
    beat: float = 0.1
    """How often a primary shows that it is there, and all say again what may have been lost, in seconds."""
    patience: float = 0.5
    """How long it waits for another one before it counts it as dead, in seconds."""

    configuration: Durable[Configuration]
    """The latest that it knows."""
    proposal: Durable[Configuration | None] = None
    """What it wants to follow, until it knows what became of it."""
    epoch: Durable[Epoch] = 1
    """The epoch that it has come to. It stores what the primary of this one sends."""
    log: Durable[Log] = ()
    copy: Durable[Copy | None] = None
    """The log of a later epoch, until it counts as in sync there: from the first entry on it is out of its own epoch.
    """

    stored: dict[Address, int]
    """Of a primary: how many of its entries others have on disk."""
    waiting: frozenset[int] = frozenset()
    """Of a primary: the places of the operations whose clients wait."""

    def on_start(self) -> None:
        self.set_timer("beat", self.beat)
        self.send(self.registry, Consult())
        if self.leads():
            self.begin_to_lead()
        else:
            self.set_timer("suspect", self.patience)

    # Operations

    def leads(self) -> bool:
        """Whether it knows of nobody who leads later. There may be one."""
        now = self.configuration
        return now.primary == self.address and now.epoch == self.epoch and self.copy is None

    @on(Ask)
    def ask(self, client: Address, message: Ask) -> None:
        if not self.leads():
            return
        slot = self.place_of((client, message.number))
        if slot is None and self.is_admitting():
            return  # the client asks again
        if slot is None:
            slot = len(self.log)
            self.log += (Entry((client, message.number), message.value),)
            self.send(self.peers, Append(self.epoch, slot, self.log[slot]))
        self.waiting |= {slot}
        self.acknowledge()

    def place_of(self, request: Request) -> int | None:
        """Return where an operation is that was asked for before: no operation is done twice."""
        return next((slot for slot, entry in enumerate(self.log) if entry.request == request), None)

    def acknowledge(self) -> None:
        """Answer the clients whose operations all replicas in sync have."""
        done = {slot for slot in self.waiting if slot < self.committed()}
        for slot in sorted(done):
            client, number = self.log[slot].request
            self.send(client, Acknowledged(self.epoch, slot, number, self.result(slot)))
        self.waiting -= done

    def committed(self) -> int:
        """Return how many entries all replicas in sync have on disk."""
        others = self.configuration.insync - {self.address}
        return min((self.stored.get(replica, 0) for replica in others), default=len(self.log))

    def result(self, slot: int) -> Value | None:
        """Return what the operation at a place returns: a read, what was written last before it."""
        if self.log[slot].value is not None:
            return None
        return next((entry.value for entry in reversed(self.log[:slot]) if entry.value is not None), None)

    # Backups

    @on(Append)
    def append(self, primary: Address, message: Append) -> None:
        if not self.hears(primary, message.epoch):
            return
        if self.copy is not None:
            if message.slot == len(self.copy.log):
                self.copy = Copy(message.epoch, (*self.copy.log, message.entry))
        elif message.slot == len(self.log):
            self.log += (message.entry,)
        self.report(primary)

    @on(Heartbeat)
    def heartbeat(self, primary: Address, message: Heartbeat) -> None:
        if self.hears(primary, message.epoch):
            self.report(primary)

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        """Whether it stores what the primary of an epoch sends. From one of a later epoch it takes a copy first."""
        following = self.epoch if self.copy is None else self.copy.epoch
        if following < epoch:
            self.send(primary, Fetch(epoch))
        if following != epoch or self.is_taking_over():
            return False
        self.set_timer("suspect", self.patience)
        return True

    def is_taking_over(self) -> bool:
        """Whether it has asked to be the primary of an epoch after its own, and its own is over for it."""
        return self.copy is None and self.proposal is not None and self.proposal.epoch > self.epoch

    def report(self, primary: Address) -> None:
        """Tell the primary how much of its log is on disk here."""
        epoch, log = (self.epoch, self.log) if self.copy is None else (self.copy.epoch, self.copy.log)
        self.send(primary, Stored(epoch, len(log)))

    @on(Fetch)
    def fetch(self, replica: Address, message: Fetch) -> None:
        if self.leads() and message.epoch == self.epoch:
            self.send(replica, Copy(self.epoch, self.log))

    @on(Copy)
    def begin_to_follow(self, primary: Address, message: Copy) -> None:
        """Take a copy. What follows comes entry by entry, also what a late copy lacks."""
        following = self.epoch if self.copy is None else self.copy.epoch
        if following < message.epoch:
            self.copy = message
            self.report(primary)

    @on_timeout("suspect")
    def suspect(self) -> None:
        """Take over from a primary that has not been heard of."""
        self.set_timer("suspect", self.patience)
        now = self.configuration
        is_free = self.proposal is None and self.copy is None and now.epoch == self.epoch < self.epochs
        if is_free and self.is_eligible():
            self.propose(now.led_by(self.address))

    def is_eligible(self) -> bool:
        """Whether it has every operation that was acknowledged: it is in sync."""
        return self.address in self.configuration.insync

    # Primaries

    def begin_to_lead(self) -> None:
        """Send everything again: who hears it for the first time knows by the epoch that somebody else leads."""
        self.cancel_timer("suspect")
        self.send(self.peers, Heartbeat(self.epoch))
        for slot, entry in enumerate(self.log):
            self.send(self.peers, Append(self.epoch, slot, entry))
        self.watch()

    def watch(self) -> None:
        """Wait for all that are in sync."""
        for replica in sorted(self.configuration.insync - {self.address}):
            self.set_timer("lagging", self.patience, replica)

    @on(Stored)
    def has_stored(self, replica: Address, message: Stored) -> None:
        if not self.leads() or message.epoch != self.epoch:
            return
        self.stored[replica] = max(message.count, self.stored.get(replica, 0))
        if replica in self.configuration.insync:
            self.set_timer("lagging", self.patience, replica)
            self.acknowledge()
        elif self.is_complete(message.count) and self.proposal is None:
            self.propose(self.configuration.including(replica))

    def is_complete(self, count: int) -> bool:
        """Whether a replica with so many entries has all."""
        return count == len(self.log)

    def is_admitting(self) -> bool:
        """Whether somebody may be in sync by now, who has what there is up to now: nothing may be added."""
        return self.proposal is not None and not self.proposal.insync <= self.configuration.insync

    @on_timeout("lagging")
    def lagging(self, replica: Address) -> None:
        """Go on without a replica that does not answer, once the registry knows that it is out of sync."""
        if not self.leads() or replica not in self.configuration.insync:
            return
        self.set_timer("lagging", self.patience, replica)
        if self.proposal is None:
            self.propose(self.configuration.without(replica))

    # The configuration

    def propose(self, configuration: Configuration) -> None:
        self.proposal = configuration
        self.send(self.registry, Propose(configuration))

    @on(Current)
    def current(self, registry: Address, message: Current) -> None:
        now = message.configuration
        if now.version <= self.configuration.version:
            return
        self.configuration = now
        if self.proposal is not None and self.proposal.version <= now.version:
            self.proposal = None
        if self.epoch < now.epoch:
            self.come_to(now)
        elif self.leads():
            self.watch()
            self.acknowledge()

    def come_to(self, now: Configuration) -> None:
        """Come to a later epoch: as its primary, or as one that is in sync."""
        if now.primary == self.address:
            self.lead(now.epoch)
        elif self.copy is not None and self.copy.epoch == now.epoch and self.address in now.insync:
            self.epoch, self.log, self.copy = now.epoch, self.copy.log, None
            self.set_timer("suspect", self.patience)
        elif self.copy is None or self.copy.epoch < now.epoch:
            self.send(now.primary, Fetch(now.epoch))
        if self.epoch == now.epoch:
            self.stored, self.waiting = {}, frozenset()

    def lead(self, epoch: Epoch) -> None:
        self.epoch = epoch
        self.begin_to_lead()

    @on_timeout("beat")
    def say_again(self) -> None:
        """Say again whatever may have been lost."""
        self.set_timer("beat", self.beat)
        self.send(self.registry, Consult())
        if self.proposal is not None:
            self.send(self.registry, Propose(self.proposal))
        if self.leads():
            self.send(self.peers, Heartbeat(self.epoch))
            for replica in self.peers:
                for slot in range(self.stored.get(replica, 0), len(self.log)):
                    self.send(replica, Append(self.epoch, slot, self.log[slot]))


class Client(Node):
    """Does one operation after the other. It asks all replicas, of which one answers, and asks again until it does."""

    replicas: tuple[Address, ...]
    script: tuple[Value | None, ...]
    """What to write, in turn; None stands for a read."""
    repetition: float = 0.2

    number: Durable[int] = 0
    """How many operations are done. One that is begun after a crash is the one that was not done before it."""

    def on_start(self) -> None:
        self.begin()

    def on_recover(self) -> None:
        self.ask()

    def begin(self) -> None:
        """Begin the next operation."""
        if self.number < len(self.script):
            value = self.script[self.number]
            self.invoke(("read",) if value is None else ("write", value))
        self.ask()

    def ask(self) -> None:
        if self.number < len(self.script):
            self.set_timer("ask again", self.repetition)
            self.send(self.replicas, Ask(self.number, self.script[self.number]))
        else:
            self.cancel_timer("ask again")

    @on_timeout("ask again")
    def ask_again(self) -> None:
        self.ask()

    @on(Acknowledged)
    def acknowledged(self, replica: Address, message: Acknowledged) -> None:
        if self.waits_for(message):
            self.number += 1
            self.respond(message.result)
            self.begin()

    def waits_for(self, message: Acknowledged) -> bool:
        return message.number == self.number


# What it is checked against


EXPLORED = {"replicas": 2, "drops": 1, "crashes": 1}
"""The sizes at which a test explores every world, and holds every step against the model."""


def cluster(
    replicas: int = 2,
    clients: int = 1,
    writes: int = 1,
    reads: int = 0,
    failovers: int = 1,
    drops: int = 0,
    crashes: int = 0,
) -> Cluster:
    """Return a registry, replicas of which the first is the primary, and clients that share the writes, then the reads.

    Backups suspect the primary ``failovers`` times, and primaries a backup ``drops`` times.
    """
    addresses = tuple(f"r{number}" for number in range(1, replicas + 1))
    operations = [*(f"v{number}" for number in range(1, writes + 1)), *[None] * reads]
    scripts = {f"c{number + 1}": tuple(operations[number::clients]) for number in range(clients)}
    first = Configuration(1, 1, addresses[0], frozenset(addresses))
    nodes: dict[Address, Node] = {"registry": Registry(replicas=addresses, configuration=first)}
    for address in addresses:
        peers = tuple(peer for peer in addresses if peer != address)
        nodes[address] = Replica(registry="registry", peers=peers, epochs=failovers + 1, configuration=first)
    nodes |= {name: Client(replicas=addresses, script=script) for name, script in scripts.items()}
    requests = [(name, number) for name, script in scripts.items() for number in range(len(script))]
    return Cluster(
        nodes,
        network=Network("set"),
        faults=Faults(
            crashes=crashes,
            crashing=frozenset(addresses),
            timeouts={"suspect": failovers, "lagging": drops, "beat": 0, "ask again": 0},
        ),
        invariants=(acknowledged_operations_survive, no_operation_is_done_twice, one_primary_an_epoch),
        reachable=(all_is_done,),
        refines="replication",
        instance={
            "Replica": replicas,
            "Epoch": failovers + 1,
            "Slot": max(1, len(requests)),
            "Write": max(1, len(requests)),
        },
        elements={
            "Replica": addresses,
            "Epoch": range(1, failovers + 2),
            "Slot": range(max(1, len(requests))),
            "Write": requests or [("nobody", 0)],
        },
        abstract=abstract,
        steps=2,
        sequential="register",
        symmetric=(addresses[1:],),
    )


def deployment(nodes: int = 3, requests: int = 12) -> Cluster:
    """Return replicas, and two clients that write and read in turn; epochs enough to get through faults."""
    made = cluster(replicas=nodes, clients=2, writes=requests, failovers=30)
    for node in made.nodes.values():
        if isinstance(node, Client):
            node.script = tuple(None if number % 2 else value for number, value in enumerate(node.script))
    return made


def acknowledged_operations_survive(world: World) -> bool:
    """The primary of the latest epoch has every operation that was acknowledged, in its place."""
    acknowledged = {(a.message.slot, (a.destination, a.message.number)) for a in world.messages(Acknowledged)}
    primary = world.of(Replica)[_registry(world).configuration.primary]
    return acknowledged <= {(slot, entry.request) for slot, entry in enumerate(primary.log)}


def no_operation_is_done_twice(world: World) -> bool:
    """No log has an operation in two places."""
    logs = [[entry.request for entry in node.log] for node in world.of(Replica).values()]
    return all(len(set(log)) == len(log) for log in logs)


def one_primary_an_epoch(world: World) -> bool:
    leading = [node.epoch for node in world.of(Replica).values() if node.leads()]
    return len(leading) == len(set(leading))


def all_is_done(world: World) -> bool:
    return all(node.number == len(node.script) for node in world.of(Client).values())


def _registry(world: World) -> Registry:
    (registry,) = world.of(Registry).values()
    return registry


# What it is in the model


def abstract(world: World) -> dict[str, Any]:
    """Return what the nodes are in the model.

    There a replica takes over, and comes to be in sync, in the moment in which the registry lets it, and not only when
    it hears of that; in between it holds what it will come to its epoch with, and does nothing in the one before.
    """
    past = _Past(world)
    replicas = world.of(Replica)
    held = {address: past.held(address, node) for address, node in replicas.items()}
    return {
        "epoch": _registry(world).configuration.epoch,
        "primary": past.primaries,
        "insync": past.insync,
        "view": {address: epoch for address, (epoch, _) in held.items()},
        "leading": {address: past.primaries[epoch] == address for address, (epoch, _) in held.items()},
        "log": {address: past.slots(log) for address, (_, log) in held.items()},
        "appends": past.appends(held),
        "stored": past.stored(held),
        "acknowledged": {
            record("Acknowledged", epoch=a.message.epoch, slot=a.message.slot, write=(a.destination, a.message.number))
            for a in world.messages(Acknowledged)
        },
        "heir": {epoch: past.primaries.get(epoch + 1) for epoch in past.primaries},
    }


class _Past:
    """What a world tells of its configurations until now."""

    def __init__(self, world: World) -> None:
        self.world = world
        told = {envelope.message.configuration for envelope in world.messages(Current)}
        self.configurations = sorted(told | {_registry(world).configuration}, key=lambda each: each.version)
        last = max(node.epochs for node in world.of(Replica).values())
        latest = {each.epoch: each for each in self.configurations}
        epochs = range(1, last + 1)
        self.primaries = {epoch: latest[epoch].primary if epoch in latest else None for epoch in epochs}
        self.insync = {epoch: latest[epoch].insync if epoch in latest else frozenset() for epoch in epochs}
        self.admitted = {(each.epoch, replica) for each in self.configurations for replica in each.insync}
        self.places = max(1, sum(len(node.script) for node in world.of(Client).values()))

    def held(self, address: Address, node: Replica) -> tuple[Epoch, Log]:
        """Return the epoch that a replica has come to, whether it knows or not, and its log in it."""
        leads = max((epoch for epoch, primary in self.primaries.items() if primary == address), default=0)
        if leads > node.epoch:
            return leads, node.log
        if node.copy is not None and (node.copy.epoch, address) in self.admitted:
            return node.copy.epoch, node.copy.log
        return node.epoch, node.log

    def slots(self, log: Log) -> dict[int, Request | None]:
        return {slot: log[slot].request if slot < len(log) else None for slot in range(self.places)}

    def appends(self, held: dict[Address, tuple[Epoch, Log]]) -> set[Record]:
        sent = {(a.message.epoch, a.message.slot, a.message.entry.request) for a in self.world.messages(Append)}
        sent |= {(epoch, slot, entry.request) for epoch, slot, entry, _ in self.led(held)}
        return {record("Append", epoch=epoch, slot=slot, write=request) for epoch, slot, request in sent}

    def stored(self, held: dict[Address, tuple[Epoch, Log]]) -> set[Record]:
        """Return who has told of which places, from when it counted as in sync on; a primary has what it sends."""
        told = {
            (s.message.epoch, slot, s.source)
            for s in self.world.messages(Stored)
            if (s.message.epoch, s.source) in self.admitted
            for slot in range(s.message.count)
        }
        told |= {(a.message.epoch, a.message.slot, a.source) for a in self.world.messages(Append)}
        told |= {(epoch, slot, primary) for epoch, slot, _, primary in self.led(held)}
        return {record("Stored", epoch=epoch, slot=slot, replica=replica) for epoch, slot, replica in told}

    def led(self, held: dict[Address, tuple[Epoch, Log]]) -> list[tuple[Epoch, int, Entry, Address]]:
        """Return the entries of primaries: one that does not know that it is will send them."""
        primaries = ((a, epoch, log) for a, (epoch, log) in held.items() if self.primaries[epoch] == a)
        return [(epoch, slot, entry, address) for address, epoch, log in primaries for slot, entry in enumerate(log)]


# Mutants, after what has happened


class AcknowledgingAtOnce(Replica):
    """Broken: the primary acknowledges what its backups do not have yet, and dies."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1)

    def committed(self) -> int:
        return len(self.log)


class AnsweringFromMemory(Replica):
    """Broken: the replica says that it has stored an entry, and has it in memory. It restarts, and has forgotten."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, crashes=1)
    log: Log = ()


class ForgettingItsEpoch(Replica):
    """Broken: the epoch is not on disk. After a restart the replica answers the primary of an earlier one again."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, crashes=1)
    epoch: Epoch = 1


class GoingOnWhileTakingOver(Replica):
    """Broken: failover without a fence. A replica that has asked to take over goes on to answer the old primary."""

    expected = Caught("refinement")

    def is_taking_over(self) -> bool:
        return False


class FollowingAnyPrimary(Replica):
    """Broken: the replica does not compare epochs, and stores what a primary sends that was replaced."""

    expected = Caught("refinement")

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        return not self.leads() and not self.is_taking_over()


class CopyingFromAnybody(Replica):
    """Broken: a replica that was away takes its copy from whoever answers, also from one that was away, too."""

    expected = Caught("refinement", replicas=3, clients=2, writes=2)

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        if self.epoch < epoch and self.copy is None:
            self.send(self.peers, Fetch(epoch))
        return super().hears(primary, epoch)

    @on(Fetch)
    def fetch(self, replica: Address, message: Fetch) -> None:
        self.send(replica, Copy(message.epoch, self.log))


class KeepingItsOwnLog(Replica):
    """Broken: a primary that was replaced keeps what nobody else has, as far as it is no longer than the new log."""

    expected = Caught("no_operation_is_done_twice", "refinement", clients=2, writes=2)

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        if self.epoch < epoch and self.copy is None:
            self.copy = Copy(epoch, self.log)
        return super().hears(primary, epoch)


class TakingLateCopies(Replica):
    """Broken: a copy that arrives late replaces the one that the replica has told of, and lacks what came since."""

    expected = Caught("refinement")

    @on(Copy)
    def begin_to_follow(self, primary: Address, message: Copy) -> None:
        if self.epoch < message.epoch:
            self.copy = message
            self.report(primary)


class CopyingIntoMemory(Replica):
    """Broken: the replica counts as in sync by a copy that is not on disk. It restarts, and has less than it told."""

    expected = Caught("refinement", crashes=1)
    copy: Copy | None = None


class AdmittingTooEarly(Replica):
    """Broken: the primary lets a replica be in sync that answers at all, and has not everything."""

    expected = Caught("refinement")

    def is_complete(self, count: int) -> bool:
        return True


class WritingWhileAdmitting(Replica):
    """Broken: the primary takes in operations while it does not know whether somebody counts as in sync already."""

    expected = Caught("refinement")

    def is_admitting(self) -> bool:
        return False


class DroppingAtOnce(Replica):
    """Broken: the primary goes on without a backup before the registry has agreed; the backup may take over."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, drops=1)

    def propose(self, configuration: Configuration) -> None:
        super().propose(configuration)
        if self.leads():
            self.configuration = replace(self.configuration, insync=configuration.insync)
            self.acknowledge()


class ReadingItsOwnLog(Replica):
    """Broken: the primary answers reads by itself. It may have been replaced, and what it has is old."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1)

    @on(Ask)
    def ask(self, client: Address, message: Ask) -> None:
        if message.value is None and self.leads():
            written = [entry.value for entry in self.log if entry.value is not None]
            self.send(client, Acknowledged(self.epoch, 0, message.number, written[-1] if written else None))
        else:
            super().ask(client, message)


class DoingAgainWhatIsAskedAgain(Replica):
    """Broken: the primary does not look whether it has the operation already, and does what is asked again twice."""

    expected = Caught("no_operation_is_done_twice")

    def place_of(self, request: Request) -> int | None:
        return None


class TakingOverOutOfSync(Replica):
    """Broken: *unclean leader election*. A replica takes over that is not in sync, and lacks what was acknowledged."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, drops=1)

    def is_eligible(self) -> bool:
        return True


class IgnoringVersions(Registry):
    """Broken: the registry does not look which configuration a new one follows. A late change is made once more."""

    expected = Caught("acknowledged_operations_survive", "refinement", drops=2)

    def is_next(self, proposed: Configuration) -> bool:
        return proposed.epoch >= self.configuration.epoch


class TakingLateReplies(Client):
    """Broken: the client does not look which operation an answer is to. A late one answers the next."""

    expected = Caught("linearizability", reads=1)

    def waits_for(self, message: Acknowledged) -> bool:
        return self.number < len(self.script)


class AnsweringNobody(Replica):
    """Broken: the primary never answers. Nothing bad ever happens; nor does anything good."""

    expected = Caught("all_is_done")

    def acknowledge(self) -> None: ...
