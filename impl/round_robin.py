"""Round robin over backends that fail and return, with a queue of unacknowledged requests.

A balancer accepts requests and keeps each on disk until it is acknowledged. It gives turns to the backends it has heard
from recently, and sends a request that is not acknowledged in time to the next one. Backends execute requests in a
shared store, which records each executed request in the same transaction, and executes none twice.

Source
    Round robin as in Nagle, *On packet switches with infinite storage* (RFC 970, 1985). Acknowledgements for execution
    at least once, and deduplication for at most once: Gray and Reuter, *Transaction Processing* (1993).
"""

from __future__ import annotations

from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    Durable,
    Faults,
    Network,
    Node,
    World,
    message,
    on,
    on_timeout,
    record,
)

__all__ = ["Account", "Backend", "Balancer", "Client", "Request", "Store", "cluster", "deployment"]

Request = str


@message
class Submit:
    """From a client: execute this request."""

    request: Request


@message
class Done:
    """To a client: the request was executed."""

    request: Request


@message
class Hello:
    """From a backend: I am alive."""


@message
class Work:
    """To a backend: have this request executed."""

    request: Request


@message
class Execute:
    """From a backend to the store: execute this request."""

    request: Request


@message
class Executed:
    """From the store: the request was executed, now or earlier."""

    request: Request


@message
class Acknowledge:
    """From a backend: the request was executed."""

    request: Request


class Account:
    """Which backend has had more turns than which other, while both were up. No turn depends on it.

    Attributes
    ----------
    ahead : set of (Address, Address)
        The pairs in which the first has had one turn more than the second since both have been up.
    unfair : bool
        Whether a backend was ever two turns ahead of another.
    """

    def __init__(self) -> None:
        self.ahead: set[tuple[Address, Address]] = set()
        self.unfair = False

    def count(self, backend: Address, there: set[Address]) -> None:
        """Record a turn of a backend, while those in ``there`` are up."""
        self.unfair = self.unfair or any((backend, other) in self.ahead for other in there)
        behind = {pair for pair in self.ahead if pair[1] == backend}
        now = {(backend, other) for other in there if other != backend and (other, backend) not in behind}
        self.ahead = (self.ahead - behind) | now

    def forget(self, backend: Address) -> None:
        """Record that a backend is down."""
        self.ahead = {pair for pair in self.ahead if backend not in pair}


class Balancer(Node):
    """Accepts requests, and sends each to backends until one acknowledges it."""

    backends: tuple[Address, ...]
    patience: float = 0.3
    """Seconds after which a request that is not acknowledged is sent again."""
    silence: float = 1.0
    """Seconds of silence after which a backend gets no more turns."""

    clients: Durable[dict[Request, Address]]
    """Every accepted request, and the client that waits for it."""
    queue: Durable[list[Request]]
    """The requests not acknowledged yet, in the order of acceptance."""
    last: Durable[int] = -1
    """Whose turn it was last: an index into all backends, which stays valid when one of them leaves."""
    healthy: set[Address]
    account: Account = Account()

    def on_start(self) -> None:
        """Wait for backends and requests."""

    @on(Submit)
    def submit(self, client: Address, message: Submit) -> None:
        if message.request not in self.clients:
            self.clients[message.request] = client
            self.queue.append(message.request)
            self.dispatch(message.request)
        elif message.request not in self.queue:
            self.send(client, Done(message.request))

    def dispatch(self, request: Request) -> None:
        """Send a request to the backend whose turn it is; if none is up, the request waits for one."""
        if not self.healthy:
            return
        self.last = self.next_turn()
        backend = self.backends[self.last]
        self.account.count(backend, self.healthy)
        self.send(backend, Work(request))
        self.set_timer("redeliver", self.patience, request)

    def next_turn(self) -> int:
        """Return the index of the first backend after the last one that is up."""
        count = len(self.backends)
        turns = (turn % count for turn in range(self.last + 1, self.last + 1 + count))
        return next(turn for turn in turns if self.backends[turn] in self.healthy)

    @on_timeout("redeliver")
    def redeliver(self, request: Request) -> None:
        if request in self.queue:
            self.dispatch(request)

    @on(Acknowledge)
    def acknowledge(self, backend: Address, message: Acknowledge) -> None:
        if message.request in self.queue:
            self.queue.remove(message.request)
            self.cancel_timer("redeliver", message.request)
            self.send(self.clients[message.request], Done(message.request))

    @on(Hello)
    def hello(self, backend: Address, message: Hello) -> None:
        self.set_timer("silent", self.silence, backend)
        if backend not in self.healthy:
            self.healthy.add(backend)
            if len(self.healthy) == 1:
                for request in self.queue:
                    self.dispatch(request)

    @on_timeout("silent")
    def silent(self, backend: Address) -> None:
        self.healthy.discard(backend)
        self.account.forget(backend)


