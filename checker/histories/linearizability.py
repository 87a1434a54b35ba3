"""Linearizability: each operation takes effect at one moment between its invocation and its response.

The algorithm is that of Wing and Gong (1993), *Testing and verifying concurrent objects*, with the improvements of Lowe
(2017), *Testing for linearizability*: no configuration is explored twice, and an operation takes effect *just in time*,
when it or another is about to return. Independent objects are checked separately: a history is linearizable if and only
if its part on each object is (Herlihy and Wing 1990).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assay.checker.errors import AssayError, InputError
from assay.checker.histories.history import Operation, identity
from assay.checker.histories.judgement import Judgement, Part
from assay.checker.histories.searching import SHOWN, Configuration, Limit, answers, search
from assay.checker.histories.specifications import Partitioned, SequentialSpecification
from assay.checker.verdicts import Verdict

__all__ = ["is_linearizable", "linearize"]

Place = tuple[int, int]
"""How many operations have returned, and of those that have not, as bits, which have taken effect."""


def is_linearizable(operations: Sequence[Operation], specification: SequentialSpecification) -> bool:
    """Return whether a history is linearizable, without any limit of time."""
    unlimited = Limit(configurations=1 << 62)
    return linearize(operations, specification, unlimited).verdict is Verdict.HOLDS


def linearize(
    operations: Sequence[Operation], specification: SequentialSpecification, limit: Limit | None = None
) -> Judgement:
    """Judge whether a history is linearizable.

    Parameters
    ----------
    operations : sequence of Operation
        The history, as `operations_of` gives it.
    specification : SequentialSpecification
        What the object answers to one operation after the other. If it has a method ``partition``, each part of the
        history is judged alone.
    limit : Limit, optional
        Where to give up on a part; its verdict is then *unknown*.

    Returns
    -------
    Judgement
        With an order of the operations if it holds, and the longest prefixes that can be explained if not.

    Raises
    ------
    InputError
        If the specification fails.

    Notes
    -----
    Exponential in the number of operations that overlap, linear in the length of the history where few do. Deciding
    linearizability is NP-complete (Gibbons and Korach 1997).
    """
    parts = _parts(operations, specification)
    return Judgement(tuple(_linearize(key, part, specification, limit or Limit()) for key, part in parts))


def _parts(
    operations: Sequence[Operation], specification: SequentialSpecification
) -> Iterable[tuple[Hashable, tuple[Operation, ...]]]:
    if not isinstance(specification, Partitioned):
        return [(None, tuple(operations))]
    found: dict[Any, tuple[Hashable, list[Operation]]] = {}
    for operation in operations:
        key = _key_of(specification, operation)
        found.setdefault(identity(key), (key, []))[1].append(operation)
    return [(key, tuple(part)) for key, part in found.values()]


def _key_of(specification: Partitioned, operation: Operation) -> Hashable:
    try:
        key = specification.partition(operation)
        hash(key)
    except AssayError:
        raise
    except Exception as error:
        raise InputError(
            f"the specification {type(specification).__name__} fails on {operation.name}{operation.arguments!r}: "
            f"{type(error).__name__}: {error}",
            help="partition(operation) returns the key of the object that an operation is about; it is hashable",
        ) from error
    return key


@dataclass(frozen=True)
class _Open:
    """An operation that has been invoked and has not returned, and its bit among these."""

    operation: Operation
    bit: int


@dataclass(frozen=True)
class _Response:
    """The return of an operation, and which others are pending there."""

    returning: _Open
    others: tuple[_Open, ...]


def _responses(operations: Sequence[Operation]) -> list[_Response]:
    """Return the responses in the order of time; the bit of an operation that has returned is used again."""
    found: list[_Response] = []
    opened: dict[int, _Open] = {}
    invocations = sorted(operations, key=lambda operation: operation.invoked)
    following = 0
    for operation in sorted((o for o in operations if o.returned is not None), key=lambda o: o.returned or 0):
        while following < len(invocations) and invocations[following].invoked < (operation.returned or 0):
            opened[following] = _Open(invocations[following], _free(opened))
            following += 1
        number = next(number for number, open_ in opened.items() if open_.operation is operation)
        returning = opened.pop(number)
        found.append(_Response(returning, tuple(opened.values())))
    return found


def _free(opened: dict[int, _Open]) -> int:
    taken = 0
    for open_ in opened.values():
        taken |= open_.bit
    return ~taken & (taken + 1)


def _linearize(
    key: Hashable, operations: tuple[Operation, ...], specification: SequentialSpecification, limit: Limit
) -> Part:
    whole = _judge(Part(key, Verdict.UNKNOWN, operations), operations, specification, limit)
    if whole.verdict is Verdict.HOLDS:
        return replace(whole, prefixes=())
    return whole if whole.verdict is Verdict.UNKNOWN else _with_longest_prefix(whole, specification, limit)


def _with_longest_prefix(part: Part, specification: SequentialSpecification, limit: Limit) -> Part:
    """Add the longest prefixes that are linearizable.

    The search for an order of the whole does not give them: it knows what each operation returns, whereas in a prefix
    a pending operation may still return anything. Every prefix of a linearizable history is linearizable, so
    the first that is not ends the loop.
    """
    returned = sorted((o for o in part.operations if o.returned is not None), key=lambda o: o.returned or 0)
    explained = part.explained
    while explained < len(returned):
        longer = _judge(part, _prefix(part.operations, returned, explained + 1), specification, limit)
        if longer.verdict is not Verdict.HOLDS:
            break
        explained += 1
    longest = _judge(part, _prefix(part.operations, returned, explained), specification, limit, wanted=SHOWN)
    return replace(part, explained=explained, stuck=returned[explained], prefixes=longest.prefixes)


def _prefix(operations: Sequence[Operation], returned: Sequence[Operation], count: int) -> tuple[Operation, ...]:
    """Return the history before the response with index ``count``; the operations that are open there are pending."""
    end = returned[count].returned if count < len(returned) else None
    if end is None:
        return tuple(operations)
    begun = (operation for operation in operations if operation.invoked < end)
    return tuple(o if o.returned is not None and o.returned < end else replace(o, returned=None) for o in begun)


def _judge(
    part: Part, operations: Sequence[Operation], specification: SequentialSpecification, limit: Limit, wanted: int = 1
) -> Part:
    responses = _responses(operations)

    def next_ones(configuration: Configuration[Place]) -> Iterator[tuple[Operation | None, Configuration[Place]]]:
        (returned, effective), state = configuration
        if returned == len(responses):
            return
        response = responses[returned]
        if effective & response.returning.bit:
            rest = effective & ~response.returning.bit
            yield None, Configuration((returned + 1, rest), state)
            return
        for open_ in (*response.others, response.returning):  # the search pops from the end
            if not effective & open_.bit:
                for _, after in answers(specification, state, open_.operation):
                    yield open_.operation, Configuration((returned, effective | open_.bit), after)

    return search(
        start=Configuration((0, 0), specification.initial),
        explained=lambda place: place[0],
        goal=len(responses),
        next_ones=next_ones,
        part=part,
        limit=limit,
        wanted=wanted,
    )
