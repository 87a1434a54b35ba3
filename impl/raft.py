"""Raft: servers elect a leader, which appends the requests of clients to a replicated log.

Elections, replication and commitment follow figure 2 of the paper. A leader begins its term with an entry of its own,
which commits the entries of earlier leaders with it (section 8). Membership changes and snapshots are left out.

Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    ClusterError,
    Durable,
    Envelope,
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

__all__ = ["Client", "Entry", "Role", "Server", "cluster", "deployment"]

Term = int
Index = int
"""A position in the log; the first entry is at 1."""
Value = str

NOTHING: Value = "nothing"
"""The value of the entry that a leader begins its term with."""


class Role(Enum):
    """The role of a server in its term."""

    FOLLOWER, CANDIDATE, LEADER = range(3)


@dataclass(frozen=True)
class Entry:
    """A client's value, with the term of the leader that appended it."""

    term: Term
    value: Value


@message
class RequestVote:
    """Vote for me: this is the index and the term of my last entry."""

    term: Term
    last_index: Index
    last_term: Term


@message
class Vote:
    """You have my vote."""

    term: Term


@message
class Append:
    """Append these entries after the previous one; the log is committed up to ``commit``."""

    term: Term
    previous_index: Index
    previous_term: Term
    entries: tuple[Entry, ...]
    commit: Index


@message
class Appended:
    """My log agrees with yours up to this index."""

    term: Term
    index: Index


@message
class Rejected:
    """I lack the previous entry; this is the length of my log."""

    term: Term
    length: Index


@message
class Request:
    """From a client: append this value."""

    value: Value


@message
class Done:
    """To a client: the value is committed."""

    value: Value


