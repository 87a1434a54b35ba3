"""Lock server: clients ask a server for its only lock, and give it back.

What is modelled
    One server with one lock, and messages that may overtake each other, but are not repeated. The lock
    is always in one place: at the server, in a message, or at a client.
Faults
    Messages are delayed and reordered; a message that is lost is one that is delayed for ever. A client
    that stops keeps the lock: for that, see `fenced_lock`.
Source
    The lock service of Verdi (Wilcox et al., *Verdi: a framework for implementing and formally verifying
    distributed systems*, 2015), in the form of the mypyvy suite.
"""

from __future__ import annotations

from assay.checker.language import Model, Set, Sort, Violates, action, invariant, lemma, reachable, require

__all__ = ["Client", "LockServer", "LockServerWithRepeatedMessages", "LockServerWithoutLooking"]


class Client(Sort):
    """A process that needs the lock from time to time."""


class LockServer(Model):
    """A server that grants its lock to one client at a time."""

    default = {"Client": 3}
    smoke = {"Client": 2}
    deep = {"Client": 6}

    is_free: bool = True
    requests: Set[Client]
    grants: Set[Client]
    releases: Set[Client]
    holders: Set[Client]

    @action
    def ask(self, client: Client) -> None:
        """A client asks for the lock."""
        self.requests.add(client)

    @action
    def grant(self, client: Client) -> None:
        """The server grants the lock to a client that has asked, if it has it."""
        require(self.is_free, client in self.requests)
        self.is_free = False
        self.requests.discard(client)
        self.grants.add(client)

    @action
    def acquire(self, client: Client) -> None:
        """A client receives the lock."""
        require(client in self.grants)
        self.grants.discard(client)
        self.holders.add(client)

    @action
    def release(self, client: Client) -> None:
        """The holder sends the lock back."""
        require(client in self.holders)
        self.holders.discard(client)
        self.releases.add(client)

    @action
    def take_back(self, client: Client) -> None:
        """The server receives the lock from a client."""
        require(client in self.releases)
        self.releases.discard(client)
        self.is_free = True

    @invariant
    def mutual_exclusion(self) -> bool:
        """At most one client holds the lock."""
        return all(c == d for c in self.holders for d in self.holders)

    @lemma
    def free_lock_is_nowhere_else(self, client: Client) -> bool:
        """If the server has the lock, it is neither in a message nor at a client."""
        return not self.is_free or (
            client not in self.grants and client not in self.holders and client not in self.releases
        )

    @lemma
    def one_grant(self) -> bool:
        """At most one grant is on its way."""
        return all(c == d for c in self.grants for d in self.grants)

    @lemma
    def one_release(self) -> bool:
        """At most one release is on its way."""
        return all(c == d for c in self.releases for d in self.releases)

    @lemma
    def lock_is_in_one_place(self, c: Client, d: Client) -> bool:
        """The lock is not in two of these places: a grant, a client, a release."""
        return (
            not (c in self.grants and d in self.holders)
            and not (c in self.grants and d in self.releases)
            and not (c in self.holders and d in self.releases)
        )

    @reachable
    def passed_on(self, early: Client, late: Client) -> bool:
        """A client has the lock, and another one asks for it."""
        return early != late and late in self.holders and early in self.requests


class LockServerWithRepeatedMessages(LockServer):
    """Broken: the network may repeat a release, and the server takes the repetition for a new one."""

    expected = Violates("mutual_exclusion")
    default = {"Client": 2}
    smoke = {}
    deep = {"Client": 3}

    @action
    def take_back(self, client: Client) -> None:
        """The server receives the lock from a client; the message may arrive again."""
        require(client in self.releases)
        self.is_free = True


class LockServerWithoutLooking(LockServer):
    """Broken: the server grants every request, whether or not it has the lock."""

    expected = Violates("mutual_exclusion")
    default = {"Client": 2}
    smoke = {}
    deep = {"Client": 3}

    @action
    def grant(self, client: Client) -> None:
        """The server grants the lock to a client that has asked, whether or not it has it."""
        require(client in self.requests)
        self.is_free = False
        self.requests.discard(client)
        self.grants.add(client)
