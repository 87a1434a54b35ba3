"""ZooKeeper's lock: ephemeral sequential nodes, sessions that expire, watches, and a resource that checks tokens.

What is modelled
    A client creates an ephemeral node whose name ends in a serial number that ZooKeeper assigns. The client with the
    lowest node has the lock; every other client watches the node just before its own, and lists the nodes again when
    that node is gone. The serial number, which ZooKeeper never assigns twice, is the client's *fencing token*: once
    the resource has seen a token, it accepts nothing under a lower one. A holder reads the resource under its token,
    works, and writes. It implements `lock_service`.
Faults
    A client may be paused or cut off at any moment, for any time: ZooKeeper then expires its session and deletes its
    nodes without its knowledge. Requests to create a node are lost, and so are the replies, when the node has been
    created. A notification may arrive late.
Source
    *ZooKeeper Recipes and Solutions*, Locks; Hunt et al., *ZooKeeper: wait-free coordination for internet-scale
    systems* (2010), section 2.4. The search for one's own node after a lost reply is Curator's *protected* mode
    (CURATOR-45). Fencing as in Kleppmann, *How to do distributed locking* (2016), and the sequencers of Burrows,
    *The Chubby lock service* (2006), section 2.4.

Each broken variant is a mistake that lock libraries in use have made.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Formula,
    Map,
    Model,
    Set,
    Violates,
    action,
    everywhere,
    implies,
    invariant,
    leads_to,
    lemma,
    reachable,
    refines,
    require,
    step_invariant,
    temporal,
    terminal,
    weak,
)
from assay.models.lock_service import Client, LockService, Serial

__all__ = [
    "Client",
    "Lock",
    "LockAsOnePersistentNode",
    "LockCreatingAgain",
    "LockKeptAcrossSessions",
    "LockReleasingWhateverIsThere",
    "LockRetryingAfterExpiry",
    "LockWatchingAfterTheLook",
    "LockWithoutFencing",
    "Phase",
    "Serial",
]


class Phase(Enum):
    """What a client is doing, or is about to do."""

    IDLE = "wants nothing"
    UNSURE = "has asked for a node, and has no reply"
    LOOKING = "has a node, and is about to list them all"
    ASKING = "has seen the node before its own, and is about to watch it"
    WAITING = "watches that node"
    HOLDING = "believes that it has the lock"
    WORKING = "has read the resource, and may write"


class Lock(Model):
    """Holders of the lock exclude each other at the resource."""

    default = {"Client": 2, "Serial": 3}
    smoke = {"Serial": 2}
    deep = {"Client": 3}
    fairness = (
        weak(
            "find_own", "find_none", "acquire", "look", "set_watch", "wake", each="client"
        ),  # a client takes its next step, unless it is cut off,
        weak("release", each="client"),  # and a holder releases the lock.
    )

    # ZooKeeper
    owner: Map[Serial, Client | None] = everywhere(None)  # the nodes that exist, each with the client that made it
    given: Set[Serial]  # the serial numbers assigned so far
    connected: Map[Client, bool] = everywhere(True)  # whether its session lives
    watch: Map[Client, Serial | None] = everywhere(None)  # the node whose deletion it will be notified of

    # The clients, each with what it believes
    phase: Map[Client, Phase] = everywhere(Phase.IDLE)
    own: Map[Client, Serial | None] = everywhere(None)  # the node that it takes for its own
    before: Map[Client, Serial | None] = everywhere(None)  # the node before it, when it looked
    told: Map[Client, bool] = everywhere(False)  # whether a notification is on its way to it
    read: Map[Client, Serial | None] = everywhere(None)  # the version of the resource that it has read

    # The resource
    fence: Serial | None = None  # the highest token that it has seen
    version: Serial | None = None  # the token of the last write that it accepted

    def exists(self, serial: Serial) -> bool:
        """Whether there is a node with this serial number."""
        return self.owner[serial] is not None

    def is_least(self, serial: Serial) -> bool:
        """Whether no node has a lower serial number."""
        return all(implies(s < serial, not self.exists(s)) for s in Serial)

    def is_just_before(self, s: Serial, serial: Serial) -> bool:
        """Whether ``s`` is the last node before ``serial``."""
        return s < serial and self.exists(s) and all(not self.exists(t) for t in Serial if s < t < serial)

    def end(self, serial: Serial) -> None:
        """ZooKeeper deletes a node, and notifies the clients that watch it."""
        self.owner[serial] = None
        for c in Client:
            if self.watch[c] == serial:
                self.watch[c] = None
                self.told[c] = True

    # A client creates a node

    @action
    def create(self, client: Client, serial: Serial) -> None:
        """ZooKeeper creates a node for the client, and the reply arrives."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        require(all(t < serial for t in self.given))
        self.given.add(serial)
        self.owner[serial] = client
        self.own[client] = serial
        self.phase[client] = Phase.LOOKING

    @action
    def create_unheard(self, client: Client, serial: Serial) -> None:
        """ZooKeeper creates a node for the client, and the reply is lost."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        require(all(t < serial for t in self.given))
        self.given.add(serial)
        self.owner[serial] = client
        self.phase[client] = Phase.UNSURE

    @action
    def lose_request(self, client: Client) -> None:
        """The request to create a node is lost. To the client, this looks like a lost reply."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        self.phase[client] = Phase.UNSURE

    @action
    def find_own(self, client: Client, serial: Serial) -> None:
        """The client finds the node created for it, by the identifier of the request in the node's name."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client], self.owner[serial] == client)
        self.own[client] = serial
        self.phase[client] = Phase.LOOKING

    @action
    def find_none(self, client: Client) -> None:
        """No node was created for the client; it may try again."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client])
        require(all(self.owner[s] != client for s in Serial))
        self.phase[client] = Phase.IDLE

    # It waits until its node is the lowest

    @action
    def acquire(self, client: Client, serial: Serial) -> None:
        """The client lists the nodes, and its own is the lowest."""
        require(self.phase[client] is Phase.LOOKING, self.connected[client])
        require(self.own[client] == serial, self.is_least(serial))
        self.phase[client] = Phase.HOLDING

    @action
    def look(self, client: Client, serial: Serial, predecessor: Serial) -> None:
        """The client lists the nodes, and finds one before its own."""
        require(self.phase[client] is Phase.LOOKING, self.connected[client])
        require(self.own[client] == serial, self.is_just_before(predecessor, serial))
        self.before[client] = predecessor
        self.phase[client] = Phase.ASKING

    @action
    def set_watch(self, client: Client, predecessor: Serial) -> None:
        """In a single request, the client checks that the node before its own exists, and sets a watch on it."""
        require(self.phase[client] is Phase.ASKING, self.connected[client], self.before[client] == predecessor)
        if self.exists(predecessor):
            self.watch[client] = predecessor
            self.phase[client] = Phase.WAITING
        else:
            self.phase[client] = Phase.LOOKING

    @action
    def wake(self, client: Client) -> None:
        """The notification arrives, and the client lists the nodes again.

        It does not have the lock for certain: the client before it may only have given up waiting.
        """
        require(self.phase[client] is Phase.WAITING, self.connected[client], self.told[client])
        self.told[client] = False
        self.phase[client] = Phase.LOOKING

    # It works on the resource, perhaps long after its session has expired: the resource knows nothing of sessions

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """The holder reads the resource, showing its token."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.fence = token
        self.read[client] = self.version
        self.phase[client] = Phase.WORKING

    @action
    def write(self, client: Client, token: Serial) -> None:
        """The holder writes back what it has made of what it read."""
        require(self.phase[client] is Phase.WORKING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.version = token
        self.read[client] = token

    @action
    def release(self, client: Client, serial: Serial) -> None:
        """The holder deletes its node."""
        require(self.phase[client] is Phase.HOLDING or self.phase[client] is Phase.WORKING)
        require(self.connected[client], self.own[client] == serial)
        self.end(serial)
        self.own[client] = None
        self.read[client] = None
        self.phase[client] = Phase.IDLE

    # Sessions

    @action
    def expire(self, client: Client) -> None:
        """ZooKeeper has not heard from the client for too long, and deletes its session, its nodes and its watch."""
        require(self.connected[client])
        self.connected[client] = False
        self.watch[client] = None
        self.told[client] = False
        for c in Client:
            gone = self.watch[c]
            if gone is not None and self.owner[gone] == client:
                self.watch[c] = None
                self.told[c] = True
        for s in Serial:
            if self.owner[s] == client:
                self.owner[s] = None

    @action
    def notice(self, client: Client) -> None:
        """The client learns that its session has expired, forgets everything, and opens a new session."""
        require(not self.connected[client])
        self.connected[client] = True
        self.own[client] = None
        self.read[client] = None
        self.phase[client] = Phase.IDLE

    # Properties

    def works(self, client: Client) -> bool:
        """Whether the client has read the resource and may write it."""
        return self.phase[client] is Phase.WORKING

    def holds(self, client: Client) -> bool:
        """Whether the client believes that it has the lock."""
        return self.phase[client] is Phase.HOLDING or self.works(client)

    @invariant
    def what_was_read_is_current(self, client: Client) -> bool:
        """While no later token has reached the resource, nobody has written since the holder read it.

        So every write that is accepted is based on the current version, and no update is lost.
        """
        return implies(
            self.works(client) and self.fence is not None and self.own[client] == self.fence,
            self.version == self.read[client],
        )

    @step_invariant
    def writes_are_in_order(self, after: Self) -> bool:
        """After a write under one token, no write under a lower one is accepted."""
        return self.version is None or (after.version is not None and self.version <= after.version)

    @invariant
    def one_holder_is_connected(self, a: Client, b: Client) -> bool:
        """At most one client with a live session believes that it has the lock."""
        return a == b or not (self.connected[a] and self.holds(a) and self.connected[b] and self.holds(b))

    @invariant
    def holder_has_the_least_node(self, client: Client, serial: Serial) -> bool:
        """A client with a live session that believes that it has the lock does own the lowest node."""
        return implies(
            self.connected[client] and self.holds(client) and self.own[client] == serial,
            self.owner[serial] == client and self.is_least(serial),
        )

    @invariant
    def nodes_end_with_their_session(self, client: Client, serial: Serial) -> bool:
        """No node outlives its client's session, so a dead client holds nothing up."""
        return implies(self.owner[serial] == client, self.connected[client])

    @invariant
    def whoever_waits_is_told(self, client: Client) -> bool:
        """A waiting client watches a node that exists, or its notification is on the way: no wake-up is lost."""
        return implies(
            self.connected[client] and self.phase[client] is Phase.WAITING,
            self.told[client] or any(self.watch[client] == s and self.exists(s) for s in Serial),
        )

    @invariant
    def nobody_waits_for_itself(self, client: Client, serial: Serial) -> bool:
        """No client watches its own node."""
        return not (self.watch[client] == serial and self.owner[serial] == client)

    @invariant
    def one_is_told(self, a: Client, b: Client, serial: Serial) -> bool:
        """At most one client watches each node, so its deletion wakes one client rather than a herd."""
        return a == b or not (self.watch[a] == serial and self.watch[b] == serial)

    @temporal
    def whoever_waits_gets_the_lock(self, client: Client) -> Formula:
        """A client with a node holds the lock in the end, unless its session expires."""
        return leads_to(
            self.phase[client] in (Phase.LOOKING, Phase.ASKING, Phase.WAITING) and self.connected[client],
            self.holds(client) or not self.connected[client],
        )

    @refines(LockService)
    def implements_a_lock_service(self) -> dict[str, object]:
        """Waiting clients have a node; the holder is the one that believes so, with a live session."""
        return {
            "waiting": {
                c for c in Client if self.connected[c] and self.phase[c] in (Phase.LOOKING, Phase.ASKING, Phase.WAITING)
            },
            "holders": {c for c in Client if self.connected[c] and self.holds(c)},
            "fence": self.fence,
            "version": self.version,
        }

    # Lemmas

    @lemma
    def numbers_were_given(self, serial: Serial, client: Client) -> bool:
        """Every serial number in use has been assigned."""
        return serial in self.given or not (
            self.exists(serial)
            or self.own[client] == serial
            or self.watch[client] == serial
            or serial in (self.fence, self.version)
        )

    @lemma
    def a_number_is_given_once(self, a: Client, b: Client, serial: Serial) -> bool:
        """No two clients take the same node for their own."""
        return a == b or not (self.own[a] == serial and self.own[b] == serial)

    @lemma
    def own_is_nobody_elses(self, a: Client, b: Client, serial: Serial) -> bool:
        """The node that a client takes for its own belongs to no other client."""
        return a == b or not (self.own[a] == serial and self.owner[serial] == b)

    @lemma
    def told_once(self, client: Client) -> bool:
        """A client with a notification on its way is waiting, and watches nothing: a watch is used up when it fires."""
        return implies(
            self.told[client],
            self.connected[client] and self.phase[client] is Phase.WAITING and self.watch[client] is None,
        )

    @lemma
    def own_is_known(self, client: Client) -> bool:
        """A client knows its node from the reply until it releases the lock or loses its session."""
        return (self.own[client] is None) == (self.phase[client] is Phase.IDLE or self.phase[client] is Phase.UNSURE)

    @lemma
    def own_is_there(self, client: Client, serial: Serial) -> bool:
        """While its session lives, the node that a client takes for its own exists and belongs to it."""
        return implies(self.connected[client] and self.own[client] == serial, self.owner[serial] == client)

    @lemma
    def no_other_is_there(self, client: Client, serial: Serial) -> bool:
        """A client owns no other node than the one it knows, or one that it has not heard of yet."""
        return implies(self.owner[serial] == client, self.own[client] == serial or self.phase[client] is Phase.UNSURE)

    @lemma
    def one_node_a_client(self, client: Client, s: Serial, t: Serial) -> bool:
        """No client owns two nodes."""
        return s == t or not (self.owner[s] == client and self.owner[t] == client)

    @lemma
    def fence_is_ahead(self, client: Client, serial: Serial) -> bool:
        """The resource has seen the tokens of all writes that it accepted, and of all clients that work on it."""
        return implies(
            self.version == serial or (self.works(client) and self.own[client] == serial),
            self.fence is not None and serial <= self.fence,
        )

    @lemma
    def watches_are_set_by_those_who_wait(self, client: Client, serial: Serial) -> bool:
        """Only waiting clients with a live session watch, and only nodes that exist."""
        return implies(
            self.watch[client] == serial,
            self.connected[client] and self.phase[client] is Phase.WAITING and self.exists(serial),
        )

    @lemma
    def nothing_is_between(self, client: Client, serial: Serial, between: Serial, own: Serial) -> bool:
        """No node lies between a client's own and the one that it watches or is about to watch: new nodes come last."""
        return implies(
            self.connected[client]
            and self.own[client] == own
            and (
                self.watch[client] == serial or (self.phase[client] is Phase.ASKING and self.before[client] == serial)
            ),
            serial < own and not (serial < between and between < own and self.exists(between)),
        )

    @reachable
    def handed_over(self, client: Client, first: Serial, second: Serial) -> bool:
        """A client has waited for another one, was notified, and has the lock."""
        return first < second and self.version == first and self.works(client) and self.own[client] == second

    @reachable
    def two_believe(self, a: Client, b: Client) -> bool:
        """Two clients believe that they have the lock at once; that is why the resource checks tokens."""
        return a != b and self.works(a) and self.holds(b)

    @terminal
    def out_of_serials(self) -> bool:
        """An instance ends when its serial numbers are used up."""
        return all(s in self.given for s in Serial)


