"""The reference explorer: breadth-first over frozen states, by the reference reading. Slow, simple, and the oracle."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assay.checker.engine.exploration import Exploration, Path, Progress, Watcher
from assay.checker.engine.limits import Limits, Stop, StopReason, depth_reached, states_reached, time_reached
from assay.checker.engine.memory import default_limit, resident
from assay.checker.engine.tops import Top, orders_of
from assay.checker.engine.trace import Failed
from assay.checker.errors import ModelError
from assay.checker.language.instance import Instance
from assay.checker.language.kinds import DEADLOCK, Judged
from assay.checker.language.reading import Frozen, Reading
from assay.checker.language.specification import Property

__all__ = ["TooLarge", "explore"]

_GLANCE = 64
"""States expanded, or successors computed, between two looks at the clock and the memory."""


class TooLarge(Exception):
    """Raised when the state space proves larger than the caller wanted this explorer to take on."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def explore(
    instance: Instance,
    limits: Limits,
    *,
    keep_going: bool = False,
    deadlock: bool = True,
    watch: Watcher | None = None,
    give_up: Callable[[float], bool] | None = None,
) -> Exploration:
    """Explore every reachable state, breadth first.

    Parameters
    ----------
    instance : Instance
        The model's instance; it must be active.
    limits : Limits
        Where to stop.
    keep_going : bool
        Whether to go on after a violation, to find one for each property.
    deadlock : bool
        Whether a state without a successor that is not terminal is a violation.
    watch : callable, optional
        Called now and then with the progress.
    give_up : callable, optional
        Asked now and then with the seconds so far; raise `TooLarge` once it returns True.

    Returns
    -------
    Exploration
        With frozen states in its paths.

    Raises
    ------
    Failed
        If an action or a property raises, or a value exceeds its bound; the location is in the model.
    TooLarge
        See `give_up`.
    """
    search = _Search(Reading(instance), limits, keep_going, deadlock, watch, give_up)
    try:
        search.run()
    except KeyboardInterrupt:
        search.stop = Stop(StopReason.INTERRUPT, "interrupted")
    return search.outcome()


class _Ended(Exception):
    """The search is over before the frontier is empty."""


