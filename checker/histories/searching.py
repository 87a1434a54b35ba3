"""The search shared by both kinds of consistency: depth first, each configuration at most once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from assay.checker.errors import AssayError, InputError
from assay.checker.histories.history import ANYTHING, Operation, identity
from assay.checker.histories.judgement import Part, Prefix
from assay.checker.histories.specifications import SequentialSpecification
from assay.checker.verdicts import Verdict

__all__ = ["CONFIGURATIONS", "SHOWN", "Configuration", "Limit", "answers", "search"]

CONFIGURATIONS = 1_000_000
"""Configurations to look at before the answer is *unknown*: about a gigabyte of them."""

SHOWN = 5
"""Longest prefixes that are kept."""

_GLANCE = 1 << 10
"""Configurations between two looks at the clock."""

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Limit:
    """Where to give up.

    Attributes
    ----------
    configurations : int
        Give up after this many configurations.
    give_up : callable
        Asked now and then; true gives up.
    """

    configurations: int = CONFIGURATIONS
    give_up: Callable[[], bool] = field(default=lambda: False)


class Configuration(NamedTuple, Generic[Place]):
    """How far a search has got: which responses are explained, and the object's state after them."""

    place: Place
    state: Hashable


_Way = dict[Any, tuple[Any, Operation | None]]
"""For each configuration, by its identity, the one it was reached from and the operation that took effect."""


def answers(
    specification: SequentialSpecification, state: Hashable, operation: Operation
) -> Iterator[tuple[Hashable, Hashable]]:
    """Yield the answers that agree with the operation's response, each with the state after it.

    Of an operation without response every answer agrees; but one that changes nothing need not have happened.

    Raises
    ------
    InputError
        If the specification fails, or is none.
    """
    try:
        for result, after in specification.apply(state, operation):
            hash(after)
            # Without a response, an operation may take effect at any later time or never: one that changes nothing
            # is as good as one that never does, and would double the configurations.
            if operation.is_pending:
                if identity(after) != identity(state):
                    yield result, after
            elif result is ANYTHING or identity(result) == identity(operation.result):
                yield result, after
    except AssayError:
        raise
    except Exception as error:
        name = type(specification).__name__
        raise InputError(
            f"the specification {name} fails on {operation.name} in state {state!r}: {type(error).__name__}: {error}",
            help="apply(state, operation) yields pairs of an answer and the next state, which is hashable",
        ) from error


@dataclass
class _Farthest(Generic[Place]):
    """The configurations in which most responses are explained."""

    explained: int = -1
    at: list[tuple[Any, Configuration[Place]]] = field(default_factory=list)

    def note(self, explained: int, key: Any, configuration: Configuration[Place]) -> None:
        if explained > self.explained:
            self.explained, self.at = explained, []
        if explained == self.explained and len(self.at) < SHOWN:
            self.at.append((key, configuration))


def search(
    start: Configuration[Place],
    explained: Callable[[Place], int],
    goal: int,
    next_ones: Callable[[Configuration[Place]], Iterator[tuple[Operation | None, Configuration[Place]]]],
    part: Part,
    limit: Limit,
    wanted: int = 1,
) -> Part:
    """Look for a configuration in which all responses are explained.

    Parameters
    ----------
    start : Configuration
        Where nothing has happened.
    explained : callable
        The number of responses that are explained at a place.
    goal : int
        The number at which all are.
    next_ones : callable
        The configurations after one, each with the operation that takes effect; the most promising last.
    part : Part
        What is judged.
    limit : Limit
        Where to give up.
    wanted : int
        Ways to look for, of which the first is the order, and all are kept as prefixes if there are more.

    Returns
    -------
    Part
        The judgement.
    """
    first = (start.place, identity(start.state))
    came_from: _Way = {first: (None, None)}
    farthest: _Farthest[Place] = _Farthest()
    todo = [(first, start)]
    while todo:
        key, configuration = todo.pop()  # depth first: most have an order close to the recorded one
        farthest.note(explained(configuration.place), key, configuration)
        if farthest.explained == goal and len(farthest.at) >= wanted:
            break
        if len(came_from) > limit.configurations or (len(came_from) % _GLANCE == 0 and limit.give_up()):
            return _judged(part, Verdict.UNKNOWN, came_from, farthest)
        for operation, following in next_ones(configuration):
            reached = (following.place, identity(following.state))
            if reached not in came_from:
                came_from[reached] = (key, operation)
                todo.append((reached, following))
    return _judged(part, Verdict.HOLDS if farthest.explained == goal else Verdict.VIOLATED, came_from, farthest)


def _judged(part: Part, verdict: Verdict, came_from: _Way, farthest: _Farthest[Place]) -> Part:
    prefixes = tuple(Prefix(_order(came_from, key), configuration.state) for key, configuration in farthest.at)
    return replace(
        part,
        verdict=verdict,
        order=prefixes[0].order if verdict is Verdict.HOLDS else (),
        explained=farthest.explained,
        prefixes=prefixes,
        configurations=len(came_from),
    )


def _order(came_from: _Way, key: Any) -> tuple[Operation, ...]:
    """Return the operations on the way to a configuration, in the order in which they take effect."""
    found: list[Operation] = []
    while key is not None:
        key, operation = came_from[key]
        if operation is not None:
            found.append(operation)
    return tuple(reversed(found))
