"""Biases of random schedules: each schedule gets a different one, so that together they see more than any alone.

A bug that needs a slow node, a message delayed for long, or no fault at all is next to impossible to hit where every
step is equally likely: see swarm testing (Groce, Zhang, Eide, Chen and Regehr, 2012), and schedulers with random
priorities (Burckhardt, Kothari, Musuvathi and Nagarakatte, 2010).
"""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from assay.checker.implementations.events import Event, Fire, Receive
from assay.checker.implementations.steps import Act, Crash, Cut, Double, Lose, Miss, Step, Stop
from assay.checker.implementations.worlds import FrozenWorld

__all__ = ["Preference", "is_fault", "prefer"]

Possible: TypeAlias = tuple[Step, FrozenWorld]

_FAULTY = (0.0, 0.03, 0.1, 0.1, 0.3)
"""The probability of choosing a fault if one is possible."""

_SPREAD = (0, 1, 2, 3)
"""The spread of the weights of steps, in powers of ten; in one schedule in four only timers weigh differently."""

_UNREST = (0.0, 0.03, 0.1, 0.3)
"""The probability of drawing a weight again, so that messages held back for long arrive long after related ones."""

_HASTE = (1.0, 0.1, 0.01)
"""The weight of a timer relative to a message; if timers fire too soon, a node rarely gets many answers in time."""


@dataclass
class Preference:
    """The biases of one schedule.

    Attributes
    ----------
    random : Random
        The source of randomness.
    faulty : float
        The probability of choosing a fault if one is possible.
    spread : int
        The decades by which weights may differ from 1.
    haste : float
        The weight of timers, on top of their own weights.
    unrest : float
        The probability, at each choice, that one of the weights is drawn again.
    """

    random: random.Random
    faulty: float
    spread: int
    haste: float
    unrest: float
    _weights: dict[Hashable, float] = field(default_factory=dict)

    def some(self, possible: Sequence[Possible], count: int) -> list[Possible]:
        """Draw some of the possible steps, with replacement, or one fault.

        A fault is drawn alone: beside steps of nodes it would be the rarest kind almost every time, and be taken.
        """
        if self._weights and self.random.random() < self.unrest:
            del self._weights[self.random.choice(list(self._weights))]
        plain = [each for each in possible if not is_fault(each[0])]
        faults = [each for each in possible if is_fault(each[0])]
        if faults and (not plain or self.random.random() < self.faulty):
            return self._drawn(faults, 1)
        return self._drawn(plain, min(count, len(plain)))

    def _drawn(self, possible: Sequence[Possible], count: int) -> list[Possible]:
        return self.random.choices(possible, [self._weight(step) for step, _ in possible], k=count)

    def _weight(self, step: Step) -> float:
        haste = self.haste if isinstance(step, Act) and isinstance(step.event, Fire) else 1.0
        return haste * math.prod(map(self._weight_of, _features(step))) if self.spread else haste

    def _weight_of(self, feature: Hashable) -> float:
        if feature not in self._weights:
            self._weights[feature] = 10 ** self.random.uniform(-self.spread, self.spread)
        return self._weights[feature]


def prefer(random_: random.Random) -> Preference:
    """Draw the biases of a schedule."""
    faulty, spread, haste = random_.choice(_FAULTY), random_.choice(_SPREAD), random_.choice(_HASTE)
    return Preference(random_, faulty, spread, haste, unrest=random_.choice(_UNREST))


def is_fault(step: Step) -> bool:
    """Return whether a step is a fault rather than a node's handling of an event."""
    return not isinstance(step, Act) or step.crash is not None


def _features(step: Step) -> tuple[Hashable, ...]:
    """Return the features by which a step is weighted: what happens, to which node, and from which node it comes.

    Each feature has a weight of its own, and a step the product of those of its features. With a weight for each
    combination instead, hardly any schedule would put off all timers, or everything that reaches one node.
    """
    match step:
        case Act(node, Receive(source), _, crash):
            return ("what", _of_event(step.event), crash is not None), ("who", node), ("from", source)
        case Act(node, event, _, crash):
            return ("what", _of_event(event), crash is not None), ("who", node)
        case Crash(node) | Stop(node):
            return ("what", type(step)), ("who", node)
        case Miss(flight) | Lose(flight) | Double(flight):
            return ("what", type(step)), ("way", flight.source, flight.destination)
        case Cut(number):
            return (("cut", number),)
    return (("what", type(step)),)


def _of_event(event: Event) -> Hashable:
    match event:
        case Receive(_, message):
            return message[0] if isinstance(message, tuple) else type(message)
        case Fire(timer):
            return timer[0]
    return (type(event),)