class Backend(Node):
    """Has requests executed in the store. It keeps no state."""

    balancer: Address
    store: Address
    rhythm: float = 0.2
    """Seconds between two heartbeats."""

    def on_start(self) -> None:
        self.beat()

    @on_timeout("beat")
    def beat(self) -> None:
        self.send(self.balancer, Hello())
        self.set_timer("beat", self.rhythm)

    @on(Work)
    def work(self, balancer: Address, message: Work) -> None:
        self.send(self.store, Execute(message.request))

    @on(Executed)
    def executed(self, store: Address, message: Executed) -> None:
        self.send(self.balancer, Acknowledge(message.request))


class Store(Node):
    """Executes requests, and records in the same transaction that it did."""

    effects: Durable[dict[Request, int]]
    """The number of times that each request took effect."""
    noted: Durable[set[Request]]

    @on(Execute)
    def execute(self, backend: Address, message: Execute) -> None:
        if message.request not in self.noted:
            self.effects[message.request] = self.effects.get(message.request, 0) + 1
            self.noted.add(message.request)
        self.send(backend, Executed(message.request))


class Client(Node):
    """Submits its requests one at a time, and repeats each until it is done."""

    balancer: Address
    requests: tuple[Request, ...]
    patience: float = 0.5
    done: Durable[int] = 0

    def on_start(self) -> None:
        self.ask()

    def ask(self) -> None:
        if self.done < len(self.requests):
            self.invoke(("execute", self.requests[self.done]))
            self.again()

    @on_timeout("again")
    def again(self) -> None:
        self.send(self.balancer, Submit(self.requests[self.done]))
        self.set_timer("again", self.patience)

    @on(Done)
    def heard(self, balancer: Address, message: Done) -> None:
        if self.done < len(self.requests) and message.request == self.requests[self.done]:
            self.done += 1
            self.cancel_timer("again")
            self.respond(message.request)
            self.ask()


# What it is checked against

EXPLORED = {"backends": 2, "crashes": 1}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(backends: int = 2, requests: int = 1, clients: int = 1, crashes: int = 0) -> Cluster:
    """Return a balancer, backends with their store, and clients that take the requests in turn."""
    servers = tuple(f"b{number}" for number in range(1, backends + 1))
    names = tuple(f"r{number}" for number in range(1, requests + 1))
    nodes: dict[Address, Node] = {"balancer": Balancer(backends=servers), "store": Store()}
    nodes |= {address: Backend(balancer="balancer", store="store") for address in servers}
    nodes |= {f"c{c + 1}": Client(balancer="balancer", requests=names[c::clients]) for c in range(clients)}
    return Cluster(
        nodes,
        network=Network("set"),
        faults=Faults(crashes=crashes),
        invariants=(nothing_is_lost, nothing_is_executed_twice, what_is_done_was_executed, turns_are_fair),
        reachable=(all_is_done,),
        refines="round_robin:RoundRobinOverMessages",
        instance={"Backend": backends, "Request": requests},
        elements={"Backend": servers, "Request": names},
        abstract=abstract,
        steps=max(backends, requests + 1, 2),
    )


def deployment(nodes: int = 3, requests: int = 30) -> Cluster:
    """Return backends and up to three clients."""
    return cluster(backends=nodes, requests=requests, clients=min(3, requests))


def _parts(world: World) -> tuple[Balancer, Store]:
    (balancer,), (store,) = world.of(Balancer).values(), world.of(Store).values()
    return balancer, store


