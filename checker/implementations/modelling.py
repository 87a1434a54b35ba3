"""The model alongside an explored cluster: its numbered states, its steps, and the near misses of a failed step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from assay.checker.errors import ModelError
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.monotone import leads
from assay.checker.implementations.native.numbered import Numbered
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import Method
from assay.checker.properties.replay import Guard, first_false_guard

__all__ = ["Edges", "ModelSide", "NearMiss", "Tally", "edges_of", "successors_of"]

_MOST_EDGES = 50_000
"""The most steps of the model to count, for the fraction that the cluster takes; the interpreter takes 10 to 30 s."""

_MOST_TRIED = 500_000
"""The most actions to try for that: some models choose among thousands of containers, of which guards leave few."""

_MOST_CALLS = 2_000
"""The most calls of an action to try in search of the nearest, counting each way to choose in it."""


@dataclass(frozen=True)
class NearMiss:
    """An action of the model that fails to explain a step.

    Attributes
    ----------
    call : Call
        The action.
    guard : Guard, optional
        Its first guard that was false.
    differs : tuple of str
        If it was enabled, the variables in which its result differs from the step.
    """

    call: Call
    guard: Guard | None = None
    differs: tuple[str, ...] = ()

    @property
    def distance(self) -> tuple[int, int]:
        """Sort key, nearest first: enabled actions with few differences, then those that failed at a late guard."""
        return (0, len(self.differs)) if self.guard is None else (1, -self.guard.location.line)


@dataclass(frozen=True)
class Edges:
    """How many steps of the model a cluster takes.

    Attributes
    ----------
    taken : int
        The number of distinct model steps that it takes.
    all : int, optional
        The number of steps between distinct states of the model, from those that its constraints keep; None if there
        are too many to count.
    """

    taken: int
    all: int | None


def successors_of(interpreter: Interpreter, state: Frozen) -> dict[Frozen, Call]:
    """Return the states that follow one, each with an action that leads there."""
    found: dict[Frozen, Call] = {}
    for call, after in interpreter.successors(state):
        found.setdefault(after, call)
    return found


@dataclass
class Tally:
    """How many actions an interpreter has tried: its pulse."""

    tried: int = 0

    def __call__(self) -> None:
        """Count one more."""
        self.tried += 1


def edges_of(
    interpreter: Interpreter,
    tally: Tally,
    successors: Callable[[Frozen], dict[Frozen, Call]],
    is_late: Callable[[], bool] = lambda: False,
) -> dict[tuple[Frozen, Frozen], str] | None:
    """Return each step of the model between different states, with an action that takes it; None if there are too many.

    Parameters
    ----------
    interpreter : Interpreter
        The model.
    tally : Tally
        The pulse of this interpreter.
    successors : callable
        `successors_of` of this model, perhaps remembered.
    is_late : callable
        Whether no time is left.
    """
    found: dict[tuple[Frozen, Frozen], str] = {}
    most = tally.tried + _MOST_TRIED
    for state, following in _expanded(interpreter, successors):
        found.update(((state, after), call[0]) for after, call in following.items() if after != state)
        if len(found) > _MOST_EDGES or tally.tried > most or is_late():
            return None
    return found


def _expanded(
    interpreter: Interpreter, successors: Callable[[Frozen], dict[Frozen, Call]]
) -> Iterator[tuple[Frozen, dict[Frozen, Call]]]:
    """Yield every reachable state that the model's constraints keep, with the states that follow it."""
    frontier = [state for state in interpreter.initial_states() if interpreter.is_inside(state)]
    seen = set(frontier)
    while frontier:
        state = frontier.pop()
        following = successors(state)
        yield state, following
        new = [after for after in following if after not in seen and interpreter.is_inside(after)]
        seen.update(new)
        frontier += new


