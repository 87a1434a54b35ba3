"""Sequential consistency (Lamport 1979): some order of all operations that keeps each client's own explains them.

Unlike linearizability it ignores real time and is not local: a history need not be sequentially consistent although it
is for each object. So objects cannot be judged separately.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.histories.history import Operation, identity
from assay.checker.histories.judgement import Judgement, Part
from assay.checker.histories.searching import Configuration, Limit, answers, search
from assay.checker.histories.specifications import SequentialSpecification
from assay.checker.verdicts import Verdict

__all__ = ["order_sequentially"]

Place = tuple[int, ...]
"""How many operations of each client have taken effect."""


def order_sequentially(
    operations: Sequence[Operation], specification: SequentialSpecification, limit: Limit | None = None
) -> Judgement:
    """Judge whether a history is sequentially consistent.

    Parameters, what is returned, and errors are those of `assay.checker.histories.linearizability.linearize`; there is
    one part. A configuration says how far each client is, so with ``n`` clients of ``k`` operations there are up to
    ``(k + 1) ** n`` of them for each state.
    """
    clients = _by_client(operations)

    def next_ones(configuration: Configuration[Place]) -> Iterator[tuple[Operation | None, Configuration[Place]]]:
        place, state = configuration
        for number, own in enumerate(clients):
            if place[number] < len(own):
                moved = (*place[:number], place[number] + 1, *place[number + 1 :])
                for _, after in answers(specification, state, own[place[number]]):
                    yield own[place[number]], Configuration(moved, after)

    def explained(place: Place) -> int:
        return sum(_answered(own[:count]) for own, count in zip(clients, place, strict=True))

    judged = search(
        start=Configuration((0,) * len(clients), specification.initial),
        explained=explained,
        goal=_answered(operations),
        next_ones=next_ones,
        part=Part(None, Verdict.UNKNOWN, tuple(operations)),
        limit=limit or Limit(),
    )
    return Judgement((judged,))


def _by_client(operations: Sequence[Operation]) -> list[list[Operation]]:
    clients: dict[Any, list[Operation]] = {}
    for operation in sorted(operations, key=lambda operation: operation.invoked):
        clients.setdefault(identity(operation.client), []).append(operation)
    return list(clients.values())


def _answered(operations: Sequence[Operation]) -> int:
    return sum(not operation.is_pending for operation in operations)
