"""ZooKeeper's lock: ephemeral sequential nodes, sessions that expire, watches, and a resource that checks tokens.

A client creates a node whose name ends in a serial number. The client with the lowest node has the lock, and each of
the others watches the node before its own. The serial number is the fencing token: once the resource has seen a later
token, it refuses an earlier one.

Here *zookeeper* is one node that does as much of ZooKeeper as the lock needs: it executes the requests of a client in
order, each once. A session ends when ZooKeeper says so, and with it the nodes and the watch of its client.

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
"""The number of a request, counted per client; the reply repeats it."""


@message
class Create:
    """Create a node for me, with the next serial number, that ends with my session."""

    session: Session
    number: Number


@message
class FindOwn:
    """Which node is mine? I have asked for one, and heard no reply."""

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
    """If that node exists, notify me when it is gone."""

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
    """This node is yours; None if you have none."""

    number: Number
    own: Serial | None


@message
class Before:
    """This node is the last one before yours; None if yours is the lowest."""

    number: Number
    own: Serial
    before: Serial | None


@message
class Watched:
    """That node exists, and you will be notified when it is gone; or it does not exist."""

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
    """The node that you watch is gone."""

    serial: Serial


@message
class Expired:
    """Your session has expired."""

    session: Session


@message
class Read:
    """To the resource: return your content to the holder of this token."""

    number: Number
    token: Serial


@message
class Write:
    """To the resource: store what I have made of the content I read."""

    number: Number
    token: Serial


@message
class Served:
    """From the resource: done."""

    number: Number
    version: Serial


@message
class Refused:
    """From the resource: it has seen a later token."""

    number: Number


@dataclass(frozen=True)
class Answered:
    """The last reply to a client, kept in case the client repeats its request."""

    session: Session
    reply: Reply


@dataclass(frozen=True)
class Service:
    """The resource's last reply to a client, and the version read under the token; None if nothing was read."""

    token: Serial
    read: Serial | None
    reply: Served | Refused


class ZooKeeper(Node):
    """Sessions, nodes and watches, all of it durable, as on the disks of an ensemble."""

    patience: float = 1.0
    """Seconds without a request after which a session expires."""

    serial: Durable[Serial] = 0
    """The last one assigned."""
    nodes: Durable[dict[Serial, tuple[Address, Session]]]
    watches: Durable[dict[Address, Serial]]
    told: Durable[set[Address]]
    """The clients whose watch has fired since they last looked."""
    looked: Durable[dict[Address, Serial]]
    """For each client, the node before its own when it last looked."""
    sessions: Durable[dict[Address, Session]]
    expired: Durable[dict[Address, Session]]
    """For each client, the last session that has expired; all earlier ones have expired too."""
    answered: Durable[dict[Address, Answered]]

    def is_alive(self, client: Address, session: Session) -> bool:
        return session > self.expired.get(client, 0)

    def admits(self, client: Address, request: Request) -> bool:
        """Return whether to execute a request: its session is alive, and it has not been executed before.

        A repeated request is answered from `answered`.
        """
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
        """Return the last node before the client's own."""
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
        """Delete a node and notify the clients that watch it."""
        self.nodes.pop(serial, None)
        for client in [client for client, watched in self.watches.items() if watched == serial]:
            del self.watches[client]
            self.told.add(client)
            self.send(client, Gone(serial))

    @on_timeout("session")
    def expire(self, client: Address) -> None:
        """End the session of a client that has been silent for too long."""
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
    """What the lock protects. It refuses a token older than one it has seen."""

    fence: Durable[Serial] = 0
    version: Durable[Serial] = 0
    """The token of the last write."""
    served: Durable[dict[Address, Service]]

    def admits(self, client: Address, number: Number, token: Serial) -> bool:
        """Return whether to serve a request: it has not been served before, and its token is not stale."""
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
    """What a client waits for."""

    IDLE = "nothing"
    CREATING = "a node"
    FINDING = "its node: it has asked for one, and heard no reply"
    LOOKING = "the node before its own"
    WATCHING = "whether that node exists"
    WAITING = "the end of that node"
    READING = "the content of the resource: it believes that it has the lock"
    WRITING = "the confirmation of its write"
    STALE = "the expiration of its session: the resource has refused its token"
    RELEASING = "the deletion of its node"


