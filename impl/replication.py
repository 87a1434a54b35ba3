"""Primary-backup replication of a log: epochs, failover to a replica that is in sync, recovery from the primary.

Clients write and read a register. Every operation takes a slot in the primary's log, and is acknowledged once all
replicas in sync have it on disk. A registry keeps the configuration: the epoch, its primary, and the replicas in sync.
Each proposed change names the version it follows, so of two concurrent changes only one is made, and none twice. A
replica that asks to take over stores nothing more of the old epoch: this fences the old primary, which no longer gets
its acknowledgement. A replica that is behind copies the primary's log, and is in sync once it has all of it.

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
"""A client and the number of its operation; a repeated request has the same."""


@dataclass(frozen=True)
class Entry:
    """An operation in the log: a write, or a read if it has no value."""

    request: Request
    value: Value | None


Log = tuple[Entry, ...]


@dataclass(frozen=True)
class Configuration:
    """The primary of an epoch, and the replicas in sync with it."""

    version: int
    epoch: Epoch
    primary: Address
    insync: frozenset[Address]

    def without(self, replica: Address) -> Configuration:
        """Return the next configuration, with a replica removed from those in sync."""
        return replace(self, version=self.version + 1, insync=self.insync - {replica})

    def including(self, replica: Address) -> Configuration:
        """Return the next configuration, with a replica added to those in sync."""
        return replace(self, version=self.version + 1, insync=self.insync | {replica})

    def led_by(self, replica: Address) -> Configuration:
        """Return the first configuration of the next epoch, in which only its primary is known to be in sync."""
        return Configuration(self.version + 1, self.epoch + 1, replica, frozenset({replica}))


@message
class Ask:
    """From a client: write this value, or read if there is none."""

    number: int
    value: Value | None


@message
class Acknowledged:
    """To a client: the operation is durable; for a read, this is its result."""

    epoch: Epoch
    slot: int
    number: int
    result: Value | None


@message
class Append:
    """From the primary of an epoch: this entry has this slot."""

    epoch: Epoch
    slot: int
    entry: Entry


@message
class Heartbeat:
    """From the primary of an epoch: I am alive."""

    epoch: Epoch


@message
class Stored:
    """To the primary of an epoch: the first ``count`` entries of your log are on my disk."""

    epoch: Epoch
    count: int


@message
class Fetch:
    """To the primary of an epoch: send me a copy of your log."""

    epoch: Epoch


@message
class Copy:
    """From the primary of an epoch: this is my log."""

    epoch: Epoch
    log: Log


@message
class Consult:
    """To the registry: what is the configuration?"""


@message
class Propose:
    """To the registry: make this the next configuration."""

    configuration: Configuration


@message
class Current:
    """From the registry: this is the configuration."""

    configuration: Configuration


class Registry(Node):
    """Keeps the configuration, and accepts one successor for each version."""

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
        """Return whether the change is one of those allowed: its primary changes who is in sync, or another takes over.

        `is_next` has shown that the replica knows the present version, and so whether it is in sync in it.
        """
        now = self.configuration
        if proposed.epoch == now.epoch:
            return replica == now.primary == proposed.primary and replica in proposed.insync
        return replica != now.primary and proposed == now.led_by(replica)


class Replica(Node):
    """Holds a copy of the log, as primary or as backup. Whatever its messages report is on disk before they leave."""

    registry: Address
    peers: tuple[Address, ...]
    epochs: Epoch
    """The last epoch that it may begin, which keeps the explored worlds finite."""
    beat: float = 0.1
    """Seconds between two heartbeats of a primary, and between two repetitions of messages that may be lost."""
    patience: float = 0.5
    """Seconds of silence after which it considers another replica dead."""

    configuration: Durable[Configuration]
    """The latest configuration it knows."""
    proposal: Durable[Configuration | None] = None
    """The configuration it has proposed, until it learns of one of that version or a later one."""
    epoch: Durable[Epoch] = 1
    """The epoch it has reached. It stores what the primary of this epoch sends."""
    log: Durable[Log] = ()
    copy: Durable[Copy | None] = None
    """The log of a later epoch, until it is in sync there. As soon as it has a copy, its own epoch is over for it."""

    stored: dict[Address, int]
    """Of a primary: the number of its entries that each other replica has on disk."""
    waiting: frozenset[int] = frozenset()
    """Of a primary: the slots of the operations whose clients wait."""

    def on_start(self) -> None:
        self.set_timer("beat", self.beat)
        self.send(self.registry, Consult())
        if self.leads():
            self.begin_to_lead()
        else:
            self.set_timer("suspect", self.patience)

    # Operations

    def leads(self) -> bool:
        """Return whether it leads as far as it knows; there may be a later primary that it has not heard of."""
        now = self.configuration
        return now.primary == self.address and now.epoch == self.epoch and self.copy is None

    @on(Ask)
    def ask(self, client: Address, message: Ask) -> None:
        if not self.leads():
            return
        slot = self.place_of((client, message.number))
        if slot is None and self.is_admitting():
            return  # a new entry would make the copy of the replica being admitted incomplete; the client asks again
        if slot is None:
            slot = len(self.log)
            self.log += (Entry((client, message.number), message.value),)
            self.send(self.peers, Append(self.epoch, slot, self.log[slot]))
        self.waiting |= {slot}
        self.acknowledge()

    def place_of(self, request: Request) -> int | None:
        """Return the slot of an operation that has been requested before, so that none is done twice."""
        return next((slot for slot, entry in enumerate(self.log) if entry.request == request), None)

    def acknowledge(self) -> None:
        """Answer the clients whose operations are on all replicas in sync."""
        done = {slot for slot in self.waiting if slot < self.committed()}
        for slot in sorted(done):
            client, number = self.log[slot].request
            self.send(client, Acknowledged(self.epoch, slot, number, self.result(slot)))
        self.waiting -= done

    def committed(self) -> int:
        """Return the number of entries that all replicas in sync have on disk."""
        others = self.configuration.insync - {self.address}
        return min((self.stored.get(replica, 0) for replica in others), default=len(self.log))

    def result(self, slot: int) -> Value | None:
        """Return the result of the operation in a slot: for a read, the last value written before it."""
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
        """Return whether it stores what the primary of an epoch sends; in a later epoch it asks for a copy first."""
        following = self.epoch if self.copy is None else self.copy.epoch
        if following < epoch:
            self.send(primary, Fetch(epoch))
        if following != epoch or self.is_taking_over():
            return False
        self.set_timer("suspect", self.patience)
        return True

    def is_taking_over(self) -> bool:
        """Return whether it has asked to lead a later epoch, so that its own epoch is over for it."""
        return self.copy is None and self.proposal is not None and self.proposal.epoch > self.epoch

    def report(self, primary: Address) -> None:
        """Tell the primary how many entries of its log are on disk here."""
        epoch, log = (self.epoch, self.log) if self.copy is None else (self.copy.epoch, self.copy.log)
        self.send(primary, Stored(epoch, len(log)))

    @on(Fetch)
    def fetch(self, replica: Address, message: Fetch) -> None:
        if self.leads() and message.epoch == self.epoch:
            self.send(replica, Copy(self.epoch, self.log))

    @on(Copy)
    def begin_to_follow(self, primary: Address, message: Copy) -> None:
        """Store the first copy of a later epoch. Entries that it lacks arrive one by one afterwards."""
        following = self.epoch if self.copy is None else self.copy.epoch
        if following < message.epoch:
            self.copy = message
            self.report(primary)

    @on_timeout("suspect")
    def suspect(self) -> None:
        """Try to take over from a silent primary."""
        self.set_timer("suspect", self.patience)
        now = self.configuration
        is_free = self.proposal is None and self.copy is None and now.epoch == self.epoch < self.epochs
        if is_free and self.is_eligible():
            self.propose(now.led_by(self.address))

    def is_eligible(self) -> bool:
        """Return whether it is in sync, and so has every acknowledged operation."""
        return self.address in self.configuration.insync

    # Primaries

    def begin_to_lead(self) -> None:
        """Send the whole log; its epoch tells the other replicas that they have a new primary."""
        self.cancel_timer("suspect")
        self.send(self.peers, Heartbeat(self.epoch))
        for slot, entry in enumerate(self.log):
            self.send(self.peers, Append(self.epoch, slot, entry))
        self.watch()

    def watch(self) -> None:
        """Wait for a sign of life from each replica in sync."""
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
        """Return whether a replica with ``count`` entries has the whole log."""
        return count == len(self.log)

    def is_admitting(self) -> bool:
        """Return whether a proposal to admit a replica is pending.

        The replica may be in sync already, with the log as it is now, so nothing may be appended.
        """
        return self.proposal is not None and not self.proposal.insync <= self.configuration.insync

    @on_timeout("lagging")
    def lagging(self, replica: Address) -> None:
        """Propose to go on without a silent replica, which still counts until the registry has agreed."""
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
        """Enter a later epoch, as its primary or as a replica in sync; else ask its primary for a copy."""
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
        """Repeat whatever may have been lost."""
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
    """Does one operation at a time. It asks all replicas, of which the primary answers, and repeats until one does."""

    replicas: tuple[Address, ...]
    script: tuple[Value | None, ...]
    """The values to write, in order; None stands for a read."""
    repetition: float = 0.2

    number: Durable[int] = 0
    """The number of operations done. After a crash the client repeats the operation that was in progress."""

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
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(
    replicas: int = 2,
    clients: int = 1,
    writes: int = 1,
    reads: int = 0,
    failovers: int = 1,
    drops: int = 0,
    crashes: int = 0,
) -> Cluster:
    """Return a registry, replicas, and clients, whose history must be linearizable.

    Parameters
    ----------
    replicas : int
        The number of replicas; the first is the primary of the first epoch.
    clients : int
        The number of clients, which take the operations in turn.
    writes, reads : int
        The number of writes, and of reads after them.
    failovers : int
        How often a backup suspects the primary.
    drops : int
        How often a primary suspects a backup.
    crashes : int
        The number of crashes of replicas.
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
    )


