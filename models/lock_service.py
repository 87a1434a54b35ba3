"""A lock service: what it means to hold a lock, and to work on what it protects, without saying how.

What is modelled
    Clients ask for a lock, wait, are granted it, and are without it again. Who holds it is known to the service alone;
    what keeps a resource safe from those who only believe that they do is the token that came with the lock. The
    resource takes a write only under the greatest token that it has seen. `lock` implements it.
Faults
    A client may lose the lock, or stop waiting for it, at any moment. Who has lost the lock need not know, and may
    still work on the resource, until that has seen the token of somebody later.
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
    """Somebody who wants to work on the resource, alone."""


class Serial(Order):
    """The token that comes with a lock; a later holder has a greater one."""


class LockService(Model):
    """One client holds the lock, and the resource takes writes in the order of the tokens."""

    default = {"Client": 3, "Serial": 3}
    smoke = {"Client": 2, "Serial": 2}
    deep = {"Client": 4, "Serial": 4}
    fairness = (
        weak("grant", "leave", each="client"),  # nobody waits for ever,
        weak("end", each="client"),  # or keeps the lock for ever.
    )

    waiting: Set[Client]
    holders: Set[Client]
    fence: Serial | None = None  # the greatest token that the resource has seen
    version: Serial | None = None  # the token of the last write that it took

    @action
    def ask(self, client: Client) -> None:
        """A client begins to wait for the lock."""
        require(client not in self.waiting, client not in self.holders)
        self.waiting.add(client)

    @action
    def leave(self, client: Client) -> None:
        """A client waits no longer."""
        require(client in self.waiting)
        self.waiting.discard(client)

    @action
    def grant(self, client: Client) -> None:
        """A client that waits gets the lock, if nobody holds it."""
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
        """The resource hears from somebody later, or from the same one again."""
        require(self.fence is None or self.fence <= token)
        self.fence = token

    @action
    def write(self) -> None:
        """The resource takes a write under the greatest token that it has seen."""
        require(self.fence is not None)
        self.version = self.fence

    @invariant
    def mutual_exclusion(self, a: Client, b: Client) -> bool:
        return a == b or not (a in self.holders and b in self.holders)

    @invariant
    def writes_were_announced(self) -> bool:
        """The resource has seen the token of each write that it took."""
        return self.version is None or (self.fence is not None and self.version <= self.fence)

    @step_invariant
    def writes_are_in_order(self, after: Self) -> bool:
        """After a write under one token, none under an earlier one is taken."""
        return self.version is None or (after.version is not None and self.version <= after.version)

    @temporal
    def whoever_waits_gets_the_lock(self, client: Client) -> Formula:
        """Who waits holds the lock in the end, or waits no longer."""
        return leads_to(client in self.waiting, client not in self.waiting)

    @reachable
    def one_holds_and_all_others_wait(self) -> bool:
        return any(client in self.holders for client in Client) and all(
            client in self.holders or client in self.waiting for client in Client
        )


class LockServiceWithoutLooking(LockService):
    """Broken: the lock is granted to whoever waits, whether somebody holds it or not."""

    expected = Violates("mutual_exclusion")

    @action
    def grant(self, client: Client) -> None:
        """A client that waits gets the lock, whether or not somebody holds it."""
        require(client in self.waiting)
        self.waiting.discard(client)
        self.holders.add(client)


class LockServiceTakingEveryToken(LockService):
    """Broken: the resource goes by the token that it has seen last, and that may be an old one."""

    expected = Violates("writes_are_in_order")

    @action
    def begin(self, token: Serial) -> None:
        """The resource hears from anybody, and goes by the token that it has heard last."""
        self.fence = token
