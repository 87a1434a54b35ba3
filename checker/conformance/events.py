"""Events of logs: what was done by whom, what was seen of the state, and what is known of when."""

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
"""Stands for an argument that the log does not tell."""


@dataclass(frozen=True)
class Step:
    """A step of the model that an event may be: an action, with the arguments that are known and `ANY` for others."""

    method: Method
    arguments: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Demand:
    """What an event demands of the model. Events that demand the same share one object, so it is compared as one.

    Attributes
    ----------
    ways : tuple of sequences of Step
        What the event may have been: any of these, each some steps without another event in between.
    before, after : tuple of Observation
        What was seen of the state right before the first step, and right after the last.
    """

    ways: tuple[tuple[Step, ...], ...]
    before: tuple[Observation, ...] = ()
    after: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class When:
    """What a log tells of when an event was; nothing of it need be known.

    Attributes
    ----------
    seq : int, optional
        Its number among the events of its node.
    order : int, optional
        Its number in an order of the system's own: a zxid, a revision, an index.
    time : pair of numbers, optional
        It was not before the first and not after the second, by a clock that all have in common.
    clock : mapping from node to int, optional
        The vector clock after it.
    """

    seq: int | None = None
    order: int | None = None
    time: tuple[Moment, Moment] | None = None
    clock: Mapping[str, int] | None = None

    @property
    def is_told(self) -> bool:
        """Whether anything is known."""
        return (self.seq, self.order, self.time, self.clock) != (None, None, None, None)


@dataclass(frozen=True, eq=False)
class Event:
    """A line of a log; another line that says the same is another event.

    Attributes
    ----------
    place : Location
        Its file and line.
    node : str
        Who did it, as the log says.
    action : str
        What was done, as the log says.
    demand : Demand
        What that demands of the model.
    when : When
        What is known of when it was.
    """

    place: Location
    node: str
    action: str
    demand: Demand
    when: When = field(default_factory=When)
