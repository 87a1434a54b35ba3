"""The quorum register of Attiya, Bar-Noy and Dolev, with several writers, and quorums of R and W replicas.

A write asks R replicas for their latest timestamp, and stores its value under a later one at W. A read asks R, and
stores the latest of their answers at W before it returns it, so that no later read returns less.

It is held against `versioned_register`, of which every operation sees the versions that were returned before it began.
In `quorum_register` an answer arrives in the moment in which it is given. Here it travels, and when it arrives its
replica may hold something later: what the model's client has heard depends on which answers will arrive in time, and
no function of the world tells that.

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
"""A number and the writer's address: no two writes have the same."""
Value = str | None
Operation = tuple[Address, int]
"""The client, and the number of its operation."""

NEVER: Timestamp = (0, "")
NOBODY: Operation = ("", 0)


@message
class Query:
    """What do you hold?"""

    operation: Operation


@message
class Answer:
    """This."""

    operation: Operation
    timestamp: Timestamp
    value: Value


@message
class Store:
    """Hold this, unless you hold something later."""

    operation: Operation
    timestamp: Timestamp
    value: Value


@message
class Stored:
    """Done: this, or something later."""

    operation: Operation


class Replica(Node):
    """Holds the latest value that it was told."""

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
    """Reads and writes, one operation after the other.

    Where an operation takes too long, the client gives it up and goes on to the next: nobody knows whether the write
    that was given up takes effect.
    """

    replicas: tuple[Address, ...]
    read_quorum: int
    write_quorum: int
    script: tuple[Value, ...]
    """What to write, in turn; None stands for a read."""
    patience: float = 1.0

    number: Durable[int] = 0
    """The number of the operation that was begun last: a number that was used again would take in late answers."""
    busy: bool = False
    answers: dict[Address, tuple[Timestamp, Value]]
    stamp: Timestamp | None = None
    value: Value = None
    stored: set[Address]
    stamps: dict[int, Timestamp]
    """What each of its operations has stored: for whoever watches, nothing depends on it."""

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
        """Return what this operation writes, None if it reads."""
        return self.script[self.number - 1]

    @on(Answer)
    def answer(self, replica: Address, message: Answer) -> None:
        if not self.concerns(message.operation) or self.stamp is not None:
            return
        self.answers[replica] = (message.timestamp, message.value)
        if len(self.answers) >= self.read_quorum:
            self.choose_stamp()

    def concerns(self, operation: Operation) -> bool:
        """Whether a reply is for the operation that is under way."""
        return self.busy and operation == self.operation()

    def choose_stamp(self) -> None:
        """Store a later value, or the latest again."""
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
"""The sizes at which a test explores every world, and holds every step against the model."""


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
    """Return replicas, and clients that share ``first`` reads, then writes, then reads, one each in turn.

    Quorums are majorities, if not given. The history of operations is to be linearizable.
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
        symmetric=(holders,),
        abstract=abstract,
        steps=2,
        **_instance(nodes),
    )


def _instance(nodes: Mapping[Address, Node]) -> dict[str, Any]:
    """Return the model with as many operations as clients have, and the timestamps that there may be."""
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
    """Return replicas, and three clients that write and read in turn."""
    made = cluster(replicas=nodes, clients=3, give_up=requests)
    operations = [None if number % 2 else f"v{number}" for number in range(requests)]
    for number, client in enumerate(made.nodes[f"c{client}"] for client in (1, 2, 3)):
        assert isinstance(client, Client)
        client.script = tuple(operations[number::3])
    return replace(made, **_instance(made.nodes))


def timestamps_tell_values_apart(world: World) -> bool:
    """Under one timestamp there is one value."""
    held = {(node.timestamp, node.value) for node in world.of(Replica).values()}
    return len({timestamp for timestamp, _ in held}) == len(held)


def all_is_done(world: World) -> bool:
    return not any(node.busy for node in world.of(Client).values())


def abstract(world: World) -> dict[str, Any]:
    """Return what clients have seen, with the timestamps of what they wrote and read."""
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
    """Iterate over what clients saw: which operation, and whether it begins there or ends."""
    numbers: dict[Address, int] = {}
    for event in world.history:
        begins = isinstance(event, Invocation)
        numbers[event.client] = numbers.get(event.client, 0) + begins
        yield (event.client, numbers[event.client]), begins


def _stamp(clients: Mapping[Address, Client], operation: Operation) -> Timestamp | None:
    """Return the timestamp of what an operation has stored; of nothing, there is none."""
    stamp = clients[operation[0]].stamps.get(operation[1])
    return None if stamp == NEVER else stamp


# Mutants, after what has happened


class SmallReadQuorums(Client):
    """Broken: R + W <= N. A read misses what a write has stored."""

    expected = Caught("refinement", "linearizability", replicas=2, clients=1, writes=1, reads=1)

    def answer(self, replica: Address, message: Answer) -> None:
        self.read_quorum = 1
        super().answer(replica, message)

    def is_stored(self, replica: Address, message: Stored) -> None:
        self.write_quorum = 1
        super().is_stored(replica, message)


class ReadingWithoutWritingBack(Client):
    """Broken: a read returns what it has found. The next one may find less: the new value, then the old one."""

    expected = Caught("refinement", "linearizability", replicas=2, read_quorum=1, write_quorum=2, writes=1, reads=3)

    def choose_stamp(self) -> None:
        super().choose_stamp()
        if self.writes() is None:
            self.finish()


class WritingWithoutAsking(Client):
    """Broken: a write does not ask for the latest timestamp, and is lost behind the value of another writer."""

    expected = Caught("refinement", "linearizability", replicas=2, first=1, writes=2, reads=1)

    def choose_stamp(self) -> None:
        if self.writes() is None:
            super().choose_stamp()
        else:
            self.put((1, self.address), self.writes())


class StampsWithoutAWriter(Client):
    """Broken: a timestamp is a number alone, whoever writes, so that two writers may use the same."""

    expected = Caught("timestamps_tell_values_apart", "refinement", writes=2, reads=0)

    def choose_stamp(self) -> None:
        latest = max(self.answers.values(), key=lambda answer: answer[0])
        if self.writes() is None:
            self.put(*latest)
        else:
            self.put((latest[0][0] + 1, "c1"), self.writes())


class TakingLateReplies(Client):
    """Broken: a reply is not matched with its operation, so that one that is late stands for the next."""

    expected = Caught(
        "refinement", "linearizability", replicas=2, read_quorum=1, write_quorum=2, first=1, writes=1, reads=1
    )

    def concerns(self, operation: Operation) -> bool:
        return self.busy


class OverwritingWhatIsLater(Replica):
    """Broken: the replica stores whatever it is told, also what is older than what it holds."""

    expected = Caught(
        "refinement", "linearizability", replicas=2, read_quorum=2, write_quorum=1, clients=1, writes=2, reads=1
    )

    @on(Store)
    def store(self, client: Address, message: Store) -> None:
        self.timestamp = message.timestamp
        self.value = message.value
        self.send(client, Stored(message.operation))


class AnsweringFromMemory(Replica):
    """Broken: the replica says that it has stored a value, and has it in memory. It restarts, and has forgotten."""

    expected = Caught(
        "refinement",
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
