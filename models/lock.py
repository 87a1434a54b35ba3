"""ZooKeeper's lock: ephemeral sequential nodes, sessions that expire, watches, and a resource that checks tokens.

What is modelled
    A client creates an ephemeral node whose name ends in a serial number that ZooKeeper gives. Who owns the least
    node has the lock; the others each watch the node before their own, and look again when it is gone. The serial
    number, which ZooKeeper never gives twice, is the client's *fencing token*: the resource takes nothing from a holder
    once it has heard from a later one. A holder reads the resource under its token, works, and writes. It implements
    `lock_service`.
Faults
    A client may be paused or cut off at any moment and for as long as it likes: then ZooKeeper expires its session,
    and deletes its nodes, without its knowledge. Requests to create are lost, and so are the replies to them, after
    the node was made. A notification may arrive late.
Source
    *ZooKeeper Recipes and Solutions*, Locks; Hunt et al., *ZooKeeper: wait-free coordination for internet-scale
    systems* (2010), section 2.4. The search for one's own node after a lost reply is Curator's *protected* mode
    (CURATOR-45). Fencing as in Kleppmann, *How to do distributed locking* (2016), and the sequencers of Burrows,
    *The Chubby lock service* (2006), section 2.4.

What the broken variants do has happened in lock libraries that people use.
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
    """What a client is about to do."""

    IDLE = "wants nothing"
    UNSURE = "has asked for a node, and has no reply"
    LOOKING = "has a node, and is about to list them all"
    ASKING = "has seen the node before its own, and is about to watch it"
    WAITING = "watches that node"
    HOLDING = "believes that it has the lock"
    WORKING = "has read the resource, and may write"


class Lock(Model):
    """At the resource, holders exclude each other."""

    default = {"Client": 2, "Serial": 3}
    smoke = {"Serial": 2}
    deep = {"Client": 3}
    fairness = (
        weak(
            "find_own", "find_none", "acquire", "look", "set_watch", "wake", each="client"
        ),  # a client goes on, unless it is cut off
        weak("release", each="client"),  # and gives the lock back.
    )

    # ZooKeeper
    owner: Map[Serial, Client | None] = everywhere(None)  # the nodes that exist, each with the client that made it
    given: Set[Serial]  # the serial numbers that were ever given
    connected: Map[Client, bool] = everywhere(True)  # whose session has not expired
    watch: Map[Client, Serial | None] = everywhere(None)  # the node whose end a client will be told

    # The clients, each with what it believes
    phase: Map[Client, Phase] = everywhere(Phase.IDLE)
    own: Map[Client, Serial | None] = everywhere(None)  # the node that it takes for its own
    before: Map[Client, Serial | None] = everywhere(None)  # the node before it, when it looked
    told: Map[Client, bool] = everywhere(False)  # a notification has been sent to it
    read: Map[Client, Serial | None] = everywhere(None)  # the version of the resource that it has read

    # The resource
    fence: Serial | None = None  # the greatest token that it has seen
    version: Serial | None = None  # the token of the last write that it took

    def exists(self, serial: Serial) -> bool:
        return self.owner[serial] is not None

    def is_least(self, serial: Serial) -> bool:
        """Whether no node comes before this one."""
        return all(implies(s < serial, not self.exists(s)) for s in Serial)

    def is_just_before(self, s: Serial, serial: Serial) -> bool:
        """Whether ``s`` is the last node before another."""
        return s < serial and self.exists(s) and all(not self.exists(t) for t in Serial if s < t < serial)

    def end(self, serial: Serial) -> None:
        """ZooKeeper deletes a node and tells those who watch it."""
        self.owner[serial] = None
        for c in Client:
            if self.watch[c] == serial:
                self.watch[c] = None
                self.told[c] = True

    # A client gets a node

    @action
    def create(self, client: Client, serial: Serial) -> None:
        """A node is made for the client, and the client is told."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        require(all(t < serial for t in self.given))
        self.given.add(serial)
        self.owner[serial] = client
        self.own[client] = serial
        self.phase[client] = Phase.LOOKING

    @action
    def create_unheard(self, client: Client, serial: Serial) -> None:
        """A node is made for the client, and the reply is lost."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        require(all(t < serial for t in self.given))
        self.given.add(serial)
        self.owner[serial] = client
        self.phase[client] = Phase.UNSURE

    @action
    def lose_request(self, client: Client) -> None:
        """The request to make a node is lost; to the client that looks the same."""
        require(self.phase[client] is Phase.IDLE, self.connected[client])
        self.phase[client] = Phase.UNSURE

    @action
    def find_own(self, client: Client, serial: Serial) -> None:
        """The client finds the node that was made for it: its name carries an identifier of the request."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client], self.owner[serial] == client)
        self.own[client] = serial
        self.phase[client] = Phase.LOOKING

    @action
    def find_none(self, client: Client) -> None:
        """There is no such node; it may ask again."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client])
        require(all(self.owner[s] != client for s in Serial))
        self.phase[client] = Phase.IDLE

    # and waits until it is the first

    @action
    def acquire(self, client: Client, serial: Serial) -> None:
        """The client lists the nodes, and its own is the least."""
        require(self.phase[client] is Phase.LOOKING, self.connected[client])
        require(self.own[client] == serial, self.is_least(serial))
        self.phase[client] = Phase.HOLDING

    @action
    def look(self, client: Client, serial: Serial, predecessor: Serial) -> None:
        """The client lists the nodes, and there is one before its own."""
        require(self.phase[client] is Phase.LOOKING, self.connected[client])
        require(self.own[client] == serial, self.is_just_before(predecessor, serial))
        self.before[client] = predecessor
        self.phase[client] = Phase.ASKING

    @action
    def set_watch(self, client: Client, predecessor: Serial) -> None:
        """The client asks whether that node exists, and to be told of its end, in one request."""
        require(self.phase[client] is Phase.ASKING, self.connected[client], self.before[client] == predecessor)
        if self.exists(predecessor):
            self.watch[client] = predecessor
            self.phase[client] = Phase.WAITING
        else:
            self.phase[client] = Phase.LOOKING

    @action
    def wake(self, client: Client) -> None:
        """The notification arrives; the client looks again, since the node before may just have given up."""
        require(self.phase[client] is Phase.WAITING, self.connected[client], self.told[client])
        self.told[client] = False
        self.phase[client] = Phase.LOOKING

    # and works. It may do so when its session has long expired: the resource does not know of sessions.

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """The holder reads the resource, and shows its token."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.fence = token
        self.read[client] = self.version
        self.phase[client] = Phase.WORKING

    @action
    def write(self, client: Client, token: Serial) -> None:
        """The holder writes what it has made of what it read."""
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
        """ZooKeeper has not heard from the client for too long: its session, its nodes and its watch are gone."""
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
        """The client learns that its session has expired, forgets everything and opens another."""
        require(not self.connected[client])
        self.connected[client] = True
        self.own[client] = None
        self.read[client] = None
        self.phase[client] = Phase.IDLE

    # What must be true

    def works(self, client: Client) -> bool:
        return self.phase[client] is Phase.WORKING

    def holds(self, client: Client) -> bool:
        return self.phase[client] is Phase.HOLDING or self.works(client)

    @invariant
    def what_was_read_is_current(self, client: Client) -> bool:
        """While the resource has heard from nobody later, nobody else has written since the holder has read.

        So every write that is taken is made of what is there: no update is lost.
        """
        return implies(
            self.works(client) and self.fence is not None and self.own[client] == self.fence,
            self.version == self.read[client],
        )

    @step_invariant
    def writes_are_in_order(self, after: Self) -> bool:
        """After a write under one token, none under an earlier one is taken."""
        return self.version is None or (after.version is not None and self.version <= after.version)

    @invariant
    def one_holder_is_connected(self, a: Client, b: Client) -> bool:
        """Of those whose session lives, at most one believes that it has the lock."""
        return a == b or not (self.connected[a] and self.holds(a) and self.connected[b] and self.holds(b))

    @invariant
    def holder_has_the_least_node(self, client: Client, serial: Serial) -> bool:
        """Who believes that it has the lock, and whose session lives, has it."""
        return implies(
            self.connected[client] and self.holds(client) and self.own[client] == serial,
            self.owner[serial] == client and self.is_least(serial),
        )

    @invariant
    def nodes_end_with_their_session(self, client: Client, serial: Serial) -> bool:
        """No node outlives the session of its client: a client that died holds nothing up."""
        return implies(self.owner[serial] == client, self.connected[client])

    @invariant
    def whoever_waits_is_told(self, client: Client) -> bool:
        """Who waits watches a node that exists, or a notification is on its way: no wake-up is lost."""
        return implies(
            self.connected[client] and self.phase[client] is Phase.WAITING,
            self.told[client] or any(self.watch[client] == s and self.exists(s) for s in Serial),
        )

    @invariant
    def nobody_waits_for_itself(self, client: Client, serial: Serial) -> bool:
        return not (self.watch[client] == serial and self.owner[serial] == client)

    @invariant
    def one_is_told(self, a: Client, b: Client, serial: Serial) -> bool:
        """At most one client watches a node: the end of it wakes one, not a herd."""
        return a == b or not (self.watch[a] == serial and self.watch[b] == serial)

    @temporal
    def whoever_waits_gets_the_lock(self, client: Client) -> Formula:
        """Who has a node holds the lock in the end, unless its session expires."""
        return leads_to(
            self.phase[client] in (Phase.LOOKING, Phase.ASKING, Phase.WAITING) and self.connected[client],
            self.holds(client) or not self.connected[client],
        )

    @refines(LockService)
    def implements_a_lock_service(self) -> dict[str, object]:
        """Who has a node and waits, waits; who believes that it has the lock, and whose session lives, has it."""
        return {
            "waiting": {
                c for c in Client if self.connected[c] and self.phase[c] in (Phase.LOOKING, Phase.ASKING, Phase.WAITING)
            },
            "holders": {c for c in Client if self.connected[c] and self.holds(c)},
            "fence": self.fence,
            "version": self.version,
        }

    # Why

    @lemma
    def numbers_were_given(self, serial: Serial, client: Client) -> bool:
        """Whatever bears a number bears one that was given."""
        return serial in self.given or not (
            self.exists(serial)
            or self.own[client] == serial
            or self.watch[client] == serial
            or serial in (self.fence, self.version)
        )

    @lemma
    def a_number_is_given_once(self, a: Client, b: Client, serial: Serial) -> bool:
        return a == b or not (self.own[a] == serial and self.own[b] == serial)

    @lemma
    def own_is_nobody_elses(self, a: Client, b: Client, serial: Serial) -> bool:
        return a == b or not (self.own[a] == serial and self.owner[serial] == b)

    @lemma
    def told_once(self, client: Client) -> bool:
        """A watch is over when its notification is sent, and another is set only when that has arrived."""
        return implies(
            self.told[client],
            self.connected[client] and self.phase[client] is Phase.WAITING and self.watch[client] is None,
        )

    @lemma
    def own_is_known(self, client: Client) -> bool:
        """A client knows a node of its own from the reply on, until it forgets it."""
        return (self.own[client] is None) == (self.phase[client] is Phase.IDLE or self.phase[client] is Phase.UNSURE)

    @lemma
    def own_is_there(self, client: Client, serial: Serial) -> bool:
        """What a client takes for its own is its own, while its session lives."""
        return implies(self.connected[client] and self.own[client] == serial, self.owner[serial] == client)

    @lemma
    def no_other_is_there(self, client: Client, serial: Serial) -> bool:
        """A client has no node but the one that it knows, or that it does not know of yet."""
        return implies(self.owner[serial] == client, self.own[client] == serial or self.phase[client] is Phase.UNSURE)

    @lemma
    def one_node_a_client(self, client: Client, s: Serial, t: Serial) -> bool:
        return s == t or not (self.owner[s] == client and self.owner[t] == client)

    @lemma
    def fence_is_ahead(self, client: Client, serial: Serial) -> bool:
        """The resource has seen the token of each write, and of each who works."""
        return implies(
            self.version == serial or (self.works(client) and self.own[client] == serial),
            self.fence is not None and serial <= self.fence,
        )

    @lemma
    def watches_are_set_by_those_who_wait(self, client: Client, serial: Serial) -> bool:
        return implies(
            self.watch[client] == serial,
            self.connected[client] and self.phase[client] is Phase.WAITING and self.exists(serial),
        )

    @lemma
    def nothing_is_between(self, client: Client, serial: Serial, between: Serial, own: Serial) -> bool:
        """Between the node that a client watches, or is about to, and its own there is none: new ones come last."""
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
        """A client waits for another, is told, and has the lock."""
        return first < second and self.version == first and self.works(client) and self.own[client] == second

    @reachable
    def two_believe(self, a: Client, b: Client) -> bool:
        """Two clients believe that they have the lock at once: that is why the resource checks tokens."""
        return a != b and self.works(a) and self.holds(b)

    @terminal
    def out_of_serials(self) -> bool:
        """An instance has a bounded number of serial numbers."""
        return all(s in self.given for s in Serial)


