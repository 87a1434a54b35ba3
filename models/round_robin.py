"""Round robin over backends that fail and return, with a queue that keeps what is not acknowledged.

What is modelled
    A balancer puts requests into a queue, and sends each to the next backend in turn, of those that are up. It removes
    a request from the queue when it is acknowledged; a request that is not acknowledged may be sent again, to whichever
    backend is next. A backend executes a request and notes that it did in one transaction of the store that the
    backends share, and does not execute a request that is noted.
Faults
    Backends crash, losing the requests that they have not executed; they return. Acknowledgements are lost. A request
    is sent again while the first backend may still execute it.
Source
    Round robin as in Nagle, *On packet switches with infinite storage* (RFC 970, 1985), and Katevenis, Sidiropoulos,
    Courcoubetis, *Weighted round-robin cell multiplexing in a general-purpose ATM switch chip* (1991). That a queue
    with acknowledgements delivers at least once, and deduplication turns that into exactly once: Gray and Reuter,
    *Transaction Processing* (1993).
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
    """A server; backends take turns in this order."""


class Request(Sort):
    """What a client asks for."""


@record
class Sent:
    """A request that was sent to a backend, which has not executed it yet."""

    request: Request
    backend: Backend


class RoundRobin(Model):
    """Every accepted request is executed once, and turns are fair."""

    default = {"Backend": 3, "Request": 2}
    smoke = {"Backend": 2}
    deep = {"Backend": 4}
    fairness = (
        weak("start", each="backend"),
        # Strong: crashes disable these again and again, so weak fairness would promise nothing.
        strong("dispatch", each="request"),
        strong("execute", each="request"),
    )

    # The balancer
    accepted: Set[Request]
    queue: Set[Request]  # what is not acknowledged yet
    last: Backend = anything()  # the backend that had the last turn
    up: Set[Backend]

    # The backends, and the store that they share
    taken: Set[Sent]
    noted: Set[Request]  # what the store says was executed

    # History, which no process sees: the properties are about it
    executed: Set[Request]
    twice: Set[Request]  # executed more than once
    ahead: Set[tuple[Backend, Backend]]  # (a, b): a has had a turn more than b while both were up
    unfair: bool = False  # whether a backend was ever two turns ahead of another

    def comes_before(self, a: Backend, b: Backend) -> bool:
        """Whether ``a`` has its next turn before ``b``."""
        if (self.last < a) != (self.last < b):
            return self.last < a
        return a < b

    def is_next(self, backend: Backend) -> bool:
        """Whether it is the backend's turn: it is the first one after the last that is up."""
        return backend in self.up and all(b == backend or self.comes_before(backend, b) for b in self.up)

    def count_turn(self, backend: Backend) -> None:
        """Record the turn in the history."""
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
        """The balancer accepts a client's request."""
        require(request not in self.accepted)
        self.accepted.add(request)
        self.queue.add(request)

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """The balancer sends a request, for the first time or again, to the backend whose turn it is."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.taken.add(Sent(request, backend))
        self.count_turn(backend)

    @action
    def execute(self, request: Request, backend: Backend) -> None:
        """A backend executes a request, unless the store says that it has been, and acknowledges it."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)
        self.queue.discard(request)

    @action
    def execute_unheard(self, request: Request, backend: Backend) -> None:
        """A backend executes a request in the same way, and the acknowledgement is lost."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)

    def take_effect(self, request: Request) -> None:
        """Record the execution in the history."""
        if request in self.executed:
            self.twice.add(request)
        self.executed.add(request)

    @action
    def crash(self, backend: Backend) -> None:
        """A backend crashes, losing the requests that it had; the balancer notices."""
        require(backend in self.up)
        self.up.discard(backend)
        self.taken = {s for s in self.taken if s.backend != backend}
        self.ahead = {(a, b) for a in Backend for b in Backend if (a, b) in self.ahead and backend not in (a, b)}

    @action
    def start(self, backend: Backend) -> None:
        """A backend starts, for the first time or again."""
        require(backend not in self.up)
        self.up.add(backend)

    # Properties

    @invariant
    def nothing_is_lost(self, request: Request) -> bool:
        """Every accepted request has been executed, is in the queue, or is at a backend that is up."""
        return implies(
            request in self.accepted,
            request in self.executed or request in self.queue or any(Sent(request, b) in self.taken for b in self.up),
        )

    @invariant
    def nothing_is_executed_twice(self) -> bool:
        """No request is executed more than once."""
        return not self.twice

    @invariant
    def turns_are_fair(self) -> bool:
        """Of two backends that stay up, neither gets two turns more than the other."""
        return not self.unfair

    @invariant
    def only_what_was_accepted(self, request: Request) -> bool:
        """Only accepted requests are executed."""
        return implies(request in self.executed, request in self.accepted)

    @temporal
    def no_request_starves(self, request: Request) -> Formula:
        """Every accepted request is executed in the end, however often backends crash."""
        return leads_to(request in self.accepted, request in self.executed)

    # Lemmas

    @lemma
    def queue_or_noted(self, request: Request, backend: Backend) -> bool:
        """An accepted request is in the queue or noted; only accepted requests are in the queue or at backends."""
        return (
            implies(request in self.accepted, request in self.queue or request in self.noted)
            and implies(request in self.queue, request in self.accepted)
            and implies(Sent(request, backend) in self.taken, request in self.accepted)
        )

    @lemma
    def notes_are_true(self, request: Request) -> bool:
        """The store notes exactly the requests that were executed."""
        return (request in self.noted) == (request in self.executed)

    @lemma
    def who_is_ahead_comes_later(self, a: Backend, b: Backend) -> bool:
        """A backend that is a turn ahead of another has its next turn after it."""
        return implies((a, b) in self.ahead, a != b and a in self.up and b in self.up and self.comes_before(b, a))

    @reachable
    def executed_by_a_second_backend(self, request: Request, a: Backend, b: Backend) -> bool:
        """A request was sent twice and has been executed, while another backend still has it."""
        return a != b and Sent(request, a) in self.taken and request in self.executed and request not in self.queue

    @reachable
    def somebody_is_ahead(self, a: Backend, b: Backend) -> bool:
        """A backend is a turn ahead of another."""
        return (a, b) in self.ahead

    @terminal
    def all_is_done(self) -> bool:
        """Nothing is queued."""
        return not self.queue


class RoundRobinOverMessages(RoundRobin):
    """Round robin whose balancer suspects backends, rightly or wrongly, and learns late or never what they have done.

    A request that was sent may arrive at any later time, even at a backend that is suspected by then: `taken` only
    grows. So a crashed backend looks like a slow one, and a crash needs no step of its own.
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
        """A backend executes a request, unless the store says that it has been; the balancer learns of it at once."""
        require(Sent(request, backend) in self.taken)
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)
        self.queue.discard(request)

    @action
    def execute_unheard(self, request: Request, backend: Backend) -> None:
        """A backend executes a request in the same way, and the balancer does not learn of it yet."""
        require(Sent(request, backend) in self.taken)
        if request not in self.noted:
            self.take_effect(request)
            self.noted.add(request)

    @action
    def acknowledge(self, request: Request) -> None:
        """The balancer learns that a request was executed."""
        require(request in self.noted)
        self.queue.discard(request)

    @action
    def crash(self, backend: Backend) -> None:
        """The balancer has not heard from a backend for too long, and gives it no more turns."""
        require(backend in self.up)
        self.up.discard(backend)
        self.ahead = {(a, b) for a in Backend for b in Backend if (a, b) in self.ahead and backend not in (a, b)}


