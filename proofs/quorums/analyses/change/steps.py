"""Find a shortest sequence of single-member changes between two configurations, each step verified.

For two kinds of system it is clear which configurations lie between two of them: *majorities* of weights, or of
groups of weights, with any members, weights and groups; and *counted* quorums (R of N to read, W of N to write, 2f+1
of n), with any members and sizes. Other systems change in one step, or through the joint configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["SearchResult", "Step", "search"]

MOST_CROSSINGS = 2_000
"""The most steps to verify in the search for a shortest sequence, and then again in the search for any."""

Parts = Mapping[str, Hashable]
"""The role of each member of a configuration; others take no part."""

Build = Callable[[Parts], "QuorumSystem | None"]
"""Returns the resolved system that these parts make; None if they make none, such as where nobody votes."""

IsSafe = Callable[[QuorumSystem, QuorumSystem], "bool | None"]
"""Tells whether a step is safe; None if that was not decided."""


@dataclass(frozen=True)
class Step:
    """A configuration on the way.

    ``changes`` says in words what the step changes; ``survives`` is the number of crashes that the configuration is
    proved to survive.
    """

    system: QuorumSystem
    joining: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    survives: int = 0


@dataclass(frozen=True)
class SearchResult:
    """The steps that a search found, if any, and the number of configurations or steps that it tried.

    ``is_exhaustive`` says that no sequence of single changes in which no member goes back is shorter or, if ``steps``
    is empty, that there is none.
    """

    steps: tuple[Step, ...] = ()
    is_exhaustive: bool = False
    tried: int = 0


State = TypeVar("State")


def path_to(goal: State, came_from: Mapping[State, State | None]) -> list[State]:
    """Return the states from the start to the goal; empty if the goal was not reached."""
    path: list[State] = []
    place = goal if goal in came_from else None
    while place is not None:
        path.append(place)
        place = came_from[place]
    return path[::-1]


@dataclass
class _Search:
    """The search. A member's *chain* is the sequence of its roles; a state has an index into each chain."""

    fixed: dict[str, Hashable]
    chains: dict[str, tuple[Hashable, ...]]
    build: Build
    is_safe: IsSafe
    deadline: Deadline
    systems: dict[tuple[int, ...], QuorumSystem | None] = field(default_factory=dict)
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], bool | None] = field(default_factory=dict)
    tried: int = 0
    was_cut: bool = False

    def parts(self, state: Sequence[int]) -> dict[str, Hashable]:
        """Return the roles in the configuration of this state."""
        moved = {name: chain[place] for (name, chain), place in zip(self.chains.items(), state, strict=True)}
        return {**self.fixed, **{name: part for name, part in moved.items() if part is not None}}

    def system(self, state: tuple[int, ...]) -> QuorumSystem | None:
        """Return the system of this state; built once."""
        if state not in self.systems:
            self.systems[state] = self.build(self.parts(state))
        return self.systems[state]

    def following(self, state: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Yield the states in which one member has moved on, farthest first."""
        seen = set()
        for i, chain in enumerate(self.chains.values()):
            if (chain, state[i]) in seen:  # symmetric: an interchangeable member moves instead
                continue
            seen.add((chain, state[i]))
            for place in range(len(chain) - 1, state[i], -1):
                yield (*state[:i], place, *state[i + 1 :])

    def path(self, *, in_haste: bool = False) -> list[tuple[int, ...]]:
        """Return a shortest path of safe steps, by A*; empty if none was found.

        ``in_haste``, any path will do: the search is greedy, and expands the state that is closest to the goal.
        """
        # The estimate is the number of members that still have to change. It never exceeds the steps that are left, and
        # a step lowers it by at most one (it is consistent), so the path to a state taken from the queue is a shortest
        # one, and the state can be closed.
        most = self.tried + MOST_CROSSINGS
        start = tuple(0 for _ in self.chains)
        goal = tuple(len(chain) - 1 for chain in self.chains.values())
        came_from: dict[tuple[int, ...], tuple[int, ...] | None] = {start: None}
        steps = {start: 0}
        queue = [(0, 0, start)]
        closed = set()
        while queue:
            _, _, state = heappop(queue)
            if state == goal:
                break
            if state in closed:
                continue
            closed.add(state)
            for following in self.following(state):
                if following in closed or steps.get(following, len(steps) + 1) <= steps[state] + 1:
                    continue
                if self.tried >= most or self.deadline.passed:
                    self.was_cut = True
                    return []
                if self._allows(state, following):
                    came_from[following], steps[following] = state, steps[state] + 1
                    still = sum(i != j for i, j in zip(following, goal, strict=True))
                    left = sum(j - i for i, j in zip(following, goal, strict=True))
                    # Among equal estimates, more steps behind means fewer ahead: that state comes first.
                    heappush(queue, (left if in_haste else steps[following] + still, -steps[following], following))
        return path_to(goal, came_from)

    def _allows(self, state: tuple[int, ...], following: tuple[int, ...]) -> bool:
        """Tell whether the step is known to be safe; if that is open, the search is no longer exhaustive."""
        before, after = self.system(state), self.system(following)
        if before is None or after is None:
            return False
        if (state, following) not in self.known:
            self.tried += 1
            self.known[state, following] = self.is_safe(before, after)
        verdict = self.known[state, following]
        self.was_cut = self.was_cut or verdict is None
        return bool(verdict)


def search(
    old: Parts,
    new: Parts,
    build: Build,
    is_safe: IsSafe,
    deadline: Deadline,
    *,
    between: Callable[[Hashable, Hashable], Sequence[Hashable]],
    describe: Callable[[str, Hashable, Hashable], str],
) -> SearchResult:
    """Return a shortest sequence of safe steps that each add, remove or change one member.

    Parameters
    ----------
    old, new : mapping of member to hashable
        The role of each member.
    build : callable
        Builds the system of given roles.
    is_safe : callable
        Tells whether the second of two systems may follow the first. It is called for every step.
    deadline : Deadline
        Half of the time is for a shortest sequence, the rest for any.
    between : callable
        Returns the roles that a member may have on the way from one role to another.
    describe : callable
        Returns the change of one member's role in words.

    Notes
    -----
    A member never goes back to an earlier role. Members with the same chain of roles are interchangeable, so only the
    first of them moves. Where a system does distinguish them, a sequence may be missed, never a wrong one be found.
    """
    names = list(dict.fromkeys((*old, *new)))
    fixed = {name: old[name] for name in names if name in old and old[name] == new.get(name)}
    chains = {
        name: (old.get(name), *between(old.get(name), new.get(name)), new.get(name))
        for name in names
        if name not in fixed
    }
    found = _Search(fixed, chains, build, is_safe, deadline.within(deadline.share / 2))
    path = found.path()
    was_cut = found.was_cut
    if was_cut and not path:
        found.deadline = deadline
        path = found.path(in_haste=True)
    steps = tuple(_step(found, before, after, describe) for before, after in pairwise(path))
    return SearchResult(steps, is_exhaustive=not was_cut, tried=found.tried)


def _step(
    found: _Search,
    before: tuple[int, ...],
    after: tuple[int, ...],
    describe: Callable[[str, Hashable, Hashable], str],
) -> Step:
    (name,) = (name for name, i, j in zip(found.chains, before, after, strict=True) if i != j)
    was, becomes = found.parts(before).get(name), found.parts(after).get(name)
    system = found.system(after)
    assert system is not None
    return Step(
        system,
        joining=(name,) if was is None else (),
        leaving=(name,) if becomes is None else (),
        changes=(describe(name, was, becomes),),
    )