def deployment(nodes: int = 3, requests: int = 12) -> Cluster:
    """Return replicas and two clients that alternate writes and reads, with enough epochs to outlast faults."""
    made = cluster(replicas=nodes, clients=2, writes=requests, failovers=30)
    for node in made.nodes.values():
        if isinstance(node, Client):
            node.script = tuple(None if number % 2 else value for number, value in enumerate(node.script))
    return made


def acknowledged_operations_survive(world: World) -> bool:
    """The primary of the latest epoch has every acknowledged operation in its slot."""
    acknowledged = {(a.message.slot, (a.destination, a.message.number)) for a in world.messages(Acknowledged)}
    primary = world.of(Replica)[_registry(world).configuration.primary]
    return acknowledged <= {(slot, entry.request) for slot, entry in enumerate(primary.log)}


def no_operation_is_done_twice(world: World) -> bool:
    """No log has an operation in two slots."""
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
    """Return the model's state that the nodes stand for.

    In the model a replica takes over, or becomes in sync, as soon as the registry agrees. Here it does so when it hears
    of that. Until then it already holds the log with which it will enter the epoch, and does nothing in its old one.
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
    """The configurations of a world so far, as its messages show them."""

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
        """Return the epoch that a replica has reached, whether it knows this or not, and its log there."""
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
        """Return which replicas in sync have confirmed which slots; a primary confirms what it sends."""
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
        """Return the entries of all primaries, including those that do not know yet that they lead."""
        primaries = ((a, epoch, log) for a, (epoch, log) in held.items() if self.primaries[epoch] == a)
        return [(epoch, slot, entry, address) for address, epoch, log in primaries for slot, entry in enumerate(log)]


# Mutants, modelled on mistakes that were made


class AcknowledgingAtOnce(Replica):
    """Broken: the primary acknowledges operations that its backups do not have yet."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1)

    def committed(self) -> int:
        return len(self.log)


