"""Round robin over backends that fail and return, with a queue that keeps what is not acknowledged.

What is modelled
    A balancer takes requests into a queue and sends each to the next backend, in turn, of those that are
    up. It takes a request out of the queue when it is acknowledged; what is not acknowledged it may send again, to
    whichever backend is next. A backend executes a request together with a note that it did, in one transaction of the
    store that the backends share, and executes no request that is noted.
Faults
    Backends crash, and lose what they had taken and not executed; they return. Acknowledgements are lost. A request is
    sent again although the first backend may still execute it.
Source
    Round robin as in Nagle, *On packet switches with infinite storage* (RFC 970, 1985), and Katevenis, Sidiropoulos,
    Courcoubetis, *Weighted round-robin cell multiplexing in a general-purpose ATM switch chip* (1991). That a queue
    with acknowledgements delivers at least once, and deduplication makes it once: Gray and Reuter, *Transaction
    Processing* (1993).
"""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    Formula,
    Model,
    Order,
    Range,
    Set,
    Sort,
    Violates,
    action,
    anything,
    implies,
    invariant,
    leads_to,
    lemma,
    reachable,
    record,
    require,
    strong,
    temporal,
    terminal,
    weak,
)

__all__ = [
    "Backend",
    "Request",
    "RoundRobin",
    "RoundRobinByIndex",
    "RoundRobinForgettingOnRestart",
    "RoundRobinOverMessages",
    "RoundRobinWithoutAcknowledgement",
    "RoundRobinWithoutDeduplication",
    "Sent",
]


class Backend(Order):
    """A server; the order is that of the turns."""


class Request(Sort):
    """What a client asks for."""


@record
class Sent:
    """A request that a backend has been given and has not executed."""

    request: Request
    backend: Backend


