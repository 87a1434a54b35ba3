"""Ricart and Agrawala's algorithm: mutual exclusion by asking all others, with the earlier request first.

What is modelled
    A node that wants to enter its critical section asks all others, with a time later than any it has seen, and
    enters when all have replied. A node that is inside, or has an earlier request of its own, defers its reply: here
    it leaves the request in the network until it can reply. Equal times are ordered by the nodes.
Faults
    Messages are delayed and reordered, not repeated. A node that stops inside stops all others.
Source
    Ricart and Agrawala, *An optimal algorithm for mutual exclusion in computer networks* (1981). Lamport's clocks
    are modelled; the mypyvy suite leaves them out.
"""

from __future__ import annotations

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Violates,
    action,
    everywhere,
    first,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
    terminal,
)

__all__ = [
    "Node",
    "Reply",
    "Request",
    "RicartAgrawala",
    "RicartAgrawalaIgnoringTies",
    "RicartAgrawalaWithStoppedClocks",
    "Time",
]


class Node(Order):
    """A process. The order of the nodes decides between requests of the same time."""


class Time(Order):
    """A time of a logical clock."""


@record
class Request:
    """A node asks another for permission to enter."""

    source: Node
    target: Node
    time: Time


@record
class Reply:
    """A node gives another permission to enter."""

    source: Node
    target: Node


class RicartAgrawala(Model):
    """One node at a time is inside, in the order of requests."""

    default = {"Node": 2, "Time": 3}
    smoke = {"Time": 2}
    deep = {"Node": 3, "Time": 2}

    clock: Map[Node, Time]
    asked: Map[Node, Time | None] = everywhere(None)
    inside: Set[Node]
    requests: Set[Request]
    replies: Set[Reply]

    @initial
    def start(self) -> None:
        self.clock = {n: first(Time) for n in Node}

    def defers(self, node: Node, request: Request) -> bool:
        """Whether the node has an earlier request of its own, and so does not answer this one yet."""
        own = self.asked[node]
        return own is not None and (own < request.time or (own == request.time and node < request.source))

    @action
    def ask(self, node: Node, time: Time) -> None:
        """A node asks all others for permission, with a later time than any it has seen."""
        require(self.asked[node] is None, self.clock[node] < time)
        self.clock[node] = time
        self.asked[node] = time
        self.requests |= {Request(node, n, time) for n in Node if n != node}

    @action
    def answer(self, request: Request) -> None:
        """A node replies to a request, unless it defers it; its clock learns the request's time."""
        require(request in self.requests, not self.defers(request.target, request))
        self.requests.discard(request)
        self.replies.add(Reply(request.target, request.source))
        self.clock[request.target] = max(self.clock[request.target], request.time)

    @action
    def enter(self, node: Node) -> None:
        """A node that has all replies enters."""
        require(self.asked[node] is not None, node not in self.inside)
        require(all(n == node or Reply(n, node) in self.replies for n in Node))
        self.inside.add(node)

    @action
    def leave(self, node: Node) -> None:
        """A node leaves its critical section."""
        require(node in self.inside)
        self.inside.discard(node)
        self.asked[node] = None
        self.replies -= {Reply(n, node) for n in Node}

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one node is inside."""
        return all(n == m for n in self.inside for m in self.inside)

    @lemma
    def who_is_inside_was_let_in(self) -> bool:
        """A node that is inside has asked, and has all replies."""
        return all(
            self.asked[n] is not None and all(m == n or Reply(m, n) in self.replies for m in Node) for n in self.inside
        )

    @lemma
    def who_has_replied_comes_later(self) -> bool:
        """A node that has replied to a request makes only later ones."""
        return all(self.is_before(r.target, r.source) for r in self.replies)

    def is_before(self, node: Node, other: Node) -> bool:
        """Whether the node has a request, and the other one has none before it and will make none."""
        mine = self.asked[node]
        theirs = self.asked[other]
        return (
            mine is not None
            and mine <= self.clock[other]
            and (theirs is None or mine < theirs or (mine == theirs and node < other))
        )

    @lemma
    def request_tells_the_time(self) -> bool:
        """A request in the network carries the time of its sender's request, and goes to another node."""
        return all(self.asked[r.source] == r.time and r.source != r.target for r in self.requests)

    @lemma
    def request_or_reply(self) -> bool:
        """A request that was answered is not in the network."""
        return all(Reply(r.target, r.source) not in self.replies for r in self.requests)

    @lemma
    def clock_is_not_behind(self, node: Node) -> bool:
        """A node's clock is not behind its own request."""
        asked = self.asked[node]
        return asked is None or asked <= self.clock[node]

    @reachable
    def one_inside_and_others_ask(self, node: Node) -> bool:
        """One node is inside, and all others have asked."""
        return node in self.inside and all(self.asked[n] is not None for n in Node)

    @reachable
    def two_ask_at_the_same_time(self, node: Node, other: Node) -> bool:
        return node != other and self.asked[node] is not None and self.asked[node] == self.asked[other]

    @terminal
    def out_of_time(self) -> bool:
        """An instance ends when its clocks have run out."""
        return any(all(t <= self.clock[n] for t in Time) for n in Node) and all(self.asked[n] is None for n in Node)


class RicartAgrawalaIgnoringTies(RicartAgrawala):
    """Broken: only times are compared, so two nodes that ask at the same time let each other in."""

    expected = Violates("mutual_exclusion")
    default = {"Node": 2, "Time": 2}
    smoke = {}
    deep = {"Time": 3}

    def defers(self, node: Node, request: Request) -> bool:
        own = self.asked[node]
        return own is not None and own < request.time


class RicartAgrawalaWithStoppedClocks(RicartAgrawala):
    """Broken: clocks do not learn from requests, so a node's next request may be earlier than one it has answered."""

    expected = Violates("mutual_exclusion")
    smoke = {}
    deep = {}

    @action
    def answer(self, request: Request) -> None:
        """A node replies to a request, unless it defers it; its clock does not learn the request's time."""
        require(request in self.requests, not self.defers(request.target, request))
        self.requests.discard(request)
        self.replies.add(Reply(request.target, request.source))