@dataclass
class _Search:
    reading: Reading
    limits: Limits
    keep_going: bool
    deadlock: bool
    watch: Watcher | None
    give_up: Callable[[float], bool] | None
    parents: dict[Frozen, Frozen | None] = field(default_factory=dict)
    frontier: deque[Frozen] = field(default_factory=deque)
    following: deque[Frozen] = field(default_factory=deque)
    found: dict[Property, Path] = field(default_factory=dict)
    generated: int = 0
    levels: int = 0
    depth: int = 0
    stop: Stop | None = None

    def __post_init__(self) -> None:
        specification = self.reading.specification
        self.states = specification.judged_on(Judged.STATE)
        self.steps = specification.judged_on(Judged.STEP)
        self.fired = dict.fromkeys((method.name for method in specification.actions), 0)
        self.discovered = dict(self.fired)
        self.tops = [Top(self.reading.instance, order) for order in orders_of(specification)]
        self.started = time.perf_counter()
        self.memory = resident() + default_limit() if self.limits.memory is None else self.limits.memory

    def run(self) -> None:
        try:
            for state in self.reading.initial_states():
                self.generated += 1
                self._meet(state, None)
                if self.generated % _GLANCE == 0:
                    self._glance()
            while self.following and self.stop is None:
                self._level()
        except _Ended:
            pass

    def _level(self) -> None:
        if self.limits.depth is not None and self.depth >= self.limits.depth:
            raise self._halted(depth_reached(self.depth, len(self.following)))
        self.frontier, self.following = self.following, deque()
        self.levels += 1
        expanded = 0
        while self.frontier:
            if expanded % _GLANCE == 0:
                self._glance()
            expanded += 1
            deadlocked = self._expand(self.frontier[0])
            state = self.frontier.popleft()
            if deadlocked:
                self._report(DEADLOCK, self._path(state))

    def _expand(self, state: Frozen) -> bool:
        """Take every step out of a state; return whether it is a deadlock that is looked for."""
        try:
            stuck = self._take_steps(state)
            return stuck and self.deadlock and DEADLOCK not in self.found and not self.reading.is_terminal(state)
        except Failed:
            raise
        except ModelError as error:
            raise Failed(error, self.reading.instance, self._path(state)) from error

    def _take_steps(self, state: Frozen) -> bool:
        """Take every step out of a state; return whether there is none."""
        stuck = True
        for (name, _), after in self.reading.successors(state):
            stuck = False
            self.generated += 1
            if self.generated % _GLANCE == 0:
                self._glance()
            self.fired[name] += 1
            self._check_step(state, after)
            if after not in self.parents and self._meet(after, state):
                self.discovered[name] += 1
        return stuck

    def _check_step(self, state: Frozen, after: Frozen) -> None:
        for method in self.steps:
            before, later = self.reading.thaw(state), self.reading.thaw(after)
            if self.reading.fires(method, before, later) and method not in self.found:
                self._report(method, (*self._path(state), after))

    def _meet(self, state: Frozen, parent: Frozen | None) -> bool:
        """Check a state that is not stored, and store it if it is inside the constraints; return whether it was."""
        if state in self.parents:
            return False
        try:
            return self._examine(state, parent)
        except ModelError as error:
            raise Failed(error, self.reading.instance, self._path_through(parent, state)) from error

    def _examine(self, state: Frozen, parent: Frozen | None) -> bool:
        thawed = self.reading.thaw(state)
        inside = self.reading.is_inside(state)
        if inside:
            self._demand_room()
            self.parents[state] = parent
            for top in self.tops:
                top.look_at(state)
            self.following.append(state)
            self.depth = self.levels + 1
        for method in self.states:  # what is found already is evaluated all the same: it must not fail in any state
            if self.reading.fires(method, thawed) and method not in self.found:
                self._report(method, self._path_through(parent, state))
        return inside

    def _demand_room(self) -> None:
        stored = len(self.parents)
        if self.limits.states is not None and stored >= self.limits.states:
            raise self._halted(states_reached(self.limits.states))

    def _glance(self) -> None:
        seconds, held = time.perf_counter() - self.started, resident()
        if self.give_up is not None and self.give_up(seconds):
            raise TooLarge(seconds)
        if self.watch is not None:
            self.watch(Progress(len(self.parents), self.generated, self.depth, self._waiting(), seconds, held))
        if self.limits.seconds is not None and seconds > self.limits.seconds:
            raise self._halted(time_reached())
        if held > self.memory:
            holds = f"the run holds {held >> 20:,} MiB, the limit is {self.memory >> 20:,} MiB"
            raise self._halted(Stop(StopReason.MEMORY, holds))

    def _waiting(self) -> int:
        return len(self.frontier) + len(self.following)

    def _halted(self, stop: Stop) -> _Ended:
        self.stop = stop
        return _Ended()

    def _report(self, found: Property, path: Iterable[Frozen]) -> None:
        self.found[found] = tuple(path)
        if found.kind.is_claim and not self.keep_going:
            raise _Ended

    def _path_through(self, parent: Frozen | None, state: Frozen) -> tuple[Frozen, ...]:
        return (state,) if parent is None else (*self._path(parent), state)

    def _path(self, state: Frozen) -> tuple[Frozen, ...]:
        path = [state]
        while (parent := self.parents[path[-1]]) is not None:
            path.append(parent)
        return tuple(reversed(path))

    def outcome(self) -> Exploration:
        return Exploration(
            engine="reference",
            distinct=len(self.parents),
            generated=self.generated,
            depth=self.depth,
            frontier=self._waiting(),
            seconds=time.perf_counter() - self.started,
            memory=resident(),
            fired=self.fired,
            discovered=self.discovered,
            found=self.found,
            tops=tuple(top.sort.__name__ for top in self.tops if top.used),
            stop=self.stop,
        )
