"""The observable behaviour of a cluster: who handles which message or timer, who crashes.

As with models, states are anonymous.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from assay.checker.changes.behaviour import Behaviour
from assay.checker.changes.labels import Label
from assay.checker.engine.limits import Limits, states_reached, time_reached
from assay.checker.implementations.events import Fire, Receive
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.semantics import Semantics
from assay.checker.implementations.steps import Act, Double, Lose, Miss, Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen
from assay.impl.node.thawing import thaw, words

__all__ = ["MOST_WORLDS", "behaviour_of", "label_of"]

MOST_WORLDS = 100_000
"""Default limit of explored worlds: about ten seconds, without compiled handlers."""


def behaviour_of(cluster: Cluster, limits: Limits, clock: Callable[[], float] = time.monotonic) -> Behaviour:
    """Explore a cluster by calling its handlers, and return its behaviour."""
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
        for world in frontier:  # a queue: it grows during the iteration
            frontier += self._expanded(world)
        steps = tuple(tuple((label, frozenset(after)) for label, after in of.items()) for of in self.steps)
        return Behaviour(starts, steps, frozenset(self.unfinished), self.why)

    def _number(self, world: FrozenWorld) -> int:
        if world not in self.numbers:
            self.numbers[world] = len(self.steps)
            self.steps.append({})
        return self.numbers[world]

    def _expanded(self, world: FrozenWorld) -> Iterator[FrozenWorld]:
        """Yield the new successors of a world; mark it unfinished if a limit is reached."""
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
    """Return the label of a step."""
    return Label(_action(step), _arguments(step), str(step))


def _action(step: Step) -> str:
    """Return the action without its values, so that steps which differ only in those are reported once."""
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
