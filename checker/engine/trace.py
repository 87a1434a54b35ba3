"""Traces: the states from an initial one on, and the action that leads to each. A trace can be executed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import pairwise

from assay.checker.engine.chosen import ways_between
from assay.checker.errors import InternalError, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.execution.picks import Choice

__all__ = ["Failed", "Loop", "Trace", "TraceStep", "execute"]


@immutable
class TraceStep:
    """A state, and the call that led to it; None for an initial state.

    Attributes
    ----------
    recorded : tuple of Choice, optional
        What the action chose, by a record of the step; None if there is no record, or it does not say.
    """

    call: Call | None
    state: Frozen
    recorded: tuple[Choice, ...] | None = None


@immutable
class Loop:
    """How an infinite trace, a *lasso*, goes on after its last state: back to an earlier one, and so on forever.

    Attributes
    ----------
    start : int
        The index of the state that it goes back to: the loop is from there to the end.
    call : Call, optional
        The action that leads back; None if nothing happens any more, and the last state stays forever.
    recorded : tuple of Choice, optional
        As in `TraceStep`.
    """

    start: int
    call: Call | None
    recorded: tuple[Choice, ...] | None = None

    @property
    def stays(self) -> bool:
        """Whether nothing happens any more: the loop is the last state alone."""
        return self.call is None


@immutable
class Trace:
    """A path through the state graph of an instance; with a loop it is infinite."""

    instance: Instance
    steps: tuple[TraceStep, ...]
    loop: Loop | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[TraceStep]:
        return iter(self.steps)

    @property
    def states(self) -> tuple[Frozen, ...]:
        """The states of the trace."""
        return tuple(step.state for step in self.steps)

    def chosen(self, index: int) -> tuple[Choice, ...]:
        """Return what the action that led to the state at an index chose.

        The index ``len(trace)`` stands for the action that closes the loop. If the action could lead there in several
        ways, the result is what was recorded, or else the first of them.
        """
        step = self.steps[index] if index < len(self.steps) else self._back
        if index == 0 or step is None or step.call is None or not self._interpreter.picks:
            return ()
        if step.recorded is not None:
            return step.recorded
        with self.instance.active(), suppress(ModelError):
            return next(ways_between(self._interpreter, self.steps[index - 1].state, step.call, step.state), ())
        return ()

    @property
    def _back(self) -> TraceStep | None:
        loop = self.loop
        return None if loop is None else TraceStep(loop.call, self.steps[loop.start].state, loop.recorded)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.instance)

    @property
    def last(self) -> Frozen:
        """The last state."""
        return self.steps[-1].state


def execute(instance: Instance, path: Sequence[Frozen]) -> Trace:
    """Execute a path of states again with the interpreter, and return it with its actions.

    Parameters
    ----------
    instance : Instance
        The instance; it must be active.
    path : sequence of frozen states
        The first must be initial, and each of the others a successor of the one before it.

    Raises
    ------
    InternalError
        If the interpreter does not allow the path: the explorer that found it is wrong.
    """
    interpreter = Interpreter(instance)
    if path[0] not in interpreter.initial_states():
        raise InternalError(
            f"the explorer began a trace of {instance.specification.name} in a state that is not initial"
        )
    steps = [TraceStep(None, path[0])]
    for before, after in pairwise(path):
        steps.append(TraceStep(_call_between(interpreter, before, after), after))
    return Trace(instance, tuple(steps))


class Failed(ModelError):
    """Raised where the model's own code fails in a reachable state: it raises, or a value exceeds its bound.

    Parameters
    ----------
    error : ModelError
        The error that the interpreter raises.
    instance : Instance
        The instance of the model.
    path : sequence of frozen states
        The states from an initial one to the one in which it fails.
    """

    def __init__(self, error: ModelError, instance: Instance, path: Sequence[Frozen]) -> None:
        super().__init__(error.message, location=error.location, help=error.help)
        self._instance = instance
        self._path = path

    @property
    def rank(self) -> tuple[int, str, str]:
        """The key by which failures are ordered, the same in every engine: shorter paths first."""
        return len(self._path), str(self.location), self.message

    def trace(self) -> Trace:
        """Return the path to the failure, executed again."""
        with self._instance.active():
            return execute(self._instance, self._path)


def _call_between(interpreter: Interpreter, before: Frozen, after: Frozen) -> Call:
    for call, successor in interpreter.steps(before):  # yields errors too: another action may fail in this state
        if successor == after:
            return call
    raise InternalError(
        f"the explorer took a step of {interpreter.specification.name} that the model's own code does not allow"
    )
