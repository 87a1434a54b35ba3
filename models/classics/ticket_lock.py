"""Ticket lock: threads draw tickets, and enter in their order.

What is modelled
    A counter of tickets and a counter of the ticket being served, in shared memory. Drawing a ticket is one step,
    fetch-and-increment. The counters are elements of an order, and only ever move to the next one.
Faults
    None: a thread that stops inside stops all others. Safety does not depend on that.
Source
    Mellor-Crummey and Scott, *Algorithms for scalable synchronization on shared-memory multiprocessors*
    (1991), section 2.2; the idea goes back to Lamport's bakery (1974). As a proof, in the Ivy and mypyvy suites.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    first,
    initial,
    invariant,
    lemma,
    reachable,
    require,
    step_invariant,
    terminal,
)

__all__ = ["Thread", "Ticket", "TicketLock", "TicketLockWithTornIncrement", "is_next"]


class Thread(Sort):
    """A thread that needs the lock from time to time."""


class Ticket(Order):
    """A number in the queue."""


def is_next(ticket: Ticket, after: Ticket) -> bool:
    """Whether one ticket directly follows another."""
    return ticket < after and all(t <= ticket or after <= t for t in Ticket)


class TicketLock(Model):
    """One thread at a time is inside, in the order of tickets."""

    default = {"Thread": 3, "Ticket": 4}
    smoke = {"Thread": 2, "Ticket": 3}
    deep = {"Thread": 5, "Ticket": 7}

    next_ticket: Ticket
    now_serving: Ticket
    ticket: Map[Thread, Ticket | None] = everywhere(None)
    inside: Set[Thread]

    @initial
    def start(self) -> None:
        self.next_ticket = first(Ticket)
        self.now_serving = first(Ticket)

    @action
    def draw(self, thread: Thread, after: Ticket) -> None:
        """A thread draws the next ticket: it fetches and increments the counter in one step."""
        require(self.ticket[thread] is None, is_next(self.next_ticket, after))
        self.ticket[thread] = self.next_ticket
        self.next_ticket = after

    @action
    def enter(self, thread: Thread) -> None:
        """A thread enters when its ticket is served."""
        require(thread not in self.inside, self.ticket[thread] == self.now_serving)
        self.inside.add(thread)

    @action
    def leave(self, thread: Thread, after: Ticket) -> None:
        """A thread leaves, and the next ticket is served."""
        require(thread in self.inside, is_next(self.now_serving, after))
        self.inside.discard(thread)
        self.ticket[thread] = None
        self.now_serving = after

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one thread is inside."""
        return all(t == u for t in self.inside for u in self.inside)

    @step_invariant
    def first_come_first_served(self, after: Self, thread: Thread, other: Thread) -> bool:
        """A thread that enters has no later ticket than any that waits."""
        mine = self.ticket[thread]
        theirs = self.ticket[other]
        enters = thread in after.inside and thread not in self.inside
        return not enters or mine is None or theirs is None or mine <= theirs

    @lemma
    def tickets_are_distinct(self, t: Thread, u: Thread) -> bool:
        """No two threads have the same ticket."""
        return t == u or self.ticket[t] is None or self.ticket[t] != self.ticket[u]

    @lemma
    def tickets_are_between_the_counters(self, thread: Thread) -> bool:
        """Tickets in use lie between the two counters."""
        ticket = self.ticket[thread]
        return ticket is None or self.now_serving <= ticket < self.next_ticket

    @lemma
    def it_is_the_turn_of_who_is_inside(self) -> bool:
        """The ticket of a thread that is inside is being served."""
        return all(self.ticket[t] == self.now_serving for t in self.inside)

    @lemma
    def counters_are_in_order(self) -> bool:
        """No ticket is served before it is drawn."""
        return self.now_serving <= self.next_ticket

    @reachable
    def all_others_wait(self, thread: Thread) -> bool:
        """One thread is inside, and all have tickets."""
        return thread in self.inside and all(self.ticket[t] is not None for t in Thread)

    @terminal
    def out_of_tickets(self) -> bool:
        """An instance ends when its tickets are used up and no thread waits."""
        return all(t <= self.next_ticket for t in Ticket) and all(self.ticket[t] is None for t in Thread)


class TicketLockWithTornIncrement(TicketLock):
    """Broken: fetch and increment are two steps, so two threads may draw the same ticket."""

    expected = Violates("mutual_exclusion")
    default = {"Thread": 2, "Ticket": 3}
    smoke = {}
    deep = {"Thread": 3, "Ticket": 4}

    fetched: Map[Thread, Ticket | None] = everywhere(None)

    @action
    def fetch(self, thread: Thread) -> None:
        """A thread reads the counter."""
        require(self.ticket[thread] is None, self.fetched[thread] is None)
        self.fetched[thread] = self.next_ticket

    @action
    def draw(self, thread: Thread, after: Ticket) -> None:
        """A thread takes the ticket that it has read, and sets the counter to the next one."""
        fetched = self.fetched[thread]
        require(fetched is not None and is_next(fetched, after))
        self.ticket[thread] = fetched
        self.fetched[thread] = None
        self.next_ticket = after
