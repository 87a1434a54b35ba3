"""The reference semantics of a cluster: its initial worlds and the steps out of a world, written for clarity.

`assay help implementations` says the same in prose; the native explorer implements that page and not this file, and
tests compare the two. Nothing here passes through tables: unless told to remember, every step calls its
handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from assay.checker.implementations.events import Event, Fire, Local, Outcome, Receive, Recover, Replace
from assay.checker.implementations.handlers.releases import caller_of
from assay.checker.implementations.handlers.views import View
from assay.checker.implementations.networks import MEDIA, Flight, in_order
from assay.checker.implementations.predicates import name_of
from assay.checker.implementations.raising import told
from assay.checker.implementations.steps import Act, Crash, Cut, Double, Heal, Lose, Miss, Step, Stop
from assay.checker.implementations.worlds import FrozenWorld, budgets_of, is_pending, note
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import ClusterError, NodeError
from assay.impl.node.node import Address
from assay.impl.node.thawing import thaw, words
from assay.impl.node.world import Envelope, Invocation, Response, World, later

__all__ = ["Semantics", "ask", "nothing_is_inside"]


class Semantics:
    """The transition system of a cluster.

    Parameters
    ----------
    cluster : Cluster
    remembers : bool
        Whether equal calls of handlers are made only once: see `Caller`.

    Attributes
    ----------
    caller : Caller or ReleaseCaller
        Makes the calls of handlers, and counts them.
    """

    def __init__(self, cluster: Cluster, *, remembers: bool = False) -> None:
        self.cluster = cluster
        self.caller = caller_of(cluster, remembers=remembers)
        self.addresses = tuple(cluster.nodes)
        self.number = {address: number for number, address in enumerate(self.addresses)}
        self.medium = MEDIA[cluster.network.kind]

    # Initial worlds

    def initial(self) -> Iterator[FrozenWorld]:
        """Iterate over the initial worlds, one for each choice: all nodes have started, in the order of the cluster."""
        empty = FrozenWorld((), self.medium.empty, budgets_of(self.cluster))
        for outcomes in product(*(self.caller.start(address) for address in self.addresses)):
            world = replace(empty, locals=tuple(outcome.local for outcome in outcomes))
            for address, outcome in zip(self.addresses, outcomes, strict=True):
                world = self._told(self._sent(world, address, outcome), address, outcome)
            yield world

    def first_inside(self) -> Iterator[FrozenWorld]:
        """Iterate over the initial worlds inside `Cluster.constraint`; nothing is claimed of the others."""
        constraint = self.cluster.constraint
        return (world for world in self.initial() if constraint is None or self.holds(constraint, world))

    # Steps

    def steps(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        """Iterate over all possible steps, each with the world after it; several may lead to the same world."""
        yield from self._deliveries(world)
        yield from self._timeouts(world)
        yield from self._crashes(world)
        yield from self._stops(world)
        yield from self._restarts(world)
        yield from self._network_faults(world)
        yield from self._cuts(world)

    def _deliveries(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        for flight, network in self.medium.deliveries(world.network):
            if self._is_cut(world, flight):
                continue
            after = world if network is world.network else replace(world, network=network)
            if self.cluster.network.remembers_last:
                after = replace(after, last=flight)
            number = self.number[flight.destination]
            if world.locals[number].up:
                event = Receive(flight.source, flight.message)
                yield from self._acts(world, after, flight.destination, event, idle=not self.medium.keeps_ignored)
            elif network != world.network:
                yield Miss(flight), after

    def _timeouts(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        for address, local in zip(self.addresses, world.locals, strict=True):
            for timer in local.timers:
                after = self._spent(world, f"timeout {timer[0]}", "timeouts")
                if after is not None:
                    yield from self._acts(world, after, address, Fire(timer), idle=False)

    def _acts(
        self, world: FrozenWorld, after: FrozenWorld, address: Address, event: Event, *, idle: bool
    ) -> Iterator[tuple[Step, FrozenWorld]]:
        """Yield the steps by which a node handles an event; ``after`` is the world without the message or the budget.

        An event without effect on the node is no step, unless ``idle``.
        """
        local = world.locals[self.number[address]]
        for outcome in self.caller.outcomes(address, local, event):
            if outcome.is_idle(local) and not idle:
                continue
            yield Act(address, event, outcome.choices), self._acted(after, address, outcome)
            yield from self._torn(after, address, event, outcome)

    def _acted(self, world: FrozenWorld, address: Address, outcome: Outcome) -> FrozenWorld:
        return self._told(self._sent(self._with(world, address, outcome.local), address, outcome), address, outcome)

    def _torn(
        self, world: FrozenWorld, address: Address, event: Event, outcome: Outcome
    ) -> Iterator[tuple[Step, FrozenWorld]]:
        """Yield the crashes right after the handler, when only some of its messages have left."""
        after = self._spent(world, "crashes") if self._may_crash(address) else None
        if after is None:
            return
        flights = tuple(Flight(address, destination, message) for destination, message in outcome.sends)
        down = self._with(after, address, self.caller.crash(address, outcome.local))
        down = self._remembered(self._told(down, address, outcome), flights)
        for left in self.medium.remainders(flights):
            yield Act(address, event, outcome.choices, crash=left), self._put(down, left)

    def _crashes(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        after = self._spent(world, "crashes")
        for address, local in zip(self.addresses, world.locals, strict=True):
            if after is not None and local.up and self._may_crash(address):
                yield Crash(address), self._with(after, address, self.caller.crash(address, local))

    def _may_crash(self, address: Address) -> bool:
        crashing = self.cluster.faults.crashing
        return crashing is None or address in crashing

    def _stops(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        for address, local in zip(self.addresses, world.locals, strict=True):
            if local.up and self.caller.is_replaceable(address, local):
                yield Stop(address), self._with(world, address, self.caller.stop(address, local))

    def _restarts(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        recovered = self._spent(world, "restarts")
        for address, local in zip(self.addresses, world.locals, strict=True):
            event, after = (Replace(), world) if local.stopped else (Recover(), recovered)
            if after is None or local.up:
                continue
            for outcome in self.caller.recover(address, local):
                yield Act(address, event, outcome.choices), self._acted(after, address, outcome)
                yield from self._torn(after, address, event, outcome)

    def _network_faults(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        lossy, doubling = self._spent(world, "loss"), self._spent(world, "duplication")
        if lossy is not None:
            for flight, network in self.medium.losses(world.network):
                yield Lose(flight), replace(lossy, network=network)
        if doubling is not None:
            for flight, network in self.medium.doublings(world.network):
                yield Double(flight), replace(doubling, network=network)

    def _cuts(self, world: FrozenWorld) -> Iterator[tuple[Step, FrozenWorld]]:
        if world.cut is not None:
            yield Heal(), replace(world, cut=None)
            return
        after = self._spent(world, "partitions")
        if after is not None:
            for number, side in enumerate(self.cluster.faults.sides):
                yield Cut(number, side), replace(after, cut=number)

    # Parts of a step

    def _with(self, world: FrozenWorld, address: Address, local: Local) -> FrozenWorld:
        number = self.number[address]
        return replace(world, locals=(*world.locals[:number], local, *world.locals[number + 1 :]))

    def _sent(self, world: FrozenWorld, address: Address, outcome: Outcome) -> FrozenWorld:
        flights = tuple(Flight(address, destination, message) for destination, message in outcome.sends)
        return self._put(self._remembered(world, flights), flights)

    def _put(self, world: FrozenWorld, flights: tuple[Flight, ...]) -> FrozenWorld:
        """Put sent messages in flight. Across a cut, they are lost; on a set they wait, which comes to the same."""
        if self.cluster.network.kind != "set":
            flights = tuple(flight for flight in flights if not self._is_cut(world, flight))
        return replace(world, network=self.medium.send(world.network, flights)) if flights else world

    def _remembered(self, world: FrozenWorld, flights: tuple[Flight, ...]) -> FrozenWorld:
        return replace(world, sent=world.sent.union(flights)) if self.cluster.ghosts else world

    def _told(self, world: FrozenWorld, address: Address, outcome: Outcome) -> FrozenWorld:
        """Append the node's events of clients to the history."""
        if not self.cluster.history:
            return world
        history = list(world.history)
        for word, value in outcome.client:
            pending = is_pending(history, address)
            if word == "respond" and not pending:
                raise NodeError(f"{address} responds to an operation that it has not begun: {words(value)}")
            note(history, Invocation(address, value) if word == "invoke" else Response(address, value))
        return replace(world, history=tuple(history))

    def _is_cut(self, world: FrozenWorld, flight: Flight) -> bool:
        if world.cut is None:
            return False
        side = self.cluster.faults.sides[world.cut]
        return (flight.source in side) != (flight.destination in side)

    def _spent(self, world: FrozenWorld, *names: str) -> FrozenWorld | None:
        """Return the world with the first of these budgets that exists reduced by one; None if it is used up."""
        budgets = dict(world.budgets)
        for name in names:
            if name in budgets:
                left = budgets[name]
                budgets[name] = left - 1
                return replace(world, budgets=tuple(budgets.items())) if left else None
        return world

    # Observation

    def observed(self, world: FrozenWorld) -> World:
        """Return a world as predicates and `Cluster.abstract` see it; a new object, which they may modify."""
        judged, *others = self.caller.views
        return self._seen(world, judged, tuple(self._seen(world, view) for view in others))

    def _seen(self, world: FrozenWorld, view: View, others: tuple[World, ...] = ()) -> World:
        locals_ = dict(zip(self.addresses, world.locals, strict=True))
        return World(
            nodes={address: self._node(view, address, local) for address, local in locals_.items()},
            down=frozenset(address for address, local in locals_.items() if not local.up),
            network=later(lambda: self._on_their_way(world, view)),
            sent=later(lambda: self._ever_sent(world, view)),
            history=later(lambda: tuple(map(_thawed, world.history))),
            timers=frozenset((a, tuple(map(thaw, timer))) for a, local in locals_.items() for timer in local.timers),
            others=others,
        )

    def _on_their_way(self, world: FrozenWorld, view: View) -> tuple[Envelope[Any], ...]:
        return tuple(view.read(flight).thawed() for flight in self.medium.contents(world.network))

    def _ever_sent(self, world: FrozenWorld, view: View) -> tuple[Envelope[Any], ...]:
        if self.cluster.ghosts:
            return tuple(view.read(flight).thawed() for flight in sorted(world.sent, key=in_order))
        return self._on_their_way(world, view) if self.cluster.network.kind == "set" else ()

    def _node(self, view: View, address: Address, local: Local) -> Any:
        cls, attributes = view.node(address, local)
        node = cls.__new__(cls)
        vars(node).update({name: thaw(value) for name, value in attributes})
        node.bind(address, _OBSERVED)
        return node

    def holds(self, predicate: Callable[[World], bool], world: FrozenWorld) -> bool:
        """Return whether a predicate is true of a world."""
        return ask(predicate, self.observed(world))


def ask(predicate: Callable[[World], bool], world: World) -> bool:
    """Return whether a predicate is true of an observed world.

    Raises
    ------
    NodeError
        If it raises.
    """
    try:
        return bool(predicate(world))
    except NodeError:
        raise
    except Exception as error:
        raise NodeError(f"the predicate {name_of(predicate)} raised {told(error)}") from error


def nothing_is_inside() -> ClusterError:
    """Return the error that `Cluster.constraint` excludes every initial world."""
    return ClusterError(
        "no first world is inside the constraint, so that nothing is claimed of any",
        help="Cluster.constraint must be true of a world in which all nodes have started",
    )


class _Observed:
    """The port of a node that is only observed."""

    def __getattr__(self, name: str) -> Any:
        raise NodeError(f"a predicate makes a node {name.replace('_', ' ')}; it may only look")


_OBSERVED: Any = _Observed()


def _thawed(event: Invocation | Response) -> Invocation | Response:
    if isinstance(event, Invocation):
        return Invocation(event.client, thaw(event.operation))
    return Response(event.client, thaw(event.result))
