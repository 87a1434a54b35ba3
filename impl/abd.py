"""The quorum register of Attiya, Bar-Noy and Dolev, with several writers, and quorums of R and W replicas.

A write asks R replicas for their latest timestamps and stores its value under a later one at W replicas. A read asks R
replicas and, before it returns the latest value among their answers, stores that value at W replicas, so that no later
read returns an older one.

It is checked against `versioned_register`, in which every operation sees the versions returned before it began. The
model `quorum_register` would not do: there a replica answers and the client hears the answer in one step. Here an
answer travels, and its replica may hold a later value by the time it arrives. What the model's client has heard thus
depends on which answers will arrive in time, and no function of the present world can tell.

Source
    Attiya, Bar-Noy, Dolev, *Sharing memory robustly in message-passing systems* (1995); with several writers, Lynch and
    Shvartsman, *Robust emulation of shared memory using dynamic quorum-acknowledged broadcasts* (1997).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    Durable,
    Faults,
    Invocation,
    Network,
    Node,
    World,
    message,
    on,
    on_timeout,
)

__all__ = ["Client", "Replica", "Timestamp", "cluster", "deployment"]

Timestamp = tuple[int, Address]
"""A number and the writer's address, so that no two writes have the same timestamp."""
Value = str | None
Operation = tuple[Address, int]
"""A client, and the number of its operation."""

NEVER: Timestamp = (0, "")
NOBODY: Operation = ("", 0)


@message
class Query:
    """To a replica: which value do you hold?"""

    operation: Operation


@message
class Answer:
    """From a replica: this value."""

    operation: Operation
    timestamp: Timestamp
    value: Value


@message
class Store:
    """To a replica: hold this value, unless you hold a later one."""

    operation: Operation
    timestamp: Timestamp
    value: Value


@message
class Stored:
    """From a replica: I hold that value or a later one."""

    operation: Operation


class Replica(Node):
    """Holds the latest value it has been sent."""

    timestamp: Durable[Timestamp] = NEVER
    value: Durable[Value] = None

    @on(Query)
    def query(self, client: Address, message: Query) -> None:
        self.send(client, Answer(message.operation, self.timestamp, self.value))

    @on(Store)
    def store(self, client: Address, message: Store) -> None:
        if self.timestamp < message.timestamp:
            self.timestamp = message.timestamp
            self.value = message.value
        self.send(client, Stored(message.operation))


