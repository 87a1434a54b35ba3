"""Recorded histories: files of JSON lines, or of EDN as Jepsen writes it, one event after the other.

An event is ``{"client": 1, "type": "invoke", "operation": "write", "value": 3}``. The type is ``invoke``, ``ok`` (the
response), ``fail`` (surely it had no effect; why not, is not told) or ``info`` (nobody knows). Jepsen's names,
``process`` for the client and ``f`` for the operation, are understood as well. The value is what an operation is
invoked with, and what it answers: a list where there are several; of a key-value store the first is the key, or ``key``
names it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.checker.errors import InputError, Location
from assay.checker.histories.edn import read_edn
from assay.checker.histories.history import Invoked, Operation, Renewed, Returned, identity, operations_of
from assay.checker.inputs import parse_json, read_text
from assay.checker.wording import printable, spelled

__all__ = ["read_history"]

_TYPES = ("invoke", "ok", "fail", "info")
_CLIENT, _OPERATION = ("client", "process"), ("operation", "f")
_READS = ("read", "get", "dequeue")
"""Operations whose value is an answer only: in an invocation it is null, or the key alone."""

_WRITES = ("write", "put")
"""Operations that always have a value, be it null."""

_OF_ONE_VALUE = (*_WRITES, "enqueue")
"""Operations whose value is one, be it a list."""

_ANSWER_TRUTH = ("cas", "try_acquire")
"""Operations that answer whether they did something; an answer without a value says that they did."""


@dataclass(frozen=True)
class _Event:
    """A line of a history, with names in one spelling."""

    where: str
    type: str
    client: Hashable
    operation: str
    value: Hashable
    key: tuple[Hashable, ...]
    """The key, where the line names it apart from the value."""


def read_history(path: str, *, keyed: bool = False) -> tuple[Operation, ...]:
    """Read a recorded history.

    Parameters
    ----------
    path : str
        The file; EDN if it is called ``.edn``, else JSON lines.
    keyed : bool
        Whether the object is one of several by key: an answer then comes with its key, unless ``key`` names it.

    Raises
    ------
    InputError
        If it is none, with the line; or if no operation was ever answered, as of a recorder that failed: any object
        explains that, so a verdict on it would say nothing.
    """
    text = read_text(path)
    events = [*(_edn_events(text, path) if path.endswith(".edn") else _json_events(text, path))]
    if not events:
        raise InputError("the history has no events", location=Location(path))
    found = operations_of(_events(iter(events), keyed))
    if all(operation.is_pending for operation in found):
        raise InputError("the history has no response that an object could give", location=Location(path))
    return found


def _json_events(text: str, path: str) -> Iterator[_Event]:
    for number, line in enumerate(text.split("\n"), start=1):  # not `splitlines`: JSON may hold other line ends
        if not line.strip():
            continue
        try:
            record = parse_json(line)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{path}:{number}: this is not a JSON object: {error}", help="a history is one event a line, in JSON"
            ) from None
        yield _event(record, f"{path}:{number}")


def _edn_events(text: str, path: str) -> Iterator[_Event]:
    records = read_edn(text, path)
    if len(records) == 1 and isinstance(records[0], tuple):
        records = [dict(record) if isinstance(record, frozenset) else record for record in records[0]]
    for number, record in enumerate(records, start=1):
        yield _event(record, f"{path}, event {number}")


def _event(record: Any, where: str) -> _Event:
    if not isinstance(record, Mapping):
        raise InputError(f"{where}: this is not an event: {str(record)[:60]}")
    kind = record.get("type")
    if kind not in _TYPES:
        raise InputError(f"{where}: the type of an event is one of {', '.join(_TYPES)}, not {kind!r}")
    client, operation = _field(record, _CLIENT, where), _field(record, _OPERATION, where, optional=kind != "invoke")
    value = record.get("value", record.get("result"))
    key = (frozen(record["key"]),) if "key" in record else ()
    return _Event(where, kind, frozen(client), str(operation), frozen(value), key)


def _field(record: Mapping[Any, Any], names: tuple[str, ...], where: str, *, optional: bool = False) -> Any:
    for name in names:
        if name in record:
            return record[name]
    if optional:
        return ""
    raise InputError(f"{where}: the event has no {names[0]!r}")


def frozen(value: Any) -> Hashable:
    """Return a value of JSON or EDN as a hashable one."""
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    if isinstance(value, Mapping):
        return frozenset((frozen(key), frozen(item)) for key, item in value.items())
    hashable: Hashable = value
    return hashable


def _events(events: Iterator[_Event], keyed: bool) -> Iterator[Invoked | Returned]:
    """Yield what clients saw: without what surely failed; after a lost response a client goes on as a new one."""
    listed = list(events)
    failed = _failed(listed)
    lives: dict[Any, int] = {}
    begun: dict[Any, _Event] = {}
    for number, event in enumerate(listed):
        key = identity(event.client)
        client = Renewed(event.client, lives[key]) if key in lives else event.client
        if number in failed:
            continue
        if event.type == "invoke":
            begun[key] = event
            yield _invoked(event, client, keyed)
        elif event.type == "info":
            lives[key] = lives.get(key, 1) + 1
        else:
            yield Returned(client, _answer(event, begun.get(key), keyed))


def _failed(events: list[_Event]) -> set[int]:
    """Return the numbers of the events of operations that surely had no effect and answered nothing."""
    found: set[int] = set()
    begun: dict[Any, int] = {}
    for number, event in enumerate(events):
        key = identity(event.client)
        if event.type == "invoke":
            begun[key] = number
        elif event.type == "fail":
            start = begun.get(key)
            if start is None:
                raise InputError(
                    f"{event.where}: client {printable(str(event.client))} fails at nothing: it has invoked nothing"
                )
            found |= {start, number}
    return found


def _invoked(event: _Event, client: Hashable, keyed: bool) -> Invoked:
    if event.key:
        return Invoked(client, event.operation, (*event.key, *_values(event)))
    value = event.value
    arguments: tuple[Hashable, ...] = value if isinstance(value, tuple) else () if value is None else (value,)
    if not keyed and (event.operation in _WRITES or (event.operation in _OF_ONE_VALUE and value is not None)):
        arguments = (value,)
    if event.operation in _READS:
        arguments = arguments[:1] if keyed else ()
    if keyed and len(arguments) == 2 and isinstance(arguments[1], tuple) and event.operation == "cas":
        arguments = (arguments[0], *arguments[1])
    return Invoked(client, event.operation, arguments)


def _values(event: _Event) -> tuple[Hashable, ...]:
    """Return what an operation is invoked with besides its key."""
    if event.operation in _READS:
        return ()
    if isinstance(event.value, tuple) and event.operation not in _OF_ONE_VALUE:
        return event.value
    return () if event.value is None and event.operation not in _WRITES else (event.value,)


def _answer(event: _Event, begun: _Event | None, keyed: bool) -> Hashable:
    if begun is None:  # nobody waits for it, which `operations_of` refuses
        return event.value
    _demand_answer(event, begun)
    comes_with_key = keyed and not begun.key
    if begun.operation in _ANSWER_TRUTH:
        return _truth(event, begun, comes_with_key)
    return _under_its_key(event, begun) if comes_with_key and begun.operation in _READS else event.value


def _demand_answer(event: _Event, begun: _Event) -> None:
    """Refuse a response to something else than what its client waits for."""
    if event.operation and event.operation != begun.operation:
        who = printable(str(event.client))
        raise InputError(
            f"{event.where}: client {who} gets a response to {event.operation!r}, and waits for the one to "
            f"{begun.operation!r} ({begun.where})",
            help="a client does one thing at a time: no two clients may have one name",
        )
    if event.key and begun.key and identity(event.key) != identity(begun.key):
        raise InputError(
            f"{event.where}: the answer is about {event.key[0]!r}, and what was asked is about {begun.key[0]!r}"
        )


def _truth(event: _Event, begun: _Event, comes_with_key: bool) -> bool:
    """Return whether an operation did something: as it says, or by saying again what it was asked, or nothing."""
    value = event.value
    if value is None or identity(value) == identity(begun.value):
        return True
    if comes_with_key and not isinstance(value, bool):
        value = _under_its_key(event, begun)
    if isinstance(value, bool):
        return value
    raise InputError(
        f"{event.where}: the answer to {begun.operation} is {spelled(value)}",
        help="true or false: whether it did something; no value means that it did",
    )


def _under_its_key(event: _Event, begun: _Event) -> Hashable:
    """Return the answer to who asked with the key in the value: it comes with the key, or alone."""
    value = event.value
    if not isinstance(value, tuple) or len(value) != 2:
        return value
    asked = begun.value
    key = asked[0] if isinstance(asked, tuple) and asked else asked
    if identity(key) != identity(value[0]):
        raise InputError(f"{event.where}: the answer is about {value[0]!r}, and what was asked is about {key!r}")
    answer: Hashable = value[1]
    return answer
