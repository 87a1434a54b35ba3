"""Ricart and Agrawala's algorithm: mutual exclusion by asking everybody, the earlier request first.

What is modelled
    A node that wants to enter asks all others, with a time later than any that it has seen, and enters when
    all have replied. Who is inside, or has asked earlier itself, defers its reply: here, it leaves the request
    in the network until it is ready to answer. Ties of time are broken by the order of the nodes.
Faults
    Messages are delayed and reordered, not repeated. A node that stops inside stops everybody.
Source
    Ricart and Agrawala, *An optimal algorithm for mutual exclusion in computer networks* (1981). Unlike in
    the mypyvy suite, which leaves them out, the times of Lamport's clocks are modelled.
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
    """A node asks another one to let it enter."""

    source: Node
    target: Node
    time: Time


@record
class Reply:
    """A node lets another one enter."""

    source: Node
    target: Node


class RicartAgrawala(Model):
    """Nodes enter one at a time, in the order of their requests."""

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
        """Whether a node has asked before the request was made, and so does not answer it yet."""
        own = self.asked[node]
        return own is not None and (own < request.time or (own == request.time and node < request.source))

    @action
    def ask(self, node: Node, time: Time) -> None:
        """A node asks all others to let it in, with a later time than it has seen."""
        require(self.asked[node] is None, self.clock[node] < time)
        self.clock[node] = time
        self.asked[node] = time
        self.requests |= {Request(node, n, time) for n in Node if n != node}

    @action
    def answer(self, request: Request) -> None:
        """A node lets another one in, unless it is inside or has asked earlier; and learns the time."""
        require(request in self.requests, not self.defers(request.target, request))
        self.requests.discard(request)
        self.replies.add(Reply(request.target, request.source))
        self.clock[request.target] = max(self.clock[request.target], request.time)

    @action
    def enter(self, node: Node) -> None:
        """A node that all have answered is let in."""
        require(self.asked[node] is not None, node not in self.inside)
        require(all(n == node or Reply(n, node) in self.replies for n in Node))
        self.inside.add(node)

    @action
    def leave(self, node: Node) -> None:
        """A node leaves."""
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
        return all(
            self.asked[n] is not None and all(m == n or Reply(m, n) in self.replies for m in Node) for n in self.inside
        )

    @lemma
    def who_has_replied_comes_later(self) -> bool:
        """Who has replied to a request asks, if at all, after it."""
        return all(self.is_before(r.target, r.source) for r in self.replies)

    def is_before(self, node: Node, other: Node) -> bool:
        """Whether a node has asked, and the other one has not asked before and will not."""
        mine = self.asked[node]
        theirs = self.asked[other]
        return (
            mine is not None
            and mine <= self.clock[other]
            and (theirs is None or mine < theirs or (mine == theirs and node < other))
        )

    @lemma
    def request_tells_the_time(self) -> bool:
        return all(self.asked[r.source] == r.time and r.source != r.target for r in self.requests)

    @lemma
    def request_or_reply(self) -> bool:
        """A request is answered once."""
        return all(Reply(r.target, r.source) not in self.replies for r in self.requests)

    @lemma
    def clock_is_not_behind(self, node: Node) -> bool:
        asked = self.asked[node]
        return asked is None or asked <= self.clock[node]

    @reachable
    def one_inside_and_others_ask(self, node: Node) -> bool:
        return node in self.inside and all(self.asked[n] is not None for n in Node)

    @reachable
    def two_ask_at_the_same_time(self, node: Node, other: Node) -> bool:
        return node != other and self.asked[node] is not None and self.asked[node] == self.asked[other]

    @terminal
    def out_of_time(self) -> bool:
        """A finite instance ends when its clocks have run out."""
        return any(all(t <= self.clock[n] for t in Time) for n in Node) and all(self.asked[n] is None for n in Node)


class RicartAgrawalaIgnoringTies(RicartAgrawala):
    """Broken: only times are compared, so two that ask at the same time let each other in."""

    expected = Violates("mutual_exclusion")
    default = {"Node": 2, "Time": 2}
    smoke = {}
    deep = {"Time": 3}

    def defers(self, node: Node, request: Request) -> bool:
        own = self.asked[node]
        return own is not None and own < request.time


class RicartAgrawalaWithStoppedClocks(RicartAgrawala):
    """Broken: a node does not learn the time of what it answers, so its next request may be the earlier one."""

    expected = Violates("mutual_exclusion")
    smoke = {}
    deep = {}

    @action
    def answer(self, request: Request) -> None:
        """A node lets another one in, unless it is inside or has asked earlier; it does not learn the time."""
        require(request in self.requests, not self.defers(request.target, request))
        self.requests.discard(request)
        self.replies.add(Reply(request.target, request.source))
