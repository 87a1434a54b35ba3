"""The complete states of a cluster, frozen, and the history of clients in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay.checker.implementations.events import Local
from assay.checker.implementations.hashing import hashed_once
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.steps import Step
from assay.impl.node.cluster import Cluster
from assay.impl.node.node import Address
from assay.impl.node.world import Invocation, Response

__all__ = ["FrozenWorld", "Trace", "budgets_of", "is_pending", "note", "trace_to"]


@hashed_once
@dataclass(frozen=True)
class FrozenWorld:
    """The complete state of a cluster.

    Attributes
    ----------
    locals : tuple of Local
        The local state of each node, in the order of the cluster.
    network : frozen value
        The messages in flight, in the form of the `Medium`.
    budgets : tuple of (name, int)
        How often each limited event may still happen.
    history : tuple of Invocation and Response
        The events of clients, with operations and results frozen.
    sent : frozenset of Flight
        All messages that were ever sent, if the cluster keeps them.
    cut : int or None
        The index in `Faults.sides` of the present cut of the network.
    last : Flight or None
        The message that was delivered last, if the network remembers it.
    """

    locals: tuple[Local, ...]
    network: Any
    budgets: tuple[tuple[str, int], ...] = ()
    history: tuple[Invocation | Response, ...] = ()
    sent: frozenset[Flight] = frozenset()
    cut: int | None = None
    last: Flight | None = None


Trace = tuple[tuple[Step | None, FrozenWorld], ...]
"""Worlds, beginning with an initial one, each with the step that led to it; None for the first."""


def trace_to(world: FrozenWorld, parents: Mapping[FrozenWorld, tuple[FrozenWorld | None, Step | None]]) -> Trace:
    """Return the trace to a world, from the world and the step that first led to each."""
    way: list[tuple[Step | None, FrozenWorld]] = []
    at: FrozenWorld | None = world
    while at is not None:
        before, step = parents[at]
        way.append((step, at))
        at = before
    return tuple(reversed(way))


def note(history: list[Invocation | Response], event: Invocation | Response) -> None:
    """Append an event to a history.

    Adjacent invocations are sorted by client, and so are adjacent responses. Clients can tell only which responses came
    before which invocations, so histories that differ in nothing else are one, which makes for fewer worlds.
    """
    at = len(history)
    while at and type(history[at - 1]) is type(event) and history[at - 1].client > event.client:
        at -= 1
    history.insert(at, event)


def is_pending(history: list[Invocation | Response], client: Address) -> bool:
    """Return whether a client's last operation has no result yet."""
    own = [event for event in history if event.client == client]
    return bool(own) and isinstance(own[-1], Invocation)


def budgets_of(cluster: Cluster) -> tuple[tuple[str, int], ...]:
    """Return the budgets that are limited, by name."""
    faults, network = cluster.faults, cluster.network
    limits = {"crashes": faults.crashes, "restarts": faults.restarts, "partitions": faults.partitions}
    limits |= {"loss": network.loss, "duplication": network.duplication}
    if isinstance(faults.timeouts, Mapping):
        limits |= {f"timeout {name}": budget for name, budget in faults.timeouts.items()}
    else:
        limits["timeouts"] = faults.timeouts
    return tuple((name, budget) for name, budget in limits.items() if budget is not None)
