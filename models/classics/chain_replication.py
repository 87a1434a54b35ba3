"""Chain replication: updates pass down a chain of servers, and are safe once they have reached its end.

What is modelled
    The head of the chain, the first live server, takes updates and orders them; each server passes its updates on to
    the next live one, in order; the tail, the last live server, acknowledges them and answers queries. The
    chain is an order of servers. A crashed server is removed by a configuration service that does not fail, and its
    neighbours close the gap.
Faults
    Servers crash for good, as long as one remains. Updates that only crashed servers had are lost, but they were
    not acknowledged. Between two servers updates are passed on in order, again after a change of the chain.
Source
    van Renesse and Schneider, *Chain replication for supporting high throughput and availability* (2004); its
    Update Propagation Invariant is `prefix` here.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Model,
    Order,
    Set,
    Violates,
    action,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
)

__all__ = [
    "ChainReplication",
    "ChainReplicationAcknowledgingAtTheHead",
    "ChainReplicationOutOfOrder",
    "ChainReplicationQueryingAnyServer",
    "Server",
    "Stored",
    "Update",
]


class Server(Order):
    """A server, by its place in the chain."""


class Update(Order):
    """An update, by its place in the head's order."""


@record
class Stored:
    """A server has an update."""

    server: Server
    update: Update


class ChainReplication(Model):
    """No update that a client knows of is ever lost."""

    default = {"Server": 3, "Update": 2}
    smoke = {"Server": 2}
    deep = {"Update": 3}

    crashed: Set[Server]
    stored: Set[Stored]
    acknowledged: Set[Update]
    seen: Set[Update]

    def is_alive(self, server: Server) -> bool:
        return server not in self.crashed

    def is_head(self, server: Server) -> bool:
        """Whether the server is the first live one."""
        return self.is_alive(server) and all(s >= server for s in Server if s not in self.crashed)

    def is_tail(self, server: Server) -> bool:
        """Whether the server is the last live one."""
        return self.is_alive(server) and all(s <= server for s in Server if s not in self.crashed)

    def is_next(self, server: Server, successor: Server) -> bool:
        """Whether both servers are alive, with no live one between them."""
        return (
            self.is_alive(server)
            and self.is_alive(successor)
            and server < successor
            and all(s <= server or successor <= s for s in Server if s not in self.crashed)
        )

    @action
    def update(self, head: Server, update: Update) -> None:
        """The head takes an update, after all that it has."""
        require(self.is_head(head), all(u < update for u in Update if Stored(head, u) in self.stored))
        self.stored.add(Stored(head, update))

    @action
    def pass_on(self, server: Server, successor: Server, update: Update) -> None:
        """A server passes an update on to its successor, after all earlier ones."""
        require(self.is_next(server, successor), Stored(server, update) in self.stored)
        require(
            all(Stored(successor, u) in self.stored for u in Update if u < update and Stored(server, u) in self.stored)
        )
        self.stored.add(Stored(successor, update))

    @action
    def acknowledge(self, tail: Server, update: Update) -> None:
        """The tail acknowledges an update to its client."""
        require(self.is_tail(tail), Stored(tail, update) in self.stored)
        self.acknowledged.add(update)

    @action
    def query(self, tail: Server) -> None:
        """A client reads the updates that the tail has."""
        require(self.is_tail(tail))
        self.seen |= {u for u in Update if Stored(tail, u) in self.stored}

    @action
    def crash(self, server: Server, survivor: Server) -> None:
        """A server crashes for good, unless it is the last one."""
        require(server not in self.crashed, survivor not in self.crashed, server != survivor)
        self.crashed.add(server)

    @invariant
    def acknowledged_updates_survive(self, update: Update, server: Server) -> bool:
        """Every live server has every acknowledged update, so whichever becomes the tail has it."""
        return implies(update in self.acknowledged and self.is_alive(server), Stored(server, update) in self.stored)

    @invariant
    def queries_are_monotonic(self, update: Update, server: Server) -> bool:
        """Every live server has what a client has once seen, so later queries show it too."""
        return implies(update in self.seen and self.is_alive(server), Stored(server, update) in self.stored)

    @invariant
    def prefix(self, server: Server, later: Server, u: Update, w: Update) -> bool:
        """Of what a live server has, those after it have a prefix and nothing else."""
        both_alive = server < later and self.is_alive(server) and self.is_alive(later)
        return not (both_alive and Stored(later, w) in self.stored) or (
            Stored(server, w) in self.stored
            and implies(u < w and Stored(server, u) in self.stored, Stored(later, u) in self.stored)
        )

    @step_invariant
    def nothing_is_forgotten(self, after: Self) -> bool:
        """A server keeps every update."""
        return all(s in after.stored for s in self.stored)

    @lemma
    def somebody_is_alive(self) -> bool:
        return any(self.is_alive(s) for s in Server)

    @reachable
    def update_is_lost(self, lost: Server, update: Update) -> bool:
        """Only crashed servers have an update."""
        return Stored(lost, update) in self.stored and all(
            s in self.crashed for s in Server if Stored(s, update) in self.stored
        )

    @reachable
    def last_one_knows(self, survivor: Server, update: Update) -> bool:
        """All servers but one have crashed, and an update was acknowledged."""
        return all(s == survivor or s in self.crashed for s in Server) and update in self.acknowledged


class ChainReplicationAcknowledgingAtTheHead(ChainReplication):
    """Broken: the head acknowledges an update as soon as it has it, before the other servers do."""

    expected = Violates("acknowledged_updates_survive")
    default = {"Server": 2, "Update": 1}
    smoke = {}
    deep = {"Server": 3}

    @action
    def acknowledge(self, tail: Server, update: Update) -> None:
        """The head acknowledges an update, which no other server may have yet."""
        require(self.is_head(tail), Stored(tail, update) in self.stored)
        self.acknowledged.add(update)


class ChainReplicationQueryingAnyServer(ChainReplication):
    """Broken: any server answers queries, even with updates that are not safe yet."""

    expected = Violates("queries_are_monotonic")
    default = {"Server": 2, "Update": 1}
    smoke = {}
    deep = {"Server": 3}

    @action
    def query(self, tail: Server) -> None:
        """A client reads the updates that any live server has."""
        require(self.is_alive(tail))
        self.seen |= {u for u in Update if Stored(tail, u) in self.stored}


class ChainReplicationOutOfOrder(ChainReplication):
    """Broken: updates overtake each other on their way down the chain."""

    expected = Violates("prefix")
    default = {"Server": 2, "Update": 2}
    smoke = {}
    deep = {"Server": 3}

    @action
    def pass_on(self, server: Server, successor: Server, update: Update) -> None:
        """A server passes an update on to its successor, whether or not that has the earlier ones."""
        require(self.is_next(server, successor), Stored(server, update) in self.stored)
        self.stored.add(Stored(successor, update))
