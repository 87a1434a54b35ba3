"""Protocols of the literature that were chosen when the search was finished, before it was tried on any of them.

All are of the suites that IC3PO, DistAI and mypyvy are compared on; *simple_regular* is Lamport's, with a ring that
may be any function.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Function,
    Map,
    Model,
    QuorumSystem,
    Relation,
    Set,
    Sort,
    action,
    axiom,
    everywhere,
    initial,
    invariant,
    record,
    require,
)

__all__ = [
    "ClientServerDatabase",
    "MultiLockServer",
    "MultisigAll",
    "NaiveConsensus",
    "ShardedStoreWithoutLoss",
    "SimpleRegular",
]


class Node(Sort):
    """A process."""


class Lock(Sort):
    """What one process at a time may hold."""


class Value(Sort):
    """What is voted for, stored or paid."""


class Key(Sort):
    """Where a value is stored."""


class Request(Sort):
    """What a client asks."""


class Response(Sort):
    """What a server answers."""


class Inquiry(Sort):
    """The number of a request to the database."""


class Destination(Sort):
    """Who is paid."""


class Deadline(Sort):
    """Until when signatures are collected."""


class Signature(Sort):
    """Whose consent is needed."""


class Quorum(QuorumSystem[Node]):
    """Nodes whose votes are enough."""


@record
class Claim:
    """A message about a lock, to or from a process; or that the process has it."""

    node: Node
    lock: Lock


class MultiLockServer(Model):
    """`multi_lock_server`: a server hands out locks in messages, each to one process at a time."""

    default = {"Node": 2, "Lock": 2}

    asked: Set[Claim]
    granted: Set[Claim]
    returned: Set[Claim]
    held: Set[Claim]
    free: Map[Lock, bool] = everywhere(True)

    @action
    def ask(self, node: Node, lock: Lock) -> None:
        self.asked.add(Claim(node, lock))

    @action
    def grant(self, node: Node, lock: Lock) -> None:
        require(Claim(node, lock) in self.asked, self.free[lock])
        self.free[lock] = False
        self.asked.discard(Claim(node, lock))
        self.granted.add(Claim(node, lock))

    @action
    def take(self, node: Node, lock: Lock) -> None:
        require(Claim(node, lock) in self.granted)
        self.granted.discard(Claim(node, lock))
        self.held.add(Claim(node, lock))

    @action
    def give_back(self, node: Node, lock: Lock) -> None:
        require(Claim(node, lock) in self.held)
        self.held.discard(Claim(node, lock))
        self.returned.add(Claim(node, lock))

    @action
    def receive(self, node: Node, lock: Lock) -> None:
        require(Claim(node, lock) in self.returned)
        self.returned.discard(Claim(node, lock))
        self.free[lock] = True

    @invariant
    def mutual_exclusion(self, n: Node, m: Node, lock: Lock) -> bool:
        return n == m or Claim(n, lock) not in self.held or Claim(m, lock) not in self.held


@record
class Vote:
    """A vote of a node for a value."""

    node: Node
    value: Value


class NaiveConsensus(Model):
    """`naive_consensus`: each node votes once; what a quorum has voted for is decided by it, and learned."""

    default = {"Node": 3, "Value": 2}

    votes: Set[Vote]
    decided: Map[Quorum, Set[Value]]
    learned: Set[Value]

    @axiom
    def quorums_meet(self) -> bool:
        return all(any(n in r for n in q) for q in Quorum for r in Quorum)

    @action
    def vote(self, node: Node, value: Value) -> None:
        require(all(Vote(node, v) not in self.votes for v in Value))
        self.votes.add(Vote(node, value))

    @action
    def collect(self, quorum: Quorum, value: Value) -> None:
        require(all(Vote(node, value) in self.votes for node in quorum))
        self.decided[quorum].add(value)

    @action
    def learn(self, quorum: Quorum, value: Value) -> None:
        require(value in self.decided[quorum])
        self.learned.add(value)

    @invariant
    def agreement(self, v: Value, w: Value) -> bool:
        return v == w or v not in self.learned or w not in self.learned


@record
class Asked:
    """A request of a client."""

    client: Node
    request: Request


@record
class Answered:
    """A response to a client."""

    client: Node
    response: Response


@record
class Inquired:
    """A request that the server has passed on to the database."""

    inquiry: Inquiry
    request: Request


@record
class Found:
    """What the database has answered."""

    inquiry: Inquiry
    response: Response


@record
class Origin:
    """For whom the server has asked the database."""

    inquiry: Inquiry
    client: Node


class ClientServerDatabase(Model):
    """`client_server_db_ae`: a client receives a response only to what it asked, also if the server asks a database."""

    default = {"Node": 2, "Request": 2, "Response": 1, "Inquiry": 2, "matches": "anything()"}

    matches: Relation[Request, Response]
    requests: Set[Asked]
    responses: Set[Answered]
    received: Set[Answered]
    inquiries: Set[Inquired]
    found: Set[Found]
    origins: Set[Origin]

    @action
    def ask(self, client: Node, request: Request) -> None:
        self.requests.add(Asked(client, request))

    @action
    def inquire(self, client: Node, request: Request, inquiry: Inquiry) -> None:
        require(Asked(client, request) in self.requests)
        require(all(Origin(inquiry, n) not in self.origins for n in Node))
        self.origins.add(Origin(inquiry, client))
        self.inquiries.add(Inquired(inquiry, request))

    @action
    def look_up(self, inquiry: Inquiry, request: Request, response: Response) -> None:
        require(Inquired(inquiry, request) in self.inquiries, self.matches(request, response))
        self.found.add(Found(inquiry, response))

    @action
    def respond(self, client: Node, inquiry: Inquiry, response: Response) -> None:
        require(Found(inquiry, response) in self.found, Origin(inquiry, client) in self.origins)
        self.responses.add(Answered(client, response))

    @action
    def receive(self, client: Node, response: Response) -> None:
        require(Answered(client, response) in self.responses)
        self.received.add(Answered(client, response))

    @invariant
    def only_what_was_asked(self, client: Node, response: Response) -> bool:
        return Answered(client, response) not in self.received or any(
            Asked(client, request) in self.requests and self.matches(request, response) for request in Request
        )


@record
class Entry:
    """A value at a key, of a node's table or in a message to it."""

    node: Node
    key: Key
    value: Value


