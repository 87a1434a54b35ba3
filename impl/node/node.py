"""Nodes: ordinary objects whose methods handle messages and timers, and leave all input and output to a driver.

A node has no socket, clock, thread or source of randomness. All its effects go through its *port*: the explorer
collects them, the runtime carries them out, a test inspects them. So the same class runs unchanged under all of them.
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from assay.impl.node.attributes import DRIVERS, declared
from assay.impl.node.errors import NodeError

__all__ = ["Address", "Node", "Port", "Timer"]

T = TypeVar("T")

Address: TypeAlias = str
"""The name of a node, which messages are sent to."""

Timer: TypeAlias = tuple[str, *tuple[Hashable, ...]]
"""A timer: its name, followed by its arguments."""


class Port(Protocol):
    """The effects that a driver offers to its node."""

    def send(self, destination: Address, message: object) -> None:
        """Send a message; it leaves when the handler has returned and the durable attributes are on disk."""

    def set_timer(self, timer: Timer, after: float) -> None:
        """Set a timer to fire once, after a number of seconds; restart it if it is set already."""

    def cancel_timer(self, timer: Timer) -> None:
        """Cancel a timer, if it is set."""

    def choose(self, name: str, options: Sequence[T]) -> T:
        """Return one of the options."""

    def invoke(self, operation: object) -> None:
        """Record that a client has begun an operation."""

    def respond(self, result: object) -> None:
        """Record that the client's operation has ended, with its result."""


class _NoPort:
    """The port of a node without a driver: every effect is an error."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NodeError(
            f"a node without a driver cannot {name.replace('_', ' ')}",
            help="put it into a Cluster and explore it, run it, or bind a port in a test: node.bind(address, port)",
        )


_NO_PORT: Any = _NoPort()


class Node:
    """A process of a distributed system.

    Attributes are declared by annotations, as in a dataclass. Each node gets its own copy of a default. A collection
    without a default starts empty; any other attribute without one must be given:
    ``Proposer(ballot=1, acceptors=("a1", "a2"))``.

    A crash keeps `Durable` attributes and resets all others to their initial values.
    """

    _is_node_: ClassVar[bool] = True

    expected: ClassVar[Any] = None
    """If the class is a mutant, the checks that must catch it: a `Caught`."""

    address: Address
    """The node's own address, set by its driver."""

    _port: Port

    def __init__(self, **settings: Any) -> None:
        cls, known = type(self), declared(type(self))
        for name in settings:
            if name not in known:
                raise NodeError(
                    f"{cls.__name__} has no attribute {name!r}", help=f"it has {', '.join(known) or 'none'}"
                )
        for name, attribute in known.items():
            vars(self)[name] = settings[name] if name in settings else attribute.initial(cls)
        self.bind("", _NO_PORT)

    def bind(self, address: Address, port: Port) -> None:
        """Give the node its address and a driver."""
        # This bypasses `__setattr__`, which refuses both names: a handler must not change its node's identity.
        vars(self).update(address=address, _port=port)

    def on_start(self) -> None:
        """Handle the first start of the node; its messages are in flight before anything else happens."""

    def on_recover(self) -> None:
        """Handle a restart after a crash, with the durable attributes restored; by default, like a first start."""
        self.on_start()

    def send(self, destination: Address | Iterable[Address], message: object) -> None:
        """Send a message to an address, or to each of several."""
        for address in (destination,) if isinstance(destination, str) else destination:
            self._port.send(address, message)

    def set_timer(self, name: str, after: float, *about: Hashable) -> None:
        """Call the method for a timer once, after a delay.

        Parameters
        ----------
        name : str
            The timer, as in `on_timeout`.
        after : float
            The delay in seconds. The explorer ignores it: there the timer may fire at any time.
        *about : hashable
            Arguments of the method. Timers of the same name with different arguments are different timers; setting the
            same one again restarts it.
        """
        self._port.set_timer(_timer(name, about), after)

    def cancel_timer(self, name: str, *about: Hashable) -> None:
        """Cancel the timer of this name with these arguments, if it is set."""
        self._port.cancel_timer(_timer(name, about))

    def choose(self, name: str, options: Iterable[T]) -> T:
        """Return one of the options: in the explorer each of them, in a run a random one.

        Parameters
        ----------
        name : str
            The name of the choice, for reports.
        options : iterable
            The options.

        Raises
        ------
        NodeError
            If there are no options.
        """
        listed = tuple(options)
        if not listed:
            raise NodeError(f"{type(self).__name__} is to choose {name}, and there is nothing to choose from")
        return self._port.choose(name, listed)

    def invoke(self, operation: object) -> None:
        """Begin an operation, as a client: from now on it may take effect."""
        self._port.invoke(operation)

    def respond(self, result: object) -> None:
        """End the latest operation, with its result: it has taken effect."""
        self._port.respond(result)

    def attributes(self) -> dict[str, Any]:
        """Return the node's attributes by name."""
        return {name: value for name, value in vars(self).items() if name not in DRIVERS}

    def __setattr__(self, name: str, value: Any) -> None:
        if name in DRIVERS:
            raise NodeError(f"{type(self).__name__} sets {name}, which its driver sets")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in declared(type(self)):
            raise NodeError(
                f"{type(self).__name__} deletes {name}, which it declares", help="give it a value that says so, as None"
            )
        object.__delattr__(self, name)

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if vars(cls).get("__slots__"):
            raise NodeError(
                f"{cls.__name__} has __slots__, whose values are none of its attributes", help="annotate attributes"
            )
        annotated = inspect.get_annotations(cls)
        for name, value in vars(cls).items():
            if isinstance(value, list | dict | set | deque) and name not in annotated and not name.startswith("__"):
                raise NodeError(
                    f"{cls.__name__}.{name} is a {type(value).__name__} that all nodes of the class share",
                    help=f"annotate it, and each node has its own: {name}: {type(value).__name__}[...] = ...",
                )

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.attributes().items())
        return f"{type(self).__name__}({shown})"


def _timer(name: str, about: tuple[Hashable, ...]) -> Timer:
    try:
        hash(about)
    except TypeError:
        raise NodeError(
            f"what the timer {name!r} is about can be changed: {about!r}",
            help="set_timer(name, after, *about) and cancel_timer(name, *about) take numbers, text and tuples of these",
        ) from None
    return (name, *about)