def nothing_is_lost(world: World) -> bool:
    """Every accepted request was executed or is in the queue."""
    balancer, store = _parts(world)
    return all(request in store.effects or request in balancer.queue for request in balancer.clients)


def nothing_is_executed_twice(world: World) -> bool:
    return all(count == 1 for count in _parts(world)[1].effects.values())


def what_is_done_was_executed(world: World) -> bool:
    """Every request that a client believes done was executed."""
    effects = _parts(world)[1].effects
    return all(request in effects for node in world.of(Client).values() for request in node.requests[: node.done])


def turns_are_fair(world: World) -> bool:
    """Of two backends that stayed up, neither has had two turns more than the other."""
    return not _parts(world)[0].account.unfair


def all_is_done(world: World) -> bool:
    return all(node.done == len(node.requests) for node in world.of(Client).values())


def abstract(world: World) -> dict[str, Any]:
    """Return the model's state that the nodes stand for: a backend is up if the balancer has heard from it."""
    balancer, store = _parts(world)
    given = {(work.message.request, work.destination) for work in world.messages(Work)}
    return {
        "accepted": set(balancer.clients),
        "queue": set(balancer.queue),
        "last": balancer.backends[balancer.last],
        "up": balancer.healthy,
        "taken": {record("Sent", request=request, backend=backend) for request, backend in given},
        "noted": store.noted,
        "executed": set(store.effects),
        "twice": {request for request, count in store.effects.items() if count > 1},
        "ahead": balancer.account.ahead,
        "unfair": balancer.account.unfair,
    }


# Mutants, modelled on mistakes that were made


class Forgetting(Balancer):
    """Broken: a request leaves the queue when it is sent. If the backend crashes, it is lost."""

    expected = Caught("nothing_is_lost", "refinement")

    def dispatch(self, request: Request) -> None:
        super().dispatch(request)
        if self.healthy:
            self.queue.remove(request)


class QueueInMemory(Balancer):
    """Broken: the queue is not on disk. After a restart the balancer takes every accepted request for done."""

    expected = Caught("nothing_is_lost", "refinement", crashes=1)
    queue: list[Request]


class TurnsByIndex(Balancer):
    """Broken: the turn is an index into the backends that are up. When one leaves, the next one is skipped."""

    expected = Caught("turns_are_fair", "refinement", backends=3, requests=1)

    def next_turn(self) -> int:
        there = [turn for turn, backend in enumerate(self.backends) if backend in self.healthy]
        return there[(self.last + 1) % len(there)]


class TurnInMemory(Balancer):
    """Broken: the last turn is not on disk. After every restart of the balancer, the first backend is next."""

    expected = Caught("refinement", crashes=1)
    last: int = -1


class TurnsForAll(Balancer):
    """Broken: silent backends get turns too."""

    expected = Caught("refinement")

    def next_turn(self) -> int:
        return (self.last + 1) % len(self.backends)


class TakingSilenceForWork(Balancer):
    """Broken: the balancer takes a request for done when its timer fires."""

    expected = Caught("nothing_is_lost", "what_is_done_was_executed", "refinement")

    @on_timeout("redeliver")
    def redeliver(self, request: Request) -> None:
        self.acknowledge(self.backends[self.last], Acknowledge(request))


class Hasty(Backend):
    """Broken: the backend acknowledges a request when it receives it, before it is executed."""

    expected = Caught("nothing_is_lost", "what_is_done_was_executed", "refinement")

    @on(Work)
    def work(self, balancer: Address, message: Work) -> None:
        self.send(self.balancer, Acknowledge(message.request))
        self.send(self.store, Execute(message.request))


class ExecutingAgain(Store):
    """Broken: a request that is sent again is executed again."""

    expected = Caught("nothing_is_executed_twice", "refinement")

    @on(Execute)
    def execute(self, backend: Address, message: Execute) -> None:
        self.effects[message.request] = self.effects.get(message.request, 0) + 1
        self.noted.add(message.request)
        self.send(backend, Executed(message.request))


class NotesInMemory(Store):
    """Broken: the record of executed requests is only in memory, and lost in a restart."""

    expected = Caught("nothing_is_executed_twice", "refinement", crashes=1)
    noted: set[Request]
