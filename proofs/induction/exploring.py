"""Explorations of finite instances beside a proof: what they violate, and whether a state is reachable."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assay.checker.engine import reference
from assay.checker.engine.exploration import Path
from assay.checker.engine.firing import first_firing
from assay.checker.engine.limits import Limits, Stop, StopReason
from assay.checker.engine.lookout import Lookout
from assay.checker.engine.trace import Failed, Trace, TraceStep
from assay.checker.engine.walk import Walk
from assay.checker.errors import AssayError, FalseAssertion, InternalError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter, Step
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.checker.language.model import Kind
from assay.checker.properties.check import Engine, Options, check, demand_axioms
from assay.checker.properties.result import CheckResult
from assay.checker.verdicts import Verdict
from assay.proofs.induction.results import InstanceExploration, Refutation

__all__ = ["DEFAULT", "SMOKE", "along", "explore_default", "explore_instance", "explore_refinements", "explore_smoke"]
__all__ += ["failure_at_the_end", "path_to"]

MOST_STATES = 20_000
"""The most states to store in the search for a given state. A limit of time alone would not bound the memory."""

PATIENCE = 10.0
"""Seconds after which the exploration of the smoke instance ends; most models take a fraction of a second."""

_TEMPORAL = tuple(kind for kind in Kind if kind.is_temporal)
"""The kinds of properties that no proof is about, and that are not checked beside one."""

SMOKE, DEFAULT = "the smoke instance", "the default instance"


def explore_smoke(specification: Specification, settings: dict[str, object], states: int) -> InstanceExploration:
    """Explore some states of a model's smoke instance for what they violate.

    Raises
    ------
    ModelError
        If the model has no initial states, such as with a variable without a value.
    """
    started = time.monotonic()
    try:
        left_out = (Kind.REACHABLE, Kind.REFINEMENT, *_TEMPORAL)
        instance = instantiate(_without(specification, *left_out), settings, name="smoke")
        with instance.active():
            demand_axioms(instance)
    except AssayError as error:
        return InstanceExploration(SMOKE, time.monotonic() - started, trouble=error.message)
    with instance.active():
        count, found, fired = _explored(instance, states)
    return InstanceExploration(SMOKE, time.monotonic() - started, count, tuple(found), fired=fired)


def _without(specification: Specification, *kinds: Kind) -> Specification:
    return replace(specification, methods=tuple(m for m in specification.methods if m.kind not in kinds))


def _explored(instance: Instance, states: int) -> tuple[int | None, list[Refutation], frozenset[str]]:
    limits = Limits(states=states, seconds=PATIENCE)
    try:
        outcome = reference.explore(instance, limits, keep_going=True, deadlock=False)
    except Failed as error:
        return None, [_failure(error, SMOKE)], frozenset()
    _demand_uninterrupted(outcome.stop)
    found, claims = outcome.found, instance.specification.claims
    refuted = [Refutation(m, along(instance, found[m]), SMOKE) for m in claims if m in found]
    if ASSERTIONS in found:
        refuted.append(_false_assertion(along(instance, found[ASSERTIONS]), SMOKE))
    refuted += _unexpected(instance, outcome.fired)
    return outcome.distinct, refuted, frozenset(name for name, times in outcome.fired.items() if times)


def _unexpected(instance: Instance, fired: Mapping[str, int]) -> Iterator[Refutation]:
    """Yield the actions that fired although they never should, if a path to one is found."""
    for method in instance.specification.actions:
        trace = first_firing(instance, method.name) if method.fires == "never" and fired[method.name] else None
        if trace is not None:
            yield Refutation(method, trace, SMOKE)


def explore_default(specification: Specification, seconds: float) -> InstanceExploration:
    """Search a model's default instance for a violation of an invariant, for some seconds."""
    return explore_instance(specification, {}, DEFAULT, seconds)