class Client(Node):
    """Reads and writes, one operation at a time.

    If an operation takes too long, the client abandons it and begins the next one. An abandoned write may or may not
    take effect.
    """

    replicas: tuple[Address, ...]
    read_quorum: int
    write_quorum: int
    script: tuple[Value, ...]
    """The values to write, in order; None stands for a read."""
    patience: float = 1.0

    number: Durable[int] = 0
    """The number of the latest operation. It is durable, since late answers would match a number that is used again."""
    busy: bool = False
    answers: dict[Address, tuple[Timestamp, Value]]
    stamp: Timestamp | None = None
    value: Value = None
    stored: set[Address]
    stamps: dict[int, Timestamp]
    """What each operation has stored. Only `abstract` reads it; the protocol does not depend on it."""

    def on_start(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin the next operation."""
        self.stamp = None
        self.answers = {}
        self.stored = set()
        self.busy = self.number < len(self.script)
        if not self.busy:
            return
        self.number += 1
        self.invoke(("read",) if self.writes() is None else ("write", self.writes()))
        self.set_timer("give up", self.patience)
        self.send(self.replicas, Query(self.operation()))

    def operation(self) -> Operation:
        return (self.address, self.number)

    def writes(self) -> Value:
        """Return the value that this operation writes, or None if it reads."""
        return self.script[self.number - 1]

    @on(Answer)
    def answer(self, replica: Address, message: Answer) -> None:
        if not self.concerns(message.operation) or self.stamp is not None:
            return
        self.answers[replica] = (message.timestamp, message.value)
        if len(self.answers) >= self.read_quorum:
            self.choose_stamp()

    def concerns(self, operation: Operation) -> bool:
        """Return whether a reply is to the operation in progress."""
        return self.busy and operation == self.operation()

    def choose_stamp(self) -> None:
        """Store a new value under a later timestamp, or write back the latest."""
        latest = max(self.answers.values(), key=lambda answer: answer[0])
        if self.writes() is None:
            self.put(*latest)
        else:
            self.put((latest[0][0] + 1, self.address), self.writes())

    def put(self, stamp: Timestamp, value: Value) -> None:
        self.stamp, self.value = stamp, value
        self.stamps[self.number] = stamp
        self.send(self.replicas, Store(self.operation(), stamp, value))

    @on(Stored)
    def is_stored(self, replica: Address, message: Stored) -> None:
        if not self.concerns(message.operation) or self.stamp is None:
            return
        self.stored.add(replica)
        if len(self.stored) >= self.write_quorum:
            self.finish()

    def finish(self) -> None:
        self.cancel_timer("give up")
        self.respond(self.value if self.writes() is None else None)
        self.begin()

    @on_timeout("give up")
    def give_up(self) -> None:
        self.begin()


# What it is checked against

EXPLORED = {"replicas": 3, "writes": 1, "reads": 1}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(
    replicas: int = 3,
    writes: int = 1,
    reads: int = 2,
    clients: int = 2,
    read_quorum: int = 0,
    write_quorum: int = 0,
    first: int = 0,
    crashes: int = 0,
    give_up: int = 0,
) -> Cluster:
    """Return replicas and clients, whose history must be linearizable.

    Parameters
    ----------
    replicas : int
        The number of replicas.
    writes, reads : int
        The number of writes, and of reads after them. Clients take the operations in turn.
    clients : int
        The number of clients.
    read_quorum, write_quorum : int
        The number of replicas that must answer; 0 stands for a majority.
    first : int
        The number of reads before the writes.
    crashes : int
        The number of crashes of replicas.
    give_up : int
        The number of operations that clients abandon.
    """
    holders = tuple(f"r{number}" for number in range(1, replicas + 1))
    majority = replicas // 2 + 1
    nodes: dict[Address, Node] = {address: Replica() for address in holders}
    operations = [None] * first + [f"v{number}" for number in range(1, writes + 1)] + [None] * reads
    for number in range(clients):
        nodes[f"c{number + 1}"] = Client(
            replicas=holders,
            read_quorum=read_quorum or majority,
            write_quorum=write_quorum or majority,
            script=tuple(operations[number::clients]),
        )
    return Cluster(
        nodes,
        network=Network("bag"),
        faults=Faults(crashes=crashes, crashing=frozenset(holders), timeouts={"give up": give_up}),
        invariants=(timestamps_tell_values_apart,),
        reachable=(all_is_done,),
        sequential="register",
        abstract=abstract,
        steps=2,
        **_instance(nodes),
    )


def _instance(nodes: Mapping[Address, Node]) -> dict[str, Any]:
    """Return the settings of the model: the clients' operations, and the timestamps that writes can use."""
    scripts = {address: node.script for address, node in nodes.items() if isinstance(node, Client)}
    operations = [(address, number + 1) for address, script in scripts.items() for number in range(len(script))]
    writes = {address: sum(value is not None for value in script) for address, script in scripts.items()}
    timestamps = [
        (n + 1, address) for n in range(sum(writes.values())) for address in sorted(writes) if writes[address]
    ]
    return {
        "refines": "versioned_register",
        "instance": {"Operation": max(1, len(operations)), "Timestamp": max(1, len(timestamps))},
        "elements": {"Operation": operations or [NOBODY], "Timestamp": timestamps or [NEVER]},
    }


def deployment(nodes: int = 3, requests: int = 40) -> Cluster:
    """Return replicas and three clients that alternate writes and reads."""
    made = cluster(replicas=nodes, clients=3, give_up=requests)
    operations = [None if number % 2 else f"v{number}" for number in range(requests)]
    for number, client in enumerate(made.nodes[f"c{client}"] for client in (1, 2, 3)):
        assert isinstance(client, Client)
        client.script = tuple(operations[number::3])
    return replace(made, **_instance(made.nodes))


def timestamps_tell_values_apart(world: World) -> bool:
    """Replicas with the same timestamp hold the same value."""
    held = {(node.timestamp, node.value) for node in world.of(Replica).values()}
    return len({timestamp for timestamp, _ in held}) == len(held)


def all_is_done(world: World) -> bool:
    return not any(node.busy for node in world.of(Client).values())


def abstract(world: World) -> dict[str, Any]:
    """Return the model's state: the operations begun and ended, with the timestamps that they wrote or read."""
    clients = world.of(Client)
    operations = {
        (address, number + 1): value
        for address, client in clients.items()
        for number, value in enumerate(client.script)
    } or {NOBODY: None}
    begun: dict[Operation, Timestamp | None] = {}
    ended: dict[Operation, Timestamp | None] = {}
    latest: Timestamp | None = None
    for operation, begins in _history(world):
        if begins:
            begun[operation] = latest
        else:
            ended[operation] = _stamp(clients, operation)
            latest = max((stamp for stamp in (latest, ended[operation]) if stamp is not None), default=None)
    writes = {operation for operation in begun if operations[operation] is not None}
    written = {operation: _stamp(clients, operation) for operation in writes}
    return {
        "begun": set(begun),
        "ended": set(ended),
        "writes": writes,
        "used": {stamp for stamp in written.values() if stamp is not None},
        "version": {operation: written.get(operation, ended.get(operation)) for operation in operations},
        "returned": latest,
        "floor": {operation: begun.get(operation) for operation in operations},
    }


def _history(world: World) -> Iterator[tuple[Operation, bool]]:
    """Yield each event of the clients' history: the operation, and whether it begins or ends there."""
    numbers: dict[Address, int] = {}
    for event in world.history:
        begins = isinstance(event, Invocation)
        numbers[event.client] = numbers.get(event.client, 0) + begins
        yield (event.client, numbers[event.client]), begins


def _stamp(clients: Mapping[Address, Client], operation: Operation) -> Timestamp | None:
    """Return the timestamp that an operation has stored, or None if it has stored nothing."""
    stamp = clients[operation[0]].stamps.get(operation[1])
    return None if stamp == NEVER else stamp


# Mutants, modelled on mistakes that were made


class SmallReadQuorums(Client):
    """Broken: R + W <= N. A read can miss what a write has stored."""

    expected = Caught("refinement", "linearizability", replicas=2, clients=1, writes=1, reads=1)

    def answer(self, replica: Address, message: Answer) -> None:
        self.read_quorum = 1
        super().answer(replica, message)

    def is_stored(self, replica: Address, message: Stored) -> None:
        self.write_quorum = 1
        super().is_stored(replica, message)


class ReadingWithoutWritingBack(Client):
    """Broken: a read does not write back what it returns. After it, another read may still return the old value."""

    expected = Caught("refinement", "linearizability", replicas=2, read_quorum=1, write_quorum=2, writes=1, reads=3)

    def choose_stamp(self) -> None:
        super().choose_stamp()
        if self.writes() is None:
            self.finish()


class WritingWithoutAsking(Client):
    """Broken: a write does not ask for the latest timestamp, so another writer's value hides its own."""

    expected = Caught("refinement", "linearizability", replicas=2, first=1, writes=2, reads=1)

    def choose_stamp(self) -> None:
        if self.writes() is None:
            super().choose_stamp()
        else:
            self.put((1, self.address), self.writes())


class StampsWithoutAWriter(Client):
    """Broken: a timestamp is a number without the writer's address, so two writers may use the same one."""

    expected = Caught("timestamps_tell_values_apart", "refinement", writes=2, reads=0)

    def choose_stamp(self) -> None:
        latest = max(self.answers.values(), key=lambda answer: answer[0])
        if self.writes() is None:
            self.put(*latest)
        else:
            self.put((latest[0][0] + 1, "c1"), self.writes())


class TakingLateReplies(Client):
    """Broken: a reply is not matched with its operation, so a late one counts for the next operation."""

    expected = Caught(
        "refinement", "linearizability", replicas=2, read_quorum=1, write_quorum=2, first=1, writes=1, reads=1
    )

    def concerns(self, operation: Operation) -> bool:
        return self.busy


class OverwritingWhatIsLater(Replica):
    """Broken: the replica stores whatever it is sent, even a value older than its own."""

    expected = Caught(
        "refinement", "linearizability", replicas=2, read_quorum=2, write_quorum=1, clients=1, writes=2, reads=1
    )

    @on(Store)
    def store(self, client: Address, message: Store) -> None:
        self.timestamp = message.timestamp
        self.value = message.value
        self.send(client, Stored(message.operation))


class AnsweringFromMemory(Replica):
    """Broken: the replica confirms a value that is only in memory, and loses it in a restart."""

    expected = Caught(
        "refinement",
        "linearizability",
        replicas=2,
        read_quorum=1,
        write_quorum=2,
        clients=1,
        writes=1,
        reads=1,
        crashes=1,
    )
    timestamp: Timestamp = NEVER
    value: Value = None
