"""Calls of handlers: a handler maps a node's local state and an event to all possible outcomes.

Every explorer and every replay makes its calls here, on fresh copies. The first time, a call is made three times with
dicts and sets filled in different orders, so that a nondeterministic handler is detected and named.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeAlias, TypeVar

from assay.checker.implementations.hashing import hashed_once
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.outside import Outside
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, Order, freeze, freeze_attributes, thaw, words
from assay.impl.node.node import Address, Node, declared, handlers, timeout_handlers

__all__ = [
    "Attributes",
    "CallError",
    "Caller",
    "Event",
    "Fire",
    "FrozenTimer",
    "Local",
    "Outcome",
    "Receive",
    "Recover",
    "Replace",
    "Start",
    "View",
]

T = TypeVar("T")

FrozenTimer: TypeAlias = tuple[Hashable, ...]
MOST_RECALLED = 5_000
"""Calls that are repeated at the end, which takes about a second."""

_MOST_LIVED = 10_000
"""Node objects kept after a call, to be called again in the state that they reached."""

Attributes: TypeAlias = tuple[tuple[str, Frozen], ...]


@hashed_once
@dataclass(frozen=True)
class Local:
    """The local state of a node.

    Attributes
    ----------
    attributes : tuple of (name, frozen value)
        Sorted by name; for a node that is down, only the durable ones.
    timers : frozenset of frozen timers
        The timers that are set.
    up : bool
        Whether the node is running.
    release : int
        The number of the release that it runs, or ran last.
    stopped : bool
        For a node that is down: whether it was stopped to be replaced rather than crashed.
    kept : tuple of (name, frozen value)
        Durable attributes of other releases, left on disk, which this release does not read.
    """

    attributes: tuple[tuple[str, Frozen], ...]
    timers: frozenset[FrozenTimer] = frozenset()
    up: bool = True
    release: int = 0
    stopped: bool = False
    kept: tuple[tuple[str, Frozen], ...] = ()


@dataclass(frozen=True)
class Start:
    """The first start of a node."""

    def __str__(self) -> str:
        return "start"


@dataclass(frozen=True)
class Recover:
    """A start after a crash."""

    def __str__(self) -> str:
        return "recovery"


@dataclass(frozen=True)
class Replace:
    """A start as another release, after a stop."""

    def __str__(self) -> str:
        return "its replacement"


@hashed_once
@dataclass(frozen=True)
class Receive:
    """A message arrives."""

    source: Address
    message: Frozen

    def __str__(self) -> str:
        return f"{words(self.message)} from {self.source}"


@hashed_once
@dataclass(frozen=True)
class Fire:
    """A timer fires."""

    timer: FrozenTimer

    def __str__(self) -> str:
        name, *about = self.timer
        return f"timer {name}" + (f" ({', '.join(words(part) for part in about)})" if about else "")


Event: TypeAlias = Start | Recover | Replace | Receive | Fire


@dataclass(frozen=True)
class Outcome:
    """An outcome of a call.

    Attributes
    ----------
    local : Local
        The node's state after the call.
    sends : tuple of (Address, frozen message)
        The messages sent, in order.
    client : tuple of (word, frozen value)
        The events of clients, in order: ``("invoke", operation)`` and ``("respond", result)``.
    choices : tuple of (name, frozen option)
        The choices made, in order.
    """

    local: Local
    sends: tuple[tuple[Address, Frozen], ...] = ()
    client: tuple[tuple[str, Frozen], ...] = ()
    choices: tuple[tuple[str, Frozen], ...] = ()

    def is_idle(self, before: Local) -> bool:
        """Whether the call had no effect."""
        return self.local == before and not self.sends and not self.client


class CallError(NodeError):
    """A handler broke a rule or raised an exception.

    Attributes
    ----------
    address : Address
        The address of the node.
    event : Event
        The event that it handled.
    """

    def __init__(self, message: str, address: Address, event: Event, *, help: str | None = None) -> None:
        super().__init__(f"{address}, {event}: {message}", help=help)
        self.address = address
        self.event = event


class View(Protocol):
    """How nodes and messages are shown to predicates."""

    def node(self, address: Address, local: Local) -> tuple[type[Node], Attributes]:
        """Return the class and the attributes of a node; for one that is down, those with which it will restart."""

    def read(self, flight: Flight) -> Flight:
        """Return a message."""


@dataclass(frozen=True)
class _OwnView:
    """Shows nodes and messages as they are."""

    caller: Caller

    def node(self, address: Address, local: Local) -> tuple[type[Node], Attributes]:
        held = local if local.up else self.caller.restored(address, local)
        return self.caller.classes[address], held.attributes

    def read(self, flight: Flight) -> Flight:
        return flight


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
        return (_OwnView(self),)

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
                f"another result: {_difference(then, first)}",
                *(address, event),
                help="keep all state in the node's attributes, none in globals, classes, closures or cached results",
            )

    def _demand_unchanged(
        self, first: Sequence[Outcome], now: Sequence[Outcome], address: Address, event: Event
    ) -> None:
        if self._canonical(first) != self._canonical(now):
            raise CallError(
                f"a later call of the same on the same gave another result: {_difference(first, now)}",
                *(address, event),
                help="keep all state in the node's attributes, none in globals, classes or closures",
            )

    def _demand_same_of_who_has_lived(self, address: Address, local: Local, event: Event, first: Outcome) -> None:
        """Repeat the call on an object that reached this state by earlier calls, as a running node does."""
        node = self._lived.pop((address, local), None)
        if node is None or isinstance(event, Start | Recover | Replace):
            return
        self._lived.pop((address, first.local), None)  # the longer it has lived, the more hidden state it may have
        lived = self._called(node, address, event, Order.CANONICAL, _Recorder(self, address, local, event, ()))
        if self._canonical([lived]) != self._canonical([first]):
            raise CallError(
                f"a node that has lived differs from one that holds the same: {_difference([first], [lived])}",
                *(address, event),
                help="keep all state in the node's attributes: what is tied to the object itself is lost in a restart",
            )

    def _demand_same(self, a: Sequence[Outcome], b: Sequence[Outcome], address: Address, event: Event) -> None:
        if self._canonical(a) == self._canonical(b):
            return
        raise CallError(
            f"two calls of the same on the same differ: {_difference(a, b)}",
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
            port = _Recorder(self, address, local, event, chosen)
            outcomes.append(self._call(address, local, event, order, port))
            chosen = port.next_choices()
        return tuple(outcomes)

    def _call(self, address: Address, local: Local, event: Event, order: Order, port: _Recorder) -> Outcome:
        node = self.classes[address].__new__(self.classes[address])
        vars(node).update({name: thaw(value, order) for name, value in local.attributes})
        return self._called(node, address, event, order, port)

    def _called(self, node: Node, address: Address, event: Event, order: Order, port: _Recorder) -> Outcome:
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
            raise CallError(f"it raised {_told(error)}", address, event) from error
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

    def _outcome(self, node: Node, port: _Recorder, event: Event, arguments: tuple[Any, ...]) -> Outcome:
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


class _Recorder:
    """The port of a node during a call: it records the handler's effects and makes its choices."""

    def __init__(self, caller: Caller, address: Address, local: Local, event: Event, chosen: Sequence[int]) -> None:
        self.caller = caller
        self.node = caller.classes[address]
        self.local = local
        self.chosen = chosen
        self.timers = set(local.timers) - ({event.timer} if isinstance(event, Fire) else set())
        self.sends: list[tuple[Address, Frozen]] = []
        self.client: list[tuple[str, Frozen]] = []
        self.choices: list[tuple[str, Frozen]] = []
        self.widths: list[int] = []
        self.refused: NodeError | None = None

    def _refuse(self, message: str, help: str | None = None) -> NoReturn:
        """Raise the error that a rule was broken, and remember it in case the handler catches it."""
        self.refused = NodeError(message, help=help)
        raise self.refused

    def _frozen(self, value: object, what: str) -> Frozen:
        try:
            frozen = freeze(value, what)
        except NodeError as error:
            self.refused = error
            raise
        hash(frozen)
        return frozen

    def send(self, destination: Address, message: object) -> None:
        if destination not in self.caller.classes:
            known = ", ".join(self.caller.classes)
            self._refuse(f"it sends to {destination!r}, which is no node of the cluster", help=f"there are {known}")
        self.sends.append((destination, self._frozen(message, type(message).__name__)))

    def set_timer(self, timer: tuple[Any, ...], after: float) -> None:
        if timer[0] not in timeout_handlers(self.node):
            self._refuse(
                f"it sets the timer {timer[0]!r}, and {self.node.__name__} has no method for it",
                help=f"write one with @on_timeout({timer[0]!r})",
            )
        if not after >= 0:
            self._refuse(f"it sets the timer {timer[0]!r} to fire after {after!r} seconds")
        self.timers.add(self._frozen_timer(timer))

    def cancel_timer(self, timer: tuple[Any, ...]) -> None:
        self.timers.discard(self._frozen_timer(timer))

    def _frozen_timer(self, timer: tuple[Any, ...]) -> FrozenTimer:
        return (timer[0], *(self._frozen(part, f"what timer {timer[0]} is about") for part in timer[1:]))

    def choose(self, name: str, options: Sequence[T]) -> T:
        at = len(self.widths)
        picked = self.chosen[at] if at < len(self.chosen) else 0
        self.widths.append(len(options))
        if picked >= len(options):
            self._refuse(f"it has {len(options)} options for {name} now, and had more in an equal call")
        self.choices.append((name, self._frozen(options[picked], name)))
        return options[picked]

    def invoke(self, operation: object) -> None:
        self.client.append(("invoke", self._frozen(operation, "the operation")))

    def respond(self, result: object) -> None:
        self.client.append(("respond", self._frozen(result, "the result")))

    def next_choices(self) -> list[int] | None:
        """Return the choices of the next call, in lexicographic order, or None after the last."""
        picked = [self.chosen[at] if at < len(self.chosen) else 0 for at in range(len(self.widths))]
        while picked:
            if picked[-1] + 1 < self.widths[len(picked) - 1]:
                return [*picked[:-1], picked[-1] + 1]
            picked.pop()
        return None