def explore_instance(
    specification: Specification, settings: Mapping[str, object], source: str, seconds: float
) -> InstanceExploration:
    """Search an instance, which `source` describes, for a violation of an invariant, for some seconds."""
    started = time.monotonic()
    found: tuple[Refutation, ...] = ()
    count, trouble = None, ""
    try:
        instance = instantiate(_without(specification, Kind.REACHABLE, Kind.LEMMA, *_TEMPORAL), settings)
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except Failed as error:
        found = (_failure(error, source),)
    except (AssayError, ImportError) as error:
        trouble = error.message if isinstance(error, AssayError) else str(error)
    else:
        _demand_uninterrupted(result.exploration.stop)
        count = result.exploration.distinct
        found = tuple(_violations(result, source))[:1]
    return InstanceExploration(source, time.monotonic() - started, count, found, trouble)


def explore_refinements(
    specification: Specification, settings: Mapping[str, Any], seconds: float
) -> InstanceExploration:
    """Judge a model's refinements in its smoke instance, whatever else the instance violates.

    Refinements are judged only after a complete exploration, which a violated invariant or lemma would end.
    """
    started = time.monotonic()
    count, found, trouble = None, [], ""
    claims = [kind for kind in Kind if kind.is_claim and kind is not Kind.REFINEMENT]
    try:
        instance = instantiate(_without(specification, Kind.REACHABLE, *claims), dict(settings), name="smoke")
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except (AssayError, ImportError) as error:
        trouble = error.message if isinstance(error, AssayError) else str(error)
    else:
        _demand_uninterrupted(result.exploration.stop)
        count = result.exploration.distinct
        found = list(_violations(result, SMOKE))
    return InstanceExploration(SMOKE, time.monotonic() - started, count, tuple(found), trouble)


def _violations(result: CheckResult, source: str) -> Iterator[Refutation]:
    for found in result.properties:
        if found.verdict is not Verdict.VIOLATED or found.trace is None:
            continue
        if isinstance(found.subject, Method):
            yield Refutation(found.subject, found.trace, source, implementation=found.implementation)
        elif isinstance(found.subject, Assertions):
            with found.trace.instance.active():
                yield _false_assertion(found.trace, source)


def _false_assertion(trace: Trace, source: str) -> Refutation:
    """Return the refutation by an assertion that is false at the end of a trace. The instance must be active."""
    return Refutation(ASSERTIONS, trace, source, failure_at_the_end(trace)[1])


def _failure(error: Failed, source: str) -> Refutation:
    """Return how the model's own code fails, and which action or property does."""
    trace = error.trace()
    with trace.instance.active():
        about, message = failure_at_the_end(trace)
        return Refutation(about, trace, source, message)


def failure_at_the_end(trace: Trace) -> tuple[Method | Assertions, str]:
    """Return the action or property whose code fails at the end of a trace, and how; or the false assertion.

    The instance of the trace must be active.

    Raises
    ------
    InternalError
        If none fails.
    """
    interpreter = Interpreter(trace.instance)
    for method, evaluate in _evaluations(interpreter, trace):
        try:
            evaluate()
        except FalseAssertion as error:
            return ASSERTIONS, str(error)
        except ModelError as error:
            return method, error.message
    raise InternalError("an explorer found that the model's own code fails, but it does not")


def _evaluations(interpreter: Interpreter, trace: Trace) -> Iterator[tuple[Method, Callable[[], object]]]:
    """Yield everything that is evaluated in the last state of a trace and out of it, in the explorers' order."""
    specification, state = interpreter.specification, trace.last
    for before in [step.state for step in trace.steps[-2:-1]]:
        for method in specification.of(Kind.STEP_INVARIANT, Kind.STEP_CONSTRAINT):
            yield method, partial(interpreter.truth, method, interpreter.thaw(before), interpreter.thaw(state))
    for method in specification.of(Kind.CONSTRAINT, Kind.INVARIANT, Kind.LEMMA, Kind.REACHABLE, Kind.TERMINAL):
        yield method, partial(interpreter.truth, method, interpreter.thaw(state))
    for method in specification.actions:
        for call in _calls_of(interpreter, method, state):
            yield method, partial(list, interpreter.outcomes(state, call))


