"""A lock service: what it means to hold a lock and to work on what it protects, whatever protocol implements it.

What is modelled
    Clients ask for a lock, wait, are granted it, and lose it again. Only the service knows who holds the lock. A
    client that merely believes that it holds the lock cannot harm the resource: the lock comes with a token, and the
    resource accepts writes only under the highest token that it has seen. `lock` implements this.
Faults
    A client may lose the lock, or stop waiting for it, at any moment. A client that has lost it may not know, and may
    still work on the resource until the resource has seen a later token.
Source
    Burrows, *The Chubby lock service for loosely-coupled distributed systems* (2006), section 2.4; Kleppmann, *How to
    do distributed locking* (2016).
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Formula,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    invariant,
    leads_to,
    reachable,
    require,
    step_invariant,
    temporal,
    weak,
)

__all__ = ["Client", "LockService", "LockServiceTakingEveryToken", "LockServiceWithoutLooking", "Serial"]


class Client(Sort):
    """A process that wants to work on the resource alone."""


class Serial(Order):
    """The token that comes with a lock; a later holder has a higher one."""


class LockService(Model):
    """One client at a time holds the lock, and the resource accepts writes in the order of their tokens."""

    default = {"Client": 3, "Serial": 3}
    smoke = {"Client": 2, "Serial": 2}
    deep = {"Client": 4, "Serial": 4}
    fairness = (
        weak("grant", "leave", each="client"),  # no client waits for ever,
        weak("end", each="client"),  # or keeps the lock for ever.
    )

    waiting: Set[Client]
    holders: Set[Client]
    fence: Serial | None = None  # the highest token that the resource has seen
    version: Serial | None = None  # the token of the last write that it accepted

    @action
    def ask(self, client: Client) -> None:
        """A client begins to wait for the lock."""
        require(client not in self.waiting, client not in self.holders)
        self.waiting.add(client)

    @action
    def leave(self, client: Client) -> None:
        """A client stops waiting."""
        require(client in self.waiting)
        self.waiting.discard(client)

    @action
    def grant(self, client: Client) -> None:
        """A waiting client gets the lock, if nobody holds it."""
        require(client in self.waiting, not self.holders)
        self.waiting.discard(client)
        self.holders.add(client)

    @action
    def end(self, client: Client) -> None:
        """The holder gives the lock back, or the service takes it away."""
        require(client in self.holders)
        self.holders.discard(client)

    @action
    def begin(self, token: Serial) -> None:
        """The resource sees a token that is no lower than any it has seen."""
        require(self.fence is None or self.fence <= token)
        self.fence = token

    @action
    def write(self) -> None:
        """The resource accepts a write under the highest token that it has seen."""
        require(self.fence is not None)
        self.version = self.fence

    @invariant
    def mutual_exclusion(self, a: Client, b: Client) -> bool:
        """At most one client holds the lock."""
        return a == b or not (a in self.holders and b in self.holders)

    @invariant
    def writes_were_announced(self) -> bool:
        """The resource has seen the token of every write that it accepted."""
        return self.version is None or (self.fence is not None and self.version <= self.fence)

    @step_invariant
    def writes_are_in_order(self, after: Self) -> bool:
        """After a write under one token, no write under a lower one is accepted."""
        return self.version is None or (after.version is not None and self.version <= after.version)

    @temporal
    def whoever_waits_gets_the_lock(self, client: Client) -> Formula:
        """A waiting client gets the lock in the end, or stops waiting."""
        return leads_to(client in self.waiting, client not in self.waiting)

    @reachable
    def one_holds_and_all_others_wait(self) -> bool:
        """One client holds the lock, and all others wait for it."""
        return any(client in self.holders for client in Client) and all(
            client in self.holders or client in self.waiting for client in Client
        )


class LockServiceWithoutLooking(LockService):
    """Broken: the lock is granted to any waiting client, even if another one holds it."""

    expected = Violates("mutual_exclusion")

    @action
    def grant(self, client: Client) -> None:
        """A waiting client gets the lock, whether or not another one holds it."""
        require(client in self.waiting)
        self.waiting.discard(client)
        self.holders.add(client)


class LockServiceTakingEveryToken(LockService):
    """Broken: the resource goes by the last token that it has seen, which may be a lower one."""

    expected = Violates("writes_are_in_order")

    @action
    def begin(self, token: Serial) -> None:
        """The resource sees any token, and goes by it."""
        self.fence = token
