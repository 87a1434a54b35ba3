"""Protocols of the literature that the search for lemmas was not built with: what it makes of them is in its table.

The first four are of the suite that mypyvy, IC3PO and DistAI are compared on; so is the last, in its relational form.
"""

from __future__ import annotations

from assay.checker.language import (
    Model,
    QuorumSystem,
    Relation,
    Set,
    Sort,
    action,
    axiom,
    invariant,
    record,
    require,
)

__all__ = ["ClientServer", "ConsensusEpr", "Firewall", "LearningSwitch", "SimpleDecentralizedLock"]


class Node(Sort):
    """A process."""


class Request(Sort):
    """What a client asks."""


class Response(Sort):
    """What a server answers."""


class Value(Sort):
    """What is decided."""


class Quorum(QuorumSystem[Node]):
    """Nodes whose votes are enough."""


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
class Pair:
    """From one node to another."""

    source: Node
    target: Node


@record
class Decision:
    """What a node has decided."""

    node: Node
    value: Value


@record
class Route:
    """A switch's port for packets to a node: the neighbour that they are sent to."""

    to: Node
    switch: Node
    by: Node


@record
class Pending:
    """A packet from one node to another, on a link between two switches."""

    source: Node
    target: Node
    sender: Node
    receiver: Node


class ClientServer(Model):
    """`client_server_ae`: a client receives a response only to what it asked."""

    default = {"Node": 2, "Request": 2, "Response": 2, "matches": "anything()"}

    matches: Relation[Request, Response]
    requests: Set[Asked]
    responses: Set[Answered]
    received: Set[Answered]

    @action
    def ask(self, client: Node, request: Request) -> None:
        self.requests.add(Asked(client, request))

    @action
    def respond(self, client: Node, request: Request, response: Response) -> None:
        require(Asked(client, request) in self.requests, self.matches(request, response))
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


class SimpleDecentralizedLock(Model):
    """`simple_decentralized_lock`: a lock that nodes hand to each other in messages."""

    default = {"Node": 3}

    started: bool = False
    messages: Set[Pair]
    holders: Set[Node]

    @action
    def begin(self, node: Node) -> None:
        require(not self.started)
        self.started = True
        self.holders.add(node)

    @action
    def send(self, source: Node, target: Node) -> None:
        require(source in self.holders)
        self.holders.discard(source)
        self.messages.add(Pair(source, target))

    @action
    def receive(self, source: Node, target: Node) -> None:
        require(Pair(source, target) in self.messages)
        self.messages.discard(Pair(source, target))
        self.holders.add(target)

    @invariant
    def mutual_exclusion(self, n: Node, m: Node) -> bool:
        return n == m or n not in self.holders or m not in self.holders


class Firewall(Model):
    """`firewall`: who is outside sends inside only to whom wrote from there before."""

    default = {"Node": 3, "internal": "anything()"}

    internal: Relation[Node]
    sent: Set[Pair]
    allowed: Set[Node]

    @axiom
    def somebody_is_on_each_side(self) -> bool:
        return any(self.internal(n) for n in Node) and any(not self.internal(n) for n in Node)

    @action
    def send_out(self, source: Node, target: Node) -> None:
        require(self.internal(source), not self.internal(target))
        self.sent.add(Pair(source, target))
        self.allowed.add(target)

    @action
    def send_in(self, source: Node, target: Node) -> None:
        require(not self.internal(source), self.internal(target), source in self.allowed)
        self.sent.add(Pair(source, target))

    @invariant
    def outsiders_were_written_to(self, source: Node, target: Node) -> bool:
        return (
            Pair(source, target) not in self.sent
            or self.internal(source)
            or any(self.internal(node) and Pair(node, source) in self.sent for node in Node)
        )


class ConsensusEpr(Model):
    """`consensus_epr`: a node that a quorum has voted for is the leader, and decides."""

    default = {"Node": 3, "Value": 2}

    asked: Set[Pair]
    sent: Set[Pair]
    voted: Set[Node]
    votes: Set[Pair]
    leaders: Set[Node]
    decisions: Set[Decision]

    @axiom
    def quorums_meet(self) -> bool:
        return all(any(n in r for n in q) for q in Quorum for r in Quorum)

    @action
    def ask(self, source: Node, target: Node) -> None:
        self.asked.add(Pair(source, target))

    @action
    def vote(self, voter: Node, candidate: Node) -> None:
        require(voter not in self.voted, Pair(candidate, voter) in self.asked)
        self.sent.add(Pair(voter, candidate))
        self.voted.add(voter)
        self.asked.discard(Pair(candidate, voter))

    @action
    def count(self, voter: Node, candidate: Node) -> None:
        require(Pair(voter, candidate) in self.sent)
        self.votes.add(Pair(candidate, voter))

    @action
    def lead(self, node: Node, quorum: Quorum) -> None:
        require(all(Pair(node, voter) in self.votes for voter in quorum))
        self.leaders.add(node)

    @action
    def decide(self, node: Node, value: Value) -> None:
        require(node in self.leaders, all(Decision(node, v) not in self.decisions for v in Value))
        self.decisions.add(Decision(node, value))

    @invariant
    def agreement(self, n: Node, m: Node, v: Value, w: Value) -> bool:
        return v == w or Decision(n, v) not in self.decisions or Decision(m, w) not in self.decisions


class LearningSwitch(Model):
    """`learning_switch`: a switch knows where to send what is for a node only if it has heard of that node.

    Of a node that no switch has a route to itself for, none else is known: routes are learned from packets.
    """

    default = {"Node": 2}

    link: Relation[Node, Node]
    pending: Set[Pending]
    routes: Set[Route]
    known: Set[Pair]

    @axiom
    def links_are_mutual(self, n: Node, m: Node) -> bool:
        return not self.link(n, m) or self.link(m, n)

    @axiom
    def no_link_to_oneself(self, n: Node) -> bool:
        return not self.link(n, n)

    @action
    def new_packet(self, source: Node, target: Node) -> None:
        self.pending.add(Pending(source, target, source, source))

    @action
    def forward(self, source: Node, target: Node, sender: Node, switch: Node, to: Node) -> None:
        require(Pending(source, target, sender, switch) in self.pending)
        require(source == switch or Pair(source, switch) in self.known or self.link(sender, switch))
        require(self.link(switch, to), to != sender)
        require(Pair(target, switch) not in self.known or Route(target, switch, to) in self.routes)
        if source != switch and Pair(source, switch) not in self.known:
            self.known.add(Pair(source, switch))
            self.routes.add(Route(source, switch, sender))
        self.pending.discard(Pending(source, target, sender, switch))
        self.pending.add(Pending(source, target, switch, to))

    @invariant
    def routes_are_by_links(self, to: Node, switch: Node, by: Node) -> bool:
        return Route(to, switch, by) not in self.routes or self.link(by, switch)

    @invariant
    def one_route(self, to: Node, switch: Node, n: Node, m: Node) -> bool:
        return n == m or Route(to, switch, n) not in self.routes or Route(to, switch, m) not in self.routes
