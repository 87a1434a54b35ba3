"""Everything discovered of a cluster so far, numbered: local states, events, envelopes, channels, histories, calls.

Numbers are given in the order of discovery. They outlive layouts: a search that starts again with a wider layout keeps
everything that is known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from assay.checker.implementations.events import Event, Fire, Local, Outcome, Receive, Recover, Replace
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.numbered import Numbered
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.queues import Queue
from assay.checker.implementations.semantics import Semantics
from assay.checker.implementations.worlds import note
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, rank
from assay.impl.node.node import Address
from assay.impl.node.thawing import words
from assay.impl.node.world import Invocation, Response

__all__ = ["CRASH", "STOP", "Call", "Channel", "Effect", "History", "NodeEvent", "Universe"]


@dataclass(frozen=True)
class _Crash:
    """The event that a node crashes between two handlers."""


@dataclass(frozen=True)
class _Stop:
    """The event that a node is stopped to be replaced by another release."""


CRASH, STOP = _Crash(), _Stop()

NodeEvent: TypeAlias = Event | _Crash | _Stop
History: TypeAlias = tuple[Invocation | Response, ...]
Sighting: TypeAlias = tuple[Address, tuple[tuple[str, Frozen], ...]]


@dataclass(frozen=True)
class Effect:
    """An outcome of a call, by numbers.

    Attributes
    ----------
    local : int
        The local state of the node after the call.
    sent : tuple of int
        The envelopes that the handler sent.
    left : tuple of int
        Those of them that left the node, in order: not all, if it crashed.
    sighting : int
        The events of clients during the call; 0 for none.
    crashed : bool
        Whether the node crashed right after the handler.
    """

    local: int
    sent: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    sighting: int = 0
    crashed: bool = False


Call: TypeAlias = tuple[Effect, ...]


@dataclass
class Channel:
    """The messages from one node to another, in order.

    Attributes
    ----------
    envelopes : Numbered
        The envelopes that were ever sent on it.
    queues : Numbered
        The contents that it had at some time; number 0 is the empty queue.
    """

    source: Address
    destination: Address
    envelopes: Numbered[Flight] = field(default_factory=Numbered)
    queues: Numbered[Queue[Flight]] = field(default_factory=lambda: Numbered(Queue()))


_KINDS = {"set": abi.SET, "bag": abi.BAG, "fifo": abi.FIFO}


class Universe:
    """Everything that a search has met of a cluster, by number.

    Parameters
    ----------
    cluster : Cluster

    Attributes
    ----------
    semantics : Semantics
        Makes the calls of handlers, each once.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.semantics = Semantics(cluster)
        self.addresses = self.semantics.addresses
        self.locals: list[Numbered[Local]] = [Numbered() for _ in self.addresses]
        self.events: list[Numbered[NodeEvent]] = [Numbered() for _ in self.addresses]
        self.envelopes: Numbered[Flight] = Numbered()
        self.channels: list[Channel] = []
        self._channel_numbers: dict[tuple[Address, Address], int] = {}
        self.histories: Numbered[History] = Numbered(())
        self.sightings: Numbered[Sighting | None] = Numbered(None)
        self.calls: dict[tuple[int, int, int], Call] = {}
        self.copies = 1

    def channel_of(self, envelope: int) -> int:
        """Return the number of the channel that an envelope travels on."""
        flight = self.envelopes[envelope]
        ends = (flight.source, flight.destination)
        found = self._channel_numbers.setdefault(ends, len(self.channels))
        if found == len(self.channels):
            self.channels.append(Channel(*ends))
        return found

    @property
    def kind(self) -> int:
        """The kind of network, as compiled functions know it."""
        return _KINDS[self.cluster.network.kind]

    def stops(self, cut: int, envelope: int) -> bool:
        """Return whether a cut of the network stops an envelope; cut 0 is none."""
        if cut == 0:
            return False
        flight, side = self.envelopes[envelope], self.cluster.faults.sides[cut - 1]
        return (flight.source in side) != (flight.destination in side)

    def call(self, node: int, local: int, event: int) -> Call:
        """Return the outcomes of an event at a node; none if the event has no effect.

        Raises
        ------
        NodeError
            If the handler breaks a rule.
        """
        key = (node, local, event)
        if key not in self.calls:
            happens, held = self.events[node][event], self.locals[node][local]
            self.calls[key] = tuple(self._effects(node, held, local, happens))
        return self.calls[key]

    def _effects(self, node: int, held: Local, local: int, event: NodeEvent) -> Iterator[Effect]:
        address, caller = self.addresses[node], self.semantics.caller
        if isinstance(event, _Crash):
            yield Effect(self.locals[node].number(caller.crash(address, held)), crashed=True)
        elif isinstance(event, _Stop):
            yield Effect(self.locals[node].number(caller.stop(address, held)))
        elif isinstance(event, Receive) and not held.up:
            if self.cluster.network.kind != "set":  # the message is no longer in flight
                yield Effect(local)
        elif isinstance(event, Recover | Replace):
            for outcome in caller.recover(address, held):
                yield from self._outcome(node, outcome)
        else:
            takes_idle = isinstance(event, Receive) and not self.semantics.medium.keeps_ignored
            for outcome in caller.outcomes(address, held, event):
                if takes_idle or not outcome.is_idle(held):
                    yield from self._outcome(node, outcome)

    def _outcome(self, node: int, outcome: Outcome) -> Iterator[Effect]:
        """Yield the outcome of a handler, and those in which the node crashes before all that it sent has left."""
        address = self.addresses[node]
        flights = tuple(Flight(address, destination, message) for destination, message in outcome.sends)
        sent = tuple(map(self.envelopes.number, flights))
        seen = self.sightings.number((address, outcome.client)) if self.cluster.history and outcome.client else 0
        yield Effect(self.locals[node].number(outcome.local), sent, sent, seen)
        if self.may_crash(address):
            down = self.locals[node].number(self.semantics.caller.crash(address, outcome.local))
            for left in self.semantics.medium.remainders(flights):
                yield Effect(down, sent, tuple(map(self.envelopes.number, left)), seen, crashed=True)

    def may_crash(self, address: Address) -> bool:
        """Return whether the faults of the cluster allow a node to crash."""
        crashing = self.cluster.faults.crashing
        return self.cluster.faults.crashes != 0 and (crashing is None or address in crashing)

    def spontaneous(self, node: int, local: int) -> list[int]:
        """Return the events that may happen to a node in a local state without a message: timers, crashes, restarts."""
        held, number, address = self.locals[node][local], self.events[node].number, self.addresses[node]
        if held.stopped:
            return [number(Replace())]
        if not held.up:
            return [number(Recover())] if self.cluster.faults.restarts != 0 else []
        fires = [number(Fire(timer)) for timer in sorted(held.timers, key=rank)]
        crashes = [number(CRASH)] if self.may_crash(address) else []
        stops = [number(STOP)] if self.semantics.caller.is_replaceable(address, held) else []
        return [*fires, *crashes, *stops]

    def history_after(self, history: int, sighting: int) -> int:
        """Return the history that follows when clients see more events.

        Raises
        ------
        NodeError
            If a client gets a response without a pending operation.
        """
        known = self.sightings[sighting]
        assert known is not None
        address, seen = known
        events = list(self.histories[history])
        for word, value in seen:
            if word == "respond" and not _is_waiting(events, address):
                raise NodeError(f"{address} responds to an operation that it has not begun: {words(value)}")
            note(events, Invocation(address, value) if word == "invoke" else Response(address, value))
        return self.histories.number(tuple(events))


def _is_waiting(events: list[Invocation | Response], client: Address) -> bool:
    own = [event for event in events if event.client == client]
    return bool(own) and isinstance(own[-1], Invocation)