class AnsweringFromMemory(Replica):
    """Broken: the replica confirms entries that are only in memory, and loses them in a restart."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, crashes=1)
    log: Log = ()


class ForgettingItsEpoch(Replica):
    """Broken: the epoch is not on disk. After a restart the replica answers the primary of an earlier epoch again."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, crashes=1)
    epoch: Epoch = 1


class GoingOnWhileTakingOver(Replica):
    """Broken: failover without fencing. A replica that has asked to take over still answers the old primary."""

    expected = Caught("refinement")

    def is_taking_over(self) -> bool:
        return False


class FollowingAnyPrimary(Replica):
    """Broken: the replica does not compare epochs, and stores what a deposed primary sends."""

    expected = Caught("refinement")

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        return not self.leads() and not self.is_taking_over()


class CopyingFromAnybody(Replica):
    """Broken: a replica that is behind copies the log of whoever answers, even of one that is behind too."""

    expected = Caught("refinement", replicas=3, clients=2, writes=2)

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        if self.epoch < epoch and self.copy is None:
            self.send(self.peers, Fetch(epoch))
        return super().hears(primary, epoch)

    @on(Fetch)
    def fetch(self, replica: Address, message: Fetch) -> None:
        self.send(replica, Copy(message.epoch, self.log))


class KeepingItsOwnLog(Replica):
    """Broken: a deposed primary keeps entries that nobody else has, if they fit within the length of the new log."""

    expected = Caught("no_operation_is_done_twice", "refinement", clients=2, writes=2)

    def hears(self, primary: Address, epoch: Epoch) -> bool:
        if self.epoch < epoch and self.copy is None:
            self.copy = Copy(epoch, self.log)
        return super().hears(primary, epoch)


