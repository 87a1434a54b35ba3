"""Worlds of a cluster in words: the state of each node, the messages in transit, and what a step changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assay.checker.implementations.events import Fire, Local, Receive
from assay.checker.implementations.networks import MEDIA
from assay.checker.implementations.steps import Act, Crash, Double, Lose, Miss, Step, Stop
from assay.checker.implementations.worlds import FrozenWorld
from assay.checker.report.values import Change
from assay.impl.node.cluster import Cluster
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address
from assay.impl.node.thawing import words
from assay.impl.node.world import Invocation, Response

__all__ = ["between", "changed", "whole"]


def whole(cluster: Cluster, world: FrozenWorld) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each part of a world."""
    for address, local in zip(cluster.nodes, world.locals, strict=True):
        held = ", ".join(f"{name}={words(value)}" for name, value in local.attributes)
        yield address, held if local.up else f"down, with {held or 'nothing'} on disk"
        if local.timers:
            yield f"{address} timers", ", ".join(sorted(str(Fire(timer)) for timer in local.timers))
    for flight in _ordered(cluster, world):
        yield "on its way", flight
    if world.cut is not None:
        yield "network", _connected(cluster, world)
    for event in world.history:
        yield "seen", seen(event)


def _ordered(cluster: Cluster, world: FrozenWorld) -> list[str]:
    """Return the messages in transit: each channel in its own order, a set or a bag in alphabetical order."""
    medium = MEDIA[cluster.network.kind]
    flights = [*map(str, medium.contents(world.network))]
    return sorted(flights) if medium.keeps_ignored else flights


def _connected(cluster: Cluster, world: FrozenWorld) -> str:
    """Return in words who can reach whom."""
    if world.cut is None:
        return "whole"
    return f"{', '.join(sorted(cluster.faults.sides[world.cut]))} cut off from the others"


def seen(event: Invocation | Response) -> str:
    """Return an event of a history in words."""
    if isinstance(event, Invocation):
        return f"{event.client} invokes {words(event.operation)}"
    return f"{event.client} gets {words(event.result)}"


def between(step: Step | None) -> tuple[str, str, str]:
    """Return the sender and receiver of a step's message, and who takes it; empty if the step has no message."""
    match step:
        case Act(node, Receive(source, _)):
            return source, node, node
        case Miss(flight) | Lose(flight) | Double(flight):
            return flight.source, flight.destination, ""
        case Act(node) | Crash(node) | Stop(node):
            return "", "", node
    return "", "", ""


def changed(cluster: Cluster, before: FrozenWorld, after: FrozenWorld) -> Iterator[Change]:
    """Yield how a world differs from the one before."""
    for address, old, new in zip(cluster.nodes, before.locals, after.locals, strict=True):
        if old != new:
            yield from _node(address, old, new)
    yield from _bag("on its way", _ordered(cluster, before), _ordered(cluster, after))
    yield from _bag("clients", [*map(seen, before.history)], [*map(seen, after.history)])
    if before.cut != after.cut:
        yield Change("network", _connected(cluster, before), _connected(cluster, after))


def _node(address: Address, old: Local, new: Local) -> Iterator[Change]:
    if old.up != new.up:
        yield Change(address, "up" if old.up else "down", "up" if new.up else "down")
    former, latter = dict(old.attributes), dict(new.attributes)
    for name in {**former, **latter}:
        if former.get(name, _NONE) != latter.get(name, _NONE) and new.up:
            yield Change(f"{address}.{name}", _shown(former, name), _shown(latter, name))
    timers = [sorted(str(Fire(timer)) for timer in local.timers) for local in (old, new)]
    yield from _bag(f"{address} timers", *timers)


_NONE = object()


def _shown(attributes: dict[str, Frozen], name: str) -> str:
    return words(attributes[name]) if name in attributes else "(gone)"


def _bag(path: str, before: list[str], after: list[str]) -> Iterator[Change]:
    old, new = Counter(before), Counter(after)
    if old != new:
        yield Change(path, added=tuple(sorted((new - old).elements())), removed=tuple(sorted((old - new).elements())))