class LockAsOnePersistentNode(Lock):
    """Broken: the lock is a persistent node, created and deleted by its holder. A holder that dies keeps it."""

    expected = Violates("nodes_end_with_their_session")

    @action
    def expire(self, client: Client) -> None:
        """ZooKeeper expires the client's session without its knowledge; its nodes stay."""
        require(self.connected[client])
        self.connected[client] = False
        self.watch[client] = None
        self.told[client] = False


class LockReleasingWhateverIsThere(Lock):
    """Broken: a client whose session has expired deletes a node that another client has created since."""

    expected = Violates("holder_has_the_least_node")

    @action
    def release(self, client: Client, serial: Serial) -> None:
        """The holder deletes the lowest node, whoever owns it."""
        require(self.holds(client), self.exists(serial), self.is_least(serial))
        self.end(serial)
        self.own[client] = None
        self.read[client] = None
        self.phase[client] = Phase.IDLE


class LockWithoutFencing(Lock):
    """Broken: the resource checks no tokens. A holder was paused, its session expired, and its write is accepted."""

    expected = Violates("writes_are_in_order")

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """The holder reads the resource, which does not check its token."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        self.fence = token
        self.read[client] = self.version
        self.phase[client] = Phase.WORKING

    @action
    def write(self, client: Client, token: Serial) -> None:
        """The holder writes, and the resource accepts it, whatever token it has seen."""
        require(self.phase[client] is Phase.WORKING, self.own[client] == token)
        self.version = token
        self.read[client] = token


class LockCreatingAgain(Lock):
    """Broken: after a lost reply the client creates a second node, and waits for its own first one."""

    expected = Violates("nobody_waits_for_itself")

    @action
    def find_own(self, client: Client, serial: Serial) -> None:
        """The client does not look for a node of its own."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client], self.owner[serial] == client)
        self.phase[client] = Phase.IDLE