def _demand_uninterrupted(stop: Stop | None) -> None:
    """Raise again an interrupt that an exploration treated as a limit."""
    if stop is not None and stop.reason is StopReason.INTERRUPT:
        raise KeyboardInterrupt


def path_to(instance: Instance, state: Frozen, seconds: float) -> tuple[bool | None, Trace | None]:
    """Return whether a state is reachable in an instance, if that can be decided in time, and how.

    Steps in which the model's own code fails lead nowhere, and neither do steps out of a state outside the
    constraints. The instance must be active.
    """
    seeking = _Seeking(state)
    walk = Walk(instance, Lookout(Limits(states=MOST_STATES, seconds=seconds)), seeking)
    try:
        walk.run()
    except AssayError:
        return None, None
    _demand_uninterrupted(walk.stop)
    if seeking.path:
        return True, along(instance, seeking.path)
    return (False if walk.stop is None else None), None


class _Seeking:
    """A visitor that looks for one state; ``path`` is a shortest path to it, empty until the state is met."""

    def __init__(self, wanted: Frozen) -> None:
        self._wanted = wanted
        self.path: Sequence[Frozen] = ()

    def begin(self, walk: Walk) -> None:
        self._walk = walk

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:  # noqa: ARG002
        if state == self._wanted and not self.path:
            self.path = self._walk.path_through(parent, state)

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        pass

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:
        pass

    def leave(self, state: Frozen, calls: int) -> None:
        pass

    def fail(self, error: ModelError, path: Path) -> None:
        pass

    def has_ended(self, *, between_levels: bool) -> bool:  # noqa: ARG002
        return bool(self.path)


def _steps(interpreter: Interpreter, state: Frozen) -> Iterator[Step]:
    """Yield the steps out of a state, except those in which the model's own code fails."""
    if not _is_inside(interpreter, state):
        return
    for call in _calls(interpreter, state):
        with contextlib.suppress(AssayError):
            for after in interpreter.outcomes(state, call):
                yield call, after


def _is_inside(interpreter: Interpreter, state: Frozen) -> bool:
    """Return whether a state satisfies the constraints; no step is taken out of one where evaluating them fails."""
    constraints = interpreter.specification.of(Kind.CONSTRAINT)
    if not constraints:
        return True
    thawed = interpreter.thaw(state)
    try:
        return all(interpreter.truth(constraint, thawed) for constraint in constraints)
    except ModelError:
        return False


def _calls(interpreter: Interpreter, state: Frozen) -> Iterator[Call]:
    """Yield the actions of a model, each with every choice of its arguments that a state may enable."""
    for method in interpreter.specification.actions:
        yield from _calls_of(interpreter, method, state)


def _calls_of(interpreter: Interpreter, method: Method, state: Frozen) -> Iterator[Call]:
    yield from ((method.name, arguments) for arguments in interpreter.choices(method, state))


def along(instance: Instance, path: Sequence[Frozen]) -> Trace:
    """Return a path of states as a trace, even if other steps fail on the way. The instance must be active.

    Raises
    ------
    InternalError
        If the path is not a run of the model's own code.
    """
    interpreter = Interpreter(instance)
    if path[0] not in interpreter.initial_states():
        raise InternalError("the solver's run does not begin in an initial state")
    steps = [TraceStep(None, path[0])]
    for before, after in itertools.pairwise(path):
        call = next((call for call, found in _steps(interpreter, before) if found == after), None)
        if call is None:
            raise InternalError("the solver's run has a step that the model's own code does not take")
        if len(steps) > 1 and not interpreter.is_taken(steps[-2].state, before):
            raise InternalError("the solver's run continues after a step that a step constraint excludes")
        steps.append(TraceStep(call, after))
    return Trace(instance, tuple(steps))