class Client(Node):
    """Acquires the lock, reads, writes and releases the lock, ``turns`` times."""

    zookeeper: Address
    resource: Address
    turns: int
    patience: float = 0.4
    """Seconds without a reply after which it repeats a request."""

    session: Session = 1
    number: Number = 0
    asked: Any = None
    """The request in progress."""
    phase: Phase = Phase.IDLE
    own: Serial | None = None
    before: Serial | None = None
    has_expired: bool = False
    """Whether its session expired while a request to the resource was in progress."""

    def on_start(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin to acquire the lock."""
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
        """Repeat the request; but look for the node before creating one again, since only the reply may be lost."""
        if self.phase is Phase.CREATING:
            self.ask(Phase.FINDING, self.zookeeper, FindOwn(self.session, self.number + 1))
        elif self.asked is not None:
            is_at_resource = self.phase in (Phase.READING, Phase.WRITING)
            self.ask(self.phase, self.resource if is_at_resource else self.zookeeper, self.asked)

    def awaits(self, number: Number, *phases: Phase) -> bool:
        """Return whether a reply is the one that the client waits for."""
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
        """Start over; if a request to the resource is in progress, only after its reply.

        Otherwise that request could reach the resource after those of the client's next turn.
        """
        if message.session != self.session:
            return
        if self.phase in (Phase.READING, Phase.WRITING):
            self.has_expired = True
        else:
            self.start_over()

    def start_over(self) -> None:
        """Forget everything and open another session."""
        self.session += 1
        self.has_expired = False
        self.cancel_timer("retry")
        self.begin()


# What it is checked against

EXPLORED = {"clients": 2, "expirations": 1}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(
    clients: int = 2, turns: int = 1, serials: int = 3, expirations: int = 1, retries: int = 0, crashes: int = 0
) -> Cluster:
    """Return clients, ZooKeeper, and a resource that may crash.

    Parameters
    ----------
    clients : int
        The number of clients.
    turns : int
        How often each client takes the lock.
    serials : int
        The number of serial numbers; worlds with more are not explored.
    expirations : int
        The number of sessions that expire.
    retries : int
        The number of requests that clients repeat.
    crashes : int
        The number of crashes of the resource.
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
    )


def deployment(nodes: int = 3, requests: int = 12) -> Cluster:
    """Return clients that take the lock at least ``requests`` times in total."""
    turns = -(-requests // nodes)
    return cluster(clients=nodes, turns=turns, serials=24 + 2 * requests, expirations=requests)


def _zookeeper(world: World) -> ZooKeeper:
    (zookeeper,) = world.of(ZooKeeper).values()
    return zookeeper


_HOLDING = (Phase.READING, Phase.WRITING, Phase.RELEASING)


def one_holder_is_connected(world: World) -> bool:
    """At most one client with a live session believes that it has the lock."""
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
    """No node outlives its client's session: a dead client blocks nobody."""
    zookeeper = _zookeeper(world)
    return all(zookeeper.is_alive(*owner) for owner in zookeeper.nodes.values())


def whoever_waits_is_told(world: World) -> bool:
    """A waiting client watches an existing node, or a notification is in flight: no wake-up is lost."""
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
    """Return the model's state that the nodes stand for.

    In the model a client learns of an answer as soon as it is given. So a client's phase follows from the last answers
    of ZooKeeper and the resource, whether they have arrived or not. Only the expiration of a session has an effect when
    the client hears of it.
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
    """Return a client's phase in the model, its node, and the version it has read."""
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


# Mutants, modelled on mistakes that were made


class NodesThatStay(ZooKeeper):
    """Broken: the nodes are not ephemeral. A holder that dies keeps the lock forever."""

    expected = Caught("nodes_end_with_their_session", "refinement")

    def end_nodes(self, client: Address) -> None: ...


class WatchingWithoutLooking(ZooKeeper):
    """Broken: a watch is set even if the node is already gone, and then never fires."""

    expected = Caught("whoever_waits_is_told", "refinement")

    @on(Watch)
    def watch(self, client: Address, request: Watch) -> None:
        if self.admits(client, request):
            self.watches[client] = request.before
            self.answer(client, request, Watched(request.number, request.own, request.before, True))


class WakingTheHerd(ZooKeeper):
    """Broken: all clients watch the lowest node, so its end wakes the whole herd."""

    expected = Caught("refinement", clients=3, serials=3, expirations=0)

    def before(self, own: Serial) -> Serial | None:
        return min((serial for serial in self.nodes if serial < own), default=None)


class WithoutFencing(Resource):
    """Broken: the resource ignores tokens. A paused holder writes after its session has expired."""

    expected = Caught("refinement")

    def is_stale(self, token: Serial) -> bool:
        return False


class FenceInMemory(Resource):
    """Broken: the latest token is not on disk. After a restart the resource accepts an older one."""

    expected = Caught("refinement", crashes=1)
    fence: Serial = 0


class CreatingAgain(Client):
    """Broken: after a lost reply the client creates a second node, and waits for its own first one."""

    expected = Caught("refinement", clients=1, serials=2, retries=1)

    @on_timeout("retry")
    def retry(self) -> None:
        self.ask(Phase.CREATING, self.zookeeper, Create(self.session, self.number + 1))


class NotWaitingForTheResource(Client):
    """Broken: a client starts over as soon as its session expires, while its write is still in flight."""

    expected = Caught("refinement")

    @on(Expired)
    def expired(self, zookeeper: Address, message: Expired) -> None:
        if message.session == self.session:
            self.start_over()


class TakingLateReplies(Client):
    """Broken: replies are not matched with requests. One from an earlier session counts for the next."""

    expected = Caught("refinement", clients=1, serials=2, retries=1)

    def awaits(self, number: Number, *phases: Phase) -> bool:
        return self.phase in phases
