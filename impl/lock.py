"""ZooKeeper's lock: ephemeral sequential nodes, sessions that expire, watches, and a resource that checks tokens.

A client makes a node whose name ends in a serial number; who has the least node has the lock, and the others each watch
the node before their own. The serial number is the fencing token: the resource takes nothing from a holder once it has
heard from a later one.

Here *zookeeper* is a node of its own, with as much of ZooKeeper as the lock needs: requests of one client are executed
in order, each once; a session ends when ZooKeeper says so, and with it the nodes and the watch of its client.

Source
    *ZooKeeper Recipes and Solutions*, Locks; Hunt et al., *ZooKeeper: wait-free coordination for internet-scale
    systems* (2010), section 2.4; the search for one's own node after a lost reply is Curator's *protected* mode
    (CURATOR-45). Fencing as in Kleppmann, *How to do distributed locking* (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
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
)

__all__ = ["Client", "Phase", "Resource", "ZooKeeper", "cluster", "deployment"]

Serial = int
Session = int
Number = int
"""Of a request: each of a client has the next one, and its reply repeats it."""


@message
class Create:
    """Make a node for me, with the next serial number, that ends with my session."""

    session: Session
    number: Number


@message
class FindOwn:
    """Which node is mine? I have asked for one, and heard nothing."""

    session: Session
    number: Number


@message
class Look:
    """Which node is the last one before mine?"""

    session: Session
    number: Number
    own: Serial


@message
class Watch:
    """Is that node there? Then tell me of its end."""

    session: Session
    number: Number
    own: Serial
    before: Serial


@message
class Delete:
    """Delete my node."""

    session: Session
    number: Number
    own: Serial


Request = Create | FindOwn | Look | Watch | Delete


@message
class Owned:
    """This node is yours; None, if you have none."""

    number: Number
    own: Serial | None


@message
class Before:
    """This node is the last one before yours; None, if yours is the least."""

    number: Number
    own: Serial
    before: Serial | None


@message
class Watched:
    """That node is there, and you will be told of its end; or it is not there."""

    number: Number
    own: Serial
    before: Serial
    exists: bool


@message
class Deleted:
    """Your node is deleted."""

    number: Number


Reply = Owned | Before | Watched | Deleted


@message
class Gone:
    """The node that you watch is not there any more."""

    serial: Serial


@message
class Expired:
    """Your session has expired."""

    session: Session


@message
class Read:
    """To the resource: what is there? I hold this token."""

    number: Number
    token: Serial


@message
class Write:
    """To the resource: put this there, made of what I have read."""

    number: Number
    token: Serial


@message
class Served:
    """From the resource: done."""

    number: Number
    version: Serial


@message
class Refused:
    """From the resource: somebody with a later token was here."""

    number: Number


@dataclass(frozen=True)
class Answered:
    """The last reply to a client, for when it is asked for again."""

    session: Session
    reply: Reply


@dataclass(frozen=True)
class Service:
    """The last reply of the resource to a client, and what it has read under its token; None, if nothing."""

    token: Serial
    read: Serial | None
    reply: Served | Refused


class ZooKeeper(Node):
    """Sessions, nodes and watches. All of it is on the disks of an ensemble."""

    patience: float = 1.0
    """Seconds without a word after which a session expires."""

    serial: Durable[Serial] = 0
    """The one that was given last."""
    nodes: Durable[dict[Serial, tuple[Address, Session]]]
    watches: Durable[dict[Address, Serial]]
    told: Durable[set[Address]]
    """Whose watch has fired since they looked last."""
    looked: Durable[dict[Address, Serial]]
    """What was the last node before that of a client when it looked last."""
    sessions: Durable[dict[Address, Session]]
    expired: Durable[dict[Address, Session]]
    """The last session of a client that has expired; those before it have."""
    answered: Durable[dict[Address, Answered]]

    def is_alive(self, client: Address, session: Session) -> bool:
        return session > self.expired.get(client, 0)

    def admits(self, client: Address, request: Request) -> bool:
        """Whether a request is to be executed: it is of a session that lives, and was not executed before."""
        if not self.is_alive(client, request.session):
            self.send(client, Expired(request.session))
            return False
        self.sessions[client] = request.session
        self.set_timer("session", self.patience, client)
        last = self.answered.get(client)
        if last is None or last.reply.number < request.number:
            return True
        if last.reply.number == request.number:
            self.send(client, last.reply)
        return False

    def answer(self, client: Address, request: Request, reply: Reply) -> None:
        self.answered[client] = Answered(request.session, reply)
        self.send(client, reply)

    @on(Create)
    def create(self, client: Address, request: Create) -> None:
        if self.admits(client, request):
            self.serial += 1
            self.nodes[self.serial] = (client, request.session)
            self.answer(client, request, Owned(request.number, self.serial))

    @on(FindOwn)
    def find_own(self, client: Address, request: FindOwn) -> None:
        if self.admits(client, request):
            own = [serial for serial, (owner, _) in self.nodes.items() if owner == client]
            self.answer(client, request, Owned(request.number, max(own, default=None)))

    @on(Look)
    def look(self, client: Address, request: Look) -> None:
        if self.admits(client, request):
            before = self.before(request.own)
            if before is not None:
                self.looked[client] = before
            self.told.discard(client)
            self.answer(client, request, Before(request.number, request.own, before))

    def before(self, own: Serial) -> Serial | None:
        """Return the last node before another."""
        return max((serial for serial in self.nodes if serial < own), default=None)

    @on(Watch)
    def watch(self, client: Address, request: Watch) -> None:
        if self.admits(client, request):
            exists = request.before in self.nodes
            if exists:
                self.watches[client] = request.before
            self.answer(client, request, Watched(request.number, request.own, request.before, exists))

    @on(Delete)
    def delete(self, client: Address, request: Delete) -> None:
        if self.admits(client, request):
            self.end(request.own)
            self.answer(client, request, Deleted(request.number))

    def end(self, serial: Serial) -> None:
        """Delete a node, and tell those who watch it."""
        self.nodes.pop(serial, None)
        for client in [client for client, watched in self.watches.items() if watched == serial]:
            del self.watches[client]
            self.told.add(client)
            self.send(client, Gone(serial))

    @on_timeout("session")
    def expire(self, client: Address) -> None:
        """End the session of a client that was not heard of for too long."""
        session = self.sessions[client]
        self.expired[client] = session
        self.watches.pop(client, None)
        self.told.discard(client)
        self.end_nodes(client)
        self.send(client, Expired(session))

    def end_nodes(self, client: Address) -> None:
        for serial in [serial for serial, (owner, _) in self.nodes.items() if owner == client]:
            self.end(serial)

    def on_recover(self) -> None:
        """Restart the timeout of every session."""
        for client, session in sorted(self.sessions.items()):
            if self.is_alive(client, session):
                self.set_timer("session", self.patience, client)


class Resource(Node):
    """What the lock is for. It refuses whoever comes with a token that is older than one it has seen."""

    fence: Durable[Serial] = 0
    version: Durable[Serial] = 0
    """The token of the last write."""
    served: Durable[dict[Address, Service]]

    def admits(self, client: Address, number: Number, token: Serial) -> bool:
        """Whether a request is to be served: once, and under no token that is older than one that was seen."""
        last = self.served.get(client)
        if last is not None and number <= last.reply.number:
            if number == last.reply.number:
                self.send(client, last.reply)
            return False
        if self.is_stale(token):
            self.reply(client, token, Refused(number))
            return False
        self.fence = token
        return True

    def is_stale(self, token: Serial) -> bool:
        return token < self.fence

    def reply(self, client: Address, token: Serial, reply: Served | Refused) -> None:
        last = self.served.get(client)
        had_read = last.read if last is not None and last.token == token else None
        self.served[client] = Service(token, reply.version if isinstance(reply, Served) else had_read, reply)
        self.send(client, reply)

    @on(Read)
    def read(self, client: Address, message: Read) -> None:
        if self.admits(client, message.number, message.token):
            self.reply(client, message.token, Served(message.number, self.version))

    @on(Write)
    def write(self, client: Address, message: Write) -> None:
        if self.admits(client, message.number, message.token):
            self.version = message.token
            self.reply(client, message.token, Served(message.number, self.version))


class Phase(Enum):
    """What a client is waiting for."""

    IDLE = "nothing"
    CREATING = "a node"
    FINDING = "its node: it has asked for one, and heard nothing"
    LOOKING = "the node before its own"
    WATCHING = "whether that is there"
    WAITING = "the end of that"
    READING = "what the resource has: it believes that it has the lock"
    WRITING = "that the resource has what it wrote"
    STALE = "to hear that its session has expired: the resource has refused it"
    RELEASING = "that its node is deleted"


class Client(Node):
    """Takes the lock, reads, writes, and releases it, some times in turn."""

    zookeeper: Address
    resource: Address
    turns: int
    patience: float = 0.4
    """Seconds without a reply after which it asks again."""

    session: Session = 1
    number: Number = 0
    asked: Any = None
    """The request that is under way."""
    phase: Phase = Phase.IDLE
    own: Serial | None = None
    before: Serial | None = None
    has_expired: bool = False
    """Whether its session has expired while a request to the resource was under way."""

    def on_start(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Take the lock once more."""
        self.phase = Phase.IDLE
        self.own = self.before = self.asked = None
        if self.turns > 0:
            self.invoke(("work",))
            self.ask(Phase.CREATING, self.zookeeper, Create(self.session, self.number + 1))

    def ask(self, phase: Phase, destination: Address, request: Any) -> None:
        """Send a request, and wait for its reply."""
        self.number = request.number
        self.phase = phase
        self.asked = request
        self.send(destination, request)
        self.set_timer("retry", self.patience)

    @on_timeout("retry")
    def retry(self) -> None:
        """Ask again. What has created a node might have been heard: look for it first."""
        if self.phase is Phase.CREATING:
            self.ask(Phase.FINDING, self.zookeeper, FindOwn(self.session, self.number + 1))
        elif self.asked is not None:
            is_at_resource = self.phase in (Phase.READING, Phase.WRITING)
            self.ask(self.phase, self.resource if is_at_resource else self.zookeeper, self.asked)

    def awaits(self, number: Number, *phases: Phase) -> bool:
        """Whether a reply is the one that the client waits for."""
        return number == self.number and self.phase in phases

    @on(Owned)
    def owned(self, zookeeper: Address, message: Owned) -> None:
        if not self.awaits(message.number, Phase.CREATING, Phase.FINDING):
            return
        if message.own is None:
            self.begin()
        else:
            self.own = message.own
            self.look()

    def look(self) -> None:
        assert self.own is not None
        self.ask(Phase.LOOKING, self.zookeeper, Look(self.session, self.number + 1, self.own))

    @on(Before)
    def looked(self, zookeeper: Address, message: Before) -> None:
        if not self.awaits(message.number, Phase.LOOKING):
            return
        if message.before is None:
            self.read()
        else:
            self.before = message.before
            request = Watch(self.session, self.number + 1, message.own, message.before)
            self.ask(Phase.WATCHING, self.zookeeper, request)

    @on(Watched)
    def watched(self, zookeeper: Address, message: Watched) -> None:
        if not self.awaits(message.number, Phase.WATCHING):
            return
        if message.exists:
            self.phase = Phase.WAITING
            self.asked = None
            self.cancel_timer("retry")
        else:
            self.look()

    @on(Gone)
    def gone(self, zookeeper: Address, message: Gone) -> None:
        if self.phase is Phase.WAITING and message.serial == self.before:
            self.look()

    def read(self) -> None:
        assert self.own is not None
        self.ask(Phase.READING, self.resource, Read(self.number + 1, self.own))

    @on(Served)
    def served(self, resource: Address, message: Served) -> None:
        if not self.awaits(message.number, Phase.READING, Phase.WRITING):
            return
        assert self.own is not None
        has_written = self.phase is Phase.WRITING
        if has_written:
            self.turns -= 1
            self.respond(self.own)
        if self.has_expired:
            self.start_over()
        elif has_written:
            self.ask(Phase.RELEASING, self.zookeeper, Delete(self.session, self.number + 1, self.own))
        else:
            self.ask(Phase.WRITING, self.resource, Write(self.number + 1, self.own))

    @on(Refused)
    def refused(self, resource: Address, message: Refused) -> None:
        if self.awaits(message.number, Phase.READING, Phase.WRITING):
            self.phase = Phase.STALE
            self.asked = None
            self.cancel_timer("retry")
            if self.has_expired:
                self.start_over()

    @on(Deleted)
    def deleted(self, zookeeper: Address, message: Deleted) -> None:
        if self.awaits(message.number, Phase.RELEASING):
            self.cancel_timer("retry")
            self.begin()

    @on(Expired)
    def expired(self, zookeeper: Address, message: Expired) -> None:
        """Start over; but not while a request to the resource is under way, which might arrive later than the next."""
        if message.session != self.session:
            return
        if self.phase in (Phase.READING, Phase.WRITING):
            self.has_expired = True
        else:
            self.start_over()

    def start_over(self) -> None:
        """Forget everything, and open another session."""
        self.session += 1
        self.has_expired = False
        self.cancel_timer("retry")
        self.begin()


