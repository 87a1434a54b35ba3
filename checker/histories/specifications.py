"""Sequential specifications: the answers of an object that handles one operation at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from assay.checker.errors import InputError
from assay.checker.histories.history import ANYTHING, Operation, identity, named

__all__ = ["SPECIFICATIONS", "KeyValue", "Lock", "Partitioned", "Queue", "Register", "SequentialSpecification"]


class SequentialSpecification(Protocol):
    """What an object answers when it is asked one thing after the other.

    Attributes
    ----------
    initial : hashable
        The state of the object before the first operation.
    """

    @property
    def initial(self) -> Hashable:
        """The state of the object before the first operation."""
        ...

    def apply(self, state: Any, operation: Operation) -> Iterable[tuple[Hashable, Hashable]]:
        """Yield what the operation may answer in a state, each with the state after it; nothing if it must wait.

        The answer is `ANYTHING` where it tells nothing.
        """
        ...


@runtime_checkable
class Partitioned(Protocol):
    """A specification of independent objects, each of which may be looked at alone (Herlihy and Wing: locality)."""

    def partition(self, operation: Operation) -> Hashable:
        """Return the one object that an operation is about."""
        ...


def _arguments(operation: Operation, count: int, form: str) -> tuple[Hashable, ...]:
    if len(operation.arguments) != count:
        given = ", ".join(map(repr, operation.arguments))
        raise InputError(f"{operation.name}({given}): expected {form}")
    return operation.arguments


def _unknown(operation: Operation, kind: str, known: str) -> InputError:
    return InputError(
        f"a {kind} has no operation {operation.name!r}",
        help=f"it has {known}; for another object, write its specification in Python",
    )


@dataclass(frozen=True)
class Register:
    """A register: ``read()``, ``write(value)``, and ``cas(expected, value)``, which answers whether it wrote."""

    initial: Hashable = None

    def apply(self, state: Hashable, operation: Operation) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield the answer and the value after it."""
        match operation.name:
            case "read":
                _arguments(operation, 0, "read()")
                yield state, state
            case "write":
                (value,) = _arguments(operation, 1, "write(value)")
                yield ANYTHING, value
            case "cas":
                expected, value = _arguments(operation, 2, "cas(expected, value)")
                yield (True, value) if identity(expected) == identity(state) else (False, state)
            case _:
                raise _unknown(operation, "register", "read, write, cas")


_ABSENT = None

_OF_ONE_KEY = {"get": "read", "put": "write", "read": "read", "write": "write", "cas": "cas"}


class _Entry(tuple[Hashable, Hashable]):
    """A key and its value; unlike those of a plain pair, keys that Python considers equal are told apart."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and identity(tuple(self)) == identity(tuple(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    # A class that defines __eq__ loses its hash. That of tuples will do, since equal entries are equal tuples.
    __hash__ = tuple.__hash__


@dataclass(frozen=True)
class KeyValue:
    """A store of values by key: ``get(key)``, ``put(key, value)``, ``delete(key)``, ``cas(key, expected, value)``.

    What was never put is None. ``read`` and ``write`` are other names for ``get`` and ``put``. The state is a frozenset
    of pairs.
    """

    initial: frozenset[tuple[Hashable, Hashable]] = frozenset()

    def partition(self, operation: Operation) -> Hashable:
        """Return the key."""
        if not operation.arguments:
            raise InputError(f"{operation.name}(): expected a key")
        return operation.arguments[0]

    def apply(
        self, state: frozenset[tuple[Hashable, Hashable]], operation: Operation
    ) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield the answer and the pairs after it."""
        key = self.partition(operation)
        name, arguments = operation.name, operation.arguments[1:]
        if name == "delete":
            name, arguments = "put", (_ABSENT, *arguments)
        if name not in _OF_ONE_KEY:
            raise _unknown(operation, "key-value store", "get, put, delete, cas (and read, write)")
        wanted = identity(key)
        others = frozenset(pair for pair in state if identity(pair[0]) != wanted)
        now = next((value for other, value in state if identity(other) == wanted), _ABSENT)
        alone = Operation(operation.number, operation.client, _OF_ONE_KEY[name], arguments, None, 0, None)
        for result, value in Register().apply(now, alone):
            yield result, others if value is _ABSENT else others | {_Entry((key, value))}


@dataclass(frozen=True)
class Lock:
    """A lock: ``acquire()`` waits until it is free, ``try_acquire()`` answers whether it was, and ``release()``.

    The holder is the client that acquires, or the one argument if there is one.
    """

    initial: Hashable = None

    def apply(self, state: Hashable, operation: Operation) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield the answer and the holder after it."""
        if len(operation.arguments) > 1:
            _arguments(operation, 1, f"{operation.name}() or {operation.name}(holder)")
        who = ("held", operation.arguments[0] if operation.arguments else named(operation.client))
        match operation.name:
            case "acquire":
                if state is None:
                    yield ANYTHING, who
            case "try_acquire":
                yield (True, who) if state is None else (False, state)
            case "release":
                if identity(state) == identity(who):
                    yield ANYTHING, None
            case _:
                raise _unknown(operation, "lock", "acquire, try_acquire, release")


@dataclass(frozen=True)
class Queue:
    """A queue, first in, first out: ``enqueue(value)``, and ``dequeue()``, which answers None where it is empty."""

    initial: tuple[Hashable, ...] = ()

    def apply(self, state: tuple[Hashable, ...], operation: Operation) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield the answer and the content after it."""
        match operation.name:
            case "enqueue":
                yield ANYTHING, (*state, *_arguments(operation, 1, "enqueue(value)"))
            case "dequeue":
                _arguments(operation, 0, "dequeue()")
                yield (state[0], state[1:]) if state else (None, state)
            case _:
                raise _unknown(operation, "queue", "enqueue, dequeue")


SPECIFICATIONS: dict[str, type[Any]] = {"register": Register, "key-value": KeyValue, "lock": Lock, "queue": Queue}
"""The specifications that come with assay, by the names that commands take."""
