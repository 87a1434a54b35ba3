"""What the cluster of an implementation lets be observed: who handles which message or timer, who crashes.

Nodes' states are no part of it, as those of a model are none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from assay.checker.changes.behaviour import Behaviour
from assay.checker.changes.labels import Label
from assay.checker.engine.limits import Limits, states_reached, time_reached
from assay.checker.implementations.calls import Fire, Receive
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.semantics import FrozenWorld, Semantics
from assay.checker.implementations.steps import Act, Double, Lose, Miss, Step
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, thaw, words

__all__ = ["MOST_WORLDS", "behaviour_of", "label_of"]

MOST_WORLDS = 100_000
"""Worlds that are explored where no limit is given: some ten seconds, without machine code."""


def behaviour_of(cluster: Cluster, limits: Limits, clock: Callable[[], float] = time.monotonic) -> Behaviour:
    """Return what a cluster lets be observed, explored by calls of its handlers."""
    return _Explored(Semantics(cluster, remembers=True), limits, clock).behaviour()


class _Explored:
    def __init__(self, semantics: Semantics, limits: Limits, clock: Callable[[], float]) -> None:
        self.semantics, self.limits, self.clock = semantics, limits, clock
        self.until = None if limits.seconds is None else clock() + limits.seconds
        self.numbers: dict[FrozenWorld, int] = {}
        self.steps: list[dict[Label, set[int]]] = []
        self.unfinished: set[int] = set()
        self.why = ""

    def behaviour(self) -> Behaviour:
        frontier = list(dict.fromkeys(self.semantics.initial()))
        starts = frozenset(map(self._number, frontier))
        for world in frontier:  # grows while it is read: a queue
            frontier += self._expanded(world)
        steps = tuple(tuple((label, frozenset(after)) for label, after in of.items()) for of in self.steps)
        return Behaviour(starts, steps, frozenset(self.unfinished), self.why)

    def _number(self, world: FrozenWorld) -> int:
        if world not in self.numbers:
            self.numbers[world] = len(self.steps)
            self.steps.append({})
        return self.numbers[world]

    def _expanded(self, world: FrozenWorld) -> Iterator[FrozenWorld]:
        """Yield the worlds that are new after a step out of one; note that it is not finished where a limit is met."""
        number, constraint = self._number(world), self.semantics.cluster.constraint
        if constraint is not None and not self.semantics.holds(constraint, world):
            return
        stop = self._stop()
        if stop:
            self.unfinished.add(number)
            self.why = self.why or stop
            return
        try:
            for step, after in self.semantics.steps(world):
                if after not in self.numbers:
                    yield after
                self.steps[number].setdefault(label_of(step), set()).add(self._number(after))
        except NodeError as error:
            self.unfinished.add(number)
            self.why = self.why or error.message

    def _stop(self) -> str:
        if self.until is not None and self.clock() >= self.until:
            return time_reached().detail
        most = MOST_WORLDS if self.limits.states is None else self.limits.states
        return states_reached(most).detail if len(self.numbers) >= most else ""


def label_of(step: Step) -> Label:
    """Return what is observed of a step."""
    return Label(_action(step), _arguments(step), str(step))


def _action(step: Step) -> str:
    """Return what is done, without the values in it: steps that differ in these alone are told of once."""
    match step:
        case Act(node, Receive(_, message)):
            return f"{node} receives {_kind(message)}"
        case Act(node, Fire((name, *_))):
            return f"{node} handles timer {name}"
        case Act(node, event):
            return f"{node} handles {event}"
        case Miss(flight):
            return f"{_arrow(flight)} arrives at a node that is down"
        case Lose(flight):
            return f"{_arrow(flight)} is lost"
        case Double(flight):
            return f"{_arrow(flight)} is doubled"
    return str(step)


def _arguments(step: Step) -> tuple[str, ...]:
    match step:
        case Act(_, event, choices, crash):
            chosen = (f"{name} {words(option)}" for name, option in choices)
            return (str(event), *chosen, *map(str, crash or ()))
        case Miss(flight) | Lose(flight) | Double(flight):
            return (words(flight.message),)
    return ()


def _arrow(flight: Flight) -> str:
    return f"{_kind(flight.message)} from {flight.source} to {flight.destination}"


def _kind(message: Frozen) -> str:
    return type(thaw(message)).__name__
