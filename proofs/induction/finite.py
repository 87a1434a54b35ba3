"""What finite instances say: which properties they violate, and whether a state is reachable in one."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.checker.engine import reference
from assay.checker.engine.limits import Limits, Stop, StopReason
from assay.checker.engine.trace import Failed, Trace, TraceStep
from assay.checker.errors import AssayError, EngineFault, ModelError
from assay.checker.language.instance import Instance, instantiate
from assay.checker.language.model import Kind
from assay.checker.language.reading import Call, Frozen, Reading, Step
from assay.checker.language.specification import Specification
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.results import Refutation

__all__ = ["along", "failure_after", "path_to", "screened", "violation"]

MOST_STATES = 20_000
"""How many states a search may keep for one that is to be reached; the time it may take is for slow models."""

PATIENCE = 10.0
"""Seconds for so many states of the smoke instance as are asked for, which take a fraction of one."""

_Parents = dict[Frozen, tuple[Frozen, Call] | None]


def screened(specification: Specification, settings: dict[str, object], states: int) -> list[Refutation]:
    """Return the properties that so many states of the model's smoke instance violate, or how its code fails there."""
    kept = tuple(m for m in specification.methods if m.kind is not Kind.REACHABLE)
    try:
        instance = instantiate(replace(specification, methods=kept), settings, name="smoke")
        with instance.active():
            return list(_found(instance, states))
    except Failed as error:
        return [_failure(error, "the smoke instance")]
    except AssayError:
        return []


def _found(instance: Instance, states: int) -> Iterator[Refutation]:
    from assay.checker.properties.check import demand_axioms

    demand_axioms(instance)
    outcome = reference.explore(instance, Limits(states=states, seconds=PATIENCE), keep_going=True, deadlock=False)
    _demand_uninterrupted(outcome.stop)
    found = outcome.found
    for method in instance.specification.claims:
        if method in found:
            trace = along(instance, found[method])
            yield Refutation(method.name, method.kind.value, trace, "the smoke instance")


def violation(specification: Specification, seconds: float) -> Refutation | None:
    """Return a violation of an invariant that the default instance has, if one is found in time."""
    kept = tuple(m for m in specification.methods if m.kind not in (Kind.REACHABLE, Kind.LEMMA))
    try:
        instance = instantiate(replace(specification, methods=kept))
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except Failed as error:
        return _failure(error, "the default instance")
    except (AssayError, ImportError):
        return None
    _demand_uninterrupted(result.exploration.stop)
    for found in result.properties:
        if found.verdict is Verdict.VIOLATED and found.trace is not None and found.kind is not Kind.DEADLOCK:
            return Refutation(found.name, found.kind.value, found.trace, "the default instance")
    return None


def _failure(error: Failed, source: str) -> Refutation:
    """Return how the model's own code fails."""
    action = error.message.partition("(")[0]
    return Refutation(f"{action} never fails", "claim", error.trace(), source, error.message)


def _demand_uninterrupted(stop: Stop | None) -> None:
    """Pass an interrupt on that an exploration took for a limit."""
    if stop is not None and stop.reason is StopReason.INTERRUPT:
        raise KeyboardInterrupt


def path_to(instance: Instance, state: Frozen, seconds: float) -> tuple[bool | None, Trace | None]:
    """Return whether a state is reachable in an instance, if that is found out in time, and how.

    Steps in which the model's own code fails lead nowhere. The instance must be active.
    """
    reading, deadline = Reading(instance), time.monotonic() + seconds
    try:
        parents: _Parents = dict.fromkeys(reading.initial_states())
    except AssayError:
        return None, None
    frontier = deque(parents)
    while state not in parents and frontier:
        if time.monotonic() > deadline or len(parents) > MOST_STATES:
            return None, None
        current = frontier.popleft()
        for call, after in _steps(reading, current):
            if after not in parents:
                parents[after] = (current, call)
                frontier.append(after)
    return (True, _trace(instance, parents, state)) if state in parents else (False, None)


def _steps(reading: Reading, state: Frozen) -> Iterator[Step]:
    """Yield the steps out of a state, without those in which the model's own code fails."""
    for call in _calls(reading):
        with contextlib.suppress(AssayError):
            after = reading.step(state, call)
            if after is not None:
                yield call, after


def _calls(reading: Reading) -> Iterator[Call]:
    """Yield the actions of a model, each with every choice of its arguments."""
    for method in reading.specification.actions:
        universes = (reading.instance.universe(type_) for _, type_ in method.parameters)
        yield from ((method.name, arguments) for arguments in itertools.product(*universes))


def _trace(instance: Instance, parents: _Parents, state: Frozen) -> Trace:
    steps: list[TraceStep] = []
    origin = parents[state]
    while origin is not None:
        before, call = origin
        steps.append(TraceStep(call, state))
        state, origin = before, parents[before]
    return Trace(instance, (TraceStep(None, state), *reversed(steps)))


def along(instance: Instance, path: Sequence[Frozen]) -> Trace:
    """Return a path of states as a trace, whatever else fails on the way. The instance must be active.

    Raises
    ------
    EngineFault
        If the path is no run under the model's own code.
    """
    reading = Reading(instance)
    if path[0] not in reading.initial_states():
        raise EngineFault("the solver's run does not begin in an initial state")
    steps = [TraceStep(None, path[0])]
    for before, after in itertools.pairwise(path):
        call = next((call for call, found in _steps(reading, before) if found == after), None)
        if call is None:
            raise EngineFault("the solver's run has a step that the model's own code has not")
        steps.append(TraceStep(call, after))
    return Trace(instance, tuple(steps))


def failure_after(instance: Instance, state: Frozen) -> str:
    """Return how the model's own code fails in a state. The instance must be active.

    Raises
    ------
    EngineFault
        If it does not.
    """
    reading = Reading(instance)
    for call in _calls(reading):
        try:
            reading.step(state, call)
        except ModelError as error:
            return error.message
    raise EngineFault("the solver says that the model's own code fails, and it does not")
