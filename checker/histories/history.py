"""A history: operations that clients invoked, and the responses they got, in the order of real time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, auto
from typing import Any

from assay.checker.errors import InputError
from assay.checker.wording import printable

__all__ = ["ANYTHING", "Invoked", "Operation", "Renewed", "Returned", "identity", "named", "operations_of"]


class _Anything(Enum):
    ANYTHING = auto()

    def __repr__(self) -> str:
        return "anything"


ANYTHING = _Anything.ANYTHING
"""The result of an operation that answers nothing of interest: whatever the response says will do."""


@dataclass(frozen=True)
class Renewed:
    """A client that has gone on after an operation whose outcome it does not know.

    It does not wait for that operation any more, so in a history it is another client; to the object it is the same.
    """

    client: Hashable
    life: int

    def __str__(self) -> str:
        return f"{self.client}, life {self.life}"


def named(client: Hashable) -> Hashable:
    """Return a client as it calls itself."""
    return client.client if isinstance(client, Renewed) else client


@dataclass(frozen=True)
class Invoked:
    """A client began an operation.

    Attributes
    ----------
    client : hashable
        Who; it waits for the response before it invokes again.
    name : str
        Which operation: ``"write"``.
    arguments : tuple
        With what.
    """

    client: Hashable
    name: str
    arguments: tuple[Hashable, ...] = ()


@dataclass(frozen=True)
class Returned:
    """A client got the response to its operation."""

    client: Hashable
    result: Hashable = None


@dataclass(frozen=True)
class Operation:
    """An operation with its place in real time.

    Attributes
    ----------
    number : int
        Its number among those of the history, in the order of invocation.
    client, name, arguments
        As in `Invoked`.
    result : hashable
        What was answered; of no meaning while the operation is pending.
    invoked : int
        The position of its invocation among the events.
    returned : int, optional
        The position of its response; None if there is none: it may have taken effect at any time since, or never.
    """

    number: int
    client: Hashable
    name: str
    arguments: tuple[Hashable, ...]
    result: Hashable
    invoked: int
    returned: int | None

    @property
    def is_pending(self) -> bool:
        """Whether it is unknown if it took effect."""
        return self.returned is None

    def __str__(self) -> str:
        called = f"{printable(str(self.client))}: {printable(self.name)}({', '.join(map(repr, self.arguments))})"
        return f"{called} without response" if self.is_pending else f"{called} -> {self.result!r}"


def operations_of(events: Iterable[Invoked | Returned]) -> tuple[Operation, ...]:
    """Return the operations of a history, in the order of their invocations.

    Raises
    ------
    InputError
        If a client invokes while it waits for a response, or gets a response that it does not wait for.
    """
    found: list[Operation] = []
    waiting: dict[Any, int] = {}
    for position, event in enumerate(events):
        client, who = identity(event.client), printable(str(event.client))
        if isinstance(event, Invoked):
            if client in waiting:
                name, awaited = printable(event.name), printable(found[waiting[client]].name)
                raise InputError(
                    f"event {position + 1}: client {who} invokes {name} while it waits for the response to {awaited}",
                    help="a client does one thing at a time; after a lost response, go on under another client's name",
                )
            waiting[client] = len(found)
            found.append(Operation(len(found), event.client, event.name, event.arguments, None, position, None))
        else:
            if client not in waiting:
                raise InputError(f"event {position + 1}: client {who} gets a response without an invocation")
            number = waiting.pop(client)
            began = found[number]
            found[number] = Operation(
                number, began.client, began.name, began.arguments, event.result, began.invoked, position
            )
    return tuple(found)


_PLAIN = (int, str, type(None))


def identity(value: Any) -> Any:
    """Return a key that distinguishes values Python considers equal: ``1 == True``, but they are two answers."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return tuple(map(identity, value))
    if kind is frozenset:
        return kind, frozenset(map(identity, value))
    if isinstance(value, tuple):
        return (kind, *map(identity, value))
    if is_dataclass(value):
        return (kind, *(identity(getattr(value, field.name)) for field in fields(value)))
    return kind, value
