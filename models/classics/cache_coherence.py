"""German's cache coherence protocol: a directory hands a cache line to many readers, or to one writer.

What is modelled
    Clients ask the directory for a shared or an exclusive copy of one line. The directory serves one request at a
    time: it invalidates the copies that are in the way, waits for the acknowledgements, and grants the request. Three
    channels run between the directory and each client, each with room for one message: requests; grants and
    invalidations; acknowledgements. This is the control of the protocol: the data in the line, and that readers see
    what was last written, are left out.
Faults
    Messages take any time, and those in different channels overtake each other.
Source
    Steven German's protocol, which became a benchmark for the verification of any number of clients; the channels as
    in Pnueli, Ruah and Zuck, *Automatic deductive verification with invisible invariants* (2001), and in Chou, Mannava
    and Park, *A simple method for parameterized verification of cache coherence protocols* (FMCAD 2004).
Counts
    For 2 clients, up to symmetry, 735 states, as TLC counts in *GermanCoherence* of the TLA+ Examples.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    implies,
    invariant,
    lemma,
    reachable,
    require,
)

__all__ = [
    "Access",
    "CacheCoherence",
    "CacheCoherenceGrantingTooEarly",
    "CacheCoherenceKeepingCopies",
    "Client",
    "Reply",
]


class Client(Sort):
    """A cache."""


class Access(Enum):
    """What a client may do with the line, or asks for."""

    NONE, SHARED, EXCLUSIVE = range(3)


class Reply(Enum):
    """The message from the directory to a client."""

    NOTHING, GRANT_SHARED, GRANT_EXCLUSIVE, INVALIDATE = range(4)


class CacheCoherence(Model):
    """While one client may write, no other has a copy."""

    default = {"Client": 2}
    deep = {"Client": 3}

    cache: Map[Client, Access] = everywhere(Access.NONE)
    requests: Map[Client, Access] = everywhere(Access.NONE)
    replies: Map[Client, Reply] = everywhere(Reply.NOTHING)
    acknowledged: Set[Client]
    holders: Set[Client]  # the clients that may have a copy, as far as the directory knows
    pending: Set[Client]  # the holders that have yet to be sent an invalidation
    is_exclusive: bool  # whether the one holder may write
    serving: Client | None = None
    wanted: Access = Access.NONE

    # Clients

    @action
    def ask_shared(self, c: Client) -> None:
        """A client asks for a shared copy."""
        require(self.cache[c] == Access.NONE, self.requests[c] == Access.NONE)
        self.requests[c] = Access.SHARED

    @action
    def ask_exclusive(self, c: Client) -> None:
        """A client asks for an exclusive copy."""
        require(self.cache[c] != Access.EXCLUSIVE, self.requests[c] == Access.NONE)
        self.requests[c] = Access.EXCLUSIVE

    @action
    def receive_shared(self, c: Client) -> None:
        """A client receives a shared copy."""
        require(self.replies[c] == Reply.GRANT_SHARED)
        self.replies[c] = Reply.NOTHING
        self.cache[c] = Access.SHARED

    @action
    def receive_exclusive(self, c: Client) -> None:
        """A client receives an exclusive copy."""
        require(self.replies[c] == Reply.GRANT_EXCLUSIVE)
        self.replies[c] = Reply.NOTHING
        self.cache[c] = Access.EXCLUSIVE

    @action
    def give_up(self, c: Client) -> None:
        """A client receives an invalidation, gives up its copy, and acknowledges."""
        require(self.replies[c] == Reply.INVALIDATE, c not in self.acknowledged)
        self.replies[c] = Reply.NOTHING
        self.cache[c] = Access.NONE
        self.acknowledged.add(c)

    # The directory

    @action
    def serve(self, c: Client) -> None:
        """The directory takes up a request."""
        require(self.serving is None, self.requests[c] != Access.NONE)
        self.serving = c
        self.wanted = self.requests[c]
        self.requests[c] = Access.NONE
        self.pending = set(self.holders)

    @action
    def invalidate(self, c: Client) -> None:
        """The directory sends an invalidation to a holder whose copy is in the way."""
        require(self.serving is not None, self.wanted == Access.EXCLUSIVE or self.is_exclusive)
        require(c in self.pending, self.replies[c] == Reply.NOTHING)
        self.replies[c] = Reply.INVALIDATE
        self.pending.discard(c)

    @action
    def receive_acknowledgement(self, c: Client) -> None:
        """The directory receives an acknowledgement."""
        require(self.serving is not None, c in self.acknowledged)
        self.acknowledged.discard(c)
        self.holders.discard(c)
        self.is_exclusive = False

    @action
    def grant_shared(self, c: Client) -> None:
        """The directory grants a shared copy, unless there is an exclusive one."""
        require(self.serving == c, self.wanted == Access.SHARED)
        require(not self.is_exclusive, self.replies[c] == Reply.NOTHING)
        self.replies[c] = Reply.GRANT_SHARED
        self.holders.add(c)
        self.serving = None

    @action
    def grant_exclusive(self, c: Client) -> None:
        """The directory grants an exclusive copy, once there is no other."""
        require(self.serving == c, self.wanted == Access.EXCLUSIVE)
        require(not self.holders, self.replies[c] == Reply.NOTHING)
        self.replies[c] = Reply.GRANT_EXCLUSIVE
        self.holders.add(c)
        self.is_exclusive = True
        self.serving = None

    # Properties

    @invariant
    def coherence(self, a: Client, b: Client) -> bool:
        """A client that may write is the only one with a copy."""
        return a == b or self.cache[a] != Access.EXCLUSIVE or self.cache[b] == Access.NONE

    def may_hold(self, c: Client) -> bool:
        """Whether the client has a copy, or a message about one is on its way to or from it."""
        return self.cache[c] != Access.NONE or self.replies[c] != Reply.NOTHING or c in self.acknowledged

    @lemma
    def holders_are_known(self, c: Client) -> bool:
        """The directory knows every client that may hold a copy."""
        return implies(self.may_hold(c), c in self.holders)

    @lemma
    def a_writer_is_known_to_be_one(self, c: Client) -> bool:
        """The directory knows that a copy is exclusive."""
        writes = self.cache[c] == Access.EXCLUSIVE or self.replies[c] == Reply.GRANT_EXCLUSIVE
        return implies(writes, self.is_exclusive)

    @lemma
    def a_writer_is_the_only_holder(self, a: Client, b: Client) -> bool:
        """If a copy is exclusive, there is one holder."""
        return not self.is_exclusive or a not in self.holders or b not in self.holders or a == b

    @lemma
    def who_is_to_be_told_holds(self, c: Client) -> bool:
        """A client with an invalidation pending is a holder that has not been sent one."""
        told = self.replies[c] == Reply.INVALIDATE or c in self.acknowledged
        return implies(c in self.pending, c in self.holders and not told)

    @lemma
    def only_what_is_in_the_way_is_told(self, c: Client) -> bool:
        """Invalidations and acknowledgements are on their way only while a copy is in the way."""
        told = self.replies[c] == Reply.INVALIDATE or c in self.acknowledged
        in_the_way = self.serving is not None and (self.wanted == Access.EXCLUSIVE or self.is_exclusive)
        return implies(told, in_the_way)

    @lemma
    def who_has_acknowledged_has_no_copy(self, c: Client) -> bool:
        """A client whose acknowledgement is on its way has no copy, and none is on its way to it."""
        return implies(c in self.acknowledged, self.cache[c] == Access.NONE and self.replies[c] == Reply.NOTHING)

    @reachable
    def written_after_read(self, c: Client) -> bool:
        """A client has an exclusive copy while another one's request is served."""
        return self.cache[c] == Access.EXCLUSIVE and self.serving is not None and self.serving != c


class CacheCoherenceGrantingTooEarly(CacheCoherence):
    """Broken: the directory grants an exclusive copy without waiting for acknowledgements."""

    expected = Violates("coherence")

    @action
    def grant_exclusive(self, c: Client) -> None:
        """The directory grants an exclusive copy once all invalidations are sent, acknowledged or not."""
        require(self.serving == c, self.wanted == Access.EXCLUSIVE)
        require(not self.pending, self.replies[c] == Reply.NOTHING)
        self.replies[c] = Reply.GRANT_EXCLUSIVE
        self.holders.add(c)
        self.is_exclusive = True
        self.serving = None


class CacheCoherenceKeepingCopies(CacheCoherence):
    """Broken: a client acknowledges an invalidation, and keeps its copy."""

    expected = Violates("coherence")

    @action
    def give_up(self, c: Client) -> None:
        """A client receives an invalidation, acknowledges, and keeps its copy."""
        require(self.replies[c] == Reply.INVALIDATE, c not in self.acknowledged)
        self.replies[c] = Reply.NOTHING
        self.acknowledged.add(c)
