"""The breadth-first walk with the interpreter: the one loop for everything that works without machine code.

The walk takes care of states, limits and progress. A visitor decides what happens to states and steps: the reference
explorer judges them, a state graph keeps them.
"""

from __future__ import annotations

from collections import deque
from time import perf_counter
from typing import Protocol

from assay.checker.engine.exploration import Path, Progress
from assay.checker.engine.limits import Stop, depth_reached, interrupted, states_reached
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.engine.memory import resident
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter

__all__ = ["Visitor", "Walk"]

_GLANCE = 64
"""Calls of the model's methods between two looks at the clock: a fraction of a millisecond of work, usually."""

_PAUSE = 0.01
"""Seconds between two checks of the limits, at least. Asking the system how much memory is used takes as long as a
dozen calls of methods: at every look at the clock, it would take a tenth of the whole search."""


class Visitor(Protocol):
    """What to do along a walk."""

    def begin(self, walk: Walk) -> None:
        """Called before the first state."""

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:
        """Called for each new state before it is stored. A state outside the state constraints is not stored."""

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        """Called for each step, before `meet` is for the state it leads to."""

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:
        """Called for each step that constraints allow, after `meet`; by now the state it leads to is stored."""

    def leave(self, state: Frozen, calls: int) -> None:
        """Called for each expanded state, with the number of calls enabled there, including those that failed."""

    def fail(self, error: ModelError, path: Path) -> None:
        """Called where the model's own code fails: in the last state of a path, or on its last step."""

    def has_ended(self, *, between_levels: bool) -> bool:
        """Return whether to end the walk here. Called after each state, and once more after each level."""


class Walk:
    """A breadth-first walk.

    A state is expanded completely before the walk may end, and the initial states count as one such expansion. So
    findings do not depend on the order of actions within a state, and neither an error nor a violation in the same
    state hides the other.

    Parameters
    ----------
    instance : Instance
        The model's instance; it must be active.
    lookout : Lookout
        The limits.
    visitor : Visitor
        What to do along the way.

    Attributes
    ----------
    generated : int
        Initial states and successors so far.
    cut : int
        How many of them constraints exclude.
    depth : int
        Levels so far.
    stop : Stop or None
        The limit at which the walk ended.
    """

    def __init__(self, instance: Instance, lookout: Lookout, visitor: Visitor) -> None:
        self.interpreter = Interpreter(instance, self._pulse)
        self._lookout, self._visitor = lookout, visitor
        self._parents: dict[Frozen, Frozen | None] = {}
        self._frontier: deque[Frozen] = deque()
        self._following: deque[Frozen] = deque()
        self._pulses = self._levels = 0
        self._due = 0.0
        self.generated = self.cut = self.depth = 0
        self.stop: Stop | None = None

    def run(self) -> None:
        """Walk until everything is explored, the visitor has seen enough, or a limit is reached.

        Raises
        ------
        ModelError
            If there is no initial state to begin with, because the model's own code fails there.
        TooLarge
            If the lookout gives up.
        """
        try:
            self._walk()
        except Ended as ended:
            self.stop = ended.stop
        except KeyboardInterrupt:
            self.stop = interrupted(self._lookout.seconds)

    def _walk(self) -> None:
        self._visitor.begin(self)
        for state in self.interpreter.each_initial_state():
            self._arrive(state, None)
        while self._following and not self._has_ended(between_levels=True):
            self._level()

    def _has_ended(self, *, between_levels: bool = False) -> bool:
        return self._visitor.has_ended(between_levels=between_levels)

    def _level(self) -> None:
        most = self._lookout.limits.depth
        if most is not None and self.depth >= most:
            raise Ended(depth_reached(self.depth, len(self._following)))
        self._frontier, self._following = self._following, deque()
        self._levels += 1
        self._look()
        while self._frontier and not self._has_ended():
            self._expand(self._frontier[0])
            self._frontier.popleft()

    def _expand(self, state: Frozen) -> None:
        calls = 0
        for calls, (call, after) in enumerate(self.interpreter.attempts(state), start=1):  # noqa: B007
            if isinstance(after, ModelError):
                self._visitor.fail(after, self.path(state))
            else:
                self._visitor.step(state, call, after)
                if self._is_taken(state, after):
                    self._visitor.reach(state, call, after, new=self._arrive(after, state))
                else:
                    self._leave_out(after, state)
        self._visitor.leave(state, calls)

    def _arrive(self, state: Frozen, parent: Frozen | None) -> bool:
        """Count a state, and store it if it is new and inside the constraints; return whether it was stored."""
        self.generated += 1
        if state in self._parents:
            return False
        inside = self._is_inside(state, parent)
        if inside:
            self._demand_room()
        self._visitor.meet(state, parent, inside=inside)
        if inside:
            self._parents[state] = parent
            self._following.append(state)
            self.depth = self._levels + 1
        else:
            self.cut += 1
        return inside

    def _is_taken(self, before: Frozen, after: Frozen) -> bool:
        try:
            return self.interpreter.is_taken(before, after)
        except ModelError as error:
            self._visitor.fail(error, self.path_through(before, after))
            return False

    def _leave_out(self, state: Frozen, parent: Frozen) -> None:
        """Count a state that a step constraint excludes on this path, and show it to the visitor."""
        self.generated += 1
        self.cut += 1
        if state not in self._parents:
            self._visitor.meet(state, parent, inside=False)

    def _is_inside(self, state: Frozen, parent: Frozen | None) -> bool:
        try:
            return self.interpreter.is_inside(state)
        except ModelError as error:
            self._visitor.fail(error, self.path_through(parent, state))
            return False

    def _demand_room(self) -> None:
        most = self._lookout.limits.states
        if most is not None and len(self._parents) >= most:
            raise Ended(states_reached(most))

    def _pulse(self) -> None:
        self._pulses += 1
        if self._pulses % _GLANCE == 0 and perf_counter() >= self._due:
            self._look()

    def _look(self) -> None:
        self._due = perf_counter() + _PAUSE
        stop = self._lookout.look(self.progress())
        if stop is not None:
            raise Ended(stop)

    def progress(self) -> Progress:
        """Return the progress of the walk."""
        seconds = self._lookout.seconds
        return Progress(self.distinct, self.generated, self.depth, self.frontier, seconds, resident())

    @property
    def distinct(self) -> int:
        """The number of states stored."""
        return len(self._parents)

    @property
    def frontier(self) -> int:
        """The number of states stored and not yet expanded."""
        return len(self._frontier) + len(self._following)

    def path(self, state: Frozen) -> Path:
        """Return a shortest path to a state that is stored."""
        path = [state]
        while (parent := self._parents[path[-1]]) is not None:
            path.append(parent)
        return tuple(reversed(path))

    def path_through(self, parent: Frozen | None, state: Frozen) -> Path:
        """Return a shortest path to a state through its parent; the state itself need not be stored."""
        return (state,) if parent is None else (*self.path(parent), state)
