"""Mix two versions of a model: each element of a sort runs one of them and may be upgraded at any time.

A state of the mixture is a state of the model with the version of each element. The interpreter of the actor's version
computes the outcomes of an action, once per state of the model, and once for both versions if they share the action;
the assignment of versions then selects the outcomes that are possible in the mixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assay.checker.engine.limits import states_reached
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.errors import ModelError
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.upgrades.attributing import Actor

__all__ = ["AFTER", "BEFORE", "Explored", "Judge", "Mixed", "Mixture", "Move", "Runner", "explore"]

BEFORE, AFTER = 0, 1

Outcomes = tuple[tuple[Call, int | None, Frozen | ModelError], ...]
"""Calls, each with the element that takes it and the state after it, or the error that it raises."""


@dataclass(frozen=True)
class Runner:
    """Executes the actions of one version.

    Attributes
    ----------
    interpreter : Interpreter
        Computes its initial states.
    own : Interpreter
        Runs the actions that differ from the other version's.
    actors : mapping from action to Actor
        The actor of each action, or None.
    to_common, from_common : callable
        Translate its states to those of the version after, and back.
    """

    interpreter: Interpreter
    own: Interpreter
    actors: Mapping[str, Actor | None]
    to_common: Callable[[Frozen], Frozen]
    from_common: Callable[[Frozen], Frozen]

    def initial_states(self) -> list[Frozen]:
        """Return its initial states."""
        with self.interpreter.instance.active():
            return [self.to_common(state) for state in self.interpreter.each_initial_state()]

    def attempts(self, state: Frozen) -> Iterator[tuple[Call, int | None, Frozen | ModelError]]:
        """Yield the outcomes of its own actions in a state, each with the element that takes the action."""
        with self.interpreter.instance.active():
            found = [*self.own.attempts(self.from_common(state))]
        for call, after in found:
            yield call, self.taker(call), after if isinstance(after, ModelError) else self.to_common(after)

    def taker(self, call: Call) -> int | None:
        """Return the number of the element that takes a step, or None."""
        actor = self.actors[call[0]]
        return None if actor is None else actor(call[1])


@dataclass(frozen=True)
class Mixed:
    """A state of the mixture: a state of the version after, and the version that each element runs."""

    state: Frozen
    versions: tuple[int, ...]


@dataclass(frozen=True)
class Move:
    """A step of the mixture.

    Attributes
    ----------
    version : int
        The version that takes it; for an upgrade, the element's new version.
    call : Call, optional
        The action; None for an upgrade that only changes the version.
    element : int, optional
        The element that takes it or is upgraded.
    is_upgrade : bool
        Whether the element changes its version.
    """

    version: int
    call: Call | None
    element: int | None
    is_upgrade: bool = False


@dataclass(frozen=True)
class Mixture:
    """The transition system of a mixture.

    Attributes
    ----------
    runners : pair of Runner
        The version before and the version after.
    shared : Interpreter
        Runs the actions that are identical in both versions.
    size : int
        The number of elements that carry a version.
    moving : tuple of int
        The elements that are upgraded; the others always run the version before.
    downgrades : bool
        Whether elements may also go back.
    through : str
        The action that upgrades an element, taken in its new version; empty if an upgrade only changes the version.
    fixed : int, optional
        The version that all elements always run, if nothing is mixed.
    """

    runners: tuple[Runner, Runner]
    shared: Interpreter
    size: int
    moving: tuple[int, ...]
    downgrades: bool = False
    through: str = ""
    fixed: int | None = None
    _outcomes: dict[tuple[Frozen, int | None], Outcomes] = field(default_factory=dict)

    def starts(self) -> Iterator[Mixed]:
        """Yield the initial states of either version, with each assignment of versions to elements."""
        runners = self.runners if self.fixed is None else (self.runners[self.fixed],)
        for state in dict.fromkeys(state for runner in runners for state in runner.initial_states()):
            for versions in self._assignments():
                yield Mixed(state, versions)

    def _assignments(self) -> Iterator[tuple[int, ...]]:
        if self.fixed is not None:
            yield (self.fixed,) * self.size
            return
        for chosen in range(1 << len(self.moving)):
            after = {element for bit, element in enumerate(self.moving) if chosen >> bit & 1}
            yield tuple(AFTER if element in after else BEFORE for element in range(self.size))

    def steps(self, mixed: Mixed) -> Iterator[tuple[Move, Mixed | ModelError]]:
        """Yield every step out of a state, with the state after it or the error that it raises."""
        for call, element, after in self._shared(mixed.state):
            version = max(mixed.versions) if element is None else mixed.versions[element]
            yield Move(version, call, element), _mixed(after, mixed.versions)
        for version in sorted({*mixed.versions}):
            for call, element, after in self._own(mixed.state, version):
                if element is not None and mixed.versions[element] == version:
                    yield Move(version, call, element), _mixed(after, mixed.versions)
        if self.fixed is None:
            yield from self._upgrades(mixed)

    def is_inside(self, mixed: Mixed) -> bool:
        """Return whether a state satisfies the state constraints of the version after."""
        return self.runners[AFTER].interpreter.is_inside(mixed.state)

    def is_taken(self, before: Mixed, after: Mixed) -> bool:
        """Return whether a step satisfies the step constraints of the version after."""
        return self.runners[AFTER].interpreter.is_taken(before.state, after.state)

    def _shared(self, state: Frozen) -> Outcomes:
        """Return the outcomes of the shared actions in a state of the model."""
        if (state, None) not in self._outcomes:
            after = self.runners[AFTER]
            self._outcomes[state, None] = tuple((c, after.taker(c), to) for c, to in self.shared.attempts(state))
        return self._outcomes[state, None]

    def _own(self, state: Frozen, version: int) -> Outcomes:
        """Return the outcomes of a version's own actions."""
        if (state, version) not in self._outcomes:
            self._outcomes[state, version] = tuple(self.runners[version].attempts(state))
        return self._outcomes[state, version]

    def _upgrades(self, mixed: Mixed) -> Iterator[tuple[Move, Mixed | ModelError]]:
        for element in self.moving:
            version = AFTER if mixed.versions[element] == BEFORE else BEFORE
            if version == BEFORE and not self.downgrades:
                continue
            versions = (*mixed.versions[:element], version, *mixed.versions[element + 1 :])
            if not self.through:
                yield Move(version, None, element, is_upgrade=True), Mixed(mixed.state, versions)
                continue
            for call, taker, after in (*self._shared(mixed.state), *self._own(mixed.state, version)):
                if taker == element and call[0] == self.through:
                    yield Move(version, call, element, is_upgrade=True), _mixed(after, versions)