@record
class Owned:
    """Who is responsible for a key."""

    node: Node
    key: Key


class ShardedStoreWithoutLoss(Model):
    """`sharded_kv_no_lost_keys`: every key has an owner, unless a message is on its way."""

    default = {"Node": 2, "Key": 2, "Value": 1}

    table: Set[Entry]
    owners: Set[Owned]
    transfers: Set[Entry]

    @initial
    def shards(self, owners: Set[Owned]) -> None:
        require(all(any(Owned(n, k) in owners for n in Node) for k in Key))
        require(
            all(
                n == m or Owned(n, k) not in owners or Owned(m, k) not in owners
                for n in Node
                for m in Node
                for k in Key
            )
        )
        self.owners = owners

    @action
    def reshard(self, key: Key, value: Value, old: Node, new: Node) -> None:
        require(Entry(old, key, value) in self.table)
        self.table.discard(Entry(old, key, value))
        self.owners.discard(Owned(old, key))
        self.transfers.add(Entry(new, key, value))

    @action
    def receive(self, node: Node, key: Key, value: Value) -> None:
        require(Entry(node, key, value) in self.transfers)
        self.transfers.discard(Entry(node, key, value))
        self.table.add(Entry(node, key, value))
        self.owners.add(Owned(node, key))

    @action
    def put(self, node: Node, key: Key, value: Value) -> None:
        require(Owned(node, key) in self.owners)
        for v in Value:
            self.table.discard(Entry(node, key, v))
        self.table.add(Entry(node, key, value))

    @invariant
    def no_lost_keys(self, key: Key) -> bool:
        return any(Entry(n, k, v) in self.transfers for n in Node for k in Key for v in Value) or any(
            Owned(n, key) in self.owners for n in Node
        )


