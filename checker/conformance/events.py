"""Events of a log: who did what, which parts of the state were observed, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assay.checker.conformance.observations import Observation
from assay.checker.errors import Location
from assay.checker.language.introspection.specification import Method

__all__ = ["ANY", "Demand", "Event", "Moment", "Step", "When"]

Moment = int | float | Fraction
"""A time, in whatever unit the log has."""


class _Any:
    """The type of `ANY`."""

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()
"""Stands for an argument that the log does not give."""


@dataclass(frozen=True)
class Step:
    """A candidate step of the model for an event: an action with its known arguments, and `ANY` for the others."""

    method: Method
    arguments: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Demand:
    """What an event requires of the model. Events with equal demands share one object, so comparison is by identity.

    Attributes
    ----------
    alternatives : tuple of sequences of Step
        Alternatives for the event, each a sequence of steps with no other event in between.
    before, after : tuple of Observation
        Observations of the state right before the first step and right after the last.
    """

    alternatives: tuple[tuple[Step, ...], ...]
    before: tuple[Observation, ...] = ()
    after: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class When:
    """What a log says about when an event happened; every part is optional.

    Attributes
    ----------
    seq : int, optional
        The number of the event among those of its node.
    order : int, optional
        Its number in an order that the system itself keeps: a zxid, a revision, an index.
    time : pair of numbers, optional
        Earliest and latest time, by a clock that all nodes share.
    clock : mapping from node to int, optional
        The vector clock after it.
    """

    seq: int | None = None
    order: int | None = None
    time: tuple[Moment, Moment] | None = None
    clock: Mapping[str, int] | None = None

    @property
    def is_told(self) -> bool:
        """Whether any part is known."""
        return (self.seq, self.order, self.time, self.clock) != (None, None, None, None)


@dataclass(frozen=True, eq=False)
class Event:
    """A line of a log. Two lines with equal content are two events.

    Attributes
    ----------
    place : Location
        Its file and line.
    node : str
        The acting node, by its name in the log.
    action : str
        The action, by its name in the log.
    demand : Demand
        What the event requires of the model.
    when : When
        When it happened, as far as that is known.
    """

    place: Location
    node: str
    action: str
    demand: Demand
    when: When = field(default_factory=When)