# What it is checked against

EXPLORED = {"clients": 2, "expirations": 1}
"""The sizes at which a test explores every world, and holds every step against the model."""


def cluster(
    clients: int = 2, turns: int = 1, serials: int = 3, expirations: int = 1, retries: int = 0, crashes: int = 0
) -> Cluster:
    """Return clients that take the lock ``turns`` times each, ZooKeeper, and a resource that may crash.

    There are so many serial numbers, and so many sessions expire.
    """
    holders = tuple(f"c{number}" for number in range(1, clients + 1))
    nodes: dict[Address, Node] = {"zookeeper": ZooKeeper(), "resource": Resource()}
    nodes |= {address: Client(zookeeper="zookeeper", resource="resource", turns=turns) for address in holders}
    return Cluster(
        nodes,
        network=Network("fifo"),
        faults=Faults(
            crashes=crashes,
            crashing=frozenset({"resource"}),
            timeouts={"session": expirations, "retry": retries},
        ),
        invariants=(one_holder_is_connected, nodes_end_with_their_session, whoever_waits_is_told),
        reachable=(all_had_their_turns,),
        constraint=lambda world: _zookeeper(world).serial <= serials,
        refines="lock",
        instance={"Client": clients, "Serial": serials},
        elements={"Client": holders, "Serial": range(1, serials + 1)},
        abstract=lambda world: abstract(world, serials),
        steps=2,
        symmetric=(holders,),
    )


