"""Explain why a log is not a run of a model: the next event, and why the nearest actions fail."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from assay.checker.conformance.events import ANY, Event, Step
from assay.checker.conformance.observations import Observation
from assay.checker.conformance.search import Conformance, Point, calls_of
from assay.checker.engine.chosen import ways_between
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.execution.picks import Choice
from assay.checker.language.execution.universes import first_of
from assay.checker.language.types import is_container
from assay.checker.properties.replay import Guard, first_false_guard

__all__ = ["Difference", "Explanation", "FailedMatch", "chosen_in", "explain"]

_MOST_POINTS = 200
"""The most points to examine, among those at the end of the longest prefixes."""

_MOST_CALLS = 2_000
"""The most actions to try at each point, in search of the nearest."""

_MOST_STATES = 20
"""The most states at which to try other actions, in search of one that would have fit."""


@dataclass(frozen=True)
class Difference:
    """A part of the state with its value in the log and its value in the model."""

    observation: Observation
    state: Frozen


@dataclass(frozen=True)
class FailedMatch:
    """A failed attempt to explain an event by an action.

    Attributes
    ----------
    event : Event
        The event.
    point : Point
        The point at which it was tried.
    calls : tuple of Call
        The actions that were taken; the last one was not enabled, or led elsewhere. Empty if the state before already
        differs.
    chosen : tuple of tuples of Choice
        What each of these actions chose on its way, if the last one was enabled.
    guard : Guard, optional
        Its first false guard.
    differences : tuple of Difference
        Where the log and the model disagree, if the action was enabled.
    """

    event: Event
    point: Point
    calls: tuple[Call, ...]
    chosen: tuple[tuple[Choice, ...], ...] = ()
    guard: Guard | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def distance(self) -> tuple[int, int, int]:
        """Sort key, nearest first: enabled actions, then those that failed at a late guard."""
        if self.guard is None:
            return (0, len(self.differences), 0)
        return (1, -len(self.calls), -self.guard.location.line)


@dataclass(frozen=True)
class Explanation:
    """Why the longest explained prefix cannot be extended.

    Attributes
    ----------
    attempts : tuple of FailedMatch
        For each event that could have been next, the nearest attempts, nearest first.
    instead : tuple of (Event, Call, tuple of Choice)
        Other actions that would have led to the state that an event observed, each with what it would have chosen.
    enabled : tuple of str
        The names of the actions that were enabled where the nearest attempt was made.
    """

    attempts: tuple[FailedMatch, ...]
    instead: tuple[tuple[Event, Call, tuple[Choice, ...]], ...] = ()
    enabled: tuple[str, ...] = ()


def explain(found: Conformance, *, most: int = 3) -> Explanation:
    """Explain why a log was not found to be a run of the model.

    Parameters
    ----------
    found : Conformance
        The result of `assay.checker.conformance.search.conform`.
    most : int
        The most attempts to return for each event that could have been next.
    """
    with found.instance.active():
        return _Explaining(found.instance, Interpreter(found.instance)).explanation(found, most)


def chosen_in(found: Conformance) -> list[tuple[tuple[Choice, ...], ...]]:
    """Return, for each step of the run that explains a log, what each of its actions chose on its way."""
    assert found.start is not None
    run = found.run or ()
    with found.instance.active():
        explaining = _Explaining(found.instance, Interpreter(found.instance))
        starts = [found.start, *(link.state for link in run)]
        ways = (explaining.ways(before, link.calls, link.state) for before, link in zip(starts, run, strict=False))
        return [next(way) for way in ways]


@dataclass(frozen=True)
class _Explaining:
    instance: Instance
    interpreter: Interpreter

    def explanation(self, found: Conformance, most: int) -> Explanation:
        tried: dict[Event, list[FailedMatch]] = {}
        # Only at the end of the longest prefixes: an event that does not fit earlier did not stop the search.
        for point in found.furthest[:_MOST_POINTS]:
            for _, event in found.chains.next(point.cut):
                tried.setdefault(event, []).extend(self._attempts(event, point))
        nearest = [sorted(attempts, key=lambda attempt: attempt.distance) for attempts in tried.values()]
        nearest.sort(key=lambda attempts: attempts[0].distance if attempts else (9, 0, 0))
        chosen = tuple(attempt for attempts in nearest for attempt in _distinct(attempts)[:most])
        return Explanation(chosen, tuple(self._instead(found)), self._enabled(chosen))

    def _attempts(self, event: Event, point: Point) -> Iterator[FailedMatch]:
        before = _differences(event.demand.before, point.state)
        if before:
            yield FailedMatch(event, point, (), differences=before)
            return
        for steps in event.demand.alternatives:
            yield from itertools.islice(self._tried(event, point, point.state, (), (), steps), _MOST_CALLS)

    def _tried(
        self,
        event: Event,
        point: Point,
        state: Frozen,
        done: tuple[Call, ...],
        picked: tuple[tuple[Choice, ...], ...],
        steps: tuple[Step, ...],
    ) -> Iterator[FailedMatch]:
        """Yield the attempts to take some steps from a state, after those that were taken."""
        for call in self._calls(steps[0], state):
            calls = (*done, call)
            every = list(self.interpreter.each_outcome(state, call))
            if all(after is None for after in every):
                yield FailedMatch(event, point, calls, guard=first_false_guard(self.interpreter, state, call))
            for after in _reached(every):
                chosen = (*picked, self._chosen(state, call, after))
                if steps[1:]:
                    yield from self._tried(event, point, after, calls, chosen, steps[1:])
                else:
                    yield FailedMatch(event, point, calls, chosen, differences=_differences(event.demand.after, after))

    def ways(self, before: Frozen, calls: tuple[Call, ...], after: Frozen) -> Iterator[tuple[tuple[Choice, ...], ...]]:
        """Yield what each of some actions chooses, for each way in which they lead from one state to another."""
        if not calls and before == after:
            yield ()
        for reached in _reached(self.interpreter.each_outcome(before, calls[0])) if calls else ():
            for later in self.ways(reached, calls[1:], after):
                yield (self._chosen(before, calls[0], reached), *later)

    def _chosen(self, before: Frozen, call: Call, after: Frozen) -> tuple[Choice, ...]:
        if not self.interpreter.picks:
            return ()
        with suppress(ModelError):  # it chooses well here, and fails with another choice
            return next(ways_between(self.interpreter, before, call, after), ())
        return ()

    def _calls(self, step: Step, state: Frozen) -> Iterator[Call]:
        """Yield the calls that a step may stand for; where nothing is there to be drawn, one that shows this."""
        nothing = True
        with suppress(ModelError):  # there are too many arguments to try
            for call in calls_of(step, self.interpreter, state):
                nothing = False
                yield call
        if nothing and not any(is_container(type_) for _, type_ in step.method.parameters):
            pairs = zip(step.method.parameters, step.arguments, strict=True)
            first = (first_of(type_, self.instance) if value is ANY else value for (_, type_), value in pairs)
            yield step.method.name, tuple(first)

    def _instead(self, found: Conformance) -> Iterator[tuple[Event, Call, tuple[Choice, ...]]]:
        """Yield the actions, other than the one that an event names, that lead to the state that it observed."""
        seen: set[tuple[Event, Call]] = set()
        for point in found.furthest[:_MOST_STATES]:
            events = [event for _, event in found.chains.next(point.cut) if event.demand.after]
            for call, after in self._possible(point.state) if events else ():
                for event in events:
                    if (event, call) not in seen and not _differences(event.demand.after, after):
                        seen.add((event, call))
                        yield event, call, self._chosen(point.state, call, after)

    def _possible(self, state: Frozen) -> Iterator[tuple[Call, Frozen]]:
        for call, outcome in itertools.islice(self.interpreter.attempts(state), _MOST_CALLS):
            if not isinstance(outcome, ModelError) and outcome != state:
                yield call, outcome

    def _enabled(self, attempts: tuple[FailedMatch, ...]) -> tuple[str, ...]:
        if not attempts:
            return ()
        return tuple(dict.fromkeys(call[0] for call, _ in self._possible(attempts[0].point.state)))


def _reached(outcomes: Iterable[Frozen | ModelError | None]) -> list[Frozen]:
    """Return the states that an action leads to, several if it chooses. Of errors the report tells: it is unknown."""
    return [after for after in outcomes if after is not None and not isinstance(after, ModelError)]


def _differences(observations: tuple[Observation, ...], state: Frozen) -> tuple[Difference, ...]:
    wrong = [observation for observation in observations if not observation.holds(state)]
    there = [observation for observation in wrong if observation.is_there(state)]
    return tuple(Difference(observation, state) for observation in there or wrong)


def _distinct(attempts: list[FailedMatch]) -> list[FailedMatch]:
    """Return the first attempt of each action and reason, however many states it was tried from."""
    first: dict[object, FailedMatch] = {}
    for attempt in attempts:
        reason = attempt.guard or tuple(d.observation.path for d in attempt.differences)
        first.setdefault((attempt.calls[-1:], reason), attempt)
    return list(first.values())