class RoundRobinWithoutAcknowledgement(RoundRobin):
    """Broken: a request leaves the queue when it is sent. If the backend crashes, the request is lost."""

    expected = Violates("nothing_is_lost")

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """The balancer sends a request to the backend whose turn it is, and forgets it."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.queue.discard(request)
        self.taken.add(Sent(request, backend))
        self.count_turn(backend)


class RoundRobinWithoutDeduplication(RoundRobin):
    """Broken: a request that is sent again is executed again, although only its acknowledgement was lost."""

    expected = Violates("nothing_is_executed_twice")

    @action
    def execute(self, request: Request, backend: Backend) -> None:
        """A backend executes a request, whether or not it has been executed, and acknowledges it."""
        require(Sent(request, backend) in self.taken, backend in self.up)
        self.taken.discard(Sent(request, backend))
        self.take_effect(request)
        self.noted.add(request)
        self.queue.discard(request)


class RoundRobinForgettingOnRestart(RoundRobin):
    """Broken: the store keeps its notes in memory, and is empty when a backend starts."""

    expected = Violates("nothing_is_executed_twice")

    @action
    def start(self, backend: Backend) -> None:
        """A backend starts, and the store with it: all notes are gone."""
        require(backend not in self.up)
        self.up.add(backend)
        self.noted.clear()


class RoundRobinByIndex(RoundRobin):
    """Broken: the turn is an index into the list of backends that are up. When one leaves, another is skipped."""

    expected = Violates("turns_are_fair")
    default = {"Backend": 3, "Request": 1}
    smoke = {}
    index: Annotated[int, Range(0, 3)] = 0

    def is_next(self, backend: Backend) -> bool:
        earlier = sum(1 for b in Backend if b in self.up and b < backend)
        return backend in self.up and earlier == self.index % len(self.up)

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        """The balancer sends a request to the backend at the index, and advances the index modulo those that are up."""
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.taken.add(Sent(request, backend))
        self.index = (self.index + 1) % len(self.up)
        self.count_turn(backend)
