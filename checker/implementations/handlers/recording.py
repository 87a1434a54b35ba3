"""The port of a node during a call: it records what the handler does, and makes the choices that it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from assay.checker.implementations.events import (
    Event,
    Fire,
    FrozenTimer,
    Local,
)
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, freeze
from assay.impl.node.handling import timeout_handlers
from assay.impl.node.node import Address, Node

__all__ = ["Recorder"]


T = TypeVar("T")


class Recorder:
    """The port of a node during a call: it records the handler's effects and makes its choices.

    Parameters
    ----------
    classes : mapping from Address to type of Node
        The classes of all nodes of the cluster.
    address : Address
        The node that is called.
    local : Local
        Its state before the call.
    event : Event
        The event that it handles.
    chosen : sequence of int
        The options to take, by index, in the order in which the handler chooses; beyond them, the first.
    """

    def __init__(
        self,
        classes: Mapping[Address, type[Node]],
        address: Address,
        local: Local,
        event: Event,
        chosen: Sequence[int],
    ) -> None:
        self.classes = classes
        self.node = classes[address]
        self.local = local
        self.chosen = chosen
        self.timers = set(local.timers) - ({event.timer} if isinstance(event, Fire) else set())
        self.sends: list[tuple[Address, Frozen]] = []
        self.client: list[tuple[str, Frozen]] = []
        self.choices: list[tuple[str, Frozen]] = []
        self.widths: list[int] = []
        self.refused: NodeError | None = None

    def _refuse(self, message: str, help: str | None = None) -> NoReturn:
        """Raise the error that a rule was broken, and keep it: a handler that catches it must not hide it."""
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
        if destination not in self.classes:
            known = ", ".join(self.classes)
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