def deployment(nodes: int = 3, requests: int = 12) -> Cluster:
    """Return clients, which take the lock a given number of times together."""
    turns = -(-requests // nodes)
    return cluster(clients=nodes, turns=turns, serials=24 + 2 * requests, expirations=requests)


def _zookeeper(world: World) -> ZooKeeper:
    (zookeeper,) = world.of(ZooKeeper).values()
    return zookeeper


_HOLDING = (Phase.READING, Phase.WRITING, Phase.RELEASING)


def one_holder_is_connected(world: World) -> bool:
    """Of those whose session lives, at most one believes that it has the lock."""
    zookeeper = _zookeeper(world)
    holders = [
        address
        for address, node in world.of(Client).items()
        if node.phase in _HOLDING
        and zookeeper.is_alive(address, node.session)
        and any(owner == address for owner, _ in zookeeper.nodes.values())
    ]
    return len(holders) <= 1


def nodes_end_with_their_session(world: World) -> bool:
    """No node outlives the session of its client: a client that died holds nothing up."""
    zookeeper = _zookeeper(world)
    return all(zookeeper.is_alive(*owner) for owner in zookeeper.nodes.values())


def whoever_waits_is_told(world: World) -> bool:
    """Who waits watches a node that is there, or a notification is on its way: no wake-up is lost."""
    zookeeper = _zookeeper(world)
    waiting = [a for a, node in world.of(Client).items() if node.phase is Phase.WAITING]
    return all(
        not zookeeper.is_alive(a, world.nodes[a].session)
        or a in zookeeper.told
        or zookeeper.watches.get(a) in zookeeper.nodes
        for a in waiting
    )


def all_had_their_turns(world: World) -> bool:
    return all(node.turns == 0 and node.phase is Phase.IDLE for node in world.of(Client).values())


def abstract(world: World, serials: int) -> dict[str, Any]:
    """Return what the nodes are in the model, where a client is told of everything in the moment when it happens.

    So the phase of a client is what ZooKeeper has answered last, and what the resource has served last, whether the
    client has heard of it or not. That its session has expired it learns when it hears it.
    """
    zookeeper = _zookeeper(world)
    (resource,) = world.of(Resource).values()
    clients = world.of(Client)
    seen = {address: _seen(address, node, zookeeper, resource) for address, node in clients.items()}
    return {
        "owner": {s: zookeeper.nodes[s][0] if s in zookeeper.nodes else None for s in range(1, serials + 1)},
        "given": set(range(1, zookeeper.serial + 1)),
        "connected": {a: zookeeper.is_alive(a, node.session) for a, node in clients.items()},
        "watch": {a: zookeeper.watches.get(a) for a in clients},
        "phase": {a: phase for a, (phase, _, _) in seen.items()},
        "own": {a: own for a, (_, own, _) in seen.items()},
        "before": {a: zookeeper.looked.get(a) for a in clients},
        "told": {a: a in zookeeper.told for a in clients},
        "read": {a: read for a, (_, _, read) in seen.items()},
        "fence": resource.fence or None,
        "version": resource.version or None,
    }


def _seen(
    address: Address, client: Client, zookeeper: ZooKeeper, resource: Resource
) -> tuple[str, Serial | None, Serial | None]:
    """Return the phase of a client in the model, its node, and the version that it has read."""
    last = zookeeper.answered.get(address)
    if last is None or last.session != client.session:
        return "IDLE", None, None
    match last.reply:
        case Owned(_, own) if own is not None:
            return "LOOKING", own, None
        case Before(_, own, None):
            service = resource.served.get(address)
            if service is not None and service.token == own and service.read is not None:
                return "WORKING", own, service.read or None
            return "HOLDING", own, None
        case Before(_, own, _):
            return "ASKING", own, None
        case Watched(_, own, _, exists):
            return ("WAITING" if exists else "LOOKING"), own, None
    return "IDLE", None, None


# Mutants, after what has happened


class NodesThatStay(ZooKeeper):
    """Broken: the nodes are not ephemeral. A holder that dies keeps the lock for ever."""

    expected = Caught("nodes_end_with_their_session", "refinement")

    def end_nodes(self, client: Address) -> None: ...


class WatchingWithoutLooking(ZooKeeper):
    """Broken: a watch is set whether the node is still there or not. The wake-up was before it."""

    expected = Caught("whoever_waits_is_told", "refinement")

    @on(Watch)
    def watch(self, client: Address, request: Watch) -> None:
        if self.admits(client, request):
            self.watches[client] = request.before
            self.answer(client, request, Watched(request.number, request.own, request.before, True))


class WakingTheHerd(ZooKeeper):
    """Broken: everybody watches the least node, so that its end wakes all, and all look."""

    expected = Caught("refinement", clients=3, serials=3, expirations=0)

    def before(self, own: Serial) -> Serial | None:
        return min((serial for serial in self.nodes if serial < own), default=None)


class WithoutFencing(Resource):
    """Broken: the resource takes what it is given. A holder was paused, its session expired, and it writes."""

    expected = Caught("refinement")

    def is_stale(self, token: Serial) -> bool:
        return False


class FenceInMemory(Resource):
    """Broken: the latest token is not on disk. The resource restarts, and takes an older one."""

    expected = Caught("refinement", crashes=1)
    fence: Serial = 0


class CreatingAgain(Client):
    """Broken: after a lost reply the client makes a second node, and waits for its own first one."""

    expected = Caught("refinement", clients=1, serials=2, retries=1)

    @on_timeout("retry")
    def retry(self) -> None:
        self.ask(Phase.CREATING, self.zookeeper, Create(self.session, self.number + 1))


class NotWaitingForTheResource(Client):
    """Broken: a client whose session expired starts over at once. Its write is on its way, and arrives later."""

    expected = Caught("refinement")

    @on(Expired)
    def expired(self, zookeeper: Address, message: Expired) -> None:
        if message.session == self.session:
            self.start_over()


class TakingLateReplies(Client):
    """Broken: replies are not matched with requests. One for an earlier session stands for the next."""

    expected = Caught("refinement", clients=1, serials=2, retries=1)

    def awaits(self, number: Number, *phases: Phase) -> bool:
        return self.phase in phases