class TakingLateCopies(Replica):
    """Broken: a late copy replaces the one that the replica has confirmed, and lacks the entries since."""

    expected = Caught("refinement")

    @on(Copy)
    def begin_to_follow(self, primary: Address, message: Copy) -> None:
        if self.epoch < message.epoch:
            self.copy = message
            self.report(primary)


class CopyingIntoMemory(Replica):
    """Broken: the replica is admitted for a copy that is not on disk, and loses it in a restart."""

    expected = Caught("refinement", crashes=1)
    copy: Copy | None = None


class AdmittingTooEarly(Replica):
    """Broken: the primary admits any replica that answers, even if it lacks entries."""

    expected = Caught("refinement")

    def is_complete(self, count: int) -> bool:
        return True


class WritingWhileAdmitting(Replica):
    """Broken: the primary appends operations while a replica may already have been admitted without them."""

    expected = Caught("refinement")

    def is_admitting(self) -> bool:
        return False


class DroppingAtOnce(Replica):
    """Broken: the primary goes on without a backup before the registry has agreed, and the backup may take over."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, drops=1)

    def propose(self, configuration: Configuration) -> None:
        super().propose(configuration)
        if self.leads():
            self.configuration = replace(self.configuration, insync=configuration.insync)
            self.acknowledge()


class ReadingItsOwnLog(Replica):
    """Broken: the primary answers reads by itself. If it was deposed, its values are old."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1)

    @on(Ask)
    def ask(self, client: Address, message: Ask) -> None:
        if message.value is None and self.leads():
            written = [entry.value for entry in self.log if entry.value is not None]
            self.send(client, Acknowledged(self.epoch, 0, message.number, written[-1] if written else None))
        else:
            super().ask(client, message)


class DoingAgainWhatIsAskedAgain(Replica):
    """Broken: the primary does not check whether it has an operation already, so a repeated request is done twice."""

    expected = Caught("no_operation_is_done_twice")

    def place_of(self, request: Request) -> int | None:
        return None


class TakingOverOutOfSync(Replica):
    """Broken: *unclean leader election*. A replica out of sync takes over, and lacks acknowledged operations."""

    expected = Caught("acknowledged_operations_survive", "refinement", "linearizability", reads=1, drops=1)

    def is_eligible(self) -> bool:
        return True


class IgnoringVersions(Registry):
    """Broken: the registry ignores which version a change follows, so a late change is made again."""

    expected = Caught("acknowledged_operations_survive", "refinement", drops=2)

    def is_next(self, proposed: Configuration) -> bool:
        return proposed.epoch >= self.configuration.epoch


class TakingLateReplies(Client):
    """Broken: the client ignores which operation an answer is to. A late one counts for the next."""

    expected = Caught("linearizability", reads=1)

    def waits_for(self, message: Acknowledged) -> bool:
        return self.number < len(self.script)


class AnsweringNobody(Replica):
    """Broken: the primary never answers. Nothing bad ever happens, and nothing good either."""

    expected = Caught("all_is_done")

    def acknowledge(self) -> None: ...
