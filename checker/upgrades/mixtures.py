"""Mix two versions of a model: each element of a sort runs one of them and may be upgraded at any time.

A state of the mixture is a state of the model with the version of each element. The interpreter of the actor's version
computes the outcomes of an action, once per state of the model, and once for both versions if they share the action;
the assignment of versions then selects the outcomes that are possible in the mixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from assay.checker.errors import ModelError
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.upgrades.attributing import Actor

__all__ = ["AFTER", "BEFORE", "Mixed", "Mixture", "Move", "Runner"]

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
    words : int
        The version in whose words the action is told: what both versions share is told in those of the version after.
    is_upgrade : bool
        Whether the element changes its version.
    """

    version: int
    call: Call | None
    element: int | None
    words: int = AFTER
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
                    yield Move(version, call, element, version), _mixed(after, mixed.versions)
        if self.fixed is None:
            yield from self._upgrades(mixed)

    def goes_on(self, mixed: Mixed) -> bool:
        """Return whether a step of the model is possible, perhaps only once some elements have changed versions.

        Where elements may go back, there is always a step that changes a version and nothing else.
        """
        waiting, seen = [mixed], {mixed}
        while waiting:
            for move, after in self.steps(waiting.pop()):
                if move.call is not None:
                    return True
                if isinstance(after, Mixed) and after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return False

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
            for words, outcomes in ((AFTER, self._shared(mixed.state)), (version, self._own(mixed.state, version))):
                for call, taker, after in outcomes:
                    if taker == element and call[0] == self.through:
                        yield Move(version, call, element, words, is_upgrade=True), _mixed(after, versions)


def _mixed(state: Frozen | ModelError, versions: tuple[int, ...]) -> Mixed | ModelError:
    return state if isinstance(state, ModelError) else Mixed(state, versions)