def _told(error: BaseException) -> str:
    """Describe an exception, with the line that raised it."""
    first_line = str(error).partition("\n")[0]
    frames = traceback.extract_tb(error.__traceback__)
    outside = [frame for frame in frames if Path(frame.filename) != Path(__file__)]
    place = f" at {outside[-1].filename}:{outside[-1].lineno}" if outside else ""
    return type(error).__name__ + (f": {first_line}" if first_line else "") + place


def _difference(a: Sequence[Outcome], b: Sequence[Outcome]) -> str:
    """Describe how the outcomes of two calls differ."""
    if len(a) != len(b):
        return f"one has {len(a)} outcomes, the other {len(b)}"
    x, y = next((x, y) for x, y in zip(a, b, strict=True) if x != y)
    first, second = dict(x.local.attributes), dict(y.local.attributes)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name) or (name in first) != (name in second):
            return f"{name} is {words(first.get(name))} after one, {words(second.get(name))} after the other"
    if x.sends != y.sends:
        return f"one sends {_sent(x)}, the other {_sent(y)}"
    if x.local.timers != y.local.timers:
        return f"one leaves {_timers(x)}, the other {_timers(y)}"
    return "in what they note for clients" if x.client != y.client else "in what they choose from"


def _timers(outcome: Outcome) -> str:
    return ", ".join(sorted(str(Fire(timer)) for timer in outcome.local.timers)) or "no timer"


def _sent(outcome: Outcome) -> str:
    return ", ".join(f"{words(message)} to {destination}" for destination, message in outcome.sends) or "nothing"
