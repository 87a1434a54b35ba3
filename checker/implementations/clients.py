"""Convert what clients saw to a history of operations, the input of the consistency testers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from assay.checker.histories.history import Invoked, Operation, Renewed, Returned, operations_of
from assay.checker.histories.judgement import Judgement
from assay.checker.histories.linearizability import linearize
from assay.checker.histories.sequential import order_sequentially
from assay.checker.histories.specifications import SPECIFICATIONS
from assay.impl.node.cluster import Cluster
from assay.impl.node.thawing import thaw
from assay.impl.node.world import Invocation, Response

__all__ = ["judge_history", "operations"]


def operations(history: Iterable[Invocation | Response]) -> tuple[Operation, ...]:
    """Return the operations of a history whose operations and results are frozen.

    A node invokes an operation by a tuple of its name and its arguments, or by its name alone. A client that invokes
    one while another is pending (it crashed, or gave up) counts as a new client; the pending operation may or may not
    have taken effect.
    """
    events: list[Invoked | Returned] = []
    lives: dict[str, int] = {}
    waiting: set[str] = set()
    for event in history:
        if isinstance(event, Invocation):
            lives[event.client] = lives.get(event.client, 0) + (event.client in waiting)
            waiting.add(event.client)
            name, *arguments = _call(thaw(event.operation))
            events.append(Invoked(_called(event.client, lives), name, tuple(arguments)))
        else:
            waiting.discard(event.client)
            events.append(Returned(_called(event.client, lives), thaw(event.result)))
    return operations_of(events)


def _call(operation: Any) -> tuple[Any, ...]:
    return operation if isinstance(operation, tuple) else (operation,)


def _called(client: str, lives: dict[str, int]) -> Hashable:
    return client if not lives[client] else Renewed(client, lives[client] + 1)


def judge_history(cluster: Cluster, history: Iterable[Invocation | Response]) -> Judgement:
    """Judge whether a history is consistent with `Cluster.sequential`, in the sense of `Cluster.consistency`."""
    sequential = cluster.sequential
    specification = SPECIFICATIONS[sequential]() if isinstance(sequential, str) else sequential
    decide = linearize if cluster.consistency == "linearizable" else order_sequentially
    return decide(operations(history), specification)
