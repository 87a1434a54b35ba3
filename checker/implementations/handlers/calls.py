"""Calls of handlers: a handler maps a node's local state and an event to all possible outcomes.

Every explorer and every replay makes its calls here, on fresh copies. The first time, a call is made three times with
dicts and sets filled in different orders, so that a nondeterministic handler is detected and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

from assay.checker.implementations.events import (
    CallError,
    Event,
    Fire,
    Local,
    Outcome,
    Receive,
    Recover,
    Replace,
    Start,
)
from assay.checker.implementations.handlers.differences import difference
from assay.checker.implementations.handlers.outside import Outside
from assay.checker.implementations.handlers.recording import Recorder
from assay.checker.implementations.handlers.views import OwnView, View
from assay.checker.implementations.raising import told
from assay.impl.node.attributes import declared
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, freeze, freeze_attributes
from assay.impl.node.handling import handlers, timeout_handlers
from assay.impl.node.node import Address, Node
from assay.impl.node.thawing import Order, thaw

__all__ = ["Caller"]


MOST_RECALLED = 5_000
"""The most calls to repeat at the end, which takes about a second."""

_MOST_LIVED = 10_000
"""Node objects kept after a call, to be called again in the state that they reached; bounded for their memory."""


class Caller:
    """Makes the calls of one cluster.

    Parameters
    ----------
    cluster : Cluster
        The cluster. Its own nodes are never called, only copies of them.
    remembers : bool
        Whether the outcomes of a repeated call are taken from the first one. Otherwise every call is made and compared
        with the first: this is slow, but finds state outside of the nodes wherever it has an effect.

    Attributes
    ----------
    calls : int
        The number of calls made, without repetitions.
    unhandled : set of (type of Node, type of message)
        Node classes with the messages that arrived there and that no method handles.
    """

    def __init__(self, cluster: Cluster, *, remembers: bool = False) -> None:
        self.cluster = cluster
        self.remembers = remembers
        self.classes = {address: type(node) for address, node in cluster.nodes.items()}
        self.given = {address: self._frozen(address, node) for address, node in cluster.nodes.items()}
        self.calls = 0
        self.unhandled: set[tuple[type[Node], type[Any]]] = set()
        self._seen: dict[tuple[Address, Local, Event], tuple[Outcome, ...]] = {}
        self._lived: dict[tuple[Address, Local], Node] = {}
        self._outside = Outside(self.classes.values())

    def _frozen(self, address: Address, node: Node) -> tuple[tuple[str, Frozen], ...]:
        try:
            return freeze_attributes(node.attributes())
        except NodeError as error:
            raise NodeError(f"{address}: {error.message}", help=error.help) from None

    def start(self, address: Address) -> tuple[Outcome, ...]:
        """Return the outcomes of a node's first start."""
        return self.outcomes(address, Local(self.given[address]), Start())

    def crash(self, address: Address, local: Local) -> Local:
        """Return a node's local state after a crash."""
        durable = {name for name, attribute in declared(self.classes[address]).items() if attribute.durable}
        return Local(tuple(pair for pair in local.attributes if pair[0] in durable), up=False)

    def restored(self, address: Address, local: Local) -> Local:
        """Return the local state in which a node recovers: its initial attributes and the durable ones."""
        attributes = {**dict(self.given[address]), **dict(local.attributes)}
        return Local(tuple(sorted(attributes.items(), key=lambda pair: pair[0])))

    @property
    def views(self) -> tuple[View, ...]:
        """The views that predicates have of the cluster: only one."""
        return (OwnView(self.classes, self.restored),)

    def is_replaceable(self, address: Address, local: Local) -> bool:  # noqa: ARG002
        """Return whether a node may be stopped to be replaced: never, since there is only one release."""
        return False

    def stop(self, address: Address, local: Local) -> Local:
        """Return a node's local state after it is stopped."""
        return replace(self.crash(address, local), stopped=True)

    def recover(self, address: Address, local: Local) -> tuple[Outcome, ...]:
        """Return the outcomes of a node's recovery."""
        return self.outcomes(address, self.restored(address, local), Recover())

    def outcomes(self, address: Address, local: Local, event: Event) -> tuple[Outcome, ...]:
        """Return the outcomes of an event at a running node, one for each combination of choices.

        Raises
        ------
        CallError
            If the handler raises, changes its message, keeps a value that cannot be frozen, or is not a function of the
            node's state and the event.
        """
        first = self._seen.get((address, local, event))
        if first is not None and self.remembers:
            return first
        found = self._all(address, local, event, Order.CANONICAL)
        self.calls += 1
        if first is None:
            self._seen[address, local, event] = found
            for order in (Order.REVERSED, Order.ROTATED):
                self._demand_same(found, self._all(address, local, event, order), address, event)
            self._demand_same_of_who_has_lived(address, local, event, found[0])
        else:
            self._demand_unchanged(first, found, address, event)
        return found

    def recall(self, most: int = MOST_RECALLED) -> None:
        """Repeat some of the calls made so far, since state outside of the nodes may have changed in the meantime.

        Some are also repeated with that state as it was at the beginning: a value that is stored once and only read
        afterwards affects all calls alike, but differs from run to run. This comes last, since it empties caches, which
        the other repetitions must find as the calls have left them.

        Raises
        ------
        CallError
            If a repetition has different outcomes.
        """
        made = list(self._seen.items())
        for (address, local, event), first in made[:: max(1, len(made) // most)]:
            self._demand_unchanged(first, self._all(address, local, event, Order.CANONICAL), address, event)
        if not self._outside.has_changed():
            return
        for (address, local, event), first in made[:: max(1, 5 * len(made) // most)]:
            self._demand_as_at_the_beginning(first, address, local, event)

    def _demand_as_at_the_beginning(
        self, first: Sequence[Outcome], address: Address, local: Local, event: Event
    ) -> None:
        with self._outside.as_at_the_beginning():
            then = self._all(address, local, event, Order.CANONICAL)
        if self._canonical(first) != self._canonical(then):
            raise CallError(
                "with what is kept outside of the nodes as it was at first, a call of the same on the same gave "
                f"another result: {difference(then, first)}",
                *(address, event),
                help="keep all state in the node's attributes, none in globals, classes, closures or cached results",
            )

    def _demand_unchanged(
        self, first: Sequence[Outcome], now: Sequence[Outcome], address: Address, event: Event
    ) -> None:
        if self._canonical(first) != self._canonical(now):
            raise CallError(
                f"a later call of the same on the same gave another result: {difference(first, now)}",
                *(address, event),
                help="keep all state in the node's attributes, none in globals, classes or closures",
            )

    def _demand_same_of_who_has_lived(self, address: Address, local: Local, event: Event, first: Outcome) -> None:
        """Repeat the call on an object that reached this state by earlier calls, as a running node does."""
        node = self._lived.pop((address, local), None)
        if node is None or isinstance(event, Start | Recover | Replace):
            return
        # Make room for the object in the state that it reaches: it has lived longer than the one that is kept there, so
        # it may have more hidden state.
        self._lived.pop((address, first.local), None)
        lived = self._called(node, address, event, Order.CANONICAL, Recorder(self.classes, address, local, event, ()))
        if self._canonical([lived]) != self._canonical([first]):
            raise CallError(
                f"a node that has lived differs from one that holds the same: {difference([first], [lived])}",
                *(address, event),
                help="keep all state in the node's attributes: what is tied to the object itself is lost in a restart",
            )

    def _demand_same(self, a: Sequence[Outcome], b: Sequence[Outcome], address: Address, event: Event) -> None:
        if self._canonical(a) == self._canonical(b):
            return
        raise CallError(
            f"two calls of the same on the same differ: {difference(a, b)}",
            *(address, event),
            help="a handler's result must not depend on the order of a set or dict, on time, on random numbers, "
            "nor on what is kept outside of the node's attributes",
        )

    def _canonical(self, outcomes: Sequence[Outcome]) -> tuple[Any, ...]:
        """Return outcomes in a form in which the order of sends matters only within a channel of a FIFO network."""
        return tuple((o.local, self._sends(o), o.client, o.choices) for o in outcomes)

    def _sends(self, outcome: Outcome) -> Hashable:
        if self.cluster.network.kind != "fifo":
            return frozenset(Counter(outcome.sends).items())
        channels: dict[Address, list[Frozen]] = {}
        for destination, message in outcome.sends:
            channels.setdefault(destination, []).append(message)
        return frozenset((destination, tuple(messages)) for destination, messages in channels.items())

    def _all(self, address: Address, local: Local, event: Event, order: Order) -> tuple[Outcome, ...]:
        """Make a call once for each combination of choices."""
        outcomes: list[Outcome] = []
        chosen: list[int] | None = []
        while chosen is not None:
            port = Recorder(self.classes, address, local, event, chosen)
            outcomes.append(self._call(address, local, event, order, port))
            chosen = port.next_choices()
        return tuple(outcomes)

    def _call(self, address: Address, local: Local, event: Event, order: Order, port: Recorder) -> Outcome:
        node = self.classes[address].__new__(self.classes[address])
        vars(node).update({name: thaw(value, order) for name, value in local.attributes})
        return self._called(node, address, event, order, port)

    def _called(self, node: Node, address: Address, event: Event, order: Order, port: Recorder) -> Outcome:
        node.bind(address, port)
        handler, arguments = self._handler(node, event, order)
        if handler is None:
            return Outcome(port.local)
        try:
            handler(*arguments)
        except CallError:
            raise
        except NodeError as error:
            raise CallError(error.message, address, event, help=error.help) from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a handler may raise anything, even SystemExit
            raise CallError(f"it raised {told(error)}", address, event) from error
        if port.refused is not None:
            raise CallError(f"it goes on after: {port.refused.message}", address, event, help=port.refused.help)
        outcome = self._outcome(node, port, event, arguments)
        if len(self._lived) < _MOST_LIVED:
            self._lived.setdefault((address, outcome.local), node)
        return outcome

    def _handler(self, node: Node, event: Event, order: Order) -> tuple[Callable[..., None] | None, tuple[Any, ...]]:
        match event:
            case Start():
                return node.on_start, ()
            case Recover() | Replace():
                return node.on_recover, ()
            case Fire(timer):
                return getattr(node, timeout_handlers(type(node))[str(timer[0])]), tuple(
                    thaw(part, order) for part in timer[1:]
                )
            case Receive(source, frozen):
                message = thaw(frozen, order)
                name = self._handler_of(type(node), type(message))
                return (None if name is None else getattr(node, name)), (source, message)

    def _handler_of(self, node: type[Node], message: type[Any]) -> str | None:
        handled = handlers(node)
        for cls in message.__mro__:
            if cls in handled:
                return handled[cls]
        self.unhandled.add((node, message))
        if self.cluster.strict:
            raise NodeError(
                f"{node.__name__} has no method for {message.__name__}",
                help=f"write one with @on({message.__name__}), or leave out strict=True",
            )
        return None

    def _outcome(self, node: Node, port: Recorder, event: Event, arguments: tuple[Any, ...]) -> Outcome:
        address = node.address
        try:
            if isinstance(event, Receive) and freeze(arguments[1]) != event.message:
                raise NodeError(
                    f"it has changed the message: now it is {arguments[1]!r}",
                    help="a message belongs to the network: copy what you change",
                )
            attributes = freeze_attributes(node.attributes())
        except NodeError as error:
            raise CallError(error.message, address, event, help=error.help) from None
        local = Local(attributes, frozenset(port.timers))
        return Outcome(local, tuple(port.sends), tuple(port.client), tuple(port.choices))