def _mixed(state: Frozen | ModelError, versions: tuple[int, ...]) -> Mixed | ModelError:
    return state if isinstance(state, ModelError) else Mixed(state, versions)


class Judge(Protocol):
    """An observer of an exploration, which also decides when to stop."""

    def meet(self, mixed: Mixed, parent: tuple[Mixed, Move] | None) -> None:
        """Observe a new state, and the step by which it was reached."""

    def step(self, before: Mixed, move: Move, after: Mixed) -> None:
        """Observe a step."""

    def fail(self, before: Mixed, move: Move, error: ModelError) -> None:
        """Observe that an action of a version raises."""

    def leave(self, mixed: Mixed, steps: int) -> None:
        """Observe that a state is expanded, and the number of its steps."""

    def has_ended(self) -> bool:
        """Return whether the exploration may stop."""


@dataclass
class Explored:
    """How far an exploration has come.

    Attributes
    ----------
    parents : dict from Mixed to a step and a state, or None
        How each state that was met was reached first.
    depth : int
        Levels.
    stop : str
        Which limit ended it; empty if none did.
    """

    parents: dict[Mixed, tuple[Mixed, Move] | None] = field(default_factory=dict)
    depth: int = 0
    stop: str = ""

    def path(self, mixed: Mixed) -> list[tuple[Move | None, Mixed]]:
        """Return a shortest run to a state: each step with the state after it, the first without one."""
        return self.path_through(self.parents[mixed], mixed)

    def path_through(self, parent: tuple[Mixed, Move] | None, mixed: Mixed) -> list[tuple[Move | None, Mixed]]:
        """Return such a run to a state that was reached by a step, or with None is an initial one."""
        found: list[tuple[Move | None, Mixed]] = []
        while parent is not None:
            found.append((parent[1], mixed))
            mixed = parent[0]
            parent = self.parents[mixed]
        return [(None, mixed), *reversed(found)]


def explore(mixture: Mixture, lookout: Lookout, judge: Judge, found: Explored) -> None:
    """Explore a mixture breadth first.

    Parameters
    ----------
    mixture : Mixture
        What is mixed; the instance of the version after must be active.
    lookout : Lookout
        The limits.
    judge : Judge
        Is shown everything.
    found : Explored
        Where the exploration is kept, for those who look at it on the way.
    """
    try:
        _explore(mixture, lookout, judge, found)
    except Ended as ended:
        found.stop = "" if ended.stop is None else ended.stop.detail


def _explore(mixture: Mixture, lookout: Lookout, judge: Judge, found: Explored) -> None:
    level = [mixed for mixed in mixture.starts() if _arrives(mixed, None, mixture, lookout, judge, found)]
    while level and not judge.has_ended():
        found.depth += 1
        following: list[Mixed] = []
        for mixed in level:
            lookout.glance()
            following += _expanded(mixed, mixture, lookout, judge, found)
            if judge.has_ended():
                return
        level = following


def _expanded(mixed: Mixed, mixture: Mixture, lookout: Lookout, judge: Judge, found: Explored) -> Iterator[Mixed]:
    """Yield the states that a step out of this one reaches first."""
    steps = 0
    for move, after in mixture.steps(mixed):
        steps += 1
        if isinstance(after, ModelError):
            judge.fail(mixed, move, after)
            continue
        judge.step(mixed, move, after)
        if not mixture.is_taken(mixed, after):
            if after not in found.parents:
                judge.meet(after, (mixed, move))  # not expanded, but state claims apply to it
        elif _arrives(after, (mixed, move), mixture, lookout, judge, found):
            yield after
    judge.leave(mixed, steps)


def _arrives(
    mixed: Mixed, parent: tuple[Mixed, Move] | None, mixture: Mixture, lookout: Lookout, judge: Judge, found: Explored
) -> bool:
    """Store a state if it is new; return whether it is to be expanded."""
    if mixed in found.parents:
        return False
    most = lookout.limits.states
    if most is not None and len(found.parents) >= most:
        raise Ended(states_reached(most))
    found.parents[mixed] = parent
    judge.meet(mixed, parent)
    return mixture.is_inside(mixed)