class Server(Node):
    """A server, with the names of figure 2."""

    peers: tuple[Address, ...]
    """The other servers."""
    patience: float = 0.3
    """Seconds without a leader after which a server begins an election; a different value for each server."""
    rhythm: float = 0.08
    """Seconds between two heartbeats."""
    capacity: int = 1_000_000
    """The maximum length of the log, which keeps the explored worlds finite."""

    term: Durable[Term] = 0
    voted_for: Durable[Address | None] = None
    log: Durable[list[Entry]]
    led: Durable[tuple[Index, Term]] = (0, 0)
    """The last index it committed as a leader, and the term. Only `abstract` reads it; the protocol does not."""
    role: Role = Role.FOLLOWER
    commit: Index = 0
    votes: set[Address]
    next_index: dict[Address, Index]
    match_index: dict[Address, Index]
    clients: dict[Value, Address]

    def on_start(self) -> None:
        self.set_timer("election", self.patience)

    def last_term(self) -> Term:
        return self.log[-1].term if self.log else 0

    def is_majority(self, count: int) -> bool:
        return 2 * count > len(self.peers) + 1

    # Elections

    @on_timeout("election")
    def election(self) -> None:
        self.set_timer("election", self.patience)
        self.term += 1
        self.role = Role.CANDIDATE
        self.voted_for = self.address
        self.votes = {self.address}
        self.send(self.peers, RequestVote(self.term, len(self.log), self.last_term()))
        self.lead_if_elected()

    def hears_of(self, term: Term) -> None:
        """Adopt a later term."""
        if term > self.term:
            self.term = term
            self.voted_for = None
            self.follow()

    def follow(self) -> None:
        if self.role is Role.LEADER:
            self.cancel_timer("heartbeat")
        self.role = Role.FOLLOWER
        self.votes = set()
        self.next_index = {}
        self.match_index = {}
        self.set_timer("election", self.patience)

    @on(RequestVote)
    def request_vote(self, candidate: Address, message: RequestVote) -> None:
        self.hears_of(message.term)
        if message.term == self.term and self.voted_for in (None, candidate) and self.is_up_to_date(message):
            self.voted_for = candidate
            self.set_timer("election", self.patience)
            self.send(candidate, Vote(self.term))

    def is_up_to_date(self, message: RequestVote) -> bool:
        """Return whether a candidate's log is at least as up to date as this server's (section 5.4.1)."""
        return (message.last_term, message.last_index) >= (self.last_term(), len(self.log))

    @on(Vote)
    def vote(self, voter: Address, message: Vote) -> None:
        self.hears_of(message.term)
        if message.term == self.term and self.role is Role.CANDIDATE:
            self.votes.add(voter)
            self.lead_if_elected()

    def lead_if_elected(self) -> None:
        if not self.is_majority(len(self.votes)):
            return
        self.role = Role.LEADER
        self.votes = set()
        self.next_index = {peer: len(self.log) + 1 for peer in self.peers}
        self.match_index = dict.fromkeys(self.peers, 0)
        self.cancel_timer("election")
        self.take_in(NOTHING)

    # Replication

    def take_in(self, value: Value) -> None:
        """Append an entry to the leader's log, and send it with the next heartbeat, which is due at once."""
        if len(self.log) < self.capacity:
            self.log.append(Entry(self.term, value))
        self.set_timer("heartbeat", 0.0)

    @on(Request)
    def request(self, client: Address, message: Request) -> None:
        if self.role is not Role.LEADER:
            return
        at = [index for index, entry in enumerate(self.log, start=1) if entry.value == message.value]
        if at and at[0] <= self.commit:
            self.send(client, Done(message.value))
            return
        self.clients[message.value] = client
        if not at:
            self.take_in(message.value)

    @on_timeout("heartbeat")
    def heartbeat(self) -> None:
        """Send each follower the entries it may lack; at least the last one, as a heartbeat."""
        self.set_timer("heartbeat", self.rhythm)
        for peer in self.peers:
            self.send_from(peer, min(self.next_index[peer], len(self.log)) - 1)

    def send_from(self, peer: Address, index: Index) -> None:
        previous_term = self.log[index - 1].term if index > 0 else 0
        self.send(peer, Append(self.term, index, previous_term, tuple(self.log[index:]), self.commit))

    @on(Append)
    def append(self, leader: Address, message: Append) -> None:
        self.hears_of(message.term)
        if message.term < self.term:
            self.send(leader, Rejected(self.term, len(self.log)))
            return
        self.set_timer("election", self.patience)
        if not self.matches(message):
            self.send(leader, Rejected(self.term, len(self.log)))
            return
        if self.role is Role.CANDIDATE:
            self.follow()
        end = message.previous_index + len(message.entries)
        self.put(message)
        self.commit_up_to(max(self.commit, min(message.commit, end)))
        self.send(leader, Appended(self.term, end))

    def matches(self, message: Append) -> bool:
        """Return whether the log has the entry that a message's entries follow."""
        at = message.previous_index
        return at == 0 or (at <= len(self.log) and self.log[at - 1].term == message.previous_term)

    def put(self, message: Append) -> None:
        """Write a message's entries into the log.

        If the log has all of them, nothing changes: the message may be late, and the entries after them acknowledged.
        """
        begin, end = message.previous_index, message.previous_index + len(message.entries)
        if self.log[begin:end] != list(message.entries):
            self.log = self.log[:begin] + list(message.entries)

    @on(Rejected)
    def rejected(self, follower: Address, message: Rejected) -> None:
        self.hears_of(message.term)
        if message.term == self.term and self.role is Role.LEADER:
            self.next_index[follower] = max(1, min(self.next_index[follower] - 1, message.length + 1))

    # Commitment

    @on(Appended)
    def appended(self, follower: Address, message: Appended) -> None:
        self.hears_of(message.term)
        if message.term != self.term or self.role is not Role.LEADER:
            return
        self.match_index[follower] = max(self.match_index[follower], message.index)
        self.next_index[follower] = max(self.next_index[follower], self.match_index[follower] + 1)
        for index in range(len(self.log), self.commit, -1):
            if self.may_commit(index):
                self.led = (index, self.term)
                self.commit_up_to(index)
                return

    def may_commit(self, index: Index) -> bool:
        """Return whether an entry is of the leader's own term, and on a majority of servers (figure 8)."""
        having = 1 + sum(match >= index for match in self.match_index.values())
        return self.log[index - 1].term == self.term and self.is_majority(having)

    def commit_up_to(self, index: Index) -> None:
        for entry in self.log[self.commit : index]:
            client = self.clients.pop(entry.value, None)
            if client is not None and self.role is Role.LEADER:
                self.send(client, Done(entry.value))
        self.commit = index