class ModelSide:
    """The model that a cluster refines, with numbered states for a native search.

    Parameters
    ----------
    abstraction : Abstraction
        The mapping to the model, whose instance must be active.

    Attributes
    ----------
    paths : dict of (int, int) to tuple of Call
        The steps of the cluster, between states by number, with the actions that make them.
    """

    def __init__(self, abstraction: Abstraction) -> None:
        self.abstraction = abstraction
        self._tally = Tally()
        self.interpreter = Interpreter(abstraction.instance, self._tally)
        self.states: Numbered[Frozen] = Numbered()
        self.paths: dict[tuple[int, int], tuple[Call, ...]] = {}
        self._successors: dict[Frozen, dict[Frozen, Call]] = {}
        self._leads = leads(self.interpreter.specification)

    def number(self, state: Frozen) -> int:
        """Return the number of a state, from 1."""
        return 1 + self.states.number(state)

    def takes(self, before: int, after: int) -> bool:
        """Return whether a path of at most the cluster's number of steps leads from one state to the other."""
        path = self._search({self.states[before - 1]: ()}, self.states[after - 1], self.abstraction.cluster.steps)
        if path is None:
            return False
        self.paths[before, after] = path
        return True

    def begins(self, state: Frozen) -> bool:
        """Return whether an initial world may map to a state; the starts of the nodes may take steps of the model."""
        cluster = self.abstraction.cluster
        starts: dict[Frozen, tuple[Call, ...]] = dict.fromkeys(self.interpreter.initial_states(), ())
        return self._search(starts, state, cluster.steps * len(cluster.nodes)) is not None

    def _search(self, frontier: dict[Frozen, tuple[Call, ...]], goal: Frozen, longest: int) -> tuple[Call, ...] | None:
        seen = dict(frontier)
        for _ in range(longest):
            if goal in seen:
                break
            following: dict[Frozen, tuple[Call, ...]] = {}
            for state, path in frontier.items():
                for after, call in self.successors(state).items():
                    if after not in seen:
                        seen[after] = (*path, call)
                        if self._leads(after, goal):
                            following[after] = seen[after]
            frontier = following
        return seen.get(goal)

    def successors(self, state: Frozen) -> dict[Frozen, Call]:
        """Return the states that follow one, each with an action that leads there."""
        if state not in self._successors:
            self._successors[state] = successors_of(self.interpreter, state)
        return self._successors[state]

    # Coverage of the model

    def taken(self) -> set[tuple[Frozen, Frozen]]:
        """Return the steps of the model, between different states, that the cluster takes."""
        found: set[tuple[Frozen, Frozen]] = set()
        for (before, after), path in self.paths.items():
            found.update(self._along(self.states[before - 1], path, self.states[after - 1]) or ())
        return found

    def _along(self, state: Frozen, path: tuple[Call, ...], goal: Frozen) -> list[tuple[Frozen, Frozen]] | None:
        """Return the steps by which calls lead to a state; an action that chooses has several outcomes."""
        if not path:
            return [] if state == goal else None
        for after in self.interpreter.outcomes(state, path[0]):
            rest = self._along(after, path[1:], goal)
            if rest is not None:
                return [(state, after), *rest]
        return None

    def actions(self) -> set[str]:
        """Return the actions of the model that the cluster takes."""
        return {name for path in self.paths.values() for name, _ in path}

    def edges(self, is_late: Callable[[], bool]) -> Edges:
        """Count the steps of the model, and those of them that the cluster takes, unless time runs out."""
        every = edges_of(self.interpreter, self._tally, self.successors, is_late)
        return Edges(len(self.taken()), None if every is None else len(every))

    # Explanation of a step that the model does not take

    def nearest(self, before: Frozen, after: Frozen, most: int = 4) -> list[NearMiss]:
        """Return the best attempt of each action of the model to explain a step, nearest first."""
        best: dict[str, NearMiss] = {}
        for method in self.abstraction.model.specification.actions:
            for attempt in itertools.islice(self._attempts(method, before, after), _MOST_CALLS):
                known = best.get(method.name)
                if known is None or attempt.distance < known.distance:
                    best[method.name] = attempt
        return sorted(best.values(), key=lambda attempt: attempt.distance)[:most]

    def _attempts(self, method: Method, before: Frozen, after: Frozen) -> Iterator[NearMiss]:
        with suppress(ModelError):  # there are too many arguments to try
            for arguments in self.interpreter.candidates(method, before):
                yield from self._tried((method.name, arguments), before, after)

    def _tried(self, call: Call, before: Frozen, after: Frozen) -> Iterator[NearMiss]:
        """Yield where a call leads, for each way to choose in it, or the guard that keeps it from happening."""
        every = list(itertools.islice(self.interpreter.each_outcome(before, call), _MOST_CALLS))
        if all(reached is None for reached in every):
            guard = first_false_guard(self.interpreter, before, call)
            if guard is not None:
                yield NearMiss(call, guard)
        names = [variable.name for variable in self.abstraction.model.specification.variables]
        for reached in every:
            if reached is not None and not isinstance(reached, ModelError) and reached != before:
                pairs = zip(names, reached, after, strict=True)
                yield NearMiss(call, differs=tuple(name for name, there, wanted in pairs if there != wanted))
