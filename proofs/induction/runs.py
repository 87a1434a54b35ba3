"""Runs of the model's own code: the steps along a path of states, where it fails, and whether it reaches a state."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assay.checker.engine.exploration import Path
from assay.checker.engine.limits import Limits, Stop, StopReason
from assay.checker.engine.lookout import Lookout
from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.engine.walk import Walk
from assay.checker.errors import AssayError, FalseAssertion, InternalError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter, Step
from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.checker.language.model import Kind

__all__ = ["along", "demand_uninterrupted", "failure_at_the_end", "path_to"]

MOST_STATES = 20_000
"""The most states to store in the search for a given state. A limit of time alone would not bound the memory."""


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


def _steps(interpreter: Interpreter, state: Frozen) -> Iterator[Step]:
    """Yield the steps out of a state, except those in which the model's own code fails."""
    if not _is_inside(interpreter, state):
        return
    for method in interpreter.specification.actions:
        for call in _calls(interpreter, method, state):
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


def _calls(interpreter: Interpreter, method: Method, state: Frozen) -> Iterator[Call]:
    """Yield an action with every choice of its arguments that a state may enable."""
    yield from ((method.name, arguments) for arguments in interpreter.choices(method, state))


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
    demand_uninterrupted(walk.stop)
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
        for call in _calls(interpreter, method, state):
            yield method, partial(list, interpreter.outcomes(state, call))


def demand_uninterrupted(stop: Stop | None) -> None:
    """Raise again an interrupt that an exploration treated as a limit."""
    if stop is not None and stop.reason is StopReason.INTERRUPT:
        raise KeyboardInterrupt
