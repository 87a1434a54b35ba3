"""Explore a mixture of two versions of a model, breadth first, for a judge who sees every state and step.

This is no `assay.checker.engine.walk.Walk`: a state has an assignment of versions beside it, and a step is taken by the
interpreter of one version or of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from assay.checker.engine.limits import states_reached
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.errors import ModelError
from assay.checker.upgrades.mixtures import Mixed, Mixture, Move

__all__ = ["Explored", "Judge", "explore"]


class Judge(Protocol):
    """An observer of an exploration, which also decides when to stop."""

    def meet(self, mixed: Mixed, parent: tuple[Mixed, Move] | None) -> None:
        """Observe a new state, and the step by which it was reached."""

    def step(self, before: Mixed, move: Move, after: Mixed) -> None:
        """Observe a step."""

    def fail(self, before: Mixed, move: Move, error: ModelError) -> None:
        """Observe that an action of a version raises."""

    def leave(self, mixed: Mixed, *, moves: bool) -> None:
        """Observe that a state is expanded, and whether a step of the model leads out of it."""

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
    moves = False
    for move, after in mixture.steps(mixed):
        moves = moves or move.call is not None
        if isinstance(after, ModelError):
            judge.fail(mixed, move, after)
            continue
        judge.step(mixed, move, after)
        if not mixture.is_taken(mixed, after):
            if after not in found.parents:
                judge.meet(after, (mixed, move))  # not expanded, but state claims apply to it
        elif _arrives(after, (mixed, move), mixture, lookout, judge, found):
            yield after
    judge.leave(mixed, moves=moves)


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