class Client(Node):
    """Has its values appended one at a time, and repeats a request to all servers until it is done."""

    servers: tuple[Address, ...]
    values: tuple[Value, ...]
    patience: float = 0.4
    done: int = 0

    def on_start(self) -> None:
        self.ask()

    def ask(self) -> None:
        if self.done < len(self.values):
            self.invoke(("append", self.values[self.done]))
            self.again()

    @on_timeout("again")
    def again(self) -> None:
        self.send(self.servers, Request(self.values[self.done]))
        self.set_timer("again", self.patience)

    @on(Done)
    def is_done(self, server: Address, message: Done) -> None:
        if self.done < len(self.values) and message.value == self.values[self.done]:
            self.done += 1
            self.cancel_timer("again")
            self.respond(message.value)
            self.ask()


# What it is checked against


EXPLORED = {"servers": 3}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(servers: int = 3, terms: int = 2, entries: int = 1, requests: int = 0, crashes: int = 0) -> Cluster:
    """Return servers, and a client if there are requests.

    Parameters
    ----------
    servers : int
        The number of servers, at least two.
    terms : int
        The number of terms, including the first one, which has no leader.
    entries : int
        The maximum length of a log, including the entry that each leader begins its term with.
    requests : int
        The number of values that the client has appended.
    crashes : int
        The number of crashes of servers.

    Raises
    ------
    ClusterError
        If there are fewer than two servers. One alone sends nothing, and `abstract` reads a candidate's vote for itself
        off what it sends.
    """
    if servers < 2:
        raise ClusterError(f"servers={servers}: Raft replicates between servers", help="give at least two")
    addresses = tuple(f"s{number}" for number in range(1, servers + 1))
    values = tuple(f"x{number}" for number in range(1, requests + 1))
    nodes: dict[Address, Node] = {}
    for number, address in enumerate(addresses):
        peers = tuple(peer for peer in addresses if peer != address)
        nodes[address] = Server(peers=peers, capacity=entries, patience=0.3 + 0.15 * number)
    if requests:
        nodes["client"] = Client(servers=addresses, values=values)
    return Cluster(
        nodes,
        network=Network("set"),
        faults=Faults(crashes=crashes, crashing=frozenset(addresses), timeouts={"election": terms - 1}),
        invariants=(election_safety, log_matching, state_machine_safety),
        reachable=(something_is_committed,),
        refines="raft:RaftWithRestarts",
        instance={"Server": servers, "Term": terms, "Value": 1 + requests, "entries": entries},
        elements={"Server": addresses, "Term": range(terms), "Value": (NOTHING, *values)},
        abstract=abstract,
        # A heartbeat sends each follower what it lacks, in the model one step each; a vote in a later term is two.
        steps=max(2, servers - 1),
    )


def deployment(nodes: int = 3, requests: int = 8) -> Cluster:
    """Return servers and a client, with enough terms and entries to outlast faults."""
    terms = 40
    made = cluster(servers=nodes, terms=terms, entries=terms + requests, requests=requests)
    return replace(made, constraint=lambda world: max(node.term for node in world.of(Server).values()) < terms)


def election_safety(world: World) -> bool:
    """At most one server leads in a term."""
    terms = [node.term for node in world.of(Server).values() if node.role is Role.LEADER]
    return len(terms) == len(set(terms))


def log_matching(world: World) -> bool:
    """If two logs have an entry of the same term at the same index, they agree up to that index."""
    logs = [node.log for node in world.of(Server).values()]
    return all(
        x.term != y.term or a[: index + 1] == b[: index + 1]
        for a in logs
        for b in logs
        for index, (x, y) in enumerate(zip(a, b, strict=False))
    )


def state_machine_safety(world: World) -> bool:
    """No two servers apply different entries at the same index."""
    applied = [node.log[: node.commit] for node in world.of(Server).values()]
    return all(x == y for a in applied for b in applied for x, y in zip(a, b, strict=False))


def something_is_committed(world: World) -> bool:
    return any(node.commit > 0 for node in world.of(Server).values())