class LockWatchingAfterTheLook(Lock):
    """Broken: the watch is set without checking that the node still exists, and may never fire."""

    expected = Violates("whoever_waits_is_told")

    @action
    def set_watch(self, client: Client, predecessor: Serial) -> None:
        """The client sets a watch on the node before its own, which may be gone already."""
        require(self.phase[client] is Phase.ASKING, self.connected[client], self.before[client] == predecessor)
        self.watch[client] = predecessor
        self.phase[client] = Phase.WAITING


class LockRetryingAfterExpiry(Lock):
    """Broken: a client whose session has expired acquires the lock again, and goes on with the write it had begun."""

    expected = Violates("what_was_read_is_current")
    smoke = {"Serial": 3}

    @action
    def notice(self, client: Client) -> None:
        """The client opens a new session, and keeps what it has read."""
        require(not self.connected[client])
        self.connected[client] = True
        self.own[client] = None
        self.phase[client] = Phase.IDLE

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """The holder reads the resource only if it has not read it before."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.fence = token
        if self.read[client] is None:
            self.read[client] = self.version
        self.phase[client] = Phase.WORKING


class LockKeptAcrossSessions(Lock):
    """Broken: a client whose session has expired opens a new one, and goes on as if it still had the lock."""

    expected = Violates("implements_a_lock_service")

    @action
    def notice(self, client: Client) -> None:
        """The client opens a new session; a holder still believes that it has the lock."""
        require(not self.connected[client])
        self.connected[client] = True
        if not self.holds(client):
            self.own[client] = None
            self.read[client] = None
            self.phase[client] = Phase.IDLE