class LockAsOnePersistentNode(Lock):
    """Broken: "a lock is a node that is created and deleted". It is not ephemeral: a holder that dies keeps it."""

    expected = Violates("nodes_end_with_their_session")

    @action
    def expire(self, client: Client) -> None:
        """ZooKeeper ends the client's session, without its knowledge; its nodes stay."""
        require(self.connected[client])
        self.connected[client] = False
        self.watch[client] = None
        self.told[client] = False


class LockReleasingWhateverIsThere(Lock):
    """Broken: a client that comes back after its session expired deletes the node that somebody else has made since."""

    expected = Violates("holder_has_the_least_node")

    @action
    def release(self, client: Client, serial: Serial) -> None:
        """It deletes the first node there is."""
        require(self.holds(client), self.exists(serial), self.is_least(serial))
        self.end(serial)
        self.own[client] = None
        self.read[client] = None
        self.phase[client] = Phase.IDLE


class LockWithoutFencing(Lock):
    """Broken: the resource takes what it is given. A holder was paused, its session expired, and it writes."""

    expected = Violates("writes_are_in_order")

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """The holder reads the resource, which asks nothing of its token."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        self.fence = token
        self.read[client] = self.version
        self.phase[client] = Phase.WORKING

    @action
    def write(self, client: Client, token: Serial) -> None:
        """The holder writes, and the resource takes it, whoever else it has heard from."""
        require(self.phase[client] is Phase.WORKING, self.own[client] == token)
        self.version = token
        self.read[client] = token


class LockCreatingAgain(Lock):
    """Broken: after a lost reply the client makes a second node, and waits for its own first one."""

    expected = Violates("nobody_waits_for_itself")

    @action
    def find_own(self, client: Client, serial: Serial) -> None:
        """It does not look for one."""
        require(self.phase[client] is Phase.UNSURE, self.connected[client], self.owner[serial] == client)
        self.phase[client] = Phase.IDLE


class LockWatchingAfterTheLook(Lock):
    """Broken: the watch is set without asking whether the node is still there; the wake-up was before it."""

    expected = Violates("whoever_waits_is_told")

    @action
    def set_watch(self, client: Client, predecessor: Serial) -> None:
        """The client asks to be told of the end of that node, which may be gone already."""
        require(self.phase[client] is Phase.ASKING, self.connected[client], self.before[client] == predecessor)
        self.watch[client] = predecessor
        self.phase[client] = Phase.WAITING


class LockRetryingAfterExpiry(Lock):
    """Broken: a client whose session expired takes the lock again, and goes on with the write that it had begun."""

    expected = Violates("what_was_read_is_current")
    smoke = {"Serial": 3}

    @action
    def notice(self, client: Client) -> None:
        """It remembers what it had read."""
        require(not self.connected[client])
        self.connected[client] = True
        self.own[client] = None
        self.phase[client] = Phase.IDLE

    @action
    def begin(self, client: Client, token: Serial) -> None:
        """It reads only if it has not read before."""
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.fence = token
        if self.read[client] is None:
            self.read[client] = self.version
        self.phase[client] = Phase.WORKING


class LockKeptAcrossSessions(Lock):
    """Broken: a client whose session has expired opens another one, and goes on as if it had the lock still."""

    expected = Violates("implements_a_lock_service")

    @action
    def notice(self, client: Client) -> None:
        """The client opens another session; a holder believes that it has the lock still."""
        require(not self.connected[client])
        self.connected[client] = True
        if not self.holds(client):
            self.own[client] = None
            self.read[client] = None
            self.phase[client] = Phase.IDLE