class RoundRobin(Model):
    """Every request that is accepted is executed once, and turns are fair."""

    default = {"Backend": 3, "Request": 2}
    smoke = {"Backend": 2}
    deep = {"Backend": 4}
    fairness = (
        weak("start", each="backend"),
        # Strong, for backends crash again and again, and these are enabled in between only.
        strong("dispatch", each="request"),
        strong("execute", each="request"),
    )

    # The balancer
    accepted: Set[Request]
    queue: Set[Request]  # what is not acknowledged yet
    last: Backend = anything()  # whose turn it was
    up: Set[Backend]

    # The backends, and the store that they share
    taken: Set[Sent]
    noted: Set[Request]  # what the store says was executed

    # What is true of the run, and nobody knows
    executed: Set[Request]
    twice: Set[Request]  # executed more than once
    ahead: Set[tuple[Backend, Backend]]  # (a, b): both stayed up, and a has had one turn more than b since then
    unfair: bool = False  # somebody was two turns ahead

    def comes_before(self, a: Backend, b: Backend) -> bool:
        """Whether, in turns after the last, ``a`` has one before ``b``."""
        if (self.last < a) != (self.last < b):
            return self.last < a
        return a < b

    def is_next(self, backend: Backend) -> bool:
        """Whether it is the turn of a backend: the first after the last one that is up."""
        return backend in self.up and all(b == backend or self.comes_before(backend, b) for b in self.up)

    def count_turn(self, backend: Backend) -> None:
        """Keep the account of who is ahead of whom."""
        if any((backend, b) in self.ahead for b in self.up):
            self.unfair = True
        self.ahead = {
            (a, b)
            for a in Backend
            for b in Backend
            if ((a, b) in self.ahead and b != backend)
            or (a == backend and b != backend and b in self.up and (b, a) not in self.ahead)
        }
        self.last = backend

    @action
    def accept(self, request: Request) -> None:
        """A request of a client is taken in."""
        require(request not in self.accepted)
        self.accepted.add(request)
        self.queue.add(request)

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """Send a request to the backend whose turn it is, for the first time or again."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.taken.add(Sent(request, backend))
        self.count_turn(backend)

    @action
    def execute(self, request: Request, backend: Backend) -> None:
        """A backend executes a request, unless the store says that it was; and acknowledges it."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)
        self.queue.discard(request)

    @action
    def execute_unheard(self, request: Request, backend: Backend) -> None:
        """The same, and the acknowledgement is lost."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)

    def take_effect(self, request: Request) -> None:
        if request in self.executed:
            self.twice.add(request)
        self.executed.add(request)

    @action
    def crash(self, backend: Backend) -> None:
        """A backend stops, with all that it had taken; the balancer notices."""
        require(backend in self.up)
        self.up.discard(backend)
        self.taken = {s for s in self.taken if s.backend != backend}
        self.ahead = {(a, b) for a in Backend for b in Backend if (a, b) in self.ahead and backend not in (a, b)}

    @action
    def start(self, backend: Backend) -> None:
        """A backend starts, for the first time or again."""
        require(backend not in self.up)
        self.up.add(backend)

    # What must be true

    @invariant
    def nothing_is_lost(self, request: Request) -> bool:
        """What was accepted was executed, is still in the queue, or is with a backend that is up."""
        return implies(
            request in self.accepted,
            request in self.executed or request in self.queue or any(Sent(request, b) in self.taken for b in self.up),
        )

    @invariant
    def nothing_is_executed_twice(self) -> bool:
        return not self.twice

    @invariant
    def turns_are_fair(self) -> bool:
        """Of two backends that stayed up, none has had two turns more than the other."""
        return not self.unfair

    @invariant
    def only_what_was_accepted(self, request: Request) -> bool:
        return implies(request in self.executed, request in self.accepted)

    @temporal
    def no_request_starves(self, request: Request) -> Formula:
        """What was accepted takes effect in the end, however often backends crash."""
        return leads_to(request in self.accepted, request in self.executed)

    # Why

    @lemma
    def queue_or_noted(self, request: Request, backend: Backend) -> bool:
        return (
            implies(request in self.accepted, request in self.queue or request in self.noted)
            and implies(request in self.queue, request in self.accepted)
            and implies(Sent(request, backend) in self.taken, request in self.accepted)
        )

    @lemma
    def notes_are_true(self, request: Request) -> bool:
        return (request in self.noted) == (request in self.executed)

    @lemma
    def who_is_ahead_comes_later(self, a: Backend, b: Backend) -> bool:
        """If ``a`` is a turn ahead of ``b``, then ``b`` is before it in the turns to come."""
        return implies((a, b) in self.ahead, a != b and a in self.up and b in self.up and self.comes_before(b, a))

    @reachable
    def executed_by_a_second_backend(self, request: Request, a: Backend, b: Backend) -> bool:
        """A request was sent again, and executed, while another backend still has it."""
        return a != b and Sent(request, a) in self.taken and request in self.executed and request not in self.queue

    @reachable
    def somebody_is_ahead(self, a: Backend, b: Backend) -> bool:
        return (a, b) in self.ahead

    @terminal
    def all_is_done(self) -> bool:
        return not self.queue


class RoundRobinOverMessages(RoundRobin):
    """Round robin whose balancer suspects backends, rightly or not, and hears of what they did late or never.

    What was sent may arrive at any time since, also at a backend that is suspected by then: `taken` only grows. So
    nothing tells a backend that has crashed from one that is slow, and a crash needs no step of its own.
    """

    smoke = {"Backend": 2, "Request": 1}
    deep = {"Request": 3}

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        require(request in self.queue, self.is_next(backend))
        self.taken.add(Sent(request, backend))
        self.count_turn(backend)

    @action
    def execute(self, request: Request, backend: Backend) -> None:
        """A backend executes a request, unless the store says that it was, and the balancer hears of it at once."""
        require(Sent(request, backend) in self.taken)
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)
        self.queue.discard(request)

    @action
    def execute_unheard(self, request: Request, backend: Backend) -> None:
        """The same, and the balancer does not hear of it yet."""
        require(Sent(request, backend) in self.taken)
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)

    @action
    def acknowledge(self, request: Request) -> None:
        """The balancer hears that a request was executed."""
        require(request in self.noted)
        self.queue.discard(request)

    @action
    def crash(self, backend: Backend) -> None:
        """The balancer has not heard from a backend for too long, and gives it no more turns."""
        require(backend in self.up)
        self.up.discard(backend)
        self.ahead = {(a, b) for a in Backend for b in Backend if (a, b) in self.ahead and backend not in (a, b)}


class RoundRobinWithoutAcknowledgement(RoundRobin):
    """Broken: a request is out of the queue once it is sent. The backend crashes, and it is lost."""

    expected = Violates("nothing_is_lost")

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """Send a request to the backend whose turn it is, and forget it."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.queue.discard(request)
        self.taken.add(Sent(request, backend))
        self.count_turn(backend)


class RoundRobinWithoutDeduplication(RoundRobin):
    """Broken: what is sent again is executed again. The acknowledgement was lost, not the request."""

    expected = Violates("nothing_is_executed_twice")

    @action
    def execute(self, request: Request, backend: Backend) -> None:
        """A backend executes a request, also one that was executed; and acknowledges it."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        self.take_effect(request)
        self.noted.add(request)
        self.queue.discard(request)


class RoundRobinForgettingOnRestart(RoundRobin):
    """Broken: the store that the backends share keeps in memory what was executed, and is empty when one starts."""

    expected = Violates("nothing_is_executed_twice")

    @action
    def start(self, backend: Backend) -> None:
        """A backend starts, and the store with it: whatever was noted is forgotten."""
        require(backend not in self.up)
        self.up.add(backend)
        self.noted.clear()


class RoundRobinByIndex(RoundRobin):
    """Broken: the turn is an index into the list of those that are up. When one leaves, the next is passed over."""

    expected = Violates("turns_are_fair")
    default = {"Backend": 3, "Request": 1}
    smoke = {}
    index: Annotated[int, Range(0, 3)] = 0

    def is_next(self, backend: Backend) -> bool:
        earlier = sum(1 for b in Backend if b in self.up and b < backend)
        return backend in self.up and earlier == self.index % len(self.up)

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """Send a request to the backend at the index, which counts on modulo the backends that are up now."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.taken.add(Sent(request, backend))
        self.index = (self.index + 1) % len(self.up)
        self.count_turn(backend)
