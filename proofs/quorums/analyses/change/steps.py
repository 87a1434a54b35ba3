"""Find a shortest sequence of single-member changes between two configurations, each step verified.

Two kinds of systems say by themselves what lies between two of them. *Majorities* of weights, or of groups of
weights: any members with any weights in any groups make one. And *counted* quorums (R of N to read, W of N to
write, 2f+1 of n): any members with any sizes do. Other systems are taken in one step, or through the joint
configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Sought", "Step", "search"]

MOST_CROSSINGS = 2_000
"""The most pairs of configurations that are looked at for a shortest sequence, and then again for any."""

Parts = Mapping[str, Hashable]
"""What a configuration says of each of its members; a member that is not in it takes no part."""

Build = Callable[[Parts], "QuorumSystem | None"]
"""Returns the resolved system of some parts; None if there can be none, such as one without members."""

IsSafe = Callable[[QuorumSystem, QuorumSystem], "bool | None"]
"""Tells whether a step is safe; None if that was not decided."""


@dataclass(frozen=True)
class Step:
    """One configuration on the way, what changes with it, in words, and how many crashes it is proved to survive."""

    system: QuorumSystem
    joining: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    survives: int = 0


@dataclass(frozen=True)
class Sought:
    """The result of a search: the steps, if any.

    ``is_exhaustive`` tells that there is none shorter, or none at all, of single changes in which no member goes back.
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
class _Walk:
    """The search; a state is how far each changing member is along its chain."""

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
        """Return the parts of the configuration in which each changing member is so far along its chain."""
        moved = {name: chain[place] for (name, chain), place in zip(self.chains.items(), state, strict=True)}
        return {**self.fixed, **{name: part for name, part in moved.items() if part is not None}}

    def system(self, state: tuple[int, ...]) -> QuorumSystem | None:
        if state not in self.systems:
            self.systems[state] = self.build(self.parts(state))
        return self.systems[state]

    def following(self, state: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Yield the states that differ in one member, those first in which it is all the way; one of like ones."""
        seen = set()
        for i, chain in enumerate(self.chains.values()):
            if (chain, state[i]) in seen:  # an interchangeable member was moved already: symmetric
                continue
            seen.add((chain, state[i]))
            for place in range(len(chain) - 1, state[i], -1):
                yield (*state[:i], place, *state[i + 1 :])

    def path(self, *, in_haste: bool = False) -> list[tuple[int, ...]]:
        """Return a shortest path of safe steps; empty if none was found.

        Guided by how many members still have to change, each of which takes a step at least (A*). In haste any
        path will do: always on from where the least is left to do.
        """
        # The estimate never exceeds what is left, and a step lowers it by one at most, so a state that is taken from
        # the queue is reached by a shortest path, and need not be looked at again.
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
                    # Of equal estimates the one with more steps behind it comes first: it is nearer to the goal.
                    heappush(queue, (left if in_haste else steps[following] + still, -steps[following], following))
        return path_to(goal, came_from)

    def _allows(self, state: tuple[int, ...], following: tuple[int, ...]) -> bool:
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
    tell: Callable[[str, Hashable, Hashable], str],
) -> Sought:
    """Return a shortest sequence of safe steps that each add, remove or change one member.

    Parameters
    ----------
    old, new : mapping of member to hashable
        What each configuration says of its members.
    build : callable
        Makes a system of parts.
    is_safe : callable
        Tells whether the second of two systems may follow the first; it is asked for every step.
    deadline : Deadline
        Half of the time is for a shortest sequence, the rest for any.
    between : callable
        What a member may be said to be on the way from one to the other, besides these two.
    tell : callable
        A change of one member in words.

    Notes
    -----
    A member never goes back on its way. Members with the same way are alike, so that the first of them moves
    first; this is right if the systems do not tell them apart, and the search is not exhaustive if they do.
    """
    names = list(dict.fromkeys((*old, *new)))
    fixed = {name: old[name] for name in names if name in old and old[name] == new.get(name)}
    chains = {
        name: (old.get(name), *between(old.get(name), new.get(name)), new.get(name))
        for name in names
        if name not in fixed
    }
    walk = _Walk(fixed, chains, build, is_safe, deadline.within(deadline.share / 2))
    path = walk.path()
    was_cut = walk.was_cut
    if was_cut and not path:
        walk.deadline = deadline
        path = walk.path(in_haste=True)
    steps = []
    for before, after in pairwise(path):
        (name,) = (name for name, i, j in zip(chains, before, after, strict=True) if i != j)
        was, is_ = walk.parts(before).get(name), walk.parts(after).get(name)
        system = walk.system(after)
        assert system is not None
        if was is None:
            steps.append(Step(system, joining=(name,), changes=(tell(name, was, is_),)))
        elif is_ is None:
            steps.append(Step(system, leaving=(name,), changes=(tell(name, was, is_),)))
        else:
            steps.append(Step(system, changes=(tell(name, was, is_),)))
    return Sought(tuple(steps), is_exhaustive=not was_cut, tried=walk.tried)