@record
class Payment:
    """What is to be paid to whom, and until when it must be signed."""

    destination: Destination
    value: Value
    deadline: Deadline


@record
class Signed:
    """A signature for a payment."""

    payment: Payment
    signature: Signature


class MultisigAll(Model):
    """`multisig-all_simple`: a contract pays when all have signed in time, and cancels after the deadline."""

    default = {"Destination": 1, "Value": 1, "Deadline": 2, "Signature": 2, "authorized": "anything()"}

    authorized: Relation[Signature]
    holding: bool = True
    collecting: Set[Payment]
    signed: Set[Signed]
    proposed: Set[Payment]
    paid: Set[Payment]
    cancelled: Set[Payment]
    expired: Set[Deadline]

    @action
    def propose(self, payment: Payment) -> None:
        require(self.holding, payment not in self.collecting, payment not in self.paid)
        self.holding = False
        self.collecting.add(payment)
        self.proposed.add(payment)
        for s in Signature:
            self.signed.discard(Signed(payment, s))

    @action
    def sign(self, payment: Payment, signature: Signature) -> None:
        require(payment in self.collecting, payment.deadline not in self.expired, self.authorized(signature))
        self.signed.add(Signed(payment, signature))

    @action
    def pay(self, payment: Payment) -> None:
        require(payment in self.collecting, payment.deadline not in self.expired)
        require(all(Signed(payment, s) in self.signed for s in Signature))
        self.paid.add(payment)
        self.collecting.discard(payment)
        self.holding = True

    @action
    def cancel(self, payment: Payment) -> None:
        require(payment in self.collecting, payment.deadline in self.expired)
        self.cancelled.add(payment)
        self.collecting.discard(payment)
        self.holding = True

    @action
    def expire(self, deadline: Deadline) -> None:
        self.expired.add(deadline)

    @invariant
    def cancelled_after_the_deadline(self, payment: Payment) -> bool:
        return payment not in self.cancelled or payment.deadline in self.expired

    @invariant
    def all_have_signed(self, payment: Payment, signature: Signature) -> bool:
        return payment not in self.paid or (Signed(payment, signature) in self.signed and self.authorized(signature))

    @invariant
    def paid_was_proposed(self, payment: Payment) -> bool:
        return payment not in self.paid or payment in self.proposed


class Bit(Enum):
    """What a process writes."""

    ZERO = 0
    ONE = 1


class Place(Enum):
    """What a process does next."""

    WRITE, WRITTEN, READ, DONE = range(4)


class SimpleRegular(Model):
    """`SimpleRegular`: each process writes one, then reads its neighbour's register, which is only regular.

    Lamport, *Teaching Concurrency*, SIGACT News 40(1), 2009: when all have ended, one of them has read a one.
    """

    default = {"Node": 3, "neighbour": "anything()"}
    check_deadlock = False

    neighbour: Function[Node, Node]
    register: Map[Node, Set[Bit]] = everywhere({Bit.ZERO})
    read: Map[Node, Bit] = everywhere(Bit.ZERO)
    at: Map[Node, Place] = everywhere(Place.WRITE)

    @action
    def begin_to_write(self, node: Node) -> None:
        require(self.at[node] == Place.WRITE)
        self.register[node] = {Bit.ZERO, Bit.ONE}
        self.at[node] = Place.WRITTEN

    @action
    def end_to_write(self, node: Node) -> None:
        require(self.at[node] == Place.WRITTEN)
        self.register[node] = {Bit.ONE}
        self.at[node] = Place.READ

    @action
    def look(self, node: Node, bit: Bit) -> None:
        require(self.at[node] == Place.READ, bit in self.register[self.neighbour[node]])
        self.read[node] = bit
        self.at[node] = Place.DONE

    @invariant
    def one_is_read(self) -> bool:
        return any(self.at[n] != Place.DONE for n in Node) or any(self.read[n] == Bit.ONE for n in Node)