def abstract(world: World) -> dict[str, Any]:
    """Return the model's state that the servers stand for; a candidate's vote for itself is a message there."""
    servers = world.of(Server)
    index, term, best = max((node.led[0], -node.led[1], address) for address, node in servers.items())
    return {
        "term": {address: node.term for address, node in servers.items()},
        "voted": {address: node.voted_for for address, node in servers.items()},
        "log": {address: node.log for address, node in servers.items()},
        "role": {address: node.role for address, node in servers.items()},
        "commit": {address: node.commit for address, node in servers.items()},
        "messages": {sent for envelope in world.sent for sent in _messages(envelope)},
        "chosen": servers[best].log[:index],
        "chosen_in": -term if index else 0,
    }


def _messages(envelope: Envelope[Any]) -> tuple[Record, ...]:
    source = envelope.source
    match envelope.message:
        case RequestVote(term, last_index, last_term):
            asked = record("RequestVote", term=term, candidate=source, last_index=last_index, last_term=last_term)
            return (asked, record("Vote", term=term, voter=source, candidate=source))
        case Vote(term):
            return (record("Vote", term=term, voter=source, candidate=envelope.destination),)
        case Append(term, index, before, entries, commit):
            sent = {"previous_index": index, "previous_term": before, "entries": entries, "commit": commit}
            return (record("Append", term=term, leader=source, **sent),)
        case Appended(term, index):
            return (record("Appended", term=term, follower=source, index=index),)
    return ()


# Mutants, modelled on mistakes that were made


class VoteInMemory(Server):
    """Broken: the vote is not on disk. After a restart the server votes again in the same term."""

    expected = Caught("election_safety", "refinement", terms=3, crashes=1)
    voted_for: Address | None = None


class LogInMemory(Server):
    """Broken: the log is not on disk. After a restart the server lacks entries it has acknowledged."""

    expected = Caught("refinement", servers=2, crashes=1)
    log: list[Entry]


class VotingForAnyLog(Server):
    """Broken: the voter ignores the candidate's log, which may lack committed entries."""

    expected = Caught("refinement", servers=2, terms=3, entries=1)

    def is_up_to_date(self, message: RequestVote) -> bool:
        return True


class CountingVotesTwice(Server):
    """Broken: the candidate counts votes rather than voters. A vote delivered twice makes a majority."""

    expected = Caught("refinement", servers=4)
    counted: int = 1

    @on(Vote)
    def vote(self, voter: Address, message: Vote) -> None:
        self.hears_of(message.term)
        if message.term == self.term and self.role is Role.CANDIDATE:
            self.counted += 1
            self.lead_if_elected()

    def is_majority(self, count: int) -> bool:
        return super().is_majority(self.counted if self.role is Role.CANDIDATE else count)


class TakingVotesOfAnyTerm(Server):
    """Broken: the candidate ignores which term a vote is for. A late one counts in the next term."""

    expected = Caught("refinement", servers=2, terms=3)

    @on(Vote)
    def vote(self, voter: Address, message: Vote) -> None:
        if self.role is Role.CANDIDATE:
            self.votes.add(voter)
            self.lead_if_elected()


class VotingTwice(Server):
    """Broken: the voter votes for every candidate of its term."""

    expected = Caught("election_safety", "refinement", terms=3)

    @on(RequestVote)
    def request_vote(self, candidate: Address, message: RequestVote) -> None:
        self.hears_of(message.term)
        if message.term == self.term and self.is_up_to_date(message):
            self.voted_for = candidate
            self.send(candidate, Vote(self.term))


class CommittingByCounting(Server):
    """Broken: the leader commits an entry of an earlier term once a majority has it (figure 8)."""

    expected = Caught("refinement", servers=2, terms=3, entries=1)

    def may_commit(self, index: Index) -> bool:
        having = 1 + sum(match >= index for match in self.match_index.values())
        return self.is_majority(having)


class CuttingOff(Server):
    """Broken: the follower truncates its log after the entries of a message; a late one removes acknowledged ones."""

    expected = Caught("refinement", servers=2, entries=2, requests=1)

    def put(self, message: Append) -> None:
        self.log = self.log[: message.previous_index] + list(message.entries)


class CommittingWhatItDoesNotHave(Server):
    """Broken: the leader takes an acknowledgement of any entry for one of its whole log."""

    expected = Caught("refinement", servers=2, entries=2, requests=1)

    @on(Appended)
    def appended(self, follower: Address, message: Appended) -> None:
        super().appended(follower, Appended(message.term, len(self.log)))
